//! `bos undo`: what a command did goes back, together with what came since or not at all.

use insta::assert_snapshot;

use crate::env::TestEnv;

/// Every document with its text, as `bos export` writes them.
fn tree(env: &TestEnv) -> String {
    env.bos(&["export"]).ok();
    let mut files: Vec<_> = walkdir::WalkDir::new(env.path("")).into_iter().map(Result::unwrap).collect();
    files.retain(|file| file.file_type().is_file());
    files.sort_by_key(|file| file.path().to_path_buf());
    files.iter().map(|f| format!("{}\n{}", f.path().display(), std::fs::read_to_string(f.path()).unwrap())).collect()
}

#[test]
fn every_write_goes_back_byte_for_byte_and_forth_again() {
    let env = TestEnv::repository("bakery");
    env.bos(&["board"]).ok();
    let commands: &[&[&str]] = &[
        &["card", "move", "BAKE-ENG-0006", "planned", "--reason", "x"],
        &["card", "set", "BAKE-ENG-0006", "Title=Other", "--add", "Tags=y"],
        &["card", "new", "BAKE", "--title", "New"],
        &["card", "claim", "BAKE-ENG-0003", "--ttl", "2h"],
        &["card", "comment", "BAKE-ENG-0003", "-m", "Hm."],
        &["card", "block", "BAKE-ENG-0003"],
        &["card", "archive", "BAKE-ENG-0007"],
        &["card", "propose", "BAKE-ENG-0003", "done"],
        &["card", "done", "BAKE-ENG-0003", "BAKE-ENG-0004"],
        &["idea", "new", "BAKE", "--title", "Idea"],
        &["idea", "convert", "BAKE-OPP-0002"],
        &["idea", "drop", "HOME-OPP-0001", "--reason", "x"],
    ];
    for command in commands {
        let before = tree(&env);
        env.bos(command).ok();
        let after = tree(&env);
        assert_ne!(before, after, "{command:?}");
        env.bos(&["undo"]).ok();
        assert!(tree(&env) == before, "{command:?} was not taken back");
        env.bos(&["undo"]).ok();
        assert!(tree(&env) == after, "the undo of {command:?} was not taken back");
        env.bos(&["undo"]).ok();
        assert!(tree(&env) == before, "{command:?}");
    }
    env.verify();
    assert_eq!(env.bos(&["card", "new", "BAKE", "--title", "Never the same number"]).ok(), "BAKE-ENG-0011\n");
}

#[test]
fn several_commands_go_back_together() {
    let env = TestEnv::fixture("bakery");
    let before = tree(&env);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).ok();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).ok();
    env.bos_with(&[("BOS_ACTOR", "Pete")], &["card", "set", "BAKE-ENG-0008", "Priority=P0"]).ok();
    let with_petes = tree(&env);
    env.bos(&["idea", "convert", "BAKE-OPP-0002"]).ok();
    assert_snapshot!(env.bos(&["undo", "--last", "3"]).ok(), @"
    undid 30  2026-11-20 10:00Z  Nora  convert BAKE-OPP-0002  (Card-ID, Status, Updated: none -> 2026-11-20)
    undid 29  2026-11-20 10:00Z  Nora  create BAKE-ENG-0009
    undid 27  2026-11-20 10:00Z  Nora  set BAKE-ENG-0006  (Priority: P3 -> P0)
    undid 26  2026-11-20 10:00Z  Nora  move BAKE-ENG-0006  (Lane: Inbox -> Planned, Updated: 2026-11-11 -> 2026-11-20)
    ");
    env.bos_with(&[("BOS_ACTOR", "Pete")], &["undo"]).ok();
    assert!(tree(&env) == before);
    assert_ne!(before, with_petes);
    env.verify();
}

#[test]
fn what_came_since_stays() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).ok();
    let seq = env.last_entry()["seq"].to_string();
    env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0", "--add", "Tags=urgent"]).ok();
    env.bos(&["export"]).ok();
    env.edit("cards/BAKE-ENG-0003.user.md", "Since we close", "Ever since we close");
    assert_snapshot!(env.bos(&["undo", &seq]).ok(), @"undid 26  2026-11-20 10:00Z  Nora  move BAKE-ENG-0003  (Lane: Planned -> In progress, Updated: 2026-11-02 -> 2026-11-20)");
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["priority"]), (&"Planned".into(), &"P0".into()));
    assert!(card["body"].as_str().unwrap().contains("Ever since"));
    assert_eq!(card["card"]["tags"], serde_json::json!(["recipe", "rye", "urgent"]));
    assert_eq!(card["stage_docs"].as_array().unwrap().len(), 0);
    env.verify();
}

