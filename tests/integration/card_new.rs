//! `bos card new`: the next number of a business, a text that reads back, what its lane asks for.

use insta::assert_snapshot;

use crate::env::TestEnv;

fn imported(fixture: &str) -> TestEnv {
    let env = TestEnv::repository(fixture);
    env.bos(&["import", "-q"]).code(0);
    env
}

#[track_caller]
fn new(env: &TestEnv, arguments: &[&str]) -> String {
    env.bos(&[&["card", "new"], arguments].concat()).ok().trim_end().to_owned()
}

#[test]
fn the_least_that_is_needed() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "new", "bake", "--title", "Salt: a lot"]).ok(), @"BAKE-ENG-0009");
    env.bos(&["export"]).code(0);
    assert_snapshot!(env.read("cards/BAKE-ENG-0009.user.md"), @r"
    ---
    Type: Card
    Lane: Inbox
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0009
    Title: 'Salt: a lot'
    Business: BAKE
    Created: 2026-11-20
    Updated: 2026-11-20
    ---

    # Salt: a lot
    ");
    env.bos(&["validate"]).code(0);
    env.verify();
}

#[test]
fn everything_at_once() {
    let env = imported("bakery");
    let id = env.bos_reading(
        "Two tons.\n",
        &[
            "card",
            "new",
            "BIKE",
            "--title",
            "'Salt' # 1",
            "--priority",
            "p0",
            "--owner",
            "Sami",
            "--lane",
            "planned",
            "--tag",
            "road",
            "--tag",
            "a: b",
            "--due",
            "2026-12-01",
            "--body-file",
            "-",
        ],
    );
    assert_snapshot!(id.ok(), @"BIKE-ENG-0006");
    assert_snapshot!(env.bos(&["export"]).ok(), @r"
    wrote docs/business-os/cards/BIKE-ENG-0006.user.md
    wrote docs/business-os/cards/BIKE-ENG-0006/plan.user.md
    ");
    assert_snapshot!(env.read("cards/BIKE-ENG-0006.user.md"), @r"
    ---
    Type: Card
    Lane: Planned
    Priority: P0
    Owner: Sami
    ID: BIKE-ENG-0006
    Title: '''Salt'' # 1'
    Business: BIKE
    Tags: [road, 'a: b']
    Due-Date: 2026-12-01
    Created: 2026-11-20
    Updated: 2026-11-20
    ---

    Two tons.
    ");
    let entry = env.last_entry();
    assert_eq!((entry["action"].as_str(), entry["documents"].as_array().unwrap().len()), (Some("create"), 2));
    env.bos(&["validate"]).code(0);
    env.verify();
}

#[test]
fn blocked_and_done_hold_what_they_ask_for() {
    let env = imported("bakery");
    let id = new(&env, &["BAKE", "--title", "x", "--lane", "blocked"]);
    let card = env.bos(&["card", "show", &id, "--json"]).code(0).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["blocked"]), (&"Blocked".into(), &true.into()));
    let id = new(&env, &["BAKE", "--title", "x", "--lane", "done"]);
    let card = env.bos(&["card", "show", &id, "--json"]).code(0).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["completed"]), (&"Done".into(), &"2026-11-20".into()));
}

#[test]
fn numbers_are_never_given_out_again() {
    let env = imported("bakery");
    assert_eq!(new(&env, &["BAKE", "--title", "one"]), "BAKE-ENG-0009");
    env.bos(&["export"]).code(0);
    std::fs::remove_file(env.path("cards/BAKE-ENG-0009.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0009"]).code(3);
    assert_eq!(new(&env, &["BAKE", "--title", "two"]), "BAKE-ENG-0010");
    env.verify();
}

#[test]
fn an_archived_card_keeps_its_number() {
    let env = imported("quirks");
    // SHOP-ENG-0090 to 0092 are archived.
    let id = new(&env, &["SHOP", "--title", "one"]);
    assert!(id.as_str() > "SHOP-ENG-0092", "{id}");
}

#[test]
fn an_id_that_a_document_only_refers_to_is_taken() {
    let env = imported("bakery");
    env.edit("cards/BAKE-ENG-0006.user.md", "Created:", "Replaces: BAKE-ENG-0041\nCreated:");
    env.bos(&["import"]).code(0);
    assert_eq!(new(&env, &["BAKE", "--title", "one"]), "BAKE-ENG-0042");
}

#[test]
fn a_file_that_nobody_imported_yet_has_its_number_too() {
    let env = imported("bakery");
    env.write("cards/BAKE-ENG-0009.user.md", "---\nType: Card\nID: BAKE-ENG-0009\nTitle: Mine\nBusiness: BAKE\n---\n");
    let id = new(&env, &["BAKE", "--title", "one"]);
    assert_eq!(id, "BAKE-ENG-0010", "the file was there first");
    env.bos(&["import"]).code(0);
}

#[test]
fn an_unknown_business_suggests_the_nearest() {
    let env = imported("bakery");
    assert_snapshot!(env.bos(&["card", "new", "BAEK", "--title", "x"]).code(3).stderr, @r"
    error: there is no business BAEK
    hint: did you mean BAKE? The businesses there are: BAKE, BIKE, HOME
    ");
    assert_snapshot!(env.bos(&["card", "new", "ZOO", "--title", "x"]).code(3).stderr, @r"
    error: there is no business ZOO
    hint: the businesses there are: BAKE, BIKE, HOME; a new one: `bos business new CODE NAME`
    ");
}

#[test]
fn without_a_catalogue_any_code_will_do() {
    let env = TestEnv::empty();
    std::fs::create_dir_all(env.path("cards")).unwrap();
    assert_eq!(new(&env, &["zoo", "--title", "x"]), "ZOO-ENG-0001");
    env.bos(&["card", "new", "../zoo", "--title", "x"]).code(3);
}

#[test]
fn an_empty_catalogue_is_as_good_as_none() {
    let env = TestEnv::empty();
    env.bos(&["init"]).code(0);
    assert_eq!(new(&env, &["zoo", "--title", "x"]), "ZOO-ENG-0001", "what init says to do next works");
}

#[test]
fn values_are_checked() {
    let env = imported("bakery");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "new", "BAKE", "--title", " "]).code(4).stderr, @r#"
    error: the title cannot be " "
    hint: use text on one line, without control characters
    "#);
    env.bos(&["card", "new", "BAKE", "--title", "a\u{1b}b"]).code(4);
    env.bos(&["card", "new", "BAKE", "--title", "x", "--owner", "a\nb"]).code(4);
    assert_snapshot!(env.bos(&["card", "new", "BAKE", "--title", "x", "--priority", "P9"]).code(2).stderr, @r"
    error: invalid value 'P9' for '--priority <PRIORITY>': the priorities are P0, P1, P2, P3, P4, P5

    For more information, try '--help'.
    ");
    env.bos(&["card", "new", "BAKE", "--title", "x", "--due", "soon"]).code(2);
    env.bos(&["card", "new", "BAKE", "--title", "x", "--lane", "someday"]).code(2);
    env.bos(&["card", "new", "BAKE"]).code(2);
    assert_eq!(env.log_length(), before);
}

#[test]
fn a_body_that_looks_like_front_matter_does_not_become_any() {
    let env = imported("bakery");
    let ran = env.bos_reading("---\nLane: Done\n---\n", &["card", "new", "BAKE", "--title", "x", "--body-file", "-"]);
    let id = ran.ok().trim_end().to_owned();
    let card = env.bos(&["card", "show", &id, "--json"]).code(0).json();
    assert_eq!((&card["card"]["lane"], &card["body"]), (&"Inbox".into(), &"\n---\nLane: Done\n---\n".into()));
}

#[test]
fn json_names_the_new_card() {
    let env = imported("bakery");
    let written = env.bos(&["card", "new", "BAKE", "--title", "x", "--json"]).code(0).json();
    assert_eq!((&written["schema"], &written["entries"][0]["id"]), (&"bos.write/1".into(), &"BAKE-ENG-0009".into()));
}
