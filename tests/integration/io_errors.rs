//! Disks that fail: each system call of each command that writes ends in an error, one at a time. The command then either
//! did what it said, or says that it did not; nothing is a defect, and what is there can be used. `BOS_IO_ERRORS=all` lets
//! every call fail, not a few of each command. Needs `strace`.

#![cfg(target_os = "linux")]

use std::{collections::HashMap, fs};

use crate::{
    env::{TestEnv, copy},
    random::tell,
    traced::{CARD, Check, bakery, branch_has_it, can_trace, changed, is_either, size, strace},
};

/// Calls of each command that fail in the ordinary run.
const CALLS: usize = 4;

/// What may fail on a disk.
const FAILING: &str = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,openat,ftruncate,unlink,unlinkat,link,linkat,\
                       mkdir,mkdirat,read,pread64,getdents64";

/// Every call on a file of the tree or of the repository: its name, and which of that name it is in its thread.
fn calls(env: &TestEnv, arguments: &[&str]) -> Vec<(String, usize)> {
    let ran = strace(env, &["-s", "0", "-e", &format!("trace={FAILING}")], arguments);
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    let trace = fs::read_to_string(env.home().join("trace")).unwrap();
    let root = format!("<{}", env.root.display());
    let (mut counts, mut calls) = (HashMap::<(&str, &str), usize>::new(), Vec::new());
    for line in trace.lines() {
        let (process, call) = line.split_once(' ').unwrap();
        let Some((name, rest)) = call.trim().split_once('(') else { continue };
        if call.trim().starts_with("<...") {
            continue;
        }
        let count = counts.entry((process, name)).or_default();
        *count += 1;
        // What begins a program, such as its libraries, is no concern of its own.
        let is_its_own = rest.contains(&root) && !rest.contains("ENOENT") && !rest.contains("/lib");
        if is_its_own && !calls.contains(&(name.to_owned(), *count)) {
            calls.push((name.to_owned(), *count));
        }
    }
    calls
}

/// Whether the system could not even load the program: the call of a thread is counted from the start of each, so that the
/// first ones of the reading thread are those of the loader too.
fn never_began(told: &str) -> bool {
    told.contains("error while loading shared libraries")
}

fn fail(env: &TestEnv, arguments: &[&str], check: Check) {
    let kept = env.home().join("before");
    for name in ["work", "hub.git"].into_iter().filter(|name| env.home().join(name).exists()) {
        copy(&env.home().join(name), &kept.join(name));
    }
    let restore = || {
        for name in ["work", "hub.git"] {
            let _ = fs::remove_dir_all(env.home().join(name));
            if kept.join(name).exists() {
                copy(&kept.join(name), &env.home().join(name));
            }
        }
    };
    let calls = calls(env, arguments);
    assert!(calls.len() > 5, "{arguments:?}: nothing was recorded");
    let all = std::env::var("BOS_IO_ERRORS").is_ok_and(|how| how == "all");
    let step = if all { 1 } else { calls.len().div_ceil(CALLS) };
    for (number, (name, nth)) in calls.iter().enumerate().filter(|(number, _)| number.is_multiple_of(step)) {
        restore();
        let error = if number % 2 == 0 { "EIO" } else { "ENOSPC" };
        let inject = format!("inject={name}:error={error}:when={nth}");
        let ran = strace(env, &["-e", &format!("trace={name}"), "-e", &inject], arguments);
        let told = String::from_utf8_lossy(&ran.stderr);
        let code = ran.status.code().unwrap_or(-1);
        tell(&format!("{arguments:?}: {inject} -> {code} {}", told.lines().next().unwrap_or_default()));
        if never_began(&told) {
            continue;
        }
        assert!((0..=6).contains(&code) && !told.contains("panicked"), "{inject}: {code}\n{told}");
        assert!(code == 0 || !told.is_empty() || !ran.stdout.is_empty(), "{inject}: {code} without a word");
        env.verify();
        check(env, code == 0);
        env.bos(&["export", "--commit"]).code(0);
        assert_eq!(env.git(&["fsck", "--strict", "--no-dangling"]), "");
        env.verify();
    }
    tell(&format!("{arguments:?}: {} calls", calls.len()));
    fs::remove_dir_all(kept).unwrap();
}

