//! `bos import-from csv`: which keys the columns of a table may go to.

use std::fs;

use insta::assert_snapshot;
use serde_json::json;

use crate::env::{Ran, TestEnv};

fn rows(text: &str, more: &[&str]) -> (TestEnv, Ran) {
    let env = TestEnv::repository("bakery");
    fs::write(env.root.join("rows.csv"), text).unwrap();
    let ran = env.bos(&[&["import-from", "csv", "rows.csv", "--business", "BAKE"], more].concat());
    (env, ran)
}

#[test]
fn a_lane_is_a_status() {
    let (env, ran) = rows("Source,Title,col\n1,a,blocked\n2,b,In Progress\n3,c,Later\n", &["--map", "col=Lane"]);
    assert_snapshot!(ran.ok(), @"
    BAKE-ENG-0009  csv:1  Blocked  a
    BAKE-ENG-0010  csv:2  In progress  b
    BAKE-ENG-0011  csv:3  Inbox  c
    ");
    let fields = env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).json()["card"]["fields"].clone();
    assert_eq!([&fields["Lane"], &fields["Blocked"]], [&json!("Blocked"), &json!(true)]);
    env.bos(&["export"]).code(0);
    env.bos(&["validate"]).code(0);
    // Named so, and in any case.
    let (_, ran) = rows("source,TITLE,lane\n1,a,done\n", &[]);
    assert_snapshot!(ran.ok(), @"BAKE-ENG-0009  csv:1  Done  a");
    let (_, ran) = rows("a,b\n1,x\n", &["--map", "a=source,b=title"]);
    assert_snapshot!(ran.ok(), @"BAKE-ENG-0009  csv:1  Inbox  x");
}

#[test]
fn keys_that_bos_writes_are_refused_with_what_to_use_instead() {
    for (key, instead) in [
        ("ID", "a key of your own"),
        ("Type", "a key of your own"),
        ("Card-ID", "a key of your own"),
        ("Stage", "a key of your own"),
        ("Business", "--business"),
        ("Claimed-By", "Owner"),
        ("Claimed-Until", "Owner"),
        ("Blocked", "Status"),
        ("Proposed-Lane", "Status"),
        ("Updated", "Created"),
        ("Last-updated", "Created"),
        ("Created-Date", "Created"),
        ("Source-Status", "Status"),
        ("Source-Links", "Dependencies"),
        ("prioritty", "did you mean Priority?"),
        ("Ownr", "did you mean Owner?"),
        ("Blocked_Reason", "did you mean Blocked-Reason?"),
        ("Dependancies", "did you mean Dependencies?"),
    ] {
        let (env, ran) = rows("Source,Title,col\n1,a,blocked\n", &["--map", &format!("col={key}")]);
        let ran = ran.code(4);
        assert!(ran.stderr.contains("rows.csv:1: ") && ran.stderr.contains(instead), "{key}: {}", ran.stderr);
        assert_eq!(env.bos(&["card", "list", "--json"]).json()["total"], 14, "{key}");
    }
    let (env, ran) = rows("Source,Title,col\n1,a,x\n", &["--map", "col=prioritty", "--force-key"]);
    ran.code(0);
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).json()["card"]["fields"]["prioritty"], "x");
    let (_, ran) = rows("Source,Title,col\n1,a,x\n", &["--map", "col=a\u{1b}b"]);
    assert!(ran.code(4).stderr.contains("control characters"));
}

#[test]
fn repeated_columns_are_all_kept() {
    let text = "Source,Title,Labels,Labels,Tags,Notes,Notes,Comment,Comment\n1,a,red,blue;green,red,one,two,x,y\n";
    let (env, ran) = rows(text, &["--map", "Labels=Tags,Notes=Body"]);
    ran.code(0);
    let shown = env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).json();
    assert_eq!(shown["card"]["tags"], json!(["red", "blue", "green"]));
    assert_eq!(shown["body"].as_str().unwrap().trim(), "# a\n\none\n\ntwo");
    let fields = &shown["card"]["fields"];
    assert_eq!([&fields["Csv-Comment"], &fields["Csv-Comment-2"]], ["x", "y"]);
    let (_, ran) = rows("Source,Title,who,boss\n1,a,Nora,Sami\n", &["--map", "who=Owner,boss=Owner"]);
    assert_snapshot!(ran.code(4).stderr, @r#"
    error: rows.csv:1: the columns "who" and "boss" both go to Owner
    hint: nothing was changed; --map says which key a column goes to: `bos import-from csv --help`
    "#);
    // A column that was mapped comes before one that merely has the name.
    let (env, ran) = rows("Source,Title,Owner,who\n1,a,Nora,Sami\n", &["--map", "who=Owner"]);
    ran.code(0);
    let fields = env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).json()["card"]["fields"].clone();
    assert_eq!([&fields["Owner"], &fields["Csv-Owner"]], ["Sami", "Nora"]);
}

#[test]
fn faults_have_a_hint_of_their_own() {
    let (env, ran) = rows("a,b\n1,x\n", &[]);
    assert_snapshot!(ran.code(4).stderr, @r#"
    error: rows.csv:1: no column identifies the rows: map one to Source
    hint: nothing was changed; --map says which key a column goes to: `bos import-from csv --help`
    "#);
    for program in ["github", "trello", "taskwarrior"] {
        let ran = env.bos(&["import-from", program, "rows.csv", "--business", "BAKE"]).code(4);
        let hint = format!("hint: nothing was changed; `bos import-from {program} --help` says what is read\n");
        assert!(ran.stderr.ends_with(&hint), "{}", ran.stderr);
    }
}
