//! Bytes of the database that a disk has flipped: no command panics or ends as a defect, and where an answer is another
//! than it was, `bos audit verify` says that something is wrong. `BOS_FLIPS` says how often, `BOS_FLIPS_SEED` repeats.

use std::fs;

use crate::{
    env::TestEnv,
    random::{Random, amount, seed},
};

/// Flips, unless `BOS_FLIPS` asks for more.
const FLIPS: u64 = 10;

/// Reads that together show every table.
const READS: &[&[&str]] = &[
    &["card", "list", "--json"],
    &["card", "list", "--fields", "Size,Tags", "--json"],
    &["idea", "list", "--json"],
    &["card", "show", "BAKE-ENG-0006", "--json"],
    &["log", "--json", "--limit", "500"],
];

/// Runs a command without a look at the files: only what the database says counts. Notes are no part of an answer.
fn run(env: &TestEnv, arguments: &[&str], what: &str) -> (i32, String) {
    let output = env.command(&env.root).args(arguments).env("BOS_REFRESH", "0").output().unwrap();
    let (code, told) = (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr));
    assert!((0..=6).contains(&code) && !told.contains("panicked"), "{what}: {arguments:?} ended with {code}\n{told}");
    assert!(code == 0 || code == 1 || !told.is_empty(), "{what}: {arguments:?} ended with {code} without a word");
    let answer = match serde_json::from_slice::<serde_json::Value>(&output.stdout) {
        Ok(mut json) => {
            json.as_object_mut().map(|json| json.remove("notes"));
            json.to_string()
        }
        Err(_) => String::from_utf8_lossy(&output.stdout).into_owned(),
    };
    (code, answer)
}

/// The files of a database, each with the end of its name.
type Files = Vec<(String, Vec<u8>)>;

/// A place that is whole, its database file by file, and what it answers.
fn whole() -> (TestEnv, Files, Vec<String>) {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    for lane in ["planned", "in progress"] {
        env.bos(&["card", "move", "BAKE-ENG-0006", lane]).code(0);
    }
    let database = env.database();
    let files: Files = ["", "-wal"]
        .into_iter()
        .filter_map(|end| Some((end.to_owned(), fs::read(format!("{}{end}", database.display())).ok()?)))
        .collect();
    let answers = READS.iter().map(|arguments| run(&env, arguments, "whole").1).collect();
    (env, files, answers)
}

/// Flips bits of one file of a database at random; all others are as they were.
fn flip(env: &TestEnv, files: &[(String, Vec<u8>)], flipped: &str, answers: &[String]) {
    let database = env.database();
    let file = |end: &str| format!("{}{end}", database.display());
    let whole = &files.iter().find(|(end, _)| end == flipped).unwrap().1;
    let mut random = Random::new(seed("BOS_FLIPS_SEED"));
    for _ in 0..amount("BOS_FLIPS", FLIPS) {
        let (at, bit) = (random.below(whole.len() as u64) as usize, random.below(8));
        let what = format!("bit {bit} of byte {at} of {} ({flipped})", whole.len());
        ["", "-wal", "-shm"].into_iter().for_each(|end| drop(fs::remove_file(file(end))));
        for (end, bytes) in files {
            let mut bytes = bytes.clone();
            if end == flipped {
                bytes[at] ^= 1 << bit;
            }
            fs::write(file(end), bytes).unwrap();
        }
        let wrong = READS.iter().zip(answers).find(|(arguments, answer)| {
            let (code, now) = run(env, arguments, &what);
            code == 0 && now != **answer
        });
        let (verified, _) = run(env, &["audit", "verify"], &what);
        assert!(wrong.is_none() || verified != 0, "{what}: {wrong:?} is wrong, and the audit finds nothing");
    }
}

#[test]
fn a_flipped_byte_is_found_or_changes_nothing() {
    let (env, _, answers) = whole();
    let copy = env.copy_database("whole.db");
    flip(&env, &[(String::new(), fs::read(copy).unwrap())], "", &answers);
}

#[test]
fn a_flipped_byte_of_the_write_ahead_log_is_found_or_changes_nothing() {
    let (env, files, answers) = whole();
    assert!(files.iter().any(|(end, bytes)| end == "-wal" && bytes.len() > 4096), "nothing is in the write-ahead log");
    flip(&env, &files, "-wal", &answers);
}
