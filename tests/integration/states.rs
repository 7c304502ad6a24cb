//! The state of a document between file, database and git: every row of the state table, for import, for `bos status` and
//! for `card show`.

use std::fs;

use insta::assert_snapshot;

use crate::env::TestEnv;

/// The card that most tests change.
pub(crate) const CARD: &str = "cards/BAKE-ENG-0006.user.md";
pub(crate) const CARD_PATH: &str = "docs/business-os/cards/BAKE-ENG-0006.user.md";

pub(crate) fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

/// What `card show` says of the first document of a card.
#[track_caller]
pub(crate) fn shown(env: &TestEnv, id: &str) -> String {
    let card = env.bos(&["card", "show", id, "--json", "--no-refresh"]).json();
    card["documents"][0]["state"].as_str().unwrap().to_owned()
}

/// The priority that the database has.
#[track_caller]
pub(crate) fn priority(env: &TestEnv) -> String {
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).json();
    card["card"]["priority"].as_str().unwrap().to_owned()
}

/// The document is in this state for status and for show, and an import leaves it there and writes nothing.
#[track_caller]
pub(crate) fn import_leaves(env: &TestEnv, state: &str, code: i32) {
    assert_eq!((env.state(CARD).as_str(), shown(env, "BAKE-ENG-0006").as_str()), (state, state));
    let before = env.log_length();
    env.bos(&["import"]).code(code);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before, state));
}

/// The document is in this state for status and for show, and an import takes the file as one entry.
#[track_caller]
pub(crate) fn import_takes(env: &TestEnv, state: &str) {
    assert_eq!((env.state(CARD).as_str(), shown(env, "BAKE-ENG-0006").as_str()), (state, state));
    let before = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before + 1, "in sync"));
}

/// A linked work tree at a revision.
pub(crate) fn linked(env: &TestEnv, revision: &str) -> std::path::PathBuf {
    env.git(&["worktree", "add", "-q", "-b", "linked", "../linked", revision]);
    env.home().join("linked")
}

#[test]
fn row_1_invalid_keeps_the_last_good_text() {
    let env = imported();
    let good = env.read(CARD);
    env.edit(CARD, "Priority: P3", "Priority: P3\nPriority: P1");
    import_leaves(&env, "invalid", 1);
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!((report["failed"].as_u64(), report["diagnostics"][0]["code"].as_str()), (Some(1), Some("BOS012")));
    assert_eq!(priority(&env), "P3");
    let text = env.bos(&["card", "show", "BAKE-ENG-0006"]).code(4).stdout;
    assert!(text.contains("BAKE-ENG-0006.user.md  the file cannot be read: bos validate"), "{text}");
    assert_snapshot!(env.bos(&["board", "HOME"]).code(0).stderr, @"note: 1 document could not be read: bos validate");
    let before = env.log_length();
    env.write(CARD, good);
    env.bos(&["import"]).code(0);
    assert_eq!((env.state(CARD).as_str(), env.log_length()), ("in sync", before));
    assert_eq!(env.bos(&["board", "HOME"]).code(0).stderr, "");
}

#[test]
fn row_3_the_same_on_both_sides_becomes_the_base() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.edit(CARD, "Updated: 2026-11-11", "Updated: 2026-11-20");
    import_leaves(&env, "in sync", 0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P2"]).code(0);
    assert_eq!(env.state(CARD), "ahead", "the base is what both had, so only the database changed");
}

