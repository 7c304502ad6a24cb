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
    ID             WITH  CLASHES  SINCE              FILE
    BAKE-ENG-0003  file  Lane     2026-11-20 10:00Z  docs/business-os/cards/BAKE-ENG-0003.user.md
    ");
    assert_snapshot!(env.bos(&["conflicts", "show", "BAKE-ENG-0003"]).ok(), @"
    docs/business-os/cards/BAKE-ENG-0003.user.md  with its file

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
    error: BAKE-ENG-0003 has files in the state conflict: docs/business-os/cards/BAKE-ENG-0003.user.md
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
    hint: take a side for all with --ours or --theirs, for one with --field KEY=theirs (content is the text), or edit it with `bos conflicts resolve BAKE-ENG-0003 --edit`
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
    <!-- bos: both sides changed these; this comment is removed again.
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
    docs/business-os/cards/BAKE-ENG-0003.user.md  with its file

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

/// A branch of somebody else, made from what was committed first, with edits of the file.
fn branch(env: &TestEnv, name: &str, edits: &[(&str, &str)]) {
    let text = env.read(FILE);
    env.git(&["checkout", "-q", "-f", "-B", name, env.git(&["rev-list", "--max-parents=0", "main"]).trim()]);
    edits.iter().for_each(|(from, to)| env.edit(FILE, from, to));
    env.commit_all(name);
    env.git(&["checkout", "-q", "main"]);
    env.write(FILE, text);
}

/// The places that documents are in conflict with, and what clashes with each.
fn open(env: &TestEnv) -> Vec<String> {
    let json = env.bos(&["conflicts", "--json", "--no-refresh"]).code(0).json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let clashes = |conflict: &serde_json::Value| {
        conflict["clashes"].as_array().unwrap().iter().map(|clash| text(&clash["place"])).collect::<Vec<_>>().join(" ")
    };
    let conflicts = json["conflicts"].as_array().unwrap().iter();
    conflicts.map(|conflict| format!("{}: {}", text(&conflict["place"]), clashes(conflict))).collect()
}

fn card(env: &TestEnv, id: &str) -> serde_json::Value {
    env.bos(&["card", "show", id, "--json", "--no-refresh"]).code(0).json()["card"].clone()
}

/// The owner that the database has clashes with that of the file and of three branches, two of which say the same.
fn four_places() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    branch(&env, "one", &[("Owner: Nora", "Owner: One"), ("Business: ", "Size: L\nBusiness: ")]);
    branch(&env, "two", &[("Owner: Nora", "Owner: Two")]);
    branch(&env, "also-one", &[("Owner: Nora", "Owner: One"), ("Priority: P1", "Priority: P4")]);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Zoe"]).code(0);
    env.edit(FILE, "Owner: Nora", "Owner: File");
    for place in ["one", "two", "refs/heads/also-one"] {
        env.bos(&["import", "--no-refresh", "--from", place]).code(1);
    }
    env.bos(&["import"]).code(1);
    env
}

const ALL: [&str; 4] = ["one: Owner", "two: Owner", "also-one: Owner", "file: Owner"];

