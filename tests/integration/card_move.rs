//! `bos card move`: what each lane asks for, in the files as in the log.

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::TestEnv;

pub(crate) const CARD: &str = "cards/BAKE-ENG-0006.user.md";

pub(crate) fn imported(fixture: &str) -> TestEnv {
    let env = TestEnv::repository(fixture);
    env.bos(&["import", "-q"]).code(0);
    env
}

/// What a move and an export change in a repository, as git tells it: the changed lines and the new files.
#[track_caller]
fn diff(env: &TestEnv) -> String {
    env.bos(&["export"]).code(0);
    env.git(&["add", "-AN"]);
    let lines = env.git(&["diff", "-U0", "--no-color"]);
    let told =
        |line: &&str| !["diff", "index", "---", "@@", "new file", "\\"].iter().any(|start| line.starts_with(start));
    let path = |line: &str| line.replace("+++ b/docs/business-os/", "== ");
    lines.lines().filter(told).map(path).collect::<Vec<_>>().join("\n")
}

#[track_caller]
pub(crate) fn sha(env: &TestEnv, id: &str) -> String {
    let card = env.bos(&["card", "show", id, "--json"]).code(0).json();
    card["card"]["sha256"].as_str().unwrap().to_owned()
}

#[track_caller]
pub(crate) fn fields(env: &TestEnv, id: &str) -> Value {
    env.bos(&["card", "show", id, "--json"]).code(0).json()["card"]["fields"].clone()
}

#[test]
fn the_commonest_day() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "Priority: P3", "Priority: P1");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "bake-eng-0006", "in-progress"]).ok(), @r"
    BAKE-ENG-0006  Inbox -> In progress
      made docs/business-os/cards/BAKE-ENG-0006/build.user.md
    ");
    assert_eq!(env.log_length(), before + 2, "the hand edit and the move are an entry each");
    assert_snapshot!(env.bos(&["export"]).ok(), @r"
    wrote docs/business-os/cards/BAKE-ENG-0006.user.md
    wrote docs/business-os/cards/BAKE-ENG-0006/build.user.md
    ");
    let text = env.read("cards/BAKE-ENG-0006.user.md");
    assert!(text.contains("Priority: P1") && text.contains("Lane: In progress"), "{text}");
    env.verify();
}

#[test]
fn lanes_make_the_stage_docs_they_ask_for() {
    let env = imported("bakery");
    for (lane, made) in [
        ("fact-finding", "fact-find"),
        ("planned", "plan"),
        ("in-progress", "build"),
        ("blocked", ""),
        ("done", ""),
        ("reflected", "reflect"),
    ] {
        let text = env.bos(&["card", "move", "BAKE-ENG-0006", lane]).ok();
        let told = text.lines().nth(1).unwrap_or_default().trim();
        let expected = if made.is_empty() {
            String::new()
        } else {
            format!("made docs/business-os/cards/BAKE-ENG-0006/{made}.user.md")
        };
        assert_eq!(told, expected, "{lane}");
        let entry = env.last_entry();
        let documents = entry["documents"].as_array().unwrap().len();
        assert_eq!(documents, if made.is_empty() { 1 } else { 2 }, "{lane}: one entry holds both");
    }
    env.verify();
}

#[test]
fn a_move_changes_only_the_lines_it_must() {
    let env = imported("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    assert_snapshot!(diff(&env), @r"
    == cards/BAKE-ENG-0006.user.md
    -Lane: Inbox
    +Lane: Planned
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    == cards/BAKE-ENG-0006/plan.user.md
    +---
    +Type: Stage
    +Stage: plan
    +Card-ID: BAKE-ENG-0006
    +Created: 2026-11-20
    +Updated: 2026-11-20
    +---
    +
    +# Plan: Paper bags with the new logo
    +
    +## Approach
    +
    +_Nothing yet._
    +
    +## Tasks
    +
    +- [ ]
    ");
}

#[test]
fn a_stage_doc_that_is_there_is_not_made_again() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0002", "planned"]).ok(), @"BAKE-ENG-0002  In progress -> Planned");
}

#[test]
fn a_stage_doc_under_an_alias_counts() {
    let env = imported("quirks");
    // Its stage docs are fact-finding.user, Planned.user, Build.user and Reflect.agent.
    for lane in ["fact-finding", "planned", "reflected", "in-progress"] {
        let text = env.bos(&["card", "move", "SHOP-ENG-0005", lane]).ok();
        assert!(!text.contains("made"), "{text}");
    }
}

