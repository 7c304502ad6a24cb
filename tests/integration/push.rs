//! `bos export --commit --push`: credentials, hooks and remotes are git's, and what two clones push meets without a loss.

use std::{fs, path::PathBuf, process::Stdio, time::Duration};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{
    env::TestEnv,
    publish::{BRANCH, CARD, assert_sound, rev},
};

const PUSH: [&str; 4] = ["export", "--commit", "--push", "origin"];

/// A bare repository and a clone of it, in which the program works.
fn cloned() -> TestEnv {
    let origin = TestEnv::repository("bakery");
    let env = TestEnv::empty();
    env.git_in(env.home(), &["clone", "-q", "--bare", origin.root.to_str().unwrap(), "origin.git"]);
    fs::remove_dir_all(&env.root).unwrap();
    env.git_in(env.home(), &["clone", "-q", "origin.git", "work"]);
    env.bos(&["import"]).code(0);
    env
}

/// Another clone of the same repository.
fn another(env: &TestEnv) -> PathBuf {
    env.git_in(env.home(), &["clone", "-q", "origin.git", "other"]);
    let other = env.home().join("other");
    env.bos_in(&other, &["import"]).code(0);
    other
}

fn origin(env: &TestEnv) -> PathBuf {
    env.home().join("origin.git")
}

#[track_caller]
fn remote_tip(env: &TestEnv) -> String {
    env.git_in(&origin(env), &["rev-parse", BRANCH]).trim().to_owned()
}

#[track_caller]
fn set(env: &TestEnv, folder: &std::path::Path, id: &str, value: &str) {
    env.bos_in(folder, &["card", "set", id, value]).code(0);
}

