//! The JSON contract: every document that a command prints is of a kind that has a schema, and fits it key by key.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use jsonschema::Validator;
use serde_json::Value;

use crate::env::{Ran, TestEnv};

/// Forbids keys that a schema does not name: clients may not rely on it, this test does.
fn close(schema: &mut Value, is_part: bool) {
    match schema {
        Value::Object(map) => {
            if map.contains_key("properties") && !is_part {
                map.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
            }
            for (key, value) in map.iter_mut() {
                // Parts of an object with properties of its own know only some of its keys.
                close(value, is_part || (key == "anyOf" || key == "oneOf" || key == "allOf"));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| close(item, is_part)),
        _ => {}
    }
}

/// Every kind with the check of its documents.
struct Contract {
    kinds: BTreeMap<String, Validator>,
    seen: BTreeSet<String>,
}

impl Contract {
    fn of(env: &TestEnv) -> Self {
        let list = env.bos(&["schema", "--json"]).code(0).json();
        let names = list["kinds"].as_array().unwrap().iter().map(|kind| kind["name"].as_str().unwrap().to_owned());
        let kind = |name: String| {
            let text = env.bos(&["schema", &name]).ok();
            let mut schema: Value = serde_json::from_str(&text).unwrap();
            assert!(jsonschema::meta::is_valid(&schema), "{name}: {schema}");
            assert_eq!(schema["properties"]["schema"]["const"], format!("bos.{name}/1"));
            close(&mut schema, false);
            (format!("bos.{name}/1"), jsonschema::validator_for(&schema).unwrap())
        };
        Self { kinds: names.map(kind).collect(), seen: BTreeSet::new() }
    }

    #[track_caller]
    fn check(&mut self, what: &str, document: &Value) {
        let name = document["schema"].as_str().unwrap_or_default();
        let Some(validator) = self.kinds.get(name) else { panic!("{what}: no schema for {document}") };
        let errors: Vec<String> =
            validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{what}: {}\n{document:#}", errors.join("\n"));
        self.seen.insert(name.to_owned());
    }

    /// Checks what a command prints, its answer or its failure.
    #[track_caller]
    fn run(&mut self, env: &TestEnv, command: &[&str]) {
        let Ran { stdout, stderr, .. } = env.bos(&[command, &["--json"]].concat());
        let answer = if stdout.is_empty() { stderr.lines().last().unwrap_or_default() } else { &stdout };
        let document = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{command:?}: {error}\n{answer}"));
        self.check(&command.join(" "), &document);
    }
}

/// The first line of a command that does not end.
fn first_line(env: &TestEnv, command: &[&str]) -> String {
    let mut child = env.command(&env.root).args(command).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    line
}

/// Reads, of every form.
const READS: &[&[&str]] = &[
    &["schema"],
    &["board"],
    &["board", "--brief"],
    &["board", "--fields", "Tags,Budget", "--limit", "1"],
    &["card", "list"],
    &["card", "list", "--archived", "--fields", "Created,Contact"],
    &["card", "list", "--brief", "--limit", "1"],
    &["idea", "list"],
    &["idea", "list", "--brief", "--fields", "Tags"],
    &["stage", "list"],
    &["stage", "list", "--brief"],
    &["business", "list"],
    &["business", "list", "--brief"],
    &["next"],
    &["next", "--explain", "--brief", "--fields", "Tags"],
    &["me"],
    &["search", "a"],
    &["search", "a", "--brief"],
    &["search", "a", "--fields", "Tags", "--limit", "2"],
    &["graph"],
    &["stats"],
    &["status"],
    &["status", "--all"],
    &["log"],
    &["log", "--limit", "3"],
    &["validate"],
    &["conflicts"],
    &["config", "list"],
    &["config", "get", "git.branch"],
    &["audit", "verify"],
    &["guide"],
    &["nonsense"],
    &["card", "show", "NOPE-ENG-0001"],
    &["import", "--theirs"],
];

#[test]
fn every_read_fits_its_schema() {
    for fixture in ["bakery", "quirks", "broken"] {
        let env = TestEnv::repository(fixture);
        let mut contract = Contract::of(&env);
        for command in READS {
            contract.run(&env, command);
        }
        let list = env.bos(&["card", "list", "--json"]).code(0).json();
        for card in list["cards"].as_array().unwrap() {
            contract.run(&env, &["card", "show", card["id"].as_str().unwrap()]);
        }
        let ideas = env.bos(&["idea", "list", "--json"]).code(0).json();
        for idea in ideas["ideas"].as_array().unwrap() {
            contract.run(&env, &["idea", "show", idea["id"].as_str().unwrap()]);
        }
    }
}

#[test]
fn every_kind_is_seen_and_fits_its_schema() {
    let env = TestEnv::repository("bakery");
    env.commit_all("all");
    let mut contract = Contract::of(&env);
    let page = env.home().join("page.md");
    let commands: &[&[&str]] = &[
        &["init"],
        &["import"],
        &["card", "new", "BAKE", "--title", "New"],
        &["card", "move", "BAKE-ENG-0006", "planned"],
        &["card", "set", "BAKE-ENG-0006", "Budget:=5", "Map:={\"a\":[1,null]}"],
        &["card", "comment", "BAKE-ENG-0006", "-m", "One word"],
        &["card", "claim", "BAKE-ENG-0004"],
        &["card", "propose", "BAKE-ENG-0003", "done"],
        &["card", "archive", "BAKE-ENG-0007"],
        &["card", "delete", "BAKE-ENG-0008", "--reason", "made twice"],
        &["card", "show", "BAKE-ENG-0008"],
        &["business", "new", "KITE", "Kites"],
        &["business", "set", "KITE", "name=Kites and more"],
        &["business", "show", "KITE"],
        &["idea", "new", "BAKE", "--title", "An idea"],
        &["stage", "set", "BAKE-ENG-0004", "plan", "--body-file", page.to_str().unwrap()],
        &["stage", "show", "BAKE-ENG-0004", "fact-find"],
        &["card", "show", "BAKE-ENG-0006"],
        &["card", "show", "BAKE-ENG-0006", "--at", "2026-11-20"],
        &["idea", "show", "BAKE-OPP-0001"],
        &["card", "history", "BAKE-ENG-0006"],
        &["card", "history", "BAKE-ENG-0006", "--git"],
        &["card", "deps", "BAKE-ENG-0002"],
        &["me"],
        &["business", "show", "BAKE"],
        &["undo"],
        &["card", "set", "BAKE-ENG-0002", "Owner=Ours"],
        &["export", "--commit"],
        &["export"],
        &["status", "--all"],
        &["guard", "--base", "HEAD"],
        &["merge-driver", "install"],
        &["audit", "rebuild"],
    ];
    fs::write(&page, "Text.\n").unwrap();
    commands.iter().for_each(|command| contract.run(&env, command));
    let edited = |owner: &str| env.read("cards/BAKE-ENG-0002.user.md").replace("Owner: Ours", owner);
    let theirs = edited("Owner: Theirs");
    env.bos(&["card", "set", "BAKE-ENG-0002", "Owner=Mine"]).code(0);
    env.write("cards/BAKE-ENG-0002.user.md", &theirs);
    contract.run(&env, &["import"]);
    contract.run(&env, &["conflicts"]);
    let board = format!("{}/exports/trello.json", crate::env::FIXTURES);
    contract.run(&env, &["import-from", "trello", &board, "--business", "BAKE"]);
    contract.run(&env, &["import-from", "trello", &board, "--business", "BAKE"]);
    READS.iter().for_each(|command| contract.run(&env, command));
    // Events come an object a line.
    for (command, schema) in
        [(&["log", "--follow", "--json"][..], "bos.entry/1"), (&["watch", "--json"], "bos.watch/1")]
    {
        let line = first_line(&env, command);
        let document: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(document["schema"], schema);
        contract.check(&command.join(" "), &document);
    }
    let kinds: Vec<&String> = contract.kinds.keys().filter(|kind| !contract.seen.contains(*kind)).collect();
    assert!(kinds.is_empty(), "nothing here prints {kinds:?}");
}

#[test]
fn notes_are_in_the_document_too() {
    let env = TestEnv::repository("broken");
    let board = env.bos(&["board", "BAD", "--json"]).code(0).json();
    assert_eq!(
        board["notes"],
        serde_json::json!([
            "the first import found 22 errors in 34 files: bos validate",
            "16 documents could not be read: bos validate"
        ])
    );
    let list = env.bos(&["card", "list", "--limit", "1", "--json", "-q"]).code(0).json();
    assert!(list.get("notes").is_none(), "told to be quiet");
    let clean = TestEnv::repository("bakery");
    assert!(clean.bos(&["board", "--json"]).code(0).json().get("notes").is_none(), "there are none");
}
