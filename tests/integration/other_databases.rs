//! Databases that an older or a newer program made, or none of this one at all.

use std::{fs, path::Path};

use rusqlite::Connection;

use crate::env::{FIXTURES, TestEnv};

#[test]
fn a_stored_older_database_opens_and_verifies() {
    let env = TestEnv::fixture("bakery");
    let folder = Path::new(FIXTURES).join("databases");
    let mut names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["v1.db"], "one for each schema that a release had, but the newest");
    for name in names {
        let copy = env.home().join(&name);
        fs::copy(folder.join(&name), &copy).unwrap();
        let copy = copy.to_str().unwrap();
        env.bos(&["--db", copy, "audit", "verify"]).code(0);
        let log = env.bos(&["--db", copy, "log", "BAKE-ENG-0006", "--json"]).code(0).json();
        let actions: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| entry["action"].clone()).collect();
        assert_eq!(actions, ["move", "import"]);
        env.bos(&["--db", copy, "card", "move", "BAKE-ENG-0006", "done"]).code(0);
        let found =
            env.bos(&["--db", copy, "search", "bags", "--lane", "done", "--kind", "card", "--json"]).code(0).json();
        assert_eq!(found["hits"][0]["id"], "BAKE-ENG-0006");
        let past = env.bos(&["--db", copy, "card", "show", "BAKE-ENG-0006", "--at", "25", "--json"]).code(0).json();
        assert_eq!(past["card"]["lane"], "Inbox");
        env.bos(&["--db", copy, "undo"]).code(0);
        env.bos(&["--db", copy, "audit", "verify"]).code(0);
    }
}

#[test]
fn a_newer_database_is_refused() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let clean = env.copy_database("clean.db");
    env.sqlite().execute_batch("PRAGMA user_version = 99").unwrap();
    let copy = env.home().join("newer.db");
    fs::copy(env.root.join(".bos/bos.db"), &copy).unwrap();
    for arguments in
        [&["board", "BAKE"][..], &["import"], &["audit", "verify"], &["card", "move", "BAKE-ENG-0006", "done"]]
    {
        let error = env.bos(&[arguments, &["--json"]].concat()).code(4).json_error();
        assert_eq!(error["kind"], "invalid");
        assert_eq!(error["hint"], "install the newest bos");
    }
    // So is one whose projections a newer program derived, for writes and for a verify.
    crate::env::replace_database(&env.root.join(".bos/bos.db"), &clean);
    env.sqlite().execute("UPDATE business_os_metadata SET value = '99' WHERE key = 'projection_version'", []).unwrap();
    for arguments in [&["audit", "verify"][..], &["card", "move", "BAKE-ENG-0006", "done"]] {
        let error = env.bos(&[arguments, &["--json"]].concat()).code(4).json_error();
        assert_eq!(error["hint"], "install the newest bos");
    }
}

#[test]
fn what_is_no_database_of_this_program_is_left_alone() {
    let env = TestEnv::fixture("bakery");
    let text = env.home().join("notes.txt");
    fs::write(
        &text,
        "Buy flour, twenty kilos, and something to carry it with, before Friday at noon, please.".repeat(20),
    )
    .unwrap();
    let error = env.bos(&["--db", text.to_str().unwrap(), "board", "BAKE", "--json"]).code(6).json_error();
    assert!(error["hint"].as_str().unwrap().contains("damaged"), "{error}");
    assert!(fs::read_to_string(&text).unwrap().starts_with("Buy flour"));

    let foreign = env.home().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)").unwrap();
    let before = fs::read(&foreign).unwrap();
    let error = env.bos(&["--db", foreign.to_str().unwrap(), "board", "BAKE", "--json"]).code(4).json_error();
    assert_eq!(error["hint"], "name another file with --db");
    assert_eq!(fs::read(&foreign).unwrap(), before);
}

#[test]
fn projections_of_an_older_program_are_derived_anew() {
    for arguments in [&["audit", "verify"][..], &["card", "set", "BAKE-ENG-0005", "Priority=P0"]] {
        let env = TestEnv::fixture("bakery");
        env.bos(&["import"]).code(0);
        env.sqlite()
            .execute_batch(
                "UPDATE business_os_metadata SET value = '0' WHERE key = 'projection_version';
                 UPDATE business_os_cards SET title = 'as an older program read it';
                 DELETE FROM business_os_stage_docs;",
            )
            .unwrap();
        env.bos(arguments).code(0);
        let sql = "SELECT value FROM business_os_metadata WHERE key = 'projection_version'";
        let version: String = env.sqlite().query_row(sql, [], |row| row.get(0)).unwrap();
        assert_ne!(version, "0");
        let title = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["title"].clone();
        assert_eq!(title, "Paper bags with the new logo");
        env.verify();
    }
}