#[test]
fn a_hand_made_stage_doc_is_taken_first_and_counts() {
    let env = imported("bakery");
    env.write(
        "cards/BAKE-ENG-0006/Planned.user.md",
        "---\nType: Stage\nStage: plan\nCard-ID: BAKE-ENG-0006\n---\nmine\n",
    );
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).ok(), @"BAKE-ENG-0006  Inbox -> Planned");
    assert_eq!(env.log_length(), before + 2, "the stage doc is an import of its own");
    assert_eq!(env.state("cards/BAKE-ENG-0006/Planned.user.md"), "in sync");
    env.verify();
}

#[test]
fn done_sets_the_completed_date_and_leaving_it_takes_it_away() {
    let env = imported("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    assert_snapshot!(diff(&env), @r"
    == cards/BAKE-ENG-0006.user.md
    -Lane: Inbox
    +Lane: Done
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    +Completed-Date: 2026-11-20
    ");
    env.commit_all("done");
    env.bos(&["card", "move", "BAKE-ENG-0006", "inbox"]).code(0);
    assert_snapshot!(diff(&env), @r"
    == cards/BAKE-ENG-0006.user.md
    -Lane: Done
    +Lane: Inbox
    -Completed-Date: 2026-11-20
    ");
}

#[test]
fn blocked_sets_flag_and_reason_and_leaving_it_clears_them() {
    let env = imported("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0006", "blocked", "--reason", "no paper: strike"]).code(0);
    assert_snapshot!(diff(&env), @r"
    == cards/BAKE-ENG-0006.user.md
    -Lane: Inbox
    +Lane: Blocked
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    +Blocked: true
    +Blocked-Reason: 'no paper: strike'
    ");
    assert!(env.bos(&["board", "BAKE"]).ok().contains("blocked: no paper: strike"));
    env.commit_all("blocked");
    env.bos(&["card", "move", "BAKE-ENG-0006", "inbox"]).code(0);
    assert_snapshot!(diff(&env), @r"
    == cards/BAKE-ENG-0006.user.md
    -Lane: Blocked
    +Lane: Inbox
    -Blocked: true
    -Blocked-Reason: 'no paper: strike'
    ");
}

#[test]
fn what_was_blocked_before_the_lane_stays_blocked_after_it() {
    let env = imported("quirks");
    env.bos(&["card", "move", "SHOP-ENG-0024", "blocked"]).code(0);
    env.bos(&["card", "move", "SHOP-ENG-0024", "planned"]).code(0);
    let fields = fields(&env, "SHOP-ENG-0024");
    assert_eq!(
        (&fields["Blocked"], &fields["Blocked-Reason"]),
        (&true.into(), &"The printer says: not before March".into())
    );
}

#[test]
fn a_card_that_came_in_blocked_is_cleared_on_leaving() {
    let env = imported("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0005", "inbox"]).code(0);
    let fields = fields(&env, "BAKE-ENG-0005");
    assert!(fields.get("Blocked").is_none() && fields.get("Blocked-Reason").is_none(), "{fields}");
}

#[test]
fn a_reason_for_another_lane_is_in_the_log_only() {
    let env = imported("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--reason", "bags came"]).code(0);
    assert_eq!(env.last_entry()["reason"], "bags came");
    assert!(fields(&env, "BAKE-ENG-0006").get("Blocked-Reason").is_none());
    assert!(env.bos(&["log", "--limit", "1"]).ok().contains("because bags came"));
}

#[test]
fn the_companion_follows_where_both_agree() {
    let env = imported("bakery");
    env.bos(&["card", "move", "HOME-ENG-0001", "done"]).code(0);
    assert_eq!(env.last_entry()["documents"].as_array().unwrap().len(), 2, "one entry holds both");
    assert_snapshot!(diff(&env), @r"
    == cards/HOME-ENG-0001.agent.md
    -Lane: In progress
    +Lane: Done
    -Updated: 2026-11-12
    +Updated: 2026-11-20
    +Completed-Date: 2026-11-20
    == cards/HOME-ENG-0001.user.md
    -Lane: In progress
    +Lane: Done
    -Updated: 2026-11-12
    +Updated: 2026-11-20
    +Completed-Date: 2026-11-20
    ");
    env.verify();
}

#[test]
fn the_companion_is_left_where_it_differs() {
    let env = imported("quirks");
    let before = env.read("cards/SHOP-ENG-0003.agent.md");
    let ran = env.bos(&["card", "move", "SHOP-ENG-0003", "blocked"]).code(0);
    assert_snapshot!(ran.stderr, @"warning: docs/business-os/cards/SHOP-ENG-0003.agent.md: Lane differed already, so only the primary document was changed");
    env.bos(&["export"]).code(0);
    let after = env.read("cards/SHOP-ENG-0003.agent.md");
    let lane = |text: &str| text.lines().find(|line| line.starts_with("Lane")).unwrap().to_owned();
    assert_eq!(lane(&before), lane(&after));
    assert!(after.contains("Blocked: true"), "both lacked it, so both get it: {after}");
}

#[test]
fn every_form_of_updated_is_kept() {
    let env = imported("quirks");
    let all = [
        "SHOP-001",
        "SHOP-ENG-0001",
        "SHOP-ENG-0002",
        "SHOP-ENG-0005",
        "SHOP-ENG-0006",
        "SHOP-ENG-0020",
        "SHOP-ENG-0021",
        "SHOP-ENG-0025",
        "SHOP-ENG-0032",
    ];
    let ran = env.bos(&[&["card", "move"], &all[..], &["done"]].concat()).code(0);
    assert_snapshot!(ran.stderr, @"warning: docs/business-os/cards/SHOP-ENG-0032.user.md: Updated does not start with a date, so it was left");
    env.bos(&["export"]).code(0);
    let changed = env.git(&["diff", "-U0", "--no-color"]);
    let told = |line: &&str| {
        ["+++", "-Upd", "+Upd", "-Last", "+Last", "-'Upd", "+'Upd"].iter().any(|start| line.starts_with(start))
    };
    let text: Vec<String> =
        changed.lines().filter(told).map(|line| line.replace("+++ b/docs/business-os/cards/", "== ")).collect();
    assert_snapshot!(text.join("\n"), @r"
    == SHOP-001.user.md
    -Updated: 2026-01-24
    +Updated: 2026-11-20
    == SHOP-ENG-0001.agent.md
    -Updated: 2026-01-23T00:00:00.000Z
    +Updated: 2026-11-20T10:00:00.000Z
    -Last-updated: 2026-02-05
    +Last-updated: 2026-11-20
    == SHOP-ENG-0001.user.md
    -Updated: 2026-01-23T00:00:00.000Z
    +Updated: 2026-11-20T10:00:00.000Z
    == SHOP-ENG-0002.agent.md
    -Updated: 2026-02-11
    +Updated: 2026-11-20
    == SHOP-ENG-0002.user.md
    -Updated: '2026-01-29 (notes 1/2/5: done, note 4: waits)'
    +Updated: '2026-11-20 (notes 1/2/5: done, note 4: waits)'
    == SHOP-ENG-0005.user.md
    -Last-updated: 2026-02-05
    +Last-updated: 2026-11-20
    == SHOP-ENG-0006.user.md
    -Last-Updated: '2026-02-04'
    +Last-Updated: '2026-11-20'
    == SHOP-ENG-0020.user.md
    +Updated: 2026-11-20
    == SHOP-ENG-0021.user.md
    -Updated: 2026-01-17T00:00:00.000Z
    -Last-updated: 2026-02-05
    -Last-Updated: '2026-01-30'
    +Updated: 2026-11-20T10:00:00.000Z
    +Last-updated: 2026-11-20
    +Last-Updated: '2026-11-20'
    == SHOP-ENG-0025.user.md
    -Updated: 2026-01-26T09:20:00Z
    +Updated: 2026-11-20T10:00:00Z
    == SHOP-ENG-0032.user.md
    ");
    env.verify();
}

#[test]
fn moving_to_the_same_lane_writes_nothing() {
    let env = imported("bakery");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "Inbox"]).ok(), @"BAKE-ENG-0006  is in Inbox already");
    let written = env.bos(&["card", "move", "BAKE-ENG-0006", "inbox", "--json"]).code(0).json();
    assert_snapshot!(written, @r#"{"schema":"bos.write/1","changed":false,"warnings":[],"entries":[]}"#);
    assert_eq!(env.log_length(), before);
}

#[test]
fn a_lane_is_read_in_any_spelling() {
    let env = imported("bakery");
    for lane in ["in-progress", "In progress", "IN_PROGRESS", "in progress"] {
        env.bos(&["card", "move", "BAKE-ENG-0006", lane]).code(0);
        assert_eq!(fields(&env, "BAKE-ENG-0006")["Lane"], "In progress", "{lane}");
        env.bos(&["card", "move", "BAKE-ENG-0006", "inbox"]).code(0);
    }
}

#[test]
fn a_wrong_lane_lists_the_right_ones() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "plannd"]).code(2).stderr, @r#"
    error: there is no lane "plannd"
    hint: did you mean Planned? the lanes are Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected
    "#);
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "someday"]).code(2).stderr, @r#"
    error: there is no lane "someday"
    hint: the lanes are Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected
    "#);
}

