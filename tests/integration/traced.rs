//! Commands under `strace`, for the tests of power cuts and of disks that fail: one card that is changed or not.

#![cfg(target_os = "linux")]

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::{env::TestEnv, random::tell};

/// The card that is changed.
pub(crate) const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// Whether programs can be traced here; says so where they cannot.
pub(crate) fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let can = traced.is_ok_and(|ran| ran.status.success());
    if !can {
        tell("NOT TESTED: strace is not there, or may not trace");
    }
    can
}

/// Runs a command under `strace`, whose record is the file `trace` in the home.
pub(crate) fn strace(env: &TestEnv, options: &[&str], arguments: &[&str]) -> Output {
    let bos = env.command(&env.root);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-e", "signal=none", "-o"]).arg(env.home().join("trace")).args(options);
    strace.arg(bos.get_program()).args(arguments).current_dir(&env.root).env_clear();
    strace.envs(bos.get_envs().filter_map(|(name, value)| Some((name, value?))));
    strace.output().unwrap()
}

/// What must hold afterwards; `is_done` where the command had said that it did it.
pub(crate) type Check = fn(&TestEnv, is_done: bool);

/// The key that is changed, as the database has it.
pub(crate) fn size(env: &TestEnv) -> String {
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).code(0).json();
    card["card"]["fields"]["Size"].as_str().unwrap_or_default().to_owned()
}

/// It is as it should be, or, where nobody was told of a change, as it was.
#[track_caller]
pub(crate) fn is_either(env: &TestEnv, is_done: bool, before: &str, after: &str) {
    let size = size(env);
    assert!(size == after || (!is_done && size == before), "{size:?}, done: {is_done}");
}

/// A tree that was imported.
pub(crate) fn bakery() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

/// A tree whose database has a change that no file has.
pub(crate) fn changed() -> TestEnv {
    let env = bakery();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Size=L"]).code(0);
    env
}

/// Whether the branch of exports in this repository has the change.
pub(crate) fn branch_has_it(folder: &Path) -> bool {
    let card = format!("work/business-os-export:docs/business-os/{CARD}");
    let shown = Command::new("git").current_dir(folder).args(["show", &card]).output().unwrap();
    String::from_utf8_lossy(&shown.stdout).contains("Size: L")
}