#[test]
fn a_document_is_in_conflict_with_each_place_on_its_own() {
    let env = four_places();
    assert_eq!(open(&env), ALL);
    assert_snapshot!(env.bos(&["conflicts", "show", "BAKE-ENG-0003", "--from", "two"]).ok(), @"
    docs/business-os/cards/BAKE-ENG-0003.user.md  with two

      Owner
      was Nora
      database:
        Zoe
      two:
        Two
    ");
    let places = env.bos(&["status", "--json"]).json()["conflicts"].clone();
    assert_eq!(places[2], serde_json::json!({"path": format!("docs/business-os/{FILE}"), "place": "also-one"}));
    // What becomes of one place says nothing about the others.
    env.edit(FILE, "Owner: File", "Owner: Nora");
    env.bos(&["import"]).code(0);
    assert_eq!(open(&env), ALL[..3]);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--from", "two", "--ours"]).ok();
    assert_eq!(open(&env), [ALL[0], ALL[2]]);
    let error = env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--from", "two", "--ours"]).code(3);
    assert_snapshot!(error.stderr, @"
    error: BAKE-ENG-0003 has no open conflict with two
    hint: it has conflicts with also-one, one
    ");
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--theirs"]).ok();
    let card = card(&env, "BAKE-ENG-0003");
    assert_eq!((&card["owner"], &card["priority"]), (&"One".into(), &"P4".into()));
    assert!(env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json()["card"]["fields"]["Size"] == "L");
    assert_eq!(open(&env), [""; 0]);
    env.verify();
}

#[test]
fn places_that_clash_with_each_other_are_settled_one_by_one() {
    let env = four_places();
    let error = env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--theirs"]).code(5);
    assert_snapshot!(error.stderr, @"
    error: one, two, also-one, file clash with each other about BAKE-ENG-0003: Owner
    hint: settle one after the other: `bos conflicts resolve BAKE-ENG-0003 --from PLACE`, with the side to take
    ");
    assert_eq!(open(&env), ALL, "nothing was settled");
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--ours"]).ok();
    let settled = card(&env, "BAKE-ENG-0003");
    assert_eq!(
        (&settled["owner"], &settled["priority"]),
        (&"Zoe".into(), &"P4".into()),
        "what did not clash is merged"
    );
    assert_eq!(open(&env), [""; 0]);
    env.verify();
}

#[test]
fn a_conflict_ends_when_both_sides_agree_and_the_rest_is_taken() {
    let env = four_places();
    env.edit(FILE, "Owner: File", "Owner: Nora");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=One"]).code(0);
    assert_eq!(open(&env), ["two: Owner"]);
    let card = card(&env, "BAKE-ENG-0003");
    assert_eq!((&card["fields"]["Size"], &card["priority"]), (&"L".into(), &"P4".into()));
    assert!(env.bos(&["board", "BAKE"]).stderr.contains("1 conflict waits"));
    env.verify();
}

#[test]
fn a_branch_that_goes_on_or_back_takes_its_conflict_along() {
    let env = four_places();
    env.bos(&["import", "--no-refresh", "--from", "two"]).code(1);
    assert_eq!(open(&env), ALL, "the same again is the same conflict");
    branch(&env, "two", &[("Owner: Nora", "Owner: Second"), ("Title: A rye", "Title: The rye")]);
    env.bos(&["import", "--no-refresh", "--from", "two"]).code(1);
    let shown = env.bos(&["conflicts", "show", "BAKE-ENG-0003", "--from", "two", "--json", "--no-refresh"]).json();
    assert_eq!(shown["conflicts"][0]["clashes"][0]["theirs"], "Second");
    env.git(&["branch", "-f", "two", "main"]);
    env.bos(&["import", "--no-refresh", "--from", "two"]).code(0);
    assert_eq!(open(&env), [ALL[0], ALL[2], ALL[3]]);
    branch(&env, "one", &[("Owner: Nora", "Owner: Zoe"), ("Business: ", "Size: XL\nBusiness: ")]);
    env.bos(&["import", "--no-refresh", "--from", "one"]).code(0);
    assert_eq!(open(&env), [ALL[2], ALL[3]]);
    assert_eq!(card(&env, "BAKE-ENG-0003")["fields"]["Size"], "XL");
    env.verify();
}

#[test]
fn commits_of_one_branch_are_one_place() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Zoe"]).code(0);
    let edits = [("Owner: Nora", "Owner: One"), ("Title: A rye", "Title: The rye"), ("Owner: One", "Owner: Two")];
    for (from, to) in edits {
        env.edit(FILE, from, to);
        env.commit_all(to);
    }
    env.bos(&["import", "--no-refresh", "--since", "main~3"]).code(1);
    assert_eq!(open(&env), ["main: Owner"]);
    let shown = env.bos(&["conflicts", "show", "BAKE-ENG-0003", "--json", "--no-refresh"]).json();
    let clash = &shown["conflicts"][0]["clashes"][0];
    assert_eq!((&clash["base"], &clash["ours"], &clash["theirs"]), (&"Nora".into(), &"Zoe".into(), &"Two".into()));
    assert!(card(&env, "BAKE-ENG-0003")["title"].as_str().unwrap().starts_with("The rye"));
    env.edit(FILE, "Owner: Two", "Owner: Nora");
    env.commit_all("as it was");
    env.bos(&["import", "--no-refresh", "--since", "main~1"]).code(0);
    assert_eq!(open(&env), [""; 0]);
    env.verify();
}

#[test]
fn a_conflict_follows_its_document() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    branch(&env, "one", &[("Owner: Nora", "Owner: One")]);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Zoe"]).code(0);
    env.bos(&["import", "--no-refresh", "--from", "one"]).code(1);
    for how in ["archive", "unarchive", "archive"] {
        env.bos(&["card", how, "BAKE-ENG-0003"]).code(0);
        env.bos(&["export"]).code(0);
        assert_eq!(open(&env), ["one: Owner"], "{how}");
    }
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--theirs"]).ok();
    let card = card(&env, "BAKE-ENG-0003");
    assert_eq!((&card["owner"], &card["archived"]), (&"One".into(), &true.into()));
    env.bos(&["export"]).code(0);
    assert!(!env.path(FILE).exists());
    env.verify();
}

#[test]
fn a_conflict_with_a_branch_is_that_of_every_work_tree() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    branch(&env, "one", &[("Owner: Nora", "Owner: One")]);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Zoe"]).code(0);
    let linked = env.home().join("linked");
    env.git(&["worktree", "add", "-q", "--detach", linked.to_str().unwrap()]);
    env.bos_in(&linked, &["import", "--from", "one"]).code(1);
    assert_eq!(open(&env), ["one: Owner"]);
    env.git(&["worktree", "remove", "--force", linked.to_str().unwrap()]);
    env.bos(&["import"]).code(0);
    assert_eq!(open(&env), ["one: Owner"]);
}