#[test]
fn where_both_meet_nothing_is_written() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).ok();
    let seq = env.last_entry()["seq"].to_string();
    env.bos(&["card", "move", "BAKE-ENG-0003", "done"]).ok();
    let length = env.log_length();
    assert_snapshot!(env.bos(&["undo", &seq]).code(5).stderr, @"
    error: the command of entry 26 cannot be undone: docs/business-os/cards/BAKE-ENG-0003.user.md was changed since (Lane)
    hint: first undo what came after it (see `bos log`), or make the change by hand
    ");
    assert_eq!(env.log_length(), length);
    env.bos(&["card", "new", "BAKE", "--title", "New"]).ok();
    let seq = env.last_entry()["seq"].to_string();
    env.bos(&["card", "comment", "BAKE-ENG-0009", "-m", "Stay."]).ok();
    assert_snapshot!(env.bos(&["undo", &seq]).code(5).stderr, @"
    error: the command of entry 28 cannot be undone: docs/business-os/cards/BAKE-ENG-0009/comments/2026-11-20T10-00-00Z-nora.md was added to BAKE-ENG-0009 since
    hint: first undo what came after it (see `bos log`), or make the change by hand
    ");
    env.bos(&["undo", "--last", "2"]).ok();
    env.bos(&["card", "show", "BAKE-ENG-0009"]).code(3);
    env.verify();
}

#[test]
fn an_import_goes_back_only_when_it_is_named() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["board"]).ok();
    assert_snapshot!(env.bos(&["undo"]).code(3).stderr, @"
    error: Nora has changed nothing that could be undone
    hint: to undo any other command, name its entry in `bos log`
    ");
    env.edit("cards/BAKE-ENG-0003.user.md", "Priority: P1", "Priority: P4");
    env.bos(&["import"]).ok();
    env.bos(&["undo"]).code(3);
    let seq = env.last_entry()["seq"].to_string();
    env.bos(&["undo", &seq]).ok();
    assert_eq!(env.state("cards/BAKE-ENG-0003.user.md"), "ahead");
    env.bos(&["undo", "9999"]).code(3);
    env.bos(&["undo", "--last", "0"]).code(2);
    env.verify();
}

#[test]
fn a_hand_edit_before_a_move_is_not_taken_back_with_it() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["board"]).ok();
    env.edit("cards/BAKE-ENG-0003.user.md", "Priority: P1", "Priority: P4");
    env.bos(&["card", "move", "BAKE-ENG-0003", "done"]).ok();
    env.bos(&["undo"]).ok();
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["priority"]), (&"Planned".into(), &"P4".into()));
}

#[test]
fn the_entry_says_what_it_takes_back() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "block", "BAKE-ENG-0003"]).ok();
    let undone = env.last_entry();
    let written = env.bos(&["undo", "--json"]).code(0).json();
    assert_eq!(written["entries"][0]["action"], "undo");
    assert_eq!(env.last_entry()["undoes"], serde_json::json!([undone["batch"]]));
}

/// What `--prune` removed is the last command, whatever was done before.
#[test]
fn what_was_pruned_is_taken_back_like_anything_else() {
    for before in [&["card", "set", "BAKE-ENG-0006", "Owner=Zed"][..], &["status"]] {
        let env = TestEnv::fixture("bakery");
        env.bos(&["import"]).code(0);
        env.bos(before).code(0);
        let text = env.read("cards/BAKE-ENG-0008.user.md");
        std::fs::remove_file(env.path("cards/BAKE-ENG-0008.user.md")).unwrap();
        env.bos(&["import", "--prune"]).code(0);
        env.bos(&["card", "show", "BAKE-ENG-0008"]).code(3);
        env.bos(&["undo"]).code(0);
        env.bos(&["export"]).code(0);
        assert_eq!(env.read("cards/BAKE-ENG-0008.user.md"), text, "{before:?}");
        let owner = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["owner"].clone();
        assert_eq!(owner == "Zed", before.contains(&"Owner=Zed"));
    }
}