#[test]
fn an_unknown_id_suggests_the_nearest() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0016", "done"]).code(3).stderr, @r"
    error: there is no card BAKE-ENG-0016
    hint: did you mean BAKE-ENG-0006?
    ");
    assert_snapshot!(env.bos(&["card", "move", "NOPE-1", "done"]).code(3).stderr, @"error: there is no card NOPE-1");
}

#[test]
fn several_cards_are_all_or_none() {
    let env = imported("bakery");
    let before = env.log_length();
    env.bos(&["card", "move", "BAKE-ENG-0006", "NOPE-1", "done"]).code(3);
    let (six, eight) = (sha(&env, "BAKE-ENG-0006"), "0".repeat(64));
    env.bos(&["card", "move", &format!("BAKE-ENG-0006@{six}"), &format!("BAKE-ENG-0008@{eight}"), "done"]).code(5);
    env.bos(&["card", "move", "BAKE-ENG-0006", "BAKE-ENG-0008", "done", "--expect", &six]).code(2);
    assert_eq!((env.log_length(), &fields(&env, "BAKE-ENG-0006")["Lane"]), (before, &"Inbox".into()));
    let eight = sha(&env, "BAKE-ENG-0008");
    let both = [format!("BAKE-ENG-0006@{six}"), format!("bake-eng-0008@{eight}")];
    assert_snapshot!(env.bos(&["card", "move", &both[0], &both[1], "done"]).ok(), @r"
    BAKE-ENG-0006  Inbox -> Done
    BAKE-ENG-0008  Planned -> Done
    ");
    assert_eq!(env.log_length(), before + 2, "an entry a card");
    let log = env.bos(&["log", "--json", "--limit", "2"]).code(0).json();
    assert_eq!(log["entries"][0]["batch"], log["entries"][1]["batch"]);
}

#[test]
fn one_card_named_twice_is_moved_once() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "bake-eng-0006", "done"]).ok(), @"BAKE-ENG-0006  Inbox -> Done");
}

