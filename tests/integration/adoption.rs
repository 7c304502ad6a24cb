//! A database made before the repository around it: it moves into git's folder, once, with its log.

use std::fs;

use crate::env::TestEnv;

const NOTE: &str = "the database in .bos was moved into the git directory";

/// Commands that may be the first after `git init`.
const FIRST: [&[&str]; 7] = [
    &["status"],
    &["board", "BAKE"],
    &["import"],
    &["import", "--dry-run"],
    &["export"],
    &["init"],
    &["card", "set", "BAKE-ENG-0006", "Priority=P2"],
];

/// A tree outside git whose database has a change that the files lack.
fn outside() -> TestEnv {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).ok();
    env
}

fn entries(env: &TestEnv) -> Vec<serde_json::Value> {
    let log = env.bos(&["log", "--json", "--limit", "1000"]).code(0).json();
    let entries = log["entries"].as_array().unwrap().clone();
    assert!(entries.len() > 1, "the import and the change");
    entries
}

#[test]
fn the_first_command_in_git_takes_the_database_along() {
    for first in FIRST {
        let env = outside();
        let before = entries(&env);
        env.git(&["init", "-q", "-b", "main"]);
        let ran = env.bos(first);
        assert_eq!(ran.code, 0, "{first:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(NOTE), "{first:?}: {}", ran.stderr);
        assert!(!env.root.join(".bos").exists(), "{first:?}");
        assert!(env.root.join(".git/bos/root/bos.db").exists(), "{first:?}");
        let after = entries(&env);
        assert!(before.iter().all(|entry| after.contains(entry)), "{first:?}");
        let added = after.len() - before.len();
        assert_eq!(
            added,
            usize::from(first[0] == "card"),
            "{first:?}: the bases are kept, so nothing is imported anew"
        );
        assert!(!env.bos(&["status"]).stderr.contains(NOTE), "{first:?}: it is said once");
        env.verify();
    }
}

#[test]
fn a_tree_below_the_top_of_its_repository_keeps_its_bases_too() {
    let env = outside();
    let before = entries(&env);
    let top = env.home().join("work");
    assert_eq!(fs::canonicalize(top).unwrap(), env.root);
    env.git_in(env.home(), &["init", "-q", "-b", "main"]);
    assert!(env.bos(&["status"]).code(0).stderr.contains(NOTE));
    assert!(env.home().join(".git/bos/work/bos.db").exists());
    assert_eq!(entries(&env), before);
}

#[test]
fn what_is_not_its_own_stays_where_it_is() {
    // A committed database may be anybody's: a clone brings it.
    let env = outside();
    env.git(&["init", "-q", "-b", "main"]);
    env.git(&["add", "-f", ".bos/bos.db"]);
    env.git(&["commit", "-q", "-m", "database and all"]);
    let told = env.bos(&["status"]).code(0).stderr;
    assert!(!told.contains(NOTE) && told.contains(".bos/bos.db is committed, so it may be anybody's"), "{told}");
    assert!(env.root.join(".bos/bos.db").exists());
    assert_eq!(env.bos(&["status"]).code(0).stderr, "", "it is said once");
    env.bos(&["--db", ".bos/bos.db", "log", "BAKE-ENG-0006"]).code(0);

    // A named database is the one that is meant.
    let env = outside();
    env.git(&["init", "-q", "-b", "main"]);
    env.bos(&["--db", "elsewhere.db", "status"]).code(0);
    assert!(env.root.join(".bos/bos.db").exists());

    // One that is there already is never replaced.
    let env = outside();
    fs::rename(env.root.join(".bos"), env.home().join("kept")).unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).ok();
    let before = entries(&env);
    fs::rename(env.home().join("kept"), env.root.join(".bos")).unwrap();
    assert!(!env.bos(&["status"]).code(0).stderr.contains(NOTE));
    assert_eq!(entries(&env), before);
    assert!(env.root.join(".bos/bos.db").exists());
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    for linked in [".bos", ".bos/bos.db"] {
        let env = outside();
        let (place, away) = (env.root.join(linked), env.home().join("away"));
        fs::rename(&place, &away).unwrap();
        std::os::unix::fs::symlink(&away, &place).unwrap();
        env.git(&["init", "-q", "-b", "main"]);
        let told = env.bos(&["status", "--json"]).code(0);
        let note = ".bos/bos.db is a symbolic link, so it is not used: a new database was made";
        assert!(told.stderr.contains(note), "{linked}: {told:?}");
        assert!(told.json()["notes"].as_array().unwrap().contains(&note.into()), "{linked}: {told:?}");
        assert_eq!(env.bos(&["status"]).code(0).stderr, "", "{linked}: it is said once");
        assert!(place.is_symlink() && away.exists(), "{linked}");
    }
}

#[test]
fn git_never_sees_a_database_outside_git() {
    let env = outside();
    assert_eq!(fs::read_to_string(env.root.join(".bos/.gitignore")).unwrap(), "*\n");
    env.git(&["init", "-q", "-b", "main"]);
    env.git(&["add", "-A"]);
    assert!(!env.git(&["ls-files"]).contains(".bos"));
}
