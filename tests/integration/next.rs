//! `bos next`: what is ready and in which order, why, and what the rest waits for.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{
    board::{CARD_KEYS, keys},
    env::TestEnv,
};

/// The IDs of what is ready, in order.
#[track_caller]
fn ready(env: &TestEnv, arguments: &[&str]) -> String {
    let next = env.bos(&[&["next", "--json"], arguments].concat()).code(0).json();
    let ids = next["cards"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap());
    ids.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_ready_in_every_business() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["next"]).ok(), @"
    ID             LANE          PRI  OWNER       DUE         TITLE
    BAKE-ENG-0002  In progress   P0   Nora        2026-11-16  Order form for Christmas stollen
    BIKE-ENG-0002  In progress   P1   Sami        2026-11-27  Winter check-up at a fixed price
    HOME-ENG-0002  Fact-finding  P1   Nora        2026-11-30  Papers for the tax adviser
    BAKE-ENG-0004  Fact-finding  P1   Nora        2026-12-04  A second deck oven, bought or leased?
    BAKE-ENG-0003  Planned       P1   Nora                    A rye starter that survives a day off
    HOME-ENG-0001  In progress   P2   Nora                    One calendar for both shops
    BIKE-ENG-0003  Planned       P2   Sami                    Rental bikes: a number on every key
    BAKE-ENG-0006  Inbox         P3   Unassigned              Paper bags with the new logo
    BIKE-ENG-0004  Inbox         P4   Unassigned              Short film: fix a flat in three minutes
    ");
    assert_snapshot!(env.bos(&["next", "bake", "--limit", "2"]).ok(), @"
    ID             LANE          PRI  OWNER  DUE         TITLE
    BAKE-ENG-0002  In progress   P0   Nora   2026-11-16  Order form for Christmas stollen
    BAKE-ENG-0004  Fact-finding  P1   Nora   2026-12-04  A second deck oven, bought or leased?
    ");
    assert_eq!(env.bos(&["next", "--limit", "2"]).code(0).stderr, "note: 2 of 9 shown (--limit)\n");
}