#[test]
fn a_proposal_that_is_accepted_by_a_move_is_settled() {
    let env = imported("quirks");
    let proposed = fields(&env, "SHOP-ENG-0025")["Proposed-Lane"].as_str().unwrap().to_owned();
    env.bos(&["card", "move", "SHOP-ENG-0025", &proposed]).code(0);
    assert!(fields(&env, "SHOP-ENG-0025").get("Proposed-Lane").is_none());
}

#[test]
fn an_unknown_lane_can_be_left() {
    let env = TestEnv::repository("broken");
    env.bos(&["import", "-q"]).code(1);
    assert_snapshot!(env.bos(&["card", "move", "BAD-ENG-0030", "inbox"]).ok(), @"BAD-ENG-0030  Someday -> Inbox");
}

#[test]
fn the_json_of_a_write() {
    let env = imported("bakery");
    let mut written = env.bos(&["card", "move", "BAKE-ENG-0006", "planned", "--json"]).code(0).json();
    for entry in written["entries"].as_array_mut().unwrap() {
        assert_eq!(entry["hash"].as_str().unwrap().len(), 64);
        entry["hash"] = "H".into();
        for document in entry["documents"].as_array_mut().unwrap() {
            assert_eq!(document["sha256"].as_str().unwrap().len(), 64);
            document["sha256"] = "S".into();
        }
    }
    assert_snapshot!(serde_json::to_string_pretty(&written).unwrap(), @r#"
    {
      "schema": "bos.write/1",
      "changed": true,
      "warnings": [],
      "entries": [
        {
          "seq": 26,
          "hash": "H",
          "entity": "card",
          "id": "BAKE-ENG-0006",
          "action": "move",
          "changes": {
            "Lane": {
              "from": "Inbox",
              "to": "Planned"
            },
            "Updated": {
              "from": "2026-11-11",
              "to": "2026-11-20"
            }
          },
          "documents": [
            {
              "path": "docs/business-os/cards/BAKE-ENG-0006.user.md",
              "sha256": "S"
            },
            {
              "path": "docs/business-os/cards/BAKE-ENG-0006/plan.user.md",
              "sha256": "S"
            }
          ]
        }
      ]
    }
    "#);
}
