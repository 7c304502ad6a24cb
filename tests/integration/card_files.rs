//! What a write does about the files of its card that somebody edited: they are taken first, or they refuse it.

use std::fs;

use insta::assert_snapshot;

use crate::card_move::{CARD, fields, imported, sha};

#[test]
fn expect_is_a_compare_and_swap() {
    let env = imported("bakery");
    let old = sha(&env, "BAKE-ENG-0006");
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned", "--expect", &old]).code(0);
    let before = env.log_length();
    let refused = env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--expect", &old]).code(5);
    let current = sha(&env, "BAKE-ENG-0006");
    assert_eq!(
        refused.stderr,
        format!(
            "error: BAKE-ENG-0006 has changed since {old}: it is at {current} now\nhint: look at it again with `bos \
             card show BAKE-ENG-0006`, then use --expect {current}\n"
        )
    );
    assert_eq!(env.log_length(), before);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--expect", &current]).code(0);
}

#[test]
fn expect_sees_a_hand_edit_that_nobody_imported() {
    let env = imported("bakery");
    let old = sha(&env, "BAKE-ENG-0006");
    env.edit(CARD, "Priority: P3", "Priority: P1");
    let before = env.log_length();
    env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--expect", &old]).code(5);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before, "behind"), "the edit is not taken either");
}

#[test]
fn a_diverged_file_refuses() {
    let env = imported("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P5");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(5).stderr, @"
    error: BAKE-ENG-0006 has files in the state diverged: docs/business-os/cards/BAKE-ENG-0006.user.md
    hint: file and database both changed; bring them together with `bos import`, which merges what it can
    ");
    assert_eq!(env.log_length(), before);
}

#[test]
fn an_invalid_file_refuses() {
    let env = imported("bakery");
    env.write(CARD, "---\nLane: [\n---\n");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(4).stderr, @r"
    error: docs/business-os/cards/BAKE-ENG-0006.user.md cannot be read, line 3: not valid YAML: did not find expected node content
    hint: quote values that hold `: `, ` #`, or begin with a special character
    ");
    assert_eq!(env.log_length(), before);
}

#[test]
fn a_diverged_companion_refuses_too() {
    let env = imported("bakery");
    env.bos(&["card", "set", "HOME-ENG-0001", "Priority=P1"]).code(0);
    env.edit("cards/HOME-ENG-0001.agent.md", "Priority: P2", "Priority: P5");
    env.bos(&["card", "move", "HOME-ENG-0001", "done"]).code(5);
}

#[test]
fn hand_edits_of_both_files_are_one_entry_before_the_move() {
    let env = imported("bakery");
    env.edit("cards/HOME-ENG-0001.user.md", "Priority: P2", "Priority: P0");
    env.edit("cards/HOME-ENG-0001.agent.md", "Priority: P2", "Priority: P0");
    let before = env.log_length();
    let written = env.bos(&["card", "move", "HOME-ENG-0001", "done", "--json"]).code(0).json();
    assert_eq!(env.log_length(), before + 2);
    let actions: Vec<&str> =
        written["entries"].as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["import", "move"]);
    let log = env.bos(&["log", "--json", "--limit", "2"]).code(0).json();
    assert_ne!(log["entries"][0]["batch"], log["entries"][1]["batch"], "an import of its own");
    env.verify();
}

#[test]
fn a_companion_made_by_hand_is_taken_first() {
    let env = imported("bakery");
    env.write("cards/BAKE-ENG-0006.agent.md", env.read(CARD));
    let before = env.log_length();
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    assert_eq!(env.log_length(), before + 2);
    env.bos(&["export"]).code(0);
    assert!(env.read("cards/BAKE-ENG-0006.agent.md").contains("Lane: Done"));
    env.verify();
}

#[test]
fn an_edit_of_another_card_is_not_taken_on_the_way() {
    let env = imported("bakery");
    env.edit("cards/BAKE-ENG-0008.user.md", "Priority: P2", "Priority: P1");
    let before = env.log_length();
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    assert_eq!((env.log_length(), env.state("cards/BAKE-ENG-0008.user.md").as_str()), (before + 1, "behind"));
}

#[test]
fn an_old_checkout_is_no_hand_edit() {
    let env = imported("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.bos(&["export"]).code(0);
    env.git(&["checkout", "-q", "--", "."]);
    let before = env.log_length();
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    assert_eq!((env.log_length(), &fields(&env, "BAKE-ENG-0006")["Priority"]), (before + 1, &"P1".into()));
}

#[test]
fn a_card_whose_file_is_a_broken_link_is_refused() {
    let env = imported("bakery");
    fs::remove_file(env.path(CARD)).unwrap();
    fs::create_dir(env.path(CARD)).unwrap();
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(4);
}