/// Writes a hook.
#[cfg(unix)]
fn hook(git_dir: &std::path::Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = git_dir.join("hooks").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_commit_is_pushed() {
    let env = cloned();
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    let report = env.bos(&[&PUSH[..], &["--json"]].concat()).code(0).json();
    let tip = rev(&env, BRANCH);
    assert_eq!(report["commit"]["pushed"], json!({"remote": "origin", "oid": tip}));
    assert_eq!(remote_tip(&env), tip);
    assert_eq!(rev(&env, &format!("origin/{BRANCH}")), tip);
    assert_eq!(env.bos(&[&PUSH[..], &["--json"]].concat()).code(0).json()["commit"], Value::Null);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P1");
    let told = env.bos(&PUSH).ok();
    assert_snapshot!(told.replace(&rev(&env, BRANCH)[..12], "<commit>"), @"
    Committed 1 document to work/business-os-export as <commit> (log entries 27 to 27).
    Pushed work/business-os-export to origin at <commit>.
    ");
    // Without the flag nothing goes anywhere.
    let tip = remote_tip(&env);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P2");
    let report = env.bos(&["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["commit"]["pushed"], Value::Null);
    env.bos(&[&PUSH[..], &["--dry-run"]].concat()).code(0);
    assert_eq!(remote_tip(&env), tip);
    assert_sound(&env);
}

#[test]
fn what_could_not_be_pushed_is_pushed_by_the_next() {
    let env = cloned();
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    fs::rename(origin(&env), env.home().join("away.git")).unwrap();
    let error = env.bos(&[&PUSH[..], &["--json"]].concat()).code(6).json_error();
    assert_eq!(error["kind"], "unavailable");
    assert!(error["causes"].to_string().contains("origin.git"), "git's own words: {error}");
    let tip = rev(&env, BRANCH);
    fs::rename(env.home().join("away.git"), origin(&env)).unwrap();
    let report = env.bos(&[&PUSH[..], &["--json"]].concat()).code(0).json();
    let commit = &report["commit"];
    assert_eq!((&commit["oid"], &commit["commits"], &commit["documents"]), (&json!(tip), &json!(0), &json!(0)));
    assert_eq!(commit["pushed"]["oid"], tip.as_str());
    assert_eq!((rev(&env, BRANCH), remote_tip(&env)), (tip.clone(), tip));
    let error = env.bos(&["export", "--commit", "--push", "nowhere", "--json"]).code(6).json_error();
    assert!(error["causes"].to_string().contains("nowhere"), "{error}");
    env.bos(&["export", "--push", "origin"]).code(2);
}

#[cfg(unix)]
#[test]
fn hooks_run_and_their_words_are_told() {
    let env = cloned();
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    hook(&env.root.join(".git"), "pre-push", "echo 'the gate is closed' >&2; exit 1");
    let error = env.bos(&[&PUSH[..], &["--json"]].concat()).code(6).json_error();
    assert!(error["causes"].to_string().contains("the gate is closed"), "{error}");
    hook(&env.root.join(".git"), "pre-push", "exit 0");
    hook(&origin(&env), "pre-receive", "echo 'not on a Friday' >&2; exit 1");
    let error = env.bos(&[&PUSH[..], &["--json"]].concat()).code(6).json_error();
    let causes = error["causes"].to_string();
    assert!(causes.contains("not on a Friday") && causes.contains("pre-receive hook declined"), "{error}");
    hook(&origin(&env), "pre-receive", "echo 'open a request: https://example.org/1' >&2");
    let ran = env.bos(&PUSH).code(0);
    assert!(ran.stderr.contains("note: remote: open a request: https://example.org/1"), "{}", ran.stderr);
}

#[test]
fn what_another_clone_pushed_is_merged() {
    let env = cloned();
    let other = another(&env);
    // Both change one card, at different places, and each a card of its own.
    set(&env, &other, "BAKE-ENG-0006", "Owner=Olga");
    set(&env, &other, "BAKE-ENG-0004", "Owner=Olga");
    env.bos_in(&other, &PUSH).code(0);
    let theirs = remote_tip(&env);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    set(&env, &env.root, "BAKE-ENG-0005", "Priority=P0");
    let report = env.bos(&[&PUSH[..], &["--json"]].concat()).code(0).json();
    let tip = remote_tip(&env);
    assert_eq!(report["commit"]["pushed"]["oid"], tip.as_str());
    assert_eq!(
        env.git(&["log", "-1", "--format=%P", &tip]).trim(),
        format!("{} {theirs}", report["commit"]["oid"].as_str().unwrap())
    );
    let text = env.git(&["show", &format!("{tip}:{CARD}")]);
    assert!(text.contains("Owner: Olga") && text.contains("Priority: P0"), "{text}");
    for (id, line) in [("BAKE-ENG-0004", "Owner: Olga"), ("BAKE-ENG-0005", "Priority: P0")] {
        let text = env.git(&["show", &format!("{tip}:docs/business-os/cards/{id}.user.md")]);
        assert!(text.contains(line), "{text}");
    }
    assert_sound(&env);
    // What came from there is no document of this database yet, so it is not overwritten.
    set(&env, &env.root, "BAKE-ENG-0004", "Owner=Piet");
    env.bos(&PUSH).code(5);
    assert_eq!(remote_tip(&env), tip);
    // It comes in as any reviewed branch does.
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["import"]).code(1);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0004", "--ours"]).code(0);
    env.bos(&["export"]).code(0);
    env.bos(&PUSH).code(0);
    let text = env.git(&["show", &format!("origin/{BRANCH}:docs/business-os/cards/BAKE-ENG-0004.user.md")]);
    assert!(text.contains("Owner: Piet"), "{text}");
    assert_sound(&env);
}

#[test]
fn what_clashes_with_another_clone_is_left_out() {
    let env = cloned();
    let other = another(&env);
    set(&env, &other, "BAKE-ENG-0006", "Owner=Olga");
    env.bos_in(&other, &PUSH).code(0);
    set(&env, &env.root, "BAKE-ENG-0006", "Owner=Nora");
    set(&env, &env.root, "BAKE-ENG-0005", "Owner=Nora");
    let report = env.bos(&[&PUSH[..], &["--json"]].concat()).code(5).json();
    assert_eq!(report["refused"], json!([{"path": CARD, "state": "diverged"}]));
    let tip = remote_tip(&env);
    assert_eq!(report["commit"]["pushed"]["oid"], tip.as_str());
    assert!(env.git(&["show", &format!("{tip}:{CARD}")]).contains("Owner: Olga"));
    let text = env.git(&["show", &format!("{tip}:docs/business-os/cards/BAKE-ENG-0005.user.md")]);
    assert!(text.contains("Owner: Nora"));
    assert!(env.bos(&["card", "show", "BAKE-ENG-0006"]).ok().contains("Nora"), "ours stays in the database");
    // It is said again until somebody has seen to it.
    let report = env.bos(&[&PUSH[..], &["--json"]].concat()).code(5).json();
    assert_eq!(report["refused"][0]["path"], CARD);
    assert_eq!(remote_tip(&env), tip);
    assert_sound(&env);
}

#[test]
fn a_clone_with_nothing_new_takes_what_the_remote_has() {
    let env = cloned();
    let other = another(&env);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    env.bos(&PUSH).code(0);
    env.git_in(&other, &["fetch", "-q"]);
    env.git_in(&other, &["branch", "-q", BRANCH, &format!("origin/{BRANCH}")]);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P1");
    env.bos(&PUSH).code(0);
    let report = env.bos_in(&other, &[&PUSH[..], &["--json"]].concat());
    assert!(matches!(report.code, 0 | 5), "{}", report.stderr);
    assert_eq!(env.git_in(&other, &["rev-parse", BRANCH]).trim(), remote_tip(&env));
    assert_eq!(rev(&env, BRANCH), remote_tip(&env));
}

#[cfg(unix)]
#[test]
fn a_remote_that_always_goes_on_is_given_up() {
    let env = cloned();
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    env.bos(&PUSH).code(0);
    let advance = format!(
        "unset GIT_DIR; cd {} && new=$(git commit-tree -p {BRANCH} -m again {BRANCH}^{{tree}}) && git update-ref refs/heads/{BRANCH} $new",
        origin(&env).display()
    );
    hook(&env.root.join(".git"), "pre-push", &advance);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P1");
    let error = env.bos(&[&PUSH[..], &["--json"]].concat()).code(6).json_error();
    assert_eq!(error["kind"], "busy", "{error}");
    let again = env.git_in(&origin(&env), &["log", "--format=%s", BRANCH]).matches("again").count();
    assert_eq!(again, 4, "one push and three more");
    fs::remove_file(env.root.join(".git/hooks/pre-push")).unwrap();
    env.bos(&PUSH).code(0);
    assert_eq!(rev(&env, BRANCH), remote_tip(&env));
    assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("Priority: P1"));
    assert_sound(&env);
}

/// Exports that are killed at any time: afterwards each change is on the remote, once, in order.
#[test]
fn killed_exports_double_nothing_and_lose_nothing() {
    let env = cloned();
    let mut expected = Vec::new();
    for round in 0..14_u64 {
        for id in ["BAKE-ENG-0005", "BAKE-ENG-0006"] {
            set(&env, &env.root, id, &format!("Size={round}"));
            expected.push(format!("set {id} Size"));
        }
        let mut command = env.command(&env.root);
        command.args(PUSH).arg("--per-change").stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_millis(3 * round * (1 + round % 3)));
        let _ = child.kill();
        child.wait().unwrap();
        // What git left of a push that lost its parent is git's to clean up.
        let _ = fs::remove_file(env.root.join(format!(".git/refs/remotes/origin/{BRANCH}.lock")));
    }
    let report = env.bos(&[&PUSH[..], &["--per-change", "--json"]].concat());
    report.code(0);
    assert_eq!(rev(&env, BRANCH), remote_tip(&env));
    let log = env.git(&["log", "--reverse", "--format=%s", &format!("main..origin/{BRANCH}")]);
    assert_eq!(log.lines().collect::<Vec<_>>(), expected);
    assert_sound(&env);
}

#[test]
fn what_another_clone_pushed_can_be_imported_from_the_branch() {
    let env = cloned();
    let other = another(&env);
    set(&env, &other, "BAKE-ENG-0006", "Owner=Olga");
    let id = env.bos_in(&other, &["card", "new", "BAKE", "--title", "Count the trays"]).ok();
    env.bos_in(&other, &PUSH).code(0);
    set(&env, &env.root, "BAKE-ENG-0006", "Priority=P0");
    env.bos(&PUSH).code(0);
    env.bos(&["import", "--from", BRANCH]).code(0);
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"].clone();
    assert_eq!((&card["owner"], &card["priority"]), (&json!("Olga"), &json!("P0")));
    assert!(env.bos(&["card", "show", id.trim()]).ok().contains("Count the trays"));
    set(&env, &env.root, "BAKE-ENG-0006", "Owner=Nora");
    env.bos(&PUSH).code(0);
    assert!(env.git(&["show", &format!("origin/{BRANCH}:{CARD}")]).contains("Owner: Nora"));
    assert_sound(&env);
}
