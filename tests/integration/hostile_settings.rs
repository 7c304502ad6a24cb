//! Repositories that somebody else made: whatever their own settings would have git run, no command of `bos` runs.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// Settings whose value is a program, or a folder of programs.
const SETTINGS: &[&str] = &[
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.alternateRefsCommand",
    "pager.diff-index",
    "pager.config",
    "pager.push",
    "diff.external",
    "diff.mine.textconv",
    "diff.mine.command",
    "merge.mine.driver",
    "interactive.diffFilter",
    "sequence.editor",
    "gpg.program",
    "trailer.sign.cmd",
    "alias.config",
    "alias.push",
];

const HOOKS: &[&str] = &[
    "pre-commit",
    "post-commit",
    "post-index-change",
    "reference-transaction",
    "pre-auto-gc",
    "post-merge",
    "post-rewrite",
    "pre-push",
    "fsmonitor-watchman",
];

/// A program that leaves a file behind with this name.
fn trap(env: &TestEnv, name: &str) -> String {
    let (file, mark) = (env.home().join(format!("trap-{name}")), env.home().join("marks").join(name));
    fs::create_dir_all(mark.parent().unwrap()).unwrap();
    fs::write(&file, format!("#!/bin/sh\ntouch '{}'\nexit 1\n", mark.display())).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    file.to_str().unwrap().to_owned()
}

fn marks(env: &TestEnv) -> Vec<String> {
    let entries = fs::read_dir(env.home().join("marks")).unwrap();
    let mut marks: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    marks.sort();
    marks
}

/// A repository with a remote, an imported tree and a staged edit, in which every setting and hook is a trap.
fn trapped() -> TestEnv {
    let env = TestEnv::repository("bakery");
    let bare = env.home().join("origin.git");
    env.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    env.git(&["remote", "add", "origin", bare.to_str().unwrap()]);
    env.git(&["fetch", "-q", "origin"]);
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P", "Priority:  P");
    env.git(&["add", "-A"]);
    let hooks = env.home().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for name in HOOKS {
        let trap = trap(&env, &format!("hook-{name}"));
        fs::copy(&trap, hooks.join(name)).unwrap();
        fs::copy(&trap, env.root.join(".git/hooks").join(name)).unwrap();
    }
    for name in SETTINGS {
        env.git(&["config", name, &trap(&env, name)]);
    }
    for (name, value) in [("commit.gpgSign", "true"), ("core.hooksPath", hooks.to_str().unwrap()), ("gc.auto", "1")] {
        env.git(&["config", name, value]);
    }
    fs::write(env.root.join(".git/info/attributes"), "*.md diff=mine merge=mine\n").unwrap();
    let _ = fs::remove_dir_all(env.home().join("marks"));
    fs::create_dir(env.home().join("marks")).unwrap();
    env
}

#[test]
fn a_trap_works() {
    let env = trapped();
    let _ = env.try_git(&["diff-index", "--cached", "HEAD"]);
    assert_eq!(marks(&env), ["core.fsmonitor"]);
}