#[test]
fn row_4_an_old_checkout_is_named_and_left() {
    let env = imported();
    env.git(&["checkout", "-q", "-b", "work"]);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.commit_all("more urgent");
    env.git(&["checkout", "-q", "main"]);
    import_leaves(&env, "stale", 0);
    assert_eq!(priority(&env), "P1");
    assert_snapshot!(env.bos(&["import"]).ok(), @"
    Imported 0 new and 0 edited of 26 files; 25 unchanged.
    1 from an old checkout, left alone:
      docs/business-os/cards/BAKE-ENG-0006.user.md
    ");
    assert_snapshot!(env.bos(&["status"]).ok(), @"
    stale (1)  an old checkout, not an edit: bos export PATH, or bos import PATH --theirs
      docs/business-os/cards/BAKE-ENG-0006.user.md
    branch work/business-os-export: never exported, 26 log entries to go
    ");
    env.git(&["checkout", "-q", "work"]);
    import_leaves(&env, "in sync", 0);
}

#[test]
fn row_4_a_file_that_equals_the_base_has_not_gone_back() {
    let env = imported();
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    import_leaves(&env, "ahead", 0);
}

#[test]
fn row_5_only_in_the_database() {
    let env = imported();
    assert_eq!(env.bos(&["card", "new", "BAKE", "--title", "Salt"]).ok(), "BAKE-ENG-0009\n");
    assert_eq!(
        (env.state("cards/BAKE-ENG-0009.user.md"), shown(&env, "BAKE-ENG-0009")),
        ("ahead".into(), "ahead".into())
    );
    let before = env.log_length();
    env.bos(&["import"]).code(0);
    env.bos(&["import", "--prune"]).code(0);
    assert_eq!(
        (env.log_length(), shown(&env, "BAKE-ENG-0009")),
        (before, "ahead".into()),
        "never was a file: not gone"
    );
}

#[test]
fn row_6_only_a_file() {
    let env = imported();
    let card = "cards/BAKE-ENG-0050.user.md";
    env.write(card, "---\nType: Card\nID: BAKE-ENG-0050\nTitle: Salt\nBusiness: BAKE\nLane: Inbox\nPriority: P2\nOwner: Nora\n---\n");
    assert_eq!(env.state(card), "untracked");
    assert_snapshot!(env.bos(&["import"]).ok(), @"Imported 1 new and 0 edited of 27 files (1 card); 26 unchanged.");
    assert_eq!((env.state(card), shown(&env, "BAKE-ENG-0050")), ("in sync".into(), "in sync".into()));
}

#[test]
fn row_7_made_on_both_sides() {
    let env = imported();
    env.bos(&["card", "new", "BAKE", "--title", "Salt"]).code(0);
    let card = "cards/BAKE-ENG-0009.user.md";
    env.write(card, "---\nType: Card\nID: BAKE-ENG-0009\nTitle: Pepper\nBusiness: BAKE\n---\n");
    assert_eq!((env.state(card), shown(&env, "BAKE-ENG-0009")), ("diverged".into(), "diverged".into()));
    let before = env.log_length();
    assert_snapshot!(env.bos(&["import"]).code(1).stdout, @"
    Imported 0 new and 0 edited of 27 files; 26 unchanged.
    1 in conflict: changed in file and database at the same places (bos conflicts):
      docs/business-os/cards/BAKE-ENG-0009.user.md
    ");
    assert_eq!((env.log_length(), env.state(card)), (before, "conflict".into()));
    assert!(env.bos(&["card", "show", "BAKE-ENG-0009"]).ok().contains("Salt"));
}

#[test]
fn row_8_the_database_changed_it() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    import_leaves(&env, "ahead", 0);
    assert_eq!(priority(&env), "P1");
}

#[test]
fn row_8_the_database_removed_it() {
    let env = imported();
    let linked = linked(&env, "HEAD");
    env.bos_in(&linked, &["import"]).code(0);
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let state = |env: &TestEnv| {
        let status = env.bos_in(&linked, &["status", "--json"]).code(0).json();
        status["documents"].clone()
    };
    let ahead = serde_json::json!([{"path": CARD_PATH, "state": "ahead"}]);
    assert_eq!(state(&env), ahead);
    let before = env.log_length();
    env.bos_in(&linked, &["import"]).code(0);
    assert_eq!((env.log_length(), state(&env)), (before, ahead), "an old file does not bring it back");
    env.bos_in(&linked, &["card", "show", "BAKE-ENG-0006"]).code(3);
    env.verify();
}

#[test]
fn row_9_the_file_was_edited() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    import_takes(&env, "behind");
    assert_eq!(priority(&env), "P1");
    let entry = env.last_entry();
    assert_eq!(entry["changes"].to_string(), r#"{"Priority":{"from":"P3","to":"P1"}}"#);
    assert_eq!((entry["action"].as_str(), entry["actor"].as_str()), (Some("import"), Some("Nora")));
    env.verify();
}

#[test]
fn row_10_a_missing_file_is_no_deletion() {
    let env = imported();
    fs::remove_file(env.path(CARD)).unwrap();
    import_leaves(&env, "missing", 0);
    assert_snapshot!(env.bos(&["import"]).ok(), @r"
    Imported 0 new and 0 edited of 25 files; 25 unchanged.
    1 gone, but not taken for deleted (bos import --prune):
      docs/business-os/cards/BAKE-ENG-0006.user.md
    ");
    let text = env.bos(&["card", "show", "BAKE-ENG-0006"]).ok();
    assert!(text.contains("the file is gone: bos import --prune, or bos export PATH --ours"), "{text}");
    assert!(env.bos(&["board", "BAKE"]).ok().contains("BAKE-ENG-0006"));
}

#[test]
fn row_10_prune_deletes_and_the_log_outlives_it() {
    let env = imported();
    fs::remove_file(env.path(CARD)).unwrap();
    assert_snapshot!(env.bos(&["import", "--prune"]).ok(), @r"
    Imported 0 new and 0 edited of 25 files; 25 unchanged.
    Removed 1 whose files are gone:
      docs/business-os/cards/BAKE-ENG-0006.user.md
    ");
    env.bos(&["card", "show", "BAKE-ENG-0006"]).code(3);
    let log = env.bos(&["log", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!(log["total"], 2);
    assert!(log["entries"][0]["documents"][0]["new"].is_null());
    env.verify();
}

#[test]
fn row_11_both_changed() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P5");
    assert_eq!(env.state(CARD), "diverged");
    let (length, file) = (env.log_length(), env.read(CARD));
    assert_snapshot!(env.bos(&["import"]).code(1).stdout, @"
    Imported 0 new and 0 edited of 26 files; 25 unchanged.
    1 in conflict: changed in file and database at the same places (bos conflicts):
      docs/business-os/cards/BAKE-ENG-0006.user.md
    ");
    assert_eq!((env.log_length(), env.read(CARD), priority(&env)), (length, file, "P1".to_owned()));
    assert_eq!(env.state(CARD), "conflict");
    assert_eq!(env.bos(&["import", "--json"]).code(1).json()["conflicts"], 1, "it is left alone");
    let text = env.bos(&["card", "show", "BAKE-ENG-0006"]).ok();
    assert!(text.contains("conflict: bos status"), "{text}");
}

#[test]
fn row_11_both_changed_different_things() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Lane: Inbox", "Lane: Planned");
    let file = env.read(CARD);
    assert_snapshot!(env.bos(&["import"]).ok(), @"
    Imported 0 new and 0 edited of 26 files; 25 unchanged.
    Merged 1 that were changed in file and database.
    ");
    assert_eq!((env.read(CARD), priority(&env), env.state(CARD)), (file, "P1".to_owned(), "ahead".into()));
    assert_eq!(env.last_entry()["action"], "merge");
    env.bos(&["export"]).ok();
    let text = env.read(CARD);
    assert!(text.contains("Lane: Planned\nPriority: P1\n"), "{text}");
    env.verify();
}

#[test]
fn row_11_removed_as_a_file_and_changed_in_the_database() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    fs::remove_file(env.path(CARD)).unwrap();
    assert_eq!(env.state(CARD), "diverged");
    env.bos(&["import"]).code(1);
    import_leaves(&env, "conflict", 1);
    env.bos(&["import", "--prune"]).code(1);
    assert_eq!(priority(&env), "P1", "a change is not pruned");
    env.bos(&["import", CARD_PATH, "--theirs"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0006"]).code(3);
}

#[test]
fn row_11_changed_as_a_file_and_removed_from_the_database() {
    let env = imported();
    let linked = linked(&env, "HEAD");
    env.bos_in(&linked, &["import"]).code(0);
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let file = linked.join(CARD_PATH);
    let text = fs::read_to_string(&file).unwrap().replace("Priority: P3", "Priority: P0");
    fs::write(&file, text).unwrap();
    let before = env.log_length();
    let report = env.bos_in(&linked, &["import", "--json"]).code(1).json();
    assert_eq!((report["conflicts"].as_u64(), env.log_length()), (Some(1), before));
    env.bos_in(&linked, &["import", CARD_PATH, "--theirs"]).code(0);
    assert_eq!(env.log_length(), before + 1);
    assert_eq!(priority(&env), "P0");
    env.verify();
}

#[test]
fn theirs_takes_the_file_and_keeps_both_texts() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P5");
    env.bos(&["import", "--theirs"]).code(2);
    assert_snapshot!(env.bos(&["import", CARD_PATH, "--theirs"]).ok(), @"Imported 0 new and 1 edited of 1 files (1 card); 0 unchanged.");
    assert_eq!((priority(&env).as_str(), env.state(CARD).as_str()), ("P5", "in sync"));
    let log = env.bos(&["log", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!(log["entries"][0]["documents"][0]["old"], log["entries"][1]["documents"][0]["new"]);
    env.verify();
}

#[test]
fn theirs_takes_an_old_checkout_that_is_named() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.bos(&["export"]).code(0);
    env.git(&["checkout", "-q", "--", "."]);
    assert_eq!(env.state(CARD), "stale");
    env.bos(&["import", CARD_PATH, "--theirs"]).code(0);
    assert_eq!((priority(&env).as_str(), env.state(CARD).as_str()), ("P3", "in sync"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    fs::remove_file(env.path("cards/BAKE-ENG-0008.user.md")).unwrap();
    let database = env.database();
    let before = fs::read(&database).unwrap();
    assert_snapshot!(env.bos(&["import", "--dry-run", "--prune"]).ok(), @r"
    Would import 0 new and 1 edited of 25 files (1 card); 24 unchanged.
    Would remove 1 whose files are gone:
      docs/business-os/cards/BAKE-ENG-0008.user.md
    ");
    assert!(before == fs::read(&database).unwrap(), "the database changed");
    assert_eq!(env.state(CARD), "behind");
}

#[test]
fn a_dry_run_in_a_fresh_tree_makes_no_database() {
    let env = TestEnv::repository("bakery");
    assert_snapshot!(env.bos(&["import", "--dry-run"]).ok(), @"Would import 26 new and 0 edited of 26 files (15 cards, 1 comment, 4 ideas, 5 stage docs); 0 unchanged.");
    assert!(!env.root.join(".git/bos").exists());
}

#[test]
fn strict_is_all_or_nothing() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.write("cards/BAKE-ENG-0060.user.md", "---\nLane: [\n---\n");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["import", "--strict"]).code(4).stderr, @"
    error: there are errors in the files, so nothing was imported
    hint: fix the files, or import the good ones without --strict
    ");
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before, "behind"));
    fs::remove_file(env.path("cards/BAKE-ENG-0060.user.md")).unwrap();
    env.bos(&["import", "--strict"]).code(0);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before + 1, "in sync"));
}

#[test]
fn strict_holds_for_the_first_import_too() {
    let env = TestEnv::repository("broken");
    env.bos(&["import", "--strict"]).code(4);
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(report["unchanged"], 0, "nothing was there before");
}

#[test]
fn two_edits_of_one_size_within_a_second_are_both_seen() {
    let env = imported();
    for (from, to) in [("P3", "P1"), ("P1", "P2"), ("P2", "P0")] {
        env.edit(CARD, &format!("Priority: {from}"), &format!("Priority: {to}"));
        env.bos(&["import"]).code(0);
        assert_eq!(priority(&env), to);
    }
}

#[test]
fn a_stage_doc_in_two_places_is_one_story_for_the_log() {
    let env = imported();
    let linked = linked(&env, "HEAD");
    env.bos_in(&linked, &["import"]).code(0);
    env.bos(&["card", "archive", "BAKE-ENG-0002"]).code(0);
    env.bos(&["export"]).code(0);
    // Somebody still edits it where it was, and a person wants that.
    let build = "docs/business-os/cards/BAKE-ENG-0002/build.user.md";
    let text = fs::read_to_string(linked.join(build)).unwrap();
    fs::write(linked.join(build), text + "More.\n").unwrap();
    env.bos_in(&linked, &["import", build, "--theirs"]).code(0);
    let archived = "cards/archive/BAKE-ENG-0002/build.user.md";
    env.edit(archived, "Stage: ", "Own: 1\nStage: ");
    env.bos(&["import"]).code(0);
    env.verify();
}
