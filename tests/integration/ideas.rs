//! `bos idea new`, `set`, `drop` and `convert`.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn an_idea_is_captured_changed_and_becomes_a_card() {
    let env = TestEnv::fixture("bakery");
    let body = "Ask the post office.\n";
    let arguments = ["idea", "new", "BAKE", "--title", "Bread: by post", "--tag", "shop", "--body-file", "-"];
    assert_snapshot!(env.bos_reading(body, &arguments).ok(), @"BAKE-OPP-0003");
    env.bos(&["idea", "set", "BAKE-OPP-0003", "Priority=P1", "Title-it=Pane per posta", "--add", "Tags=post"]).ok();
    assert_snapshot!(env.bos(&["idea", "convert", "BAKE-OPP-0003", "--owner", "Nora"]).ok(), @"BAKE-ENG-0009");
    env.bos(&["export"]).ok();
    assert_snapshot!(env.read("cards/BAKE-ENG-0009.user.md"), @"
    ---
    Type: Card
    Lane: Inbox
    Priority: P1
    Owner: Nora
    ID: BAKE-ENG-0009
    Title: 'Bread: by post'
    Business: BAKE
    Tags: [shop, post]
    Created: 2026-11-20
    Updated: 2026-11-20
    Title-it: Pane per posta
    Idea-ID: BAKE-OPP-0003
    ---

    Ask the post office.
    ");
    assert_snapshot!(env.read("cards/BAKE-ENG-0009/fact-find.user.md"), @"
    ---
    Type: Stage
    Stage: fact-find
    Card-ID: BAKE-ENG-0009
    Created: 2026-11-20
    Updated: 2026-11-20
    ---

    # Fact-find: Bread: by post

    ## Questions to answer

    - 

    ## Findings

    _Nothing yet._
    ");
    assert_snapshot!(env.read("ideas/worked/BAKE-OPP-0003.user.md"), @"
    ---
    Type: Idea
    ID: BAKE-OPP-0003
    Title: 'Bread: by post'
    Business: BAKE
    Status: converted
    Tags: [shop, post]
    Created-Date: 2026-11-20
    Last-Updated: 2026-11-20
    Priority: P1
    Title-it: Pane per posta
    Card-ID: BAKE-ENG-0009
    ---

    Ask the post office.
    ");
    assert!(!env.path("ideas/inbox/BAKE-OPP-0003.user.md").exists());
    assert_snapshot!(env.bos(&["idea", "convert", "BAKE-OPP-0003"]).code(4).stderr, @"
    error: BAKE-OPP-0003 became BAKE-ENG-0009 already
    hint: look at it with `bos card show BAKE-ENG-0009`
    ");
    assert_snapshot!(env.bos(&["idea", "drop", "BAKE-OPP-0003", "--reason", "x"]).code(4).stderr, @"
    error: BAKE-OPP-0003 became BAKE-ENG-0009 already
    hint: look at it with `bos card show BAKE-ENG-0009`
    ");
    env.verify();
}

#[test]
fn a_conversion_is_one_batch_of_two_entries() {
    let env = TestEnv::fixture("bakery");
    let written = env.bos(&["idea", "convert", "BAKE-OPP-0002", "--lane", "planned", "--json"]).code(0).json();
    let entries = written["entries"].as_array().unwrap();
    let told: Vec<_> = entries.iter().map(|entry| format!("{} {}", entry["action"], entry["id"])).collect();
    assert_snapshot!(told.join("\n"), @r#"
    "create" "BAKE-ENG-0009"
    "convert" "BAKE-OPP-0002"
    "#);
    let log = env.bos(&["log", "--json", "--limit", "2"]).json();
    assert_eq!(log["entries"][0]["batch"], log["entries"][1]["batch"]);
    let card = env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).json();
    assert_eq!(card["card"]["lane"], "Planned");
    assert_eq!(card["stage_docs"][0]["stage"], "plan");
}

#[test]
fn every_file_of_an_idea_moves() {
    let env = TestEnv::fixture("bakery");
    env.write("ideas/inbox/q4/BAKE-OPP-0007.user.md", "---\nType: Idea\nID: BAKE-OPP-0007\nTitle: Two\n---\n\nA.\n");
    env.write("ideas/inbox/q4/BAKE-OPP-0007.agent.md", "---\nType: Idea\nID: BAKE-OPP-0007\nTitle: Two\n---\n\nB.\n");
    env.bos(&["idea", "convert", "BAKE-OPP-0007"]).ok();
    env.bos(&["export"]).ok();
    for audience in ["user", "agent"] {
        assert!(env.read(&format!("ideas/worked/q4/BAKE-OPP-0007.{audience}.md")).contains("Status: converted\n"));
        assert!(!env.path(&format!("ideas/inbox/q4/BAKE-OPP-0007.{audience}.md")).exists());
    }
    env.verify();
}

#[test]
fn a_dropped_idea_leaves_the_inbox_and_stays_readable() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["idea", "drop", "BAKE-OPP-0002", "--reason", "no oven"]).ok(), @"BAKE-OPP-0002  dropped");
    assert!(!env.bos(&["idea", "list"]).ok().contains("BAKE-OPP-0002"));
    assert!(env.bos(&["idea", "list", "--archived"]).ok().contains("BAKE-OPP-0002"));
    assert_eq!(env.last_entry()["reason"], "no oven");
    assert_snapshot!(env.bos(&["idea", "drop", "BAKE-OPP-0002", "--reason", "again"]).ok(), @"BAKE-OPP-0002  is dropped already");
    assert_snapshot!(env.bos(&["idea", "convert", "BAKE-OPP-0002"]).code(4).stderr, @"
    error: BAKE-OPP-0002 was dropped
    hint: `bos card history BAKE-OPP-0002` says why; `bos undo` takes it back
    ");
    assert_snapshot!(env.bos(&["idea", "new", "BAKE", "--title", "Next"]).ok(), @"BAKE-OPP-0003");
    env.verify();
}

#[test]
fn what_was_seen_before_must_be_there_still() {
    let env = TestEnv::fixture("bakery");
    let old = env.bos(&["idea", "show", "BAKE-OPP-0002", "--json"]).json()["idea"]["sha256"].clone();
    env.bos(&["idea", "set", "BAKE-OPP-0002", "Priority=P0", "--expect", old.as_str().unwrap()]).ok();
    env.bos(&["idea", "set", "BAKE-OPP-0002", "Priority=P1", "--expect", old.as_str().unwrap()]).code(5);
    env.bos(&["idea", "convert", "BAKE-OPP-0002", "--expect", old.as_str().unwrap()]).code(5);
    env.bos(&["idea", "drop", "BAKE-OPP-0002", "--reason", "x", "--expect", old.as_str().unwrap()]).code(5);
    assert_snapshot!(env.bos(&["idea", "set", "BAKE-OPP-0002", "Card-ID=BAKE-ENG-0001"]).code(4).stderr, @r#"
    error: Card-ID cannot be set directly
    hint: use `bos idea convert`, which makes the card
    "#);
    env.bos(&["idea", "set", "BAKE-OPP-0002"]).code(2);
}

#[test]
fn an_idea_is_worked_out() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["idea", "work", "HOME-OPP-0001"]).ok(), @"HOME-OPP-0001  worked");
    assert_snapshot!(env.bos(&["idea", "work", "HOME-OPP-0001"]).ok(), @"HOME-OPP-0001  is worked already");
    env.bos(&["export"]).ok();
    assert!(env.read("ideas/worked/HOME-OPP-0001.user.md").contains("Status: worked\n"));
    assert!(!env.path("ideas/inbox/HOME-OPP-0001.user.md").exists());
    assert_eq!(env.last_entry()["action"], "work");
    env.bos(&["undo"]).ok();
    env.bos(&["export"]).ok();
    assert!(env.path("ideas/inbox/HOME-OPP-0001.user.md").exists());
    env.bos(&["idea", "drop", "HOME-OPP-0001", "--reason", "no"]).ok();
    env.bos(&["idea", "work", "HOME-OPP-0001"]).code(4);
    env.bos(&["idea", "work", "BAKE-OPP-0001"]).code(4);
    let line = r#"{"entity":"idea","action":"work","id":"BIKE-OPP-0001"}"#;
    env.bos_reading(line, &["apply", "-"]).ok();
    env.verify();
}

