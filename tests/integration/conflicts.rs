//! `bos conflicts`: what both sides changed at the same places, shown and settled.

use insta::assert_snapshot;

use crate::env::TestEnv;

const FILE: &str = "cards/BAKE-ENG-0003.user.md";

/// A card whose lane, text and tags were changed on both sides; the tags and the priority can be merged.
fn in_conflict() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["board"]).ok();
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).ok();
    env.bos(&["card", "set", "BAKE-ENG-0003", "--add", "Tags=ours", "Priority=P0"]).ok();
    env.edit(FILE, "Lane: Planned", "Lane: Done");
    env.edit(FILE, "Tags: [recipe, rye]", "Tags: [recipe, rye, theirs]");
    env.edit(FILE, "Since we close", "Ever since we close");
    env
}

fn imported() -> TestEnv {
    let env = in_conflict();
    env.bos(&["import"]).code(1);
    env
}

#[test]
fn a_conflict_is_counted_listed_and_shown() {
    let env = imported();
    assert_snapshot!(env.bos(&["conflicts"]).ok(), @"
    ID             CLASHES  SINCE              FILE
    BAKE-ENG-0003  Lane     2026-11-20 10:00Z  docs/business-os/cards/BAKE-ENG-0003.user.md
    ");
    assert_snapshot!(env.bos(&["conflicts", "show", "BAKE-ENG-0003"]).ok(), @"
    docs/business-os/cards/BAKE-ENG-0003.user.md

      Lane
      was Planned
      database:
        In progress
      file:
        Done
    ");
    let board = env.bos(&["board", "BAKE"]);
    assert!(board.stderr.contains("1 conflict waits for you: bos conflicts"), "{}", board.stderr);
    assert_eq!(env.state(FILE), "conflict");
    let json = env.bos(&["conflicts", "--json"]).code(0).json();
    assert_eq!((&json["total"], &json["conflicts"][0]["clashes"][0]["place"]), (&1.into(), &"Lane".into()));
    // Neither side is touched, and nobody writes over it.
    let file = env.read(FILE);
    assert_snapshot!(env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Pete"]).code(5).stderr, @"
    error: BAKE-ENG-0003 has conflict files: docs/business-os/cards/BAKE-ENG-0003.user.md
    hint: look at both with `bos conflicts show BAKE-ENG-0003` and settle it with `bos conflicts resolve BAKE-ENG-0003`
    ");
    env.bos(&["export"]).code(5);
    assert_eq!(env.read(FILE), file);
    env.verify();
}

#[test]
fn one_side_is_taken_where_both_clash_and_the_rest_is_merged() {
    for (side, lane) in [("--ours", "In progress"), ("--theirs", "Done")] {
        let env = imported();
        assert_eq!(env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", side]).ok(), "BAKE-ENG-0003  settled\n");
        let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
        assert_eq!((&card["card"]["lane"], &card["card"]["priority"]), (&lane.into(), &"P0".into()), "{side}");
        assert_eq!(card["card"]["tags"], serde_json::json!(["recipe", "rye", "ours", "theirs"]));
        assert!(card["body"].as_str().unwrap().contains("Ever since we close"));
        env.bos(&["export"]).ok();
        assert_eq!(env.state(FILE), "in sync");
        env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", side]).code(3);
        env.verify();
    }
}

#[test]
fn every_key_that_clashes_must_be_decided() {
    let env = imported();
    let refused = env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--field", "Owner=theirs"]).code(5);
    assert_snapshot!(refused.stderr, @"
    error: BAKE-ENG-0003 is not settled: nobody has decided about Lane
    hint: take a side for all with --ours or --theirs, for one with --field KEY=theirs (content is the text), or mend it with `bos conflicts resolve BAKE-ENG-0003 --edit`
    ");
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--field", "Lane=theirs"]).ok();
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json()["card"]["lane"], "Done");
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003"]).code(2);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--field", "Lane=mine"]).code(2);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--ours", "--theirs"]).code(2);
}

#[test]
fn an_editor_gets_both_sides_and_what_it_leaves_is_taken() {
    let env = imported();
    let edit = |editor: &str| env.bos_with(&[("EDITOR", editor)], &["conflicts", "resolve", "BAKE-ENG-0003", "--edit"]);
    assert_snapshot!(edit("cp \"$1\" seen; sed -i 's/^Lane: .*/Lane: Blocked/'").ok(), @"docs/business-os/cards/BAKE-ENG-0003.user.md  settled");
    assert_snapshot!(env.read("../../seen").lines().take(4).collect::<Vec<_>>().join("\n"), @"
    <!-- bos: both sides changed these; this comment is taken away again.
         Lane: the database has In progress, the file Done
    -->
    ---
    ");
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json()["card"]["lane"], "Blocked");
    env.verify();
}

#[test]
fn a_file_that_is_mended_by_hand_is_merged_after_all() {
    let env = imported();
    env.edit(FILE, "Lane: Done", "Lane: Planned");
    assert_snapshot!(env.bos(&["import"]).ok(), @"
    Imported 0 new and 0 edited of 26 files; 25 unchanged.
    Merged 1 that were changed in file and database.
    ");
    assert_eq!(env.bos(&["conflicts", "--json"]).json()["total"], 0);
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!(card["card"]["lane"], "In progress");
    env.verify();
}

#[test]
fn a_body_that_clashes_is_shown_line_by_line() {
    let env = TestEnv::repository("bakery");
    env.bos(&["board"]).ok();
    env.bos_reading("One.\n\nTwo.\n\nThree.\n", &["card", "set", "BAKE-ENG-0003", "--body-file", "-"]).ok();
    env.bos(&["export"]).ok();
    env.bos_reading("One.\n\nOurs.\n\nThree.\n", &["card", "set", "BAKE-ENG-0003", "--body-file", "-"]).ok();
    env.edit(FILE, "Two.\n\nThree.", "Theirs.\n\nThree, and more.");
    env.bos(&["import"]).code(1);
    assert_snapshot!(env.bos(&["conflicts", "show", "BAKE-ENG-0003"]).ok(), @"
    docs/business-os/cards/BAKE-ENG-0003.user.md

      line 4 of the text
      was Two.
      database:
        Ours.
      file:
        Theirs.
    ");
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--field", "content=ours"]).ok();
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!(card["body"], "\nOne.\n\nOurs.\n\nThree, and more.\n");
}

#[test]
fn a_file_that_is_gone_is_a_conflict_with_a_change() {
    for (side, exists) in [("--ours", true), ("--theirs", false)] {
        let env = TestEnv::repository("bakery");
        env.bos(&["board"]).ok();
        env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).ok();
        std::fs::remove_file(env.path(FILE)).unwrap();
        env.bos(&["import"]).code(1);
        env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", side]).ok();
        env.bos(&["export"]).ok();
        assert_eq!(env.path(FILE).exists(), exists, "{side}");
        env.bos(&["card", "show", "BAKE-ENG-0003"]).code(if exists { 0 } else { 3 });
        assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
        env.verify();
    }
}

#[test]
fn theirs_and_ours_of_import_and_export_settle_it_too() {
    let env = imported();
    env.bos(&["import", &format!("docs/business-os/{FILE}"), "--theirs"]).code(0);
    assert_eq!(env.state(FILE), "in sync");
    let env = imported();
    env.bos(&["export", &format!("docs/business-os/{FILE}"), "--ours"]).code(0);
    assert_eq!(
        (env.state(FILE), env.bos(&["conflicts", "--json"]).json()["total"].clone()),
        ("in sync".into(), 0.into())
    );
    env.verify();
}

#[test]
fn a_file_that_moved_keeps_its_card_while_both_sides_change() {
    let env = TestEnv::repository("bakery");
    env.bos(&["board"]).ok();
    env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).ok();
    std::fs::create_dir_all(env.path("cards/archive")).unwrap();
    std::fs::rename(env.path(FILE), env.path("cards/archive/BAKE-ENG-0003.user.md")).unwrap();
    env.edit("cards/archive/BAKE-ENG-0003.user.md", "Since we close", "Ever since we close");
    assert_eq!(env.bos(&["import", "--json"]).code(0).json()["merged"], 1);
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["archived"], &card["card"]["priority"]), (&true.into(), &"P0".into()));
    assert!(card["body"].as_str().unwrap().contains("Ever since we close"));
    env.bos(&["export"]).ok();
    assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
    assert!(!env.path(FILE).exists());
    env.verify();
}

