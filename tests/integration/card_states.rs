//! `bos card block`, `unblock`, `done`, `archive`, `unarchive`, `propose` and `accept`.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn a_blocked_card_keeps_its_lane() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "block", "BAKE-ENG-0003", "--reason", "no rye"]).ok(), @"BAKE-ENG-0003  blocked");
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["blocked"]), (&"Planned".into(), &true.into()));
    assert_eq!(card["card"]["blocked_reason"], "no rye");
    assert_snapshot!(env.bos(&["card", "unblock", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  unblocked");
    assert_snapshot!(env.bos(&["card", "unblock", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  is not blocked");
    env.bos(&["export"]).ok();
    assert!(!env.read("cards/BAKE-ENG-0003.user.md").contains("Blocked"));
    env.verify();
}

#[test]
fn a_card_in_the_lane_blocked_goes_back_to_where_it_came_from() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0003", "blocked", "--reason", "no rye"]).ok();
    assert_snapshot!(env.bos(&["card", "unblock", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  Blocked -> Planned");
    assert_snapshot!(env.bos(&["card", "unblock", "BAKE-ENG-0005"]).code(4).stderr, @"
    error: the log does not say where BAKE-ENG-0005 was before it was blocked
    hint: say where it goes, as with `bos card move BAKE-ENG-0005 planned`
    ");
    env.verify();
}

#[test]
fn an_archived_card_takes_everything_along_and_comes_back() {
    let env = TestEnv::repository("bakery");
    env.bos(&["card", "comment", "BAKE-ENG-0003", "-m", "Later."]).ok();
    env.bos_reading("First.\n", &["stage", "set", "BAKE-ENG-0003", "plan", "--body-file", "-"]).ok();
    env.bos(&["export"]).ok();
    let before = env.read("cards/BAKE-ENG-0003/plan.user.md");
    assert_snapshot!(env.bos(&["card", "archive", "BAKE-ENG-0003"]).ok(), @"
    BAKE-ENG-0003  archived
      made docs/business-os/cards/archive/BAKE-ENG-0003.user.md
      made docs/business-os/cards/archive/BAKE-ENG-0003/comments/2026-11-20T10-00-00Z-nora.md
      made docs/business-os/cards/archive/BAKE-ENG-0003/plan.user.md
    ");
    assert!(!env.bos(&["board", "BAKE"]).ok().contains("BAKE-ENG-0003"));
    assert!(env.bos(&["card", "list", "--archived"]).ok().contains("BAKE-ENG-0003"));
    env.bos(&["export"]).ok();
    assert_eq!(env.read("cards/archive/BAKE-ENG-0003/plan.user.md"), before);
    assert!(!env.path("cards/BAKE-ENG-0003.user.md").exists());
    assert_eq!(
        env.bos(&["import", "--json"]).code(0).json()["unchanged"],
        env.bos(&["import", "--json"]).json()["found"]
    );
    env.verify();
    env.bos(&["card", "unarchive", "BAKE-ENG-0003"]).ok();
    env.bos(&["export"]).ok();
    assert_eq!(env.read("cards/BAKE-ENG-0003/plan.user.md"), before);
    assert!(!env.path("cards/archive/BAKE-ENG-0003/plan.user.md").exists());
    assert_eq!(env.bos(&["status", "--json"]).code(0).json()["in_sync"], true);
    env.verify();
}

#[test]
fn an_archive_and_its_way_back_need_no_export_between() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "archive", "BAKE-ENG-0003", "BAKE-ENG-0004"]).ok();
    env.bos(&["card", "unarchive", "BAKE-ENG-0003"]).ok();
    assert_snapshot!(env.bos(&["card", "unarchive", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  is not archived");
    env.verify();
}

#[test]
fn a_file_in_the_way_of_an_archived_card_is_named_and_kept() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["board"]).ok();
    env.write("cards/archive/BAKE-ENG-0003.user.md", "---\nType: Card\n---\nmine\n");
    assert_snapshot!(env.bos(&["card", "archive", "BAKE-ENG-0003"]).code(5).stderr, @"
    error: docs/business-os/cards/archive/BAKE-ENG-0003.user.md is there already
    hint: move that file away, or import it with `bos import` if it is a document
    ");
    assert!(env.read("cards/archive/BAKE-ENG-0003.user.md").contains("mine"));
}

#[test]
fn an_archived_id_is_never_given_out_again() {
    let env = TestEnv::fixture("bakery");
    let id = env.bos(&["card", "new", "BAKE", "--title", "One"]).ok();
    env.bos(&["card", "archive", id.trim()]).ok();
    assert_ne!(env.bos(&["card", "new", "BAKE", "--title", "Two"]).ok(), id);
}

#[test]
fn a_proposal_is_accepted_by_a_move() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "propose", "BAKE-ENG-0003", "in-progress", "--reason", "plan is ready"]).ok(), @"BAKE-ENG-0003  proposed for In progress");
    assert_snapshot!(env.bos(&["me"]).ok(), @"
    Nora

    Owned
    ID             LANE               PRI  DUE         TITLE
    BAKE-ENG-0004  Fact-finding       P1   2026-12-04  A second deck oven, bought or leased?
    BAKE-ENG-0003  Planned            P1               A rye starter that survives a day off
    BAKE-ENG-0008  Planned            P2               One gluten-free morning a week
    BAKE-ENG-0002  In progress        P0   2026-11-16  Order form for Christmas stollen
    BAKE-ENG-0005  Blocked (blocked)  P1   2026-11-14  Card reader for the market stall
    HOME-ENG-0002  Fact-finding       P1   2026-11-30  Papers for the tax adviser
    HOME-ENG-0001  In progress        P2               One calendar for both shops

    Late or due within a week
    ID             LANE               PRI  DUE         TITLE
    BAKE-ENG-0005  Blocked (blocked)  P1   2026-11-14  Card reader for the market stall
    BAKE-ENG-0002  In progress        P0   2026-11-16  Order form for Christmas stollen

    Waiting for you
    ID             WHY                          TITLE
    BAKE-ENG-0003  is proposed for In progress  A rye starter that survives a day off
    ");
    assert_snapshot!(env.bos(&["card", "accept", "BAKE-ENG-0003"]).ok(), @"
    BAKE-ENG-0003  Planned -> In progress
      made docs/business-os/cards/BAKE-ENG-0003/build.user.md
    ");
    assert_snapshot!(env.bos(&["card", "accept", "BAKE-ENG-0003"]).code(4).stderr, @"
    error: no lane is proposed for BAKE-ENG-0003
    hint: propose one with `bos card propose BAKE-ENG-0003 LANE`
    ");
    assert_snapshot!(env.bos(&["card", "propose", "BAKE-ENG-0003", "in-progress"]).ok(), @"BAKE-ENG-0003  is in In progress already");
    assert_eq!(env.last_entry()["action"], "accept");
    env.verify();
}

#[test]
fn done_takes_several() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "done", "BAKE-ENG-0003", "BAKE-ENG-0004", "bake-eng-0003"]).ok(), @"
    BAKE-ENG-0003  Planned -> Done
    BAKE-ENG-0004  Fact-finding -> Done
    ");
    env.bos(&["card", "done", "BAKE-ENG-0002@0000", "BAKE-ENG-0008"]).code(5);
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0008", "--json"]).json()["card"]["lane"], "Planned");
}

/// Every pair of lanes: a date of completion is there while the card is done or reflected upon, and nowhere else.
#[test]
fn the_date_of_completion_goes_with_the_card_to_reflected() {
    const LANES: [&str; 7] = ["Inbox", "Fact-finding", "Planned", "In progress", "Blocked", "Done", "Reflected"];
    let is_over = |lane: &str| matches!(lane, "Done" | "Reflected");
    for from in LANES {
        let env = TestEnv::empty();
        let dated = if is_over(from) { "Completed-Date: 2026-01-02\n" } else { "" };
        let text = format!("---\nType: Card\nLane: {from}\n{dated}---\n\n# x\n");
        for (number, _) in LANES.iter().enumerate() {
            env.write(&format!("cards/MILL-ENG-000{number}.user.md"), &text);
        }
        for (number, to) in LANES.iter().enumerate() {
            let id = format!("MILL-ENG-000{number}");
            env.bos(&["card", "move", &id, to]).ok();
            let card = env.bos(&["card", "show", &id, "--json"]).json();
            let expected = match (is_over(from), *to) {
                (true, to) if is_over(to) => Some("2026-01-02"),
                (false, "Done") => Some("2026-11-20"),
                _ => None,
            };
            assert_eq!(card["card"]["completed"].as_str(), expected, "{from} -> {to}");
        }
    }
}

/// What the lane Blocked did not set stays, and what it changed comes back.
#[test]
fn leaving_the_lane_blocked_keeps_what_was_there() {
    const NO: &str = "Blocked: false\n";
    for (written, blocked_first) in [(NO, false), (NO, true), ("", true), ("Blocked: 'false'\n", false)] {
        for leave in [&["card", "move", "MILL-ENG-0001", "done"][..], &["card", "unblock", "MILL-ENG-0001"]] {
            let env = TestEnv::empty();
            let lane = if blocked_first { "Planned" } else { "Blocked" };
            let text = format!("---\nType: Card\nLane: {lane}\n{written}---\n\n# x\n");
            env.write("cards/MILL-ENG-0001.user.md", &text);
            if blocked_first {
                env.bos(&["card", "move", "MILL-ENG-0001", "blocked"]).ok();
            } else if leave[1] == "unblock" {
                continue;
            }
            env.bos(leave).ok();
            env.bos(&["export"]).ok();
            let text = env.read("cards/MILL-ENG-0001.user.md");
            assert_eq!(text.contains("Blocked"), !written.is_empty(), "{leave:?} {text}");
            assert!(written.is_empty() || text.contains(written), "{leave:?} {text}");
        }
    }
}

/// Blocked in its own lane and unblocked, a card is as it was.
#[test]
fn unblocking_brings_back_what_blocking_changed() {
    for written in ["", "Blocked: false\n"] {
        let env = TestEnv::empty();
        let text = format!("---\nType: Card\nLane: Planned\n{written}---\n\n# x\n");
        env.write("cards/MILL-ENG-0001.user.md", &text);
        env.bos(&["card", "block", "MILL-ENG-0001", "--reason", "no flour"]).ok();
        env.bos(&["card", "unblock", "MILL-ENG-0001"]).ok();
        env.bos(&["export"]).ok();
        let now = env.read("cards/MILL-ENG-0001.user.md");
        assert!(now.contains(written) && now.matches("Blocked").count() == usize::from(!written.is_empty()), "{now}");
    }
}