#[test]
fn the_type_and_the_status_of_an_idea_are_known_words() {
    let env = TestEnv::fixture("bakery");
    let made = env.bos(&["idea", "new", "BAKE", "--title", "x", "--type", "opportunity"]).ok();
    assert_eq!(env.bos(&["idea", "show", made.trim(), "--json"]).json()["idea"]["type"], "Opportunity");
    env.bos(&["idea", "new", "BAKE", "--title", "x", "--type", "task"]).code(2);
    let line = r#"{"entity":"idea","action":"create","business":"BAKE","changes":{"Title":"x","Type":"Task"}}"#;
    env.bos_reading(line, &["apply", "-"]).code(4);
    assert_snapshot!(env.bos(&["idea", "set", made.trim(), "Status=zzz"]).code(4).stderr, @r#"
    error: the status cannot be "zzz"
    hint: use raw, worked, converted, dropped
    "#);
    env.bos(&["idea", "set", made.trim(), "Status=raw", "Type=Idea"]).ok();
    assert_eq!(env.bos(&["idea", "show", made.trim(), "--json"]).json()["idea"]["type"], "Idea");
    env.bos(&["idea", "set", made.trim(), "Type=Task"]).code(4);
    env.bos(&["idea", "set", made.trim(), "--unset", "Type"]).code(4);
    // What a command does more than the word says.
    for status in ["worked", "converted", "dropped"] {
        let ran = env.bos(&["idea", "set", made.trim(), &format!("Status={status}")]).code(4);
        assert!(ran.stderr.contains(&format!("use `bos idea {}", &status[..4])), "{ran:?}");
    }
}

#[test]
fn a_list_of_ideas_is_filtered() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["idea", "set", "HOME-OPP-0001", "Priority=P0", "Title-it=Casa", "--add", "Tags=attic"]).ok();
    env.bos(&["idea", "work", "HOME-OPP-0001"]).ok();
    let ids = |filters: &[&str]| {
        let list = env.bos(&[&["idea", "list", "--json"], filters].concat()).json();
        let ideas = list["ideas"].as_array().unwrap().iter();
        ideas.map(|idea| idea["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for only in [&["--status", "worked"][..], &["--priority", "P0"], &["--tag", "attic"]] {
        assert_eq!(ids(only), ["HOME-OPP-0001"], "{only:?}");
    }
    assert_eq!(ids(&["--location", "worked"]).len(), 2);
    assert_eq!(ids(&["--location", "inbox", "--status", "WORKED"]), [""; 0]);
    env.bos(&["idea", "list", "--location", "attic"]).code(2);
    assert!(env.bos(&["idea", "list", "--lang", "it"]).ok().contains("Casa"));
    env.bos(&["card", "set", "BAKE-ENG-0003", "Title-it=Pane"]).ok();
    assert!(env.bos(&["card", "list", "--lang", "it"]).ok().contains("Pane"));
}