#[test]
fn the_settings_of_a_repository_run_nothing() {
    let env = trapped();
    let files = ["base", "ours", "theirs"].map(|name| env.home().join(name));
    for (file, text) in files.iter().zip(["a\n", "b\n", "c\n"]) {
        fs::write(file, text).unwrap();
    }
    let [base, ours, theirs] = files.each_ref().map(|file| file.to_str().unwrap());
    let commands: &[&[&str]] = &[
        &["guard", "--staged"],
        &["guard", "--base", "HEAD"],
        &["status", "--all"],
        &["validate"],
        &["merge-driver", "install"],
        &["merge-driver", "run", base, ours, theirs, "7", "notes.txt"],
        &["merge-driver", "uninstall"],
        &["import"],
        &["import", "--from", "HEAD"],
        &["card", "move", "BAKE-ENG-0006", "planned"],
        &["card", "history", "BAKE-ENG-0006", "--git"],
        &["export"],
        &["export", "--commit", "--per-change"],
        &["audit", "verify"],
        &["undo"],
        &["me"],
    ];
    for arguments in commands {
        let ran = env.bos(arguments);
        assert_eq!(marks(&env), [""; 0], "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_push_runs_the_hooks_of_a_push_and_nothing_else() {
    let env = trapped();
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    let ran = env.bos(&["export", "--commit", "--push", "origin"]);
    assert_eq!(marks(&env), ["hook-pre-push"], "{ran:?}");
    fs::remove_file(env.home().join("hooks/pre-push")).unwrap();
    fs::remove_file(env.home().join("hooks/reference-transaction")).unwrap();
    fs::remove_dir_all(env.home().join("marks")).unwrap();
    fs::create_dir(env.home().join("marks")).unwrap();
    // Another clone was faster, so this one fetches.
    let (bare, other) = (env.home().join("origin.git"), env.home().join("other"));
    let clone = |from: &Path, to: &Path| env.git(&["clone", "-q", from.to_str().unwrap(), to.to_str().unwrap()]);
    clone(&bare, &other);
    env.git_in(&other, &["checkout", "-q", "-b", "work/business-os-export"]);
    env.git_in(&other, &["commit", "-q", "--allow-empty", "-m", "elsewhere"]);
    env.git_in(&other, &["push", "-q", "origin", "work/business-os-export"]);
    env.bos(&["export", "--commit", "--push", "origin"]).code(0);
    assert_eq!(marks(&env), [""; 0]);
}

/// What a repository may set to reach the remote that it promises objects from.
const TRANSPORTS: &[(&str, &str)] = &[
    ("ssh://example.invalid/x", "core.sshCommand"),
    ("example.invalid:x", "core.sshCommand"),
    ("ext::TRAP", "protocol.ext.allow"),
    ("/tmp", "remote.origin.uploadpack"),
    ("git://example.invalid/x", "core.gitProxy"),
];

#[test]
fn a_missing_object_is_not_fetched_by_a_local_check() {
    for (url, setting) in TRANSPORTS {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        env.edit(CARD, "Priority: P", "Priority:  P");
        env.git(&["add", "-A"]);
        let trap = trap(&env, "transport");
        let value = if url.starts_with("ext") { "always" } else { &trap };
        for (name, value) in [
            ("remote.origin.url", url.replace("TRAP", &trap).as_str()),
            ("remote.origin.promisor", "true"),
            ("protocol.allow", "always"),
            ("protocol.ssh.allow", "always"),
            ("protocol.git.allow", "always"),
            (setting, value),
        ] {
            env.git(&["config", name, value]);
        }
        let tree = env.git(&["rev-parse", "HEAD:docs"]);
        let object = env.root.join(".git/objects").join(&tree[..2]).join(tree[2..].trim());
        fs::remove_file(object).unwrap();
        for arguments in [&["guard", "--staged"][..], &["guard", "--base", "HEAD"], &["status", "--all"], &["import"]] {
            let ran = env.bos(arguments);
            assert_eq!(marks(&env), [""; 0], "{url} {arguments:?}: {ran:?}");
        }
    }
}

#[test]
fn a_push_signs_nothing() {
    let env = TestEnv::repository("bakery");
    let bare = env.home().join("origin.git");
    env.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    env.git_in(&bare, &["config", "receive.certNonceSeed", "x"]);
    env.git(&["remote", "add", "origin", bare.to_str().unwrap()]);
    env.bos(&["import"]).code(0);
    for (format, program) in
        [("openpgp", "gpg.program"), ("ssh", "gpg.ssh.defaultKeyCommand"), ("ssh", "gpg.ssh.program")]
    {
        for sign in ["true", "if-asked"] {
            let settings = [
                ("push.gpgSign", sign),
                ("gpg.format", format),
                (program, &trap(&env, program)),
                ("gpg.openpgp.program", &trap(&env, "openpgp")),
            ];
            for (name, value) in settings {
                env.git(&["config", name, value]);
            }
            env.bos(&["card", "comment", "BAKE-ENG-0006", "-m", sign]).code(0);
            let ran = env.bos(&["export", "--commit", "--push", "origin"]);
            assert_eq!(marks(&env), [""; 0], "{program} {sign}: {ran:?}");
            assert_eq!(ran.code, 0, "{program} {sign}: {ran:?}");
        }
    }
}

#[test]
fn the_branch_is_not_called_head() {
    let env = TestEnv::repository("bakery");
    for name in ["HEAD", "@"] {
        env.bos(&["config", "set", "branch", name]).code(4);
        fs::write(env.root.join("bos.toml"), format!("branch = \"{name}\"\n")).unwrap();
        let ran = env.bos(&["validate"]);
        assert!(ran.code != 0 && (ran.stdout + &ran.stderr).contains("bos.toml"), "{name}");
        fs::remove_file(env.root.join("bos.toml")).unwrap();
        env.bos(&["export", "--commit", "--branch", name]).code(4);
    }
    assert!(!env.root.join(".git/refs/heads/HEAD").exists());
}

#[test]
fn a_lock_of_others_is_named() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let lock = env.root.join(".git/refs/heads/work/business-os-export.lock");
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    fs::write(&lock, "").unwrap();
    env.bos(&["card", "comment", "BAKE-ENG-0006", "-m", "x"]).code(0);
    let ran = env.bos(&["export", "--commit"]).code(6);
    assert!(ran.stderr.contains(lock.to_str().unwrap()), "{}", ran.stderr);
}