#[test]
fn explained() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["next", "BAKE", "--explain"]).ok(), @"
    Ready (4)
      BAKE-ENG-0002  P0  In progress  Order form for Christmas stollen
        P0, overdue since 2026-11-16, nothing in the way; BAKE-ENG-0001 was done on 2026-10-09
      BAKE-ENG-0004  P1  Fact-finding  A second deck oven, bought or leased?
        P1, due 2026-12-04, nothing in the way
      BAKE-ENG-0003  P1  Planned  A rye starter that survives a day off
        P1, nothing in the way
      BAKE-ENG-0006  P3  Inbox  Paper bags with the new logo
        P3, nothing in the way

    Waiting (2)
      BAKE-ENG-0005  P1  Blocked  Card reader for the market stall
        blocked: Waiting for the SIM card, ordered on 9 November
      BAKE-ENG-0008  P2  Planned  One gluten-free morning a week
        waits for BAKE-ENG-0004: Fact-finding, not done yet
    ");
    let next = env.bos(&["next", "BAKE", "--explain", "--json"]).code(0).json();
    assert_eq!(keys(&next), "schema business total cards waiting_total waiting");
    assert_eq!(keys(&next["cards"][0]), format!("{CARD_KEYS} ready why"));
    assert_eq!(keys(&next["waiting"][0]), format!("{CARD_KEYS} ready waits_for"));
    assert_snapshot!(next["cards"][0]["why"].to_string(), @r#"["P0","overdue since 2026-11-16","nothing in the way","BAKE-ENG-0001 was done on 2026-10-09"]"#);
    assert_snapshot!(next["waiting"][1]["waits_for"].to_string(), @r#"[{"id":"BAKE-ENG-0004","for":"BAKE-ENG-0008","reason":"Fact-finding, not done yet"}]"#);
    let plain = env.bos(&["next", "BAKE", "--json"]).code(0).json();
    assert_eq!((&plain["waiting_total"], &plain["waiting"]), (&2.into(), &Value::Array(Vec::new())));
}

#[test]
fn a_card_becomes_ready_when_what_it_waits_for_is_done() {
    let env = TestEnv::repository("bakery");
    assert!(!ready(&env, &["BAKE"]).contains("BAKE-ENG-0008"));
    env.bos(&["card", "move", "BAKE-ENG-0004", "done"]).code(0);
    assert!(ready(&env, &["BAKE"]).contains("BAKE-ENG-0008"));
    env.bos(&["card", "move", "BAKE-ENG-0008", "blocked"]).code(0);
    assert!(!ready(&env, &["BAKE"]).contains("BAKE-ENG-0008"));
}

#[test]
fn dependencies_elsewhere_count_too() {
    let env = TestEnv::repository("bakery");
    let depends = |on: &str| {
        let dependencies = format!("Dependencies:=[{on:?}]");
        env.bos(&["card", "set", "HOME-ENG-0001", &dependencies]).code(0);
        ready(&env, &["HOME"]).contains("HOME-ENG-0001")
    };
    assert!(!depends("BAKE-ENG-0006"), "a card of another business");
    assert!(depends("BAKE-ENG-0001"), "a done card of another business");
    assert!(depends("BIKE-ENG-0001"), "an archived card");
    assert!(!depends("BAKE-OPP-0002"), "a raw idea");
    assert!(depends("BAKE-OPP-0001"), "an idea that was worked");
    env.edit("cards/HOME-ENG-0002.user.md", "Created:", "Dependencies: [HOME-ENG-9999, nonsense]\nCreated:");
    env.bos(&["import"]);
    assert_snapshot!(env.bos(&["next", "HOME", "--explain"]).ok(), @"
    Ready (1)
      HOME-ENG-0001  P2  In progress  One calendar for both shops
        P2, nothing in the way; BAKE-OPP-0001 was converted

    Waiting (1)
      HOME-ENG-0002  P1  Fact-finding  Papers for the tax adviser
        waits for HOME-ENG-9999: there is no such card or idea
        waits for nonsense: there is no such card or idea
    ");
}

#[test]
fn a_chain_is_told_to_its_root_wherever_it_leads() {
    let env = TestEnv::repository("bakery");
    env.bos(&["card", "set", "HOME-ENG-0001", "--add", "Dependencies=BAKE-ENG-0008"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0004", "--add", "Dependencies=BAKE-OPP-0002"]).code(0);
    assert_snapshot!(env.bos(&["next", "HOME", "--explain", "--owner", "Nora"]).ok(), @"
    Ready (1)
      HOME-ENG-0002  P1  Fact-finding  Papers for the tax adviser
        P1, due 2026-11-30, nothing in the way

    Waiting (1)
      HOME-ENG-0001  P2  In progress  One calendar for both shops
        waits for BAKE-ENG-0008: Planned, not done yet
          waits for BAKE-ENG-0004: Fact-finding, not done yet
            waits for BAKE-OPP-0002: an idea that nobody has worked yet
    ");
}

#[test]
fn filters_are_those_of_the_board() {
    let env = TestEnv::fixture("bakery");
    assert_eq!(ready(&env, &["--owner", "sami", "--priority", "P1,P2"]), "BIKE-ENG-0002 BIKE-ENG-0003");
    assert_eq!(ready(&env, &["--lane", "inbox"]), "BAKE-ENG-0006 BIKE-ENG-0004");
    assert_eq!(ready(&env, &["--due-before", "2026-11-17"]), "BAKE-ENG-0002");
    assert_snapshot!(env.bos(&["next", "--archived"]).code(2).stderr, @"
    error: archived cards are not worked on
    hint: list them with `bos card list --archived`
    ");
    assert_snapshot!(env.bos(&["next", "--lane", "blocked"]).ok(), @"Nothing can be worked on now; bos next --explain says why.");
    assert_eq!(env.bos(&["next", "--owner", "nobody"]).ok(), "");
    env.bos(&["next", "NOPE"]).code(3);
}

#[test]
fn no_more_than_ten_are_explained_unless_asked_for() {
    let env = TestEnv::repository("bakery");
    for _ in 0..11 {
        env.bos(&["card", "new", "BIKE", "--title", "x", "--lane", "blocked"]).code(0);
    }
    let text = env.bos(&["next", "BIKE", "--explain"]).ok();
    assert!(
        text.contains("Waiting (11)") && text.ends_with("  ... 1 more; --limit shows as many as it says\n"),
        "{text}"
    );
    let waiting = |arguments: &[&str]| {
        let next = env.bos(&[&["next", "BIKE", "--explain", "--json"], arguments].concat()).code(0).json();
        assert_eq!(next["waiting_total"], 11);
        next["waiting"].as_array().unwrap().len()
    };
    assert_eq!((waiting(&[]), waiting(&["--limit", "11"]), waiting(&["--limit", "3"])), (10, 11, 3));
}

#[test]
fn quirks_are_told_and_never_lost() {
    let env = TestEnv::fixture("quirks");
    let next = env.bos(&["next", "--explain", "--limit", "1000", "--json"]).code(0).json();
    let mut listed: Vec<&str> = ["cards", "waiting"]
        .iter()
        .flat_map(|key| next[*key].as_array().unwrap())
        .map(|card| card["id"].as_str().unwrap())
        .collect();
    listed.sort_unstable();
    let list = env.bos(&["card", "list", "--json"]).code(0).json();
    let finished = |card: &&Value| !matches!(card["lane"].as_str(), Some("Done" | "Reflected"));
    let cards = list["cards"].as_array().unwrap().iter().filter(finished);
    let mut expected: Vec<&str> = cards.map(|card| card["id"].as_str().unwrap()).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected, "every card that is not done is ready or waits");
}

/// Cards that wait for each other in every way there is have a bounded answer.
#[test]
fn what_is_waited_for_is_told_once_and_up_to_a_number() {
    let env = TestEnv::empty();
    for number in 0..120 {
        let all = (0..120).filter(|other| *other != number).map(|other| format!("BAKE-ENG-{other:04}"));
        let all = all.collect::<Vec<_>>().join(", ");
        let text = format!(
            "---\nType: Card\nTitle: T\nBusiness: BAKE\nID: BAKE-ENG-{number:04}\nLane: Inbox\nPriority: P2\nOwner: Nora\nDependencies: [{all}]\n---\n"
        );
        env.write(&format!("cards/BAKE-ENG-{number:04}.user.md"), text);
    }
    let text = env.bos(&["next", "--explain"]).ok();
    assert!(text.lines().count() < 10 * 24, "{} lines", text.lines().count());
    assert!(text.contains("... and 218 more"), "{text}");
    let next = env.bos(&["next", "--explain", "--json"]).code(0).json();
    for card in next["waiting"].as_array().unwrap() {
        let told = card["waits_for"].as_array().unwrap();
        let obstacles = told.iter().filter(|one| !one["reason"].as_str().unwrap().contains("circle"));
        let ids: Vec<&str> = obstacles.map(|one| one["id"].as_str().unwrap()).collect();
        let once: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!((told.len(), ids.len()), (20, once.len()), "each obstacle once");
        assert_eq!(card["waits_for_more"], 218);
    }
}
