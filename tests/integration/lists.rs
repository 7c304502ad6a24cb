//! The lists: cards, ideas, stage docs, businesses, the log; as text in a pipe and as JSON.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{
    board::{CARD_KEYS, keys},
    env::TestEnv,
};

/// Control and bidirectional characters that no output may hold.
fn hides(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn cards() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "list"]).ok(), @r"
    ID             LANE          PRI  OWNER       DUE         TITLE
    BAKE-ENG-0006  Inbox         P3   Unassigned              Paper bags with the new logo
    BAKE-ENG-0004  Fact-finding  P1   Nora        2026-12-04  A second deck oven, bought or leased?
    BAKE-ENG-0003  Planned       P1   Nora                    A rye starter that survives a day off
    BAKE-ENG-0008  Planned       P2   Nora                    One gluten-free morning a week
    BAKE-ENG-0002  In progress   P0   Nora        2026-11-16  Order form for Christmas stollen
    BAKE-ENG-0005  Blocked       P1   Nora        2026-11-14  Card reader for the market stall
    BAKE-ENG-0001  Done          P2   Nora                    Put the weekly menu online
    BAKE-ENG-0007  Reflected     P2   Nora                    Stay closed on Mondays
    BIKE-ENG-0004  Inbox         P4   Unassigned              Short film: fix a flat in three minutes
    BIKE-ENG-0003  Planned       P2   Sami                    Rental bikes: a number on every key
    BIKE-ENG-0002  In progress   P1   Sami        2026-11-27  Winter check-up at a fixed price
    BIKE-ENG-0005  Done          P1   Sami                    Send a message when the bike is ready
    HOME-ENG-0002  Fact-finding  P1   Nora        2026-11-30  Papers for the tax adviser
    HOME-ENG-0001  In progress   P2   Nora                    One calendar for both shops
    ");
    assert_snapshot!(env.bos(&["card", "list", "home"]).ok(), @r"
    ID             LANE          PRI  OWNER  DUE         TITLE
    HOME-ENG-0002  Fact-finding  P1   Nora   2026-11-30  Papers for the tax adviser
    HOME-ENG-0001  In progress   P2   Nora               One calendar for both shops
    ");
    let list = env.bos(&["card", "list", "--json"]).code(0).json();
    assert_eq!((keys(&list).as_str(), &list["total"]), ("schema total cards", &14.into()));
    for card in list["cards"].as_array().unwrap() {
        assert_eq!(keys(card), CARD_KEYS);
    }
}