#[test]
fn ours_of_an_export_says_nothing_about_a_branch() {
    let env = four_places();
    env.bos(&["export", &format!("docs/business-os/{FILE}"), "--ours"]).code(0);
    assert_eq!(open(&env), ALL[..3]);
    assert!(env.read(FILE).contains("Owner: Zoe"));
}

#[test]
fn an_editor_gets_one_place_after_the_other() {
    let env = four_places();
    let editor = "cat \"$1\" >> seen; sed -i 's/^Owner: .*/Owner: One/; s/^Title: /Title: -/' \"$1\"; true ";
    env.bos_with(&[("EDITOR", editor)], &["conflicts", "resolve", "BAKE-ENG-0003", "--edit"]).code(0);
    let seen = env.read("../../seen");
    let told: Vec<&str> = seen.lines().filter(|line| line.contains("the database has")).map(str::trim).collect();
    assert_eq!(
        told,
        [
            "Owner: the database has Zoe, one One",
            "Owner: the database has One, two Two",
            "Owner: the database has One, the file File"
        ]
    );
    assert_eq!(open(&env), [""; 0]);
    env.verify();
}

#[test]
fn a_database_of_before_keeps_its_open_conflicts() {
    let env = four_places();
    let database = env.sqlite();
    database
        .execute_batch(
            "CREATE TABLE old (
               mirror_id INTEGER NOT NULL REFERENCES business_os_mirrors (id), path TEXT NOT NULL, base_sha256 TEXT,
               ours_sha256 TEXT, theirs_sha256 TEXT, revision TEXT, created_at TEXT NOT NULL,
               PRIMARY KEY (mirror_id, path)) STRICT, WITHOUT ROWID;
             INSERT INTO old SELECT m.id, path, base_sha256, ours_sha256, theirs_sha256, 'topic', created_at
             FROM business_os_conflicts JOIN business_os_mirrors AS m WHERE place = 'two' AND m.name = 'main:root';
             INSERT INTO old SELECT m.id, 'docs/business-os/cards/BAKE-ENG-0004.user.md', base_sha256, ours_sha256,
               theirs_sha256, NULL, created_at
             FROM business_os_conflicts JOIN business_os_mirrors AS m WHERE place = 'one' AND m.name = 'main:root';
             DROP TABLE business_os_conflicts;
             ALTER TABLE old RENAME TO business_os_conflicts;
             ALTER TABLE business_os_mirrors DROP COLUMN looked_ns;
             PRAGMA user_version = 7;",
        )
        .unwrap();
    drop(database);
    assert_eq!(open(&env), ["topic: Owner"]);
    let rows: Vec<(String, String, Option<i64>)> = {
        let database = env.sqlite();
        let mut statement =
            database.prepare("SELECT path, place, mirror_id FROM business_os_conflicts ORDER BY path").unwrap();
        statement
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    let path = |id: &str| format!("docs/business-os/cards/{id}.user.md");
    assert_eq!(rows[0], (path("BAKE-ENG-0003"), "topic".to_owned(), None));
    assert_eq!((&rows[1].0, &rows[1].1), (&path("BAKE-ENG-0004"), &path("BAKE-ENG-0004")));
    assert!(rows[1].2.is_some());
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--from", "topic", "--theirs"]).ok();
    assert_eq!(card(&env, "BAKE-ENG-0003")["owner"], "Two");
    env.verify();
}