#[test]
fn an_edit_of_a_file_follows_its_card_into_the_archive() {
    let archived = "cards/archive/BAKE-ENG-0003.user.md";
    for (from, to, clashes) in
        [("Since we close", "Ever since we close", false), ("Priority: P1", "Priority: P4", true)]
    {
        let env = TestEnv::repository("bakery");
        env.bos(&["board"]).ok();
        env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).ok();
        env.bos(&["card", "archive", "BAKE-ENG-0003"]).ok();
        env.edit(FILE, from, to);
        env.bos(&["import"]).code(i32::from(clashes));
        if clashes {
            env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--theirs"]).ok();
        }
        env.bos(&["export"]).ok();
        assert!(env.read(archived).contains(to), "{}", env.read(archived));
        assert!(!env.path(FILE).exists());
        assert_eq!(env.bos(&["import", "--json"]).code(0).json()["merged"], 0);
        assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
        assert_eq!(env.bos(&["validate", "--json"]).code(0).json()["errors"], 0);
        env.verify();
    }
}

#[test]
fn a_conflict_with_another_branch_outlives_an_edit_of_the_file() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.git(&["checkout", "-q", "-b", "topic"]);
    env.edit(FILE, "Owner: ", "Owner: T");
    env.edit(FILE, "Tags: [recipe, rye]", "Tags: [recipe, rye, topic]");
    env.commit_all("of the topic");
    env.git(&["checkout", "-q", "main"]);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Zoe"]).code(0);
    env.bos(&["export"]).code(0);
    env.bos(&["import", "--from", "topic"]).code(1);
    let total = |env: &TestEnv| env.bos(&["conflicts", "--json"]).json()["total"].clone();
    assert_eq!(total(&env), 1);
    env.edit(FILE, "Title: ", "Title: New ");
    env.bos(&["import"]).code(0);
    assert_eq!(total(&env), 1, "theirs is still open");
    env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).code(0);
    assert_eq!(total(&env), 1);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--ours"]).code(0);
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["owner"], &card["card"]["priority"]), (&"Zoe".into(), &"P0".into()));
    assert_eq!(card["card"]["tags"], serde_json::json!(["recipe", "rye", "topic"]));
    assert!(card["card"]["title"].as_str().unwrap().starts_with("New "));
    assert_eq!(total(&env), 0);
    env.verify();
}