#[test]
fn missing_values_are_null_or_empty() {
    let env = TestEnv::fixture("quirks");
    let list = env.bos(&["card", "list", "SHOP", "--json"]).code(0).json();
    let least = list["cards"].as_array().unwrap().iter().find(|card| card["id"] == "SHOP-ENG-0031").unwrap();
    let mut least = least.clone();
    assert_eq!(least["sha256"].as_str().unwrap().len(), 64);
    least["sha256"] = "S".into();
    assert_snapshot!(serde_json::to_string_pretty(&least).unwrap(), @r#"
    {
      "id": "SHOP-ENG-0031",
      "business": "SHOP",
      "lane": "Inbox",
      "priority": "P2",
      "owner": "Unassigned",
      "title": "As little as possible",
      "tags": [],
      "due": null,
      "created": "2026-11-20T10:00:00Z",
      "updated": "2026-11-20T10:00:00Z",
      "completed": null,
      "blocked": false,
      "blocked_reason": null,
      "dependencies": [],
      "proposed_lane": null,
      "claimed_by": null,
      "claimed_until": null,
      "archived": false,
      "path": "docs/business-os/cards/SHOP-ENG-0031.user.md",
      "sha256": "S"
    }
    "#);
}

#[test]
fn a_limit_tells_how_many_there_are() {
    let env = TestEnv::fixture("bakery");
    let ran = env.bos(&["card", "list", "--limit", "2"]).code(0);
    assert_snapshot!(ran.stdout, @r"
    ID             LANE          PRI  OWNER       DUE         TITLE
    BAKE-ENG-0006  Inbox         P3   Unassigned              Paper bags with the new logo
    BAKE-ENG-0004  Fact-finding  P1   Nora        2026-12-04  A second deck oven, bought or leased?
    ");
    assert_eq!(ran.stderr, "note: 2 of 14 shown (--limit)\n");
    for (command, items, total) in [
        (&["card", "list"][..], "cards", 14),
        (&["idea", "list"], "ideas", 4),
        (&["stage", "list"], "stage_docs", 5),
        (&["log"], "entries", 25),
    ] {
        let list = env.bos(&[command, &["--limit", "1", "--json"]].concat()).code(0).json();
        assert_eq!((&list["total"], list[items].as_array().unwrap().len()), (&total.into(), 1), "{command:?}");
        let all = env.bos(&[command, &["--json"]].concat()).code(0).json();
        assert_eq!(all[items].as_array().unwrap().len(), total, "{command:?}: nothing is cut off without --limit");
    }
}

#[test]
fn filters_narrow_a_list() {
    let env = TestEnv::fixture("bakery");
    let found = |filters: &[&str]| {
        let list = env.bos(&[&["card", "list", "--json"], filters].concat()).code(0).json();
        let cards = list["cards"].as_array().unwrap();
        assert_eq!(list["total"], cards.len());
        cards.iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(&["--owner", "Sami", "--lane", "done"]), "BIKE-ENG-0005");
    assert_eq!(found(&["--archived"]), "BIKE-ENG-0001");
    assert_eq!(found(&["--priority", "P0,P4"]), "BAKE-ENG-0002 BIKE-ENG-0004");
    assert_eq!(found(&["--due-before", "2026-11-28", "--lane", "in-progress"]), "BAKE-ENG-0002 BIKE-ENG-0002");
    assert_eq!(env.bos(&["card", "list", "--tag", "nothing"]).ok(), "");
}

#[test]
fn ideas() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["idea", "list"]).ok(), @r"
    ID             IN      STATUS     UPDATED     TITLE
    SHOP-OPP-0006  inbox              2026-02-08  A bell on the door
    SHOP-OPP-0004  inbox   raw        2026-02-07  Seeds beside the spices
    SHOP-OPP-0002  inbox   Draft      2026-02-06  Spice boxes by mail
    SHOP-OPP-0003  inbox   Active     2026-02-01  A stall at the spring market
    SCAN-SHOP-001  inbox   raw        2026-01-28  Nine jars without a label
    SCAN-YARD-001  inbox   raw        2026-01-28  The rain barrel leaks
    SHOP-OPP-0007  worked  Worked     2026-01-08  Less noise in the shop
    SHOP-OPP-0008  worked  converted  2025-08-20  A louder grinder
    ");
    assert_snapshot!(env.bos(&["idea", "list", "--archived"]).ok(), @r"
    ID             IN      STATUS   UPDATED     TITLE
    SHOP-OPP-0005  inbox   dropped  2025-11-02  Square jars
    SHOP-OPP-0009  worked  worked   2025-06-20  String for the awning
    ");
    let list = env.bos(&["idea", "list", "yard", "--json"]).code(0).json();
    assert_eq!(keys(&list), "schema total ideas");
    let mut idea = list["ideas"][0].clone();
    idea["sha256"] = "S".into();
    assert_snapshot!(idea, @r#"{"id":"SCAN-YARD-001","business":"YARD","type":"Idea","status":"raw","priority":null,"location":"inbox","title":"The rain barrel leaks","tags":[],"created":"2026-01-28","updated":"2026-01-28","card_id":null,"path":"docs/business-os/ideas/inbox/SCAN-YARD-001.user.md","sha256":"S"}"#);
}

#[test]
fn stage_docs() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["stage", "list", "shop-eng-0005"]).ok(), @"
    CARD           STAGE      UPDATED     FILE                                                       TITLE
    SHOP-ENG-0005  build      2026-01-22  docs/business-os/cards/SHOP-ENG-0005/Build.user.md         Move the grinder to the back room
    SHOP-ENG-0005  fact-find  2026-01-08  docs/business-os/cards/SHOP-ENG-0005/fact-finding.user.md  Move the grinder to the back room
    SHOP-ENG-0005  plan       2026-01-12  docs/business-os/cards/SHOP-ENG-0005/Planned.user.md       Move the grinder to the back room
    SHOP-ENG-0005  reflect    2026-02-02  docs/business-os/cards/SHOP-ENG-0005/Reflect.agent.md      Move the grinder to the back room
    ");
    assert_snapshot!(env.bos(&["stage", "list", "SHOP-ENG-0006"]).ok(), @"
    CARD           STAGE      UPDATED     FILE                                                    TITLE
    SHOP-ENG-0006  fact-find  2026-01-11  docs/business-os/cards/SHOP-ENG-0006/fact-find.user.md  Refill station for customers' own jars
    SHOP-ENG-0006  plan       2026-01-11  docs/business-os/cards/SHOP-ENG-0006/plan.user.md       Refill station for customers' own jars
    ");
    let list = env.bos(&["stage", "list", "--json"]).code(0).json();
    assert_eq!(keys(&list), "schema total stage_docs");
    for doc in list["stage_docs"].as_array().unwrap() {
        assert_eq!(keys(doc), "stage audience path sha256 created updated card title");
    }
    env.bos(&["stage", "list", "NOPE-1"]).code(3);
}

#[test]
fn businesses() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["business", "list"]).ok(), @r"
    BUSINESS  CARDS  IDEAS  NAME
    SHOP      37     7      Cardamom Row
    YARD      0      1      The Potting Yard
    KITE      1      0      (not in the catalogue)
    ");
    let list = env.bos(&["business", "list", "--json"]).code(0).json();
    assert_eq!(keys(&list), "schema total businesses");
    assert_eq!(list["total"], 3);
    assert_snapshot!(list["businesses"][2], @r#"{"id":"KITE","listed":false,"name":null,"description":null,"owner":null,"category":null,"status":null,"tags":[],"cards":1,"ideas":0}"#);
    assert_snapshot!(env.bos(&["business", "show", "kite"]).ok(), @r"
    Business  KITE
    Cards     1
    Ideas     0
    The catalogue does not list it: bos business new KITE NAME
    ");
    assert_snapshot!(env.bos(&["business", "show", "SHOOP"]).code(3).stderr, @r"
    error: there is no business SHOOP
    hint: did you mean SHOP? The businesses there are: SHOP, YARD, KITE
    ");
}

#[test]
fn a_broken_catalogue_stops_nobody() {
    let env = TestEnv::fixture("broken-catalogue");
    env.bos(&["business", "list"]).code(0);
    env.bos(&["board"]).code(0);
}

#[test]
fn the_log() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "Secret=x", "--add", "Tags=a"]).code(0);
    env.bos_with(&[("BOS_INITIATOR", "Sami")], &["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    assert_snapshot!(env.bos(&["log", "BAKE-ENG-0006"]).ok(), @"
    27  2026-11-20 10:00Z  Nora for Sami  move BAKE-ENG-0006  (Completed-Date: none -> 2026-11-20, Lane: Inbox -> Done)
    26  2026-11-20 10:00Z  Nora  set BAKE-ENG-0006  (Priority: P3 -> P1, Secret, Tags: [print] -> [print, a], Updated: 2026-11-11 -> 2026-11-20)
    11  2026-11-20 10:00Z  Nora  import BAKE-ENG-0006
    ");
    let log = env.bos(&["log", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!((keys(&log).as_str(), &log["total"]), ("schema total entries", &3.into()));
    let entry = &log["entries"][0];
    assert_eq!(
        keys(entry),
        "seq at batch actor initiator entity id action reason undoes changes documents previous_hash hash"
    );
    assert_eq!((&entry["actor"], &entry["initiator"]), (&"Nora".into(), &"Sami".into()));
    assert_eq!(entry["previous_hash"], log["entries"][1]["hash"]);
    env.bos(&["log", "NOPE-1"]).code(3);
}

#[test]
fn no_output_holds_characters_that_hide() {
    let env = TestEnv::fixture("quirks");
    for command in [
        &["board", "SHOP"][..],
        &["board"],
        &["card", "list"],
        &["card", "show", "SHOP-ENG-0028"],
        &["card", "show", "SHOP-ENG-0030"],
        &["card", "show", "SHOP-ENG-0011"],
        &["idea", "list"],
        &["search", "a"],
        &["search", "red", "second"],
        &["card", "deps", "SHOP-ENG-0028"],
        &["graph"],
        &["log"],
        &["status"],
        &["validate"],
        &["import"],
    ] {
        let ran = env.bos(command).code(0);
        assert!(!ran.stdout.chars().any(hides) && !ran.stderr.chars().any(hides), "{command:?}\n{ran:?}");
    }
    let shown = env.bos(&["card", "show", "SHOP-ENG-0028", "--json"]).code(0);
    assert!(!shown.stdout.contains('\u{1b}'), "JSON escapes it");
}

#[test]
fn errors_about_what_was_typed_hold_none_either() {
    let env = TestEnv::fixture("bakery");
    for command in [
        &["board", "a\u{1b}[31m\u{202e}b"][..],
        &["card", "show", "a\u{1b}[31m\u{202e}b"],
        &["search", "a\u{1b}[31m\u{202e}b", "--business", "a\u{1b}[31m\u{202e}b"],
        &["card", "move", "BAKE-ENG-0006", "a\u{1b}[31m\u{202e}b"],
        &["card", "set", "BAKE-ENG-0006", "a\u{1b}[31m\u{202e}b=c"],
        &["import", "a\u{1b}[31m\u{202e}b"],
    ] {
        let ran = env.bos(command);
        assert!(ran.code > 1 && !ran.stderr.chars().any(hides), "{command:?}\n{ran:?}");
    }
}

#[test]
fn lists_are_the_same_twice() {
    let env = TestEnv::fixture("quirks");
    let list = || -> Value { env.bos(&["card", "list", "--json"]).code(0).json() };
    assert_eq!(list(), list());
}

#[test]
fn a_list_can_be_sorted_and_read_page_by_page() {
    let env = TestEnv::fixture("quirks");
    for (list, items) in [(&["card", "list"][..], "cards"), (&["idea", "list"], "ideas")] {
        let ids = |more: &[&str]| {
            let json = env.bos(&[list, &["--json"], more].concat()).code(0).json();
            let ids = json[items].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
            (ids.collect::<Vec<_>>(), json["next"].as_str().map(str::to_owned), json["total"].clone())
        };
        let usual = ids(&[]);
        assert_eq!(usual.1, None);
        for sort in [&[][..], &["--sort", "id"], &["--sort", "title"], &["--sort", "priority"], &["--sort", "updated"]]
        {
            let (all, _, total) = ids(sort);
            let (mut found, mut after) = (Vec::new(), None::<String>);
            loop {
                let cursor = after.iter().flat_map(|cursor| ["--after", cursor]).collect::<Vec<_>>();
                let page = ids(&[sort, &["--limit", "3"], &cursor].concat());
                assert_eq!(page.2, total, "the total is that of all pages");
                found.extend(page.0);
                after = page.1;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, all, "{list:?} {sort:?}");
        }
        let mut by_id = usual.0;
        by_id.sort();
        assert_eq!(ids(&["--sort", "id"]).0, by_id);
        let cursor = ids(&["--limit", "1"]).1.unwrap();
        env.bos(&[list, &["--after", &cursor, "--sort", "id"]].concat()).code(2);
        env.bos(&[list, &["--after", "zz"]].concat()).code(2);
        env.bos(&[list, &["--sort", "colour"]].concat()).code(2);
    }
    env.bos(&["idea", "list", "--sort", "due"]).code(2);
}
