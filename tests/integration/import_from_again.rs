//! `bos import-from` run again: what is recognised, what is another thing, and what a person deleted.

use std::fs;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::env::{Ran, TestEnv};

/// An imported tree with two businesses, BAKE and HOME.
fn shops() -> TestEnv {
    TestEnv::repository("bakery")
}

fn table(env: &TestEnv, text: &str, more: &[&str]) -> Ran {
    fs::write(env.root.join("rows.csv"), text).unwrap();
    env.bos(&[&["import-from", "csv", "rows.csv"], more].concat())
}

fn tasks(env: &TestEnv, tasks: &[(&str, &str)], more: &[&str]) -> Ran {
    let folder = env.root.join("tasks");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir(&folder).unwrap();
    for (id, rest) in tasks {
        fs::write(folder.join(format!("{id}.md")), format!("---\nid: {id}\n{rest}\n---\n")).unwrap();
    }
    env.bos(&[&["import-from", "backlog", "."], more].concat())
}

fn card(env: &TestEnv, id: &str) -> Value {
    env.bos(&["card", "show", id, "--json"]).code(0).json()["card"].clone()
}

#[test]
fn another_thing_with_the_same_key_is_named() {
    let env = shops();
    table(&env, "Source,Title\n1,Alpha\n", &["--business", "BAKE"]).code(0);
    let entries = env.log_length();
    let ran = table(&env, "Source,Title,Dependencies\n1,Gamma,\n", &["--business", "BAKE"]).code(1);
    assert_snapshot!(ran.stdout, @"");
    assert_snapshot!(ran.stderr, @r#"
    warning: csv:1 is left out: line 2 has "Gamma", and BAKE-ENG-0009 with this key was made from "Alpha"; if it is other work, name this export with --source
    "#);
    assert_eq!(env.log_length(), entries);
    let report = table(&env, "Source,Title\n1,Gamma\n", &["--business", "BAKE", "--json"]).code(1).json();
    assert_eq!((&report["here"], &report["left_out"][0]["source"]), (&json!([]), &json!("csv:1")));
    // With a name of its own it is taken, and is recognised under it.
    let more = ["--business", "BAKE", "--source", "kitchen"];
    assert_snapshot!(table(&env, "Source,Title,Parent\n1,Gamma,\n2,Delta,1\n", &more).ok(), @"
    BAKE-ENG-0010  csv:kitchen/1  Inbox  Gamma
    BAKE-ENG-0011  csv:kitchen/2  Inbox  Delta
    ");
    assert_eq!(card(&env, "BAKE-ENG-0011")["fields"]["Parent"], "BAKE-ENG-0010");
    assert_snapshot!(table(&env, "Source,Title\n1,Gamma\n", &more).code(0).stderr, @"note: 1 of 1 were here already");
    // Whoever changes a title on one side has not made other work of it.
    env.bos(&["card", "set", "BAKE-ENG-0009", "Title=Ours"]).code(0);
    for title in ["Alpha", "Ours"] {
        let ran = table(&env, &format!("Source,Title\n1,{title}\n"), &["--business", "BAKE"]).code(0);
        assert_eq!(ran.stderr, "note: 1 of 1 were here already\n");
    }
    env.verify();
}

#[test]
fn what_is_new_waits_for_nothing_of_another_project() {
    let env = shops();
    let first = [("task-1", "title: Alpha\ncreated_date: 2026-01-01"), ("task-2", "title: Beta")];
    tasks(&env, &first, &["--business", "BAKE"]).code(0);
    let second = [("task-1", "title: Gamma"), ("task-3", "title: Delta\ndependencies: [task-1]")];
    // Another business has keys of its own.
    assert_snapshot!(tasks(&env, &second, &["--business", "HOME"]).ok(), @"
    HOME-ENG-0003  backlog:task-1  Inbox  Gamma
    HOME-ENG-0004  backlog:task-3  Inbox  Delta
    ");
    assert_eq!(card(&env, "HOME-ENG-0004")["dependencies"], json!(["HOME-ENG-0003"]));
    // The same title from another day is other work too.
    let third =
        [("task-1", "title: Alpha\ncreated_date: 2026-02-02"), ("task-3", "title: Delta\ndependencies: [task-1]")];
    let ran = tasks(&env, &third, &["--business", "BAKE"]).code(1);
    assert!(ran.stderr.contains("backlog:task-1 is left out: ") && ran.stderr.contains("2026-02-02"), "{}", ran.stderr);
    assert_eq!(card(&env, "BAKE-ENG-0011")["dependencies"], json!([]));
    assert_eq!(card(&env, "BAKE-ENG-0011")["fields"]["Source-Links"], json!(["backlog:task-1"]));
    tasks(&env, &third, &["--business", "BAKE", "--source", "other"]).code(0);
    assert_eq!(card(&env, "BAKE-ENG-0012")["fields"]["Source"], "backlog:other/task-1");
    assert_eq!(card(&env, "BAKE-ENG-0013")["dependencies"], json!(["BAKE-ENG-0012"]));
    // A card that went to another business is the one that it was.
    env.bos(&["card", "set", "BAKE-ENG-0009", "Business=HOME"]).code(0);
    tasks(&env, &first, &["--business", "BAKE", "--json"]).code(0);
    assert_eq!(env.bos(&["card", "list", "--json"]).json()["total"], 14 + 7);
    env.verify();
}

#[test]
fn what_a_person_deleted_stays_deleted() {
    let env = shops();
    let rows = "Source,Title,Dependencies\n1,Alpha,\n2,Beta,1\n";
    let again = |code| table(&env, rows, &["--business", "BAKE"]).code(code);
    again(0);
    env.bos(&["card", "delete", "BAKE-ENG-0010", "--reason", "not now"]).code(0);
    let ran = again(0);
    assert_eq!(ran.stdout, "");
    let deleted = env.last_entry()["seq"].as_u64().unwrap();
    let note = format!("note: csv:2 is left out: BAKE-ENG-0010 was deleted; `bos undo {deleted}` brings it back\n");
    assert_eq!(ran.stderr, format!("{note}note: 1 of 2 were here already\n"));
    // What comes back is here again, and redone it is deleted again.
    env.bos(&["undo"]).code(0);
    assert_eq!(again(0).stderr, "note: 2 of 2 were here already\n");
    env.bos(&["undo"]).code(0);
    assert!(again(0).stderr.contains("BAKE-ENG-0010 was deleted"));
    // A file that a person removed is a card that a person removed.
    env.bos(&["export"]).code(0);
    fs::remove_file(env.path("cards/BAKE-ENG-0009.user.md")).unwrap();
    env.bos(&["import", "--prune", "--yes"]).code(0);
    assert!(again(0).stderr.contains("BAKE-ENG-0009 was deleted"));
    // Whatever waits for it keeps its name.
    let more = "Source,Title,Dependencies\n1,Alpha,\n3,Gamma,1\n";
    assert_eq!(table(&env, more, &["--business", "BAKE"]).code(0).stdout, "BAKE-ENG-0011  csv:3  Inbox  Gamma\n");
    assert_eq!(card(&env, "BAKE-ENG-0011")["fields"]["Source-Links"], json!(["csv:1"]));
    env.verify();
}

#[test]
fn a_key_that_comes_twice_is_named() {
    let env = shops();
    let ran = table(&env, "Source,Title\n1,Alpha\n2,Beta\n1,Gamma\n", &["--business", "BAKE"]).code(1);
    assert_snapshot!(ran.stdout, @"
    BAKE-ENG-0009  csv:1  Inbox  Alpha
    BAKE-ENG-0010  csv:2  Inbox  Beta
    ");
    assert_snapshot!(ran.stderr, @r#"warning: csv:1 is left out: "Gamma" on line 4 has the key of "Alpha" on line 2"#);
}
