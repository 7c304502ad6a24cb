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

#[test]
fn a_flipped_byte_is_found_or_changes_nothing() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    for lane in ["planned", "in progress"] {
        env.bos(&["card", "move", "BAKE-ENG-0006", lane]).code(0);
    }
    let copy = env.copy_database("whole.db");
    let whole = fs::read(&copy).unwrap();
    let database = env.database();
    let answers: Vec<String> = READS.iter().map(|arguments| run(&env, arguments, "whole").1).collect();
    let mut random = Random::new(seed("BOS_FLIPS_SEED"));
    for _ in 0..amount("BOS_FLIPS", FLIPS) {
        let (at, bit) = (random.below(whole.len() as u64) as usize, random.below(8));
        let what = format!("bit {bit} of byte {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << bit;
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{end}", database.display()));
        }
        fs::write(&database, flipped).unwrap();
        let wrong = READS.iter().zip(&answers).find(|(arguments, answer)| {
            let (code, now) = run(&env, arguments, &what);
            code == 0 && now != **answer
        });
        let (verified, _) = run(&env, &["audit", "verify"], &what);
        assert!(wrong.is_none() || verified != 0, "{what}: {wrong:?} is wrong, and the audit finds nothing");
    }
}