/// A commit upon a text that clashes brings what it made itself, and does not say that the rest was taken.
#[test]
fn what_goes_on_from_a_conflict_in_a_commit_does_not_end_it() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Owner=Ours"]).code(0);
    env.edit(FILE, "Owner: Nora", "Owner: Theirs");
    env.bos(&["import"]).code(1);
    env.commit_all("with the conflict in it");
    env.git(&["switch", "-q", "-c", "topic"]);
    env.edit(FILE, "Title: ", "Own: theirs\nTitle: ");
    env.commit_all("upon that");
    env.git(&["switch", "-q", "main"]);
    env.git(&["merge", "-q", "topic"]);
    env.bos(&["import", "--no-refresh", "--since", "ORIG_HEAD"]).code(0);
    env.bos(&["import"]).code(1);
    let open = env.bos(&["conflicts", "--json"]).code(0).json();
    assert_eq!(open["conflicts"][0]["clashes"][0]["place"], "Owner", "{open:#}");
    let shown = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).code(0).json();
    assert_eq!(shown["card"]["fields"]["Own"], "theirs");
    env.verify();
}

#[test]
fn a_card_is_one_card_wherever_its_conflict_is_settled() {
    for (side, is_archived) in [("--theirs", false), ("--ours", true)] {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        let build = ["stage", "set", "BAKE-ENG-0003", "build", "--body-file", "-"];
        env.bos_reading("Of the database alone.\n", &build).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).code(0);
        env.bos(&["card", "archive", "BAKE-ENG-0003"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0003", "Size=Later", "Priority=P4"]).code(0);
        // A conflict with a branch at the path that the card has left, where the branch has it still.
        let path = format!("docs/business-os/{FILE}");
        env.sqlite()
            .execute(
                "INSERT INTO business_os_conflicts (path, place, base_sha256, theirs_sha256, created_at)
                 SELECT ?1, 'topic', json_extract(payload_json, '$.documents[0].new'),
                   (SELECT json_extract(later.payload_json, '$.documents[0].new') FROM business_os_audit_log AS later
                    WHERE later.entity_id = 'BAKE-ENG-0003' AND later.action = 'set' ORDER BY later.seq LIMIT 1), '2026-11-20T10:00:00Z'
                 FROM business_os_audit_log WHERE entity_id = 'BAKE-ENG-0003' AND action = 'import'",
                [&path],
            )
            .unwrap();
        assert_eq!(open(&env).len(), 1, "{side}");
        env.bos(&["conflicts", "resolve", &path, side]).code(0);
        let shown = env.bos(&["card", "show", "BAKE-ENG-0003", "--json", "--no-refresh"]).code(0);
        let folder = if is_archived { "docs/business-os/cards/archive" } else { "docs/business-os/cards" };
        assert!(shown.stdout.contains(&format!("{folder}/BAKE-ENG-0003/build")), "{side}: {shown:?}");
        let fields = shown.json()["card"]["fields"].clone();
        let priority = if is_archived { "P4" } else { "P0" };
        assert_eq!(
            (&fields["Size"], &fields["Priority"]),
            (&"Later".into(), &priority.into()),
            "{side}: only what clashes"
        );
        let documents = shown.json()["documents"].clone();
        let paths: Vec<&str> = documents.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
        assert_eq!(paths, [format!("{folder}/BAKE-ENG-0003.user.md")], "{side}");
        env.verify();
    }
}

#[test]
fn a_commit_of_an_edit_that_is_in_conflict_decides_nothing() {
    let ways: [&[&str]; 3] = [&["import"], &["import", "--from", "HEAD"], &["import", "--since", "HEAD~1"]];
    for import in ways {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        env.edit(FILE, "Lane: Planned", "Lane: Inbox");
        env.bos(&["import"]).code(0);
        env.bos(&["undo", &env.log_length().to_string()]).code(0);
        env.edit(FILE, "Lane: Inbox", "Lane: Done");
        env.bos(&["import"]).code(1);
        env.commit_all("done");
        let entries = env.log_length();
        env.bos(import);
        env.bos(&["import"]).code(1);
        let lane = || card(&env, "BAKE-ENG-0003")["lane"].clone();
        assert_eq!((lane(), env.log_length()), ("Planned".into(), entries), "{import:?}");
        assert_eq!(open(&env), ["file: Lane"], "{import:?}");
        env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", "--theirs"]).code(0);
        env.bos(import).code(0);
        env.bos(&["import"]).code(0);
        assert_eq!((lane(), open(&env).len(), env.state(FILE).as_str()), ("Done".into(), 0, "in sync"), "{import:?}");
        env.verify();
    }
}

/// A file that holds the other side of an open conflict, by whatever way that was found, is not written over.
#[test]
fn no_export_writes_over_the_other_side_of_a_conflict() {
    for way in [&["import"][..], &["import", "--since", "HEAD~1"], &["import", "--from", "HEAD"]] {
        for (after, command) in
            [("nothing", &["status"][..]), ("a write", &["card", "set", "BAKE-ENG-0006", "Mood=good"])]
        {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
            let card = "cards/BAKE-ENG-0006.user.md";
            env.edit(card, "Owner: Unassigned", "Owner: Pete");
            env.edit(card, "Priority: P3", "Priority: P1");
            env.git(&["commit", "-qam", "by Pete", "--author=Pete <pete@example.org>"]);
            env.bos(way).code(1);
            env.bos(command);
            let ran = env.bos(&["export", "--partial"]).code(5);
            let text = env.read(card);
            assert!(text.contains("Owner: Pete") && text.contains("Priority: P1"), "{way:?} {after}: {ran:?} {text}");
            assert_eq!(env.bos(&["conflicts", "--json"]).json()["total"], 1, "{way:?} {after}");
            env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--ours"]).code(0);
            env.bos(&["export", "--partial"]).code(0);
            assert!(env.read(card).contains("Owner: Nora"), "{way:?} {after}");
            env.verify();
        }
    }
}