#[test]
fn a_change_or_its_undo_that_fails_says_so() {
    if !can_trace() {
        return;
    }
    fail(&bakery(), &["card", "set", "BAKE-ENG-0006", "Size=L"], |env, is_done| is_either(env, is_done, "", "L"));
    fail(&changed(), &["undo"], |env, is_done| is_either(env, is_done, "L", ""));
}

#[test]
fn an_import_that_fails_says_so() {
    if !can_trace() {
        return;
    }
    let env = bakery();
    env.edit(CARD, "Type: Card", "Type: Card\nSize: L");
    fail(&env, &["import"], |env, is_done| {
        is_either(env, is_done, "", "L");
        env.bos(&["import"]).code(0);
        is_either(env, true, "", "L");
    });
    fail(&TestEnv::repository("bakery"), &["import"], |env, _| {
        env.bos(&["import"]).code(0);
        assert_eq!(env.log_length(), 25);
    });
}

#[test]
fn an_init_that_fails_says_so() {
    if !can_trace() {
        return;
    }
    let env = TestEnv::empty();
    env.git(&["init", "-q", "-b", "main"]);
    env.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    // Before it there is nothing that could be read.
    let init: &[&str] = &["init", "--sample"];
    for (number, (name, nth)) in calls(&env, init).into_iter().enumerate() {
        let all = std::env::var("BOS_IO_ERRORS").is_ok_and(|how| how == "all");
        if !all && !number.is_multiple_of(25) {
            continue;
        }
        let env = TestEnv::empty();
        env.git(&["init", "-q", "-b", "main"]);
        env.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
        let inject = format!("inject={name}:error=EIO:when={nth}");
        let ran = strace(&env, &["-e", &format!("trace={name}"), "-e", &inject], init);
        let (told, code) = (String::from_utf8_lossy(&ran.stderr).into_owned(), ran.status.code().unwrap_or(-1));
        tell(&format!("{inject} -> {code} {}", told.lines().next().unwrap_or_default()));
        if never_began(&told) {
            continue;
        }
        assert!((0..=6).contains(&code) && !told.contains("panicked"), "{inject}: {code}\n{told}");
        assert!(code == 0 || !told.is_empty(), "{inject}: {code} without a word");
        if code == 0 {
            env.verify();
        }
    }
}

#[test]
fn an_export_that_fails_says_so() {
    if !can_trace() {
        return;
    }
    fail(&changed(), &["export"], |env, is_done| {
        assert!(env.read(CARD).contains("Size: L") || !is_done);
        let before = env.log_length();
        env.bos(&["import"]).code(0);
        assert_eq!((env.log_length(), size(env)), (before, "L".to_owned()));
        env.bos(&["export"]).code(0);
        assert!(env.read(CARD).contains("Size: L"));
    });
    fail(&changed(), &["export", "--commit"], |env, is_done| {
        assert!(branch_has_it(&env.root) || !is_done);
    });
    let env = changed();
    env.git(&["init", "-q", "--bare", env.home().join("hub.git").to_str().unwrap()]);
    env.git(&["remote", "add", "origin", env.home().join("hub.git").to_str().unwrap()]);
    fail(&env, &["export", "--commit", "--push", "origin"], |env, is_done| {
        assert!(branch_has_it(&env.home().join("hub.git")) || !is_done);
        env.bos(&["export", "--commit", "--push", "origin"]).code(0);
        assert!(branch_has_it(&env.home().join("hub.git")));
    });
}

#[test]
fn a_settlement_that_fails_says_so() {
    if !can_trace() {
        return;
    }
    let env = changed();
    env.edit(CARD, "Type: Card", "Type: Card\nSize: XL");
    env.bos(&["import"]).code(1);
    fail(&env, &["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"], |env, is_done| {
        is_either(env, is_done, "L", "XL");
        if size(env) == "L" {
            env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"]).code(0);
        }
        is_either(env, true, "", "XL");
    });
}
