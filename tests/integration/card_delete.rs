//! `bos card delete`: every state that a card can be in, and every way that a deletion goes on from there.

use std::{collections::BTreeMap, fs, path::Path};

use insta::assert_snapshot;
use serde_json::Value;

use crate::{
    env::{Ran, TestEnv},
    publish::BRANCH,
};

const WHY: [&str; 2] = ["--reason", "made twice"];

/// What a card is like when it is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Plain,
    WithMore,
    Claimed,
    Archived,
    Awaited,
    EditedFile,
    NewFile,
    Unexported,
    ChangedSinceExport,
    WithCompanion,
}

const STATES: [State; 10] = [
    State::Plain,
    State::WithMore,
    State::Claimed,
    State::Archived,
    State::Awaited,
    State::EditedFile,
    State::NewFile,
    State::Unexported,
    State::ChangedSinceExport,
    State::WithCompanion,
];

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Undo,
    Import,
    ExportAndUndo,
    Publish { per_change: bool, squash: bool },
    PublishAndUndo,
    Rebuild,
}

const NEXT: [Next; 8] = [
    Next::Undo,
    Next::Import,
    Next::ExportAndUndo,
    Next::Publish { per_change: false, squash: false },
    Next::Publish { per_change: true, squash: false },
    Next::Publish { per_change: false, squash: true },
    Next::PublishAndUndo,
    Next::Rebuild,
];

/// Brings a card into a state; its ID.
fn prepare(env: &TestEnv, state: State) -> String {
    let export = || {
        env.bos(&["export"]).ok();
        env.commit_all("more");
        env.bos(&["import"]).ok();
    };
    let id = match state {
        State::WithMore => "BAKE-ENG-0002",
        State::Awaited => "BAKE-ENG-0004",
        State::Unexported => return env.bos(&["card", "new", "BAKE", "--title", "New here"]).ok().trim().to_owned(),
        State::WithCompanion => "HOME-ENG-0001",
        _ => "BAKE-ENG-0003",
    };
    match state {
        State::WithMore => {
            env.bos(&["card", "comment", id, "-m", "Asked the smith."]).ok();
            export();
        }
        State::Claimed => {
            env.bos(&["card", "claim", id]).ok();
            export();
        }
        State::Archived => {
            env.bos(&["card", "archive", id]).ok();
            export();
        }
        State::EditedFile => env.edit(&format!("cards/{id}.user.md"), "Priority: P1", "Priority: P0"),
        State::NewFile => env.write(&format!("cards/{id}/build.user.md"), "---\nTitle: Built\n---\nBy hand.\n"),
        State::ChangedSinceExport => drop(env.bos(&["card", "set", id, "Priority=P3"]).ok()),
        _ => {}
    }
    id.to_owned()
}

/// Every file of the tree.
fn files(env: &TestEnv) -> BTreeMap<String, String> {
    fn add(folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                add(&path, files);
            } else {
                files.insert(path.to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files_below = BTreeMap::new();
    add(&env.path("cards"), &mut files_below);
    files_below
}

/// What is kept of a card, but for the log and how its files stand.
fn kept(env: &TestEnv, id: &str) -> Value {
    let mut card = env.bos(&["card", "show", id, "--json"]).code(0).json();
    card.as_object_mut().unwrap().remove("log");
    for document in card["documents"].as_array_mut().unwrap() {
        document.as_object_mut().unwrap().remove("state");
    }
    card
}

#[track_caller]
fn assert_gone(env: &TestEnv, id: &str, told: &str) {
    let shown = env.bos(&["card", "show", id]).code(3);
    assert!(shown.stderr.contains(&format!("card {id} was deleted by Nora")), "{told}: {shown:?}");
    let listed = env.bos(&["card", "list", "--json"]).ok() + &env.bos(&["card", "list", "--archived", "--json"]).ok();
    assert!(!listed.contains(&format!("\"id\":\"{id}\"")), "{told}: {listed}");
    for args in [&["stage", "list", id][..], &["card", "set", id, "Priority=P0"], &["card", "comment", id, "-m", "x"]] {
        assert_eq!(env.bos(args).code, 3, "{told}: {args:?}");
    }
}

fn has_files(env: &TestEnv, id: &str) -> bool {
    files(env).keys().any(|path| path.contains(id))
}

#[test]
fn every_state_and_every_way_on() {
    let all = std::env::var("BOS_DELETIONS").is_ok_and(|amount| amount == "all");
    for (at, state) in STATES.into_iter().enumerate() {
        // The ordinary run tries each state and each way on more than once, `BOS_DELETIONS=all` every pair.
        for next in NEXT.into_iter().skip(if all { 0 } else { at % 4 }).step_by(if all { 1 } else { 4 }) {
            let told = format!("{state:?} {next:?}");
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).ok();
            let id = prepare(&env, state);
            env.bos(&["import"]).ok();
            if matches!(next, Next::Publish { .. } | Next::PublishAndUndo) && state != State::Unexported {
                env.bos(&["export"]).ok();
                env.commit_all("before");
                env.bos(&["import"]).ok();
            }
            let (before, texts) = (kept(&env, &id), files(&env));
            let deleted = env.bos(&["card", "delete", &id.to_lowercase(), WHY[0], WHY[1]]).ok();
            assert_eq!(deleted, format!("{id}  deleted\n"), "{told}");
            let entry = env.last_entry();
            assert_eq!((&entry["action"], &entry["reason"]), (&"delete".into(), &"made twice".into()), "{told}");
            assert!(entry["documents"].as_array().unwrap().iter().all(|one| one["new"].is_null()), "{told}");
            assert_gone(&env, &id, &told);
            go_on(&env, next, &id, &before, &texts, &told);
            let business = &id[..4];
            let new = env.bos(&["card", "new", business, "--title", "The next"]).ok();
            assert!(new.trim() > id.as_str() && new.trim() != id, "{told}: {new}");
            env.verify();
        }
    }
}

fn go_on(env: &TestEnv, next: Next, id: &str, before: &Value, texts: &BTreeMap<String, String>, told: &str) {
    let length = env.log_length();
    match next {
        Next::Undo => {
            env.bos(&["undo"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
            assert_eq!(files(env), *texts, "{told}");
        }
        Next::Import => {
            for _ in 0..2 {
                env.bos(&["import"]).ok();
                assert_gone(env, id, told);
            }
            assert_eq!(env.log_length(), length, "{told}");
            env.bos(&["export"]).ok();
            assert!(!has_files(env, id), "{told}");
            env.bos(&["import"]).ok();
            assert_eq!(env.log_length(), length, "{told}");
            assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true, "{told}");
        }
        Next::ExportAndUndo => {
            env.bos(&["export"]).ok();
            assert!(!has_files(env, id), "{told}");
            env.bos(&["undo"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
            env.bos(&["export"]).ok();
            assert!(has_files(env, id), "{told}");
            texts.iter().for_each(|(path, text)| {
                let now = fs::read_to_string(path).unwrap();
                assert!(now == *text || !told.contains("File"), "{told}: {path}");
            });
            assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true, "{told}");
        }
        Next::Publish { per_change, squash } => {
            publish(env, per_change, squash, told);
            assert!(!has_files(env, id), "{told}");
            env.bos(&["import"]).ok();
            assert_eq!(env.log_length(), length, "{told}");
            assert_gone(env, id, told);
            assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true, "{told}");
        }
        Next::PublishAndUndo => {
            publish(env, false, false, told);
            env.bos(&["import"]).ok();
            env.bos(&["undo"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
            env.bos(&["import"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
            publish(env, false, false, told);
            env.bos(&["import"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
            assert_eq!(env.log_length(), length + 1, "{told}");
            assert!(has_files(env, id), "{told}");
        }
        Next::Rebuild => {
            env.bos(&["audit", "rebuild"]).ok();
            assert_gone(env, id, told);
            env.bos(&["undo"]).ok();
            assert_eq!(kept(env, id), *before, "{told}");
        }
    }
}

/// Publishes everything and brings it home.
fn publish(env: &TestEnv, per_change: bool, squash: bool, told: &str) {
    let more: &[&str] = if per_change { &["--per-change"] } else { &[] };
    let ran = env.bos(&[&["export", "--commit"], more].concat());
    assert_eq!(ran.code, 0, "{told}: {ran:?}");
    if !ran.stdout.contains("Committed") {
        return;
    }
    if squash {
        env.git(&["merge", "-q", "--squash", BRANCH]);
        env.git(&["commit", "-q", "--no-edit"]);
    } else {
        env.git(&["merge", "-q", "--no-edit", BRANCH]);
    }
}

#[test]
fn what_is_said_of_a_deleted_card() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).ok();
    env.write("cards/BAKE-ENG-0004/sketch.txt", "x");
    env.bos(&["card", "delete", "BAKE-ENG-0004"]).code(2);
    env.bos(&["card", "delete", "BAKE-ENG-0004", "--reason", " "]).code(4);
    let ran = env.bos(&["card", "delete", "BAKE-ENG-0004", WHY[0], WHY[1]]).code(0);
    assert_snapshot!(ran.stderr, @"
    warning: docs/business-os/cards/BAKE-ENG-0004/sketch.txt is no document, so it stays where it is
    warning: BAKE-ENG-0008 depends on BAKE-ENG-0004, which is deleted: take it out of its Dependencies
    ");
    assert_snapshot!(env.bos(&["card", "show", "bake-eng-4"]).code(3).stderr, @"
    error: card BAKE-ENG-0004 was deleted by Nora at 2026-11-20T10:00:00Z, entry 26 of the log: made twice
    hint: `bos card show BAKE-ENG-0004 --at 25` shows it as it was; `bos undo 26` brings it back
    ");
    let then = env.bos(&["card", "show", "BAKE-ENG-0004", "--at", "25"]).ok();
    assert!(then.starts_with("BAKE-ENG-0004  A second deck oven, bought or leased?"), "{then}");
    assert_snapshot!(env.bos(&["log", "BAKE-ENG-0004", "--limit", "1"]).ok(), @"26  2026-11-20 10:00Z  Nora  delete BAKE-ENG-0004  because made twice");
    assert_snapshot!(env.bos(&["export"]).ok(), @"
    removed docs/business-os/cards/BAKE-ENG-0004.user.md
    removed docs/business-os/cards/BAKE-ENG-0004/fact-find.user.md
    ");
    assert!(env.bos(&["validate"]).code(1).stdout.contains("BAKE-ENG-0008 depends on `BAKE-ENG-0004`"));
    env.bos(&["card", "set", "BAKE-ENG-0008", "--remove", "Dependencies=BAKE-ENG-0004"]).ok();
    env.bos(&["export"]).ok();
    env.bos(&["validate"]).code(0);
    env.commit_all("more");
    env.bos(&["card", "delete", "BAKE-ENG-0006", WHY[0], WHY[1]]).ok();
    env.bos(&["export", "--commit", "--per-change"]).ok();
    assert_snapshot!(env.git(&["log", "-1", "--format=%B", BRANCH]).split("\nBos-Audit").next().unwrap(), @"
    delete BAKE-ENG-0006

      made twice

    Audit: Actor=Nora, Initiator=Nora, Entity=BAKE-ENG-0006
    ");
}

#[test]
fn cards_that_wait_for_each_other_go_together_without_a_word() {
    let env = TestEnv::fixture("bakery");
    let ran = env.bos(&["card", "delete", "BAKE-ENG-0004", "BAKE-ENG-0008", WHY[0], WHY[1]]).code(0);
    assert!(!ran.stderr.contains("depends on"), "{ran:?}");
    env.bos(&["undo"]).ok();
    env.bos(&["card", "show", "BAKE-ENG-0008"]).ok();
    let lines = r#"{"entity":"card","action":"delete","id":"BAKE-ENG-0004","reason":"x"}
        {"entity":"card","action":"delete","id":"BAKE-ENG-0008"}"#;
    let refused = env.bos_reading(lines, &["apply", "-"]).code(4);
    assert!(refused.stderr.contains("delete needs a reason"), "{refused:?}");
    let lines = lines.replace("0008\"", "0008\",\"reason\":\"x\"");
    env.bos_reading(&lines, &["apply", "-", "--dry-run"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0008"]).ok();
    env.bos_reading(&lines, &["apply", "-"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0008"]).code(3);
    env.verify();
}

/// The file is edited after the card was deleted and before the export: a person decides.
#[test]
fn an_edit_of_the_file_of_a_deleted_card_is_a_conflict() {
    for keep in [true, false] {
        let env = TestEnv::repository("bakery");
        env.bos(&["card", "delete", "BAKE-ENG-0003", WHY[0], WHY[1]]).ok();
        env.edit("cards/BAKE-ENG-0003.user.md", "Priority: P1", "Priority: P0");
        assert_eq!(env.bos(&["export"]).code, 5);
        assert!(env.path("cards/BAKE-ENG-0003.user.md").exists());
        env.bos(&["import"]).code(1);
        assert!(env.bos(&["conflicts"]).ok().contains("BAKE-ENG-0003"));
        env.bos(&["conflicts", "resolve", "BAKE-ENG-0003", if keep { "--ours" } else { "--theirs" }]).ok();
        env.bos(&["export"]).ok();
        assert_eq!(env.path("cards/BAKE-ENG-0003.user.md").exists(), !keep);
        assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0003"]).code, if keep { 3 } else { 0 });
        assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
        env.verify();
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_left_behind() {
    for path in ["cards/BAKE-ENG-0003.user.md", "cards/BAKE-ENG-0003/plan.user.md"] {
        let env = TestEnv::fixture("bakery");
        env.bos(&["import"]).ok();
        env.write(path, "---\nTitle: [\n---\n");
        let refused = env.bos(&["card", "delete", "BAKE-ENG-0003", WHY[0], WHY[1]]).code(4);
        assert!(refused.stderr.contains(path), "{refused:?}");
        assert_eq!(env.last_entry()["action"], "import");
    }
}

/// Another clone that has the deletion from git: it neither gives the ID out again nor puts the card back.
#[test]
fn other_clones_keep_it_deleted() {
    for knows_it in [true, false] {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).ok();
        let there = env.home().join("there");
        let clone = || env.git(&["clone", "-q", ".", there.to_str().unwrap()]);
        if knows_it {
            clone();
            env.bos_in(&there, &["import"]).code(0);
        }
        // The last of its business: nothing in the tree tells that its number was given out.
        env.bos(&["card", "delete", "BIKE-ENG-0005", WHY[0], WHY[1]]).ok();
        env.bos(&["export", "--commit"]).ok();
        env.git(&["merge", "-q", BRANCH]);
        if knows_it {
            env.git_in(&there, &["pull", "-q"]);
            let taken = env.bos_in(&there, &["import", "--json"]).json();
            assert_eq!((&taken["missing"], &taken["removed"]), (&0.into(), &1.into()));
            env.bos_in(&there, &["card", "set", "BIKE-ENG-0002", "Priority=P0"]).code(0);
            let written = env.bos_in(&there, &["export", "--commit", "--json"]).code(0).json();
            assert_eq!(written["written"].as_array().unwrap().len(), 1, "{written}");
        } else {
            clone();
        }
        let tip = env.git_in(&there, &["ls-tree", "-r", "--name-only", "HEAD"]);
        assert!(!tip.contains("BIKE-ENG-0005"), "{tip}");
        let Ran { stdout, .. } = env.bos_in(&there, &["card", "new", "BIKE", "--title", "The next"]).code(0);
        assert_eq!(stdout, "BIKE-ENG-0006\n", "{knows_it}");
        env.bos_in(&there, &["audit", "rebuild"]).code(0);
        env.bos_in(&there, &["undo"]).code(0);
        let again = env.bos_in(&there, &["card", "new", "BIKE", "--title", "The next"]).code(0).stdout;
        assert_eq!(again, "BIKE-ENG-0007\n", "{knows_it}");
        env.bos_in(&there, &["audit", "verify"]).code(0);
    }
}

/// How the deletion gets into the other clone's branch, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pull {
    Merge,
    FastForward,
    Squash,
    Rebase,
    PerChange,
    /// What was edited over there before, this clone has not seen.
    EditedOverThere,
    // From here on none was merged, or there is more to it.
    SwitchedTo,
    Detached,
    RemovedByHand,
    RemovedByACommit,
    Sparse,
    ChangedHere,
    AddedHere,
}

const PULLS: [Pull; 13] = [
    Pull::Merge,
    Pull::FastForward,
    Pull::Squash,
    Pull::Rebase,
    Pull::PerChange,
    Pull::SwitchedTo,
    Pull::Detached,
    Pull::RemovedByHand,
    Pull::RemovedByACommit,
    Pull::Sparse,
    Pull::ChangedHere,
    Pull::AddedHere,
    Pull::EditedOverThere,
];

/// A deletion that was merged is taken as what it is, and nothing else that is not here.
#[test]
fn a_deletion_that_was_merged_is_taken_and_can_be_taken_back() {
    let id = "BAKE-ENG-0002";
    for pull in PULLS {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).ok();
        env.bos(&["card", "comment", id, "-m", "Asked the smith."]).ok();
        env.bos(&["export"]).ok();
        env.commit_all("a comment");
        env.bos(&["import"]).ok();
        let there = env.home().join("there");
        env.git(&["clone", "-q", ".", there.to_str().unwrap()]);
        let git = |arguments: &[&str]| env.git_in(&there, arguments);
        let bos = |arguments: &[&str]| env.bos_in(&there, arguments);
        git(&["config", "user.name", "Ines"]);
        bos(&["import"]).code(0);
        let before = bos(&["card", "show", id, "--json"]).code(0).json();
        let file = there.join(format!("docs/business-os/cards/{id}.user.md"));
        if pull == Pull::EditedOverThere {
            env.edit(&format!("cards/{id}.user.md"), "Priority: ", "Own: kept\nPriority: ");
            env.commit_all("an edit that the clone has not seen");
            env.bos(&["import"]).ok();
        }
        if !matches!(pull, Pull::RemovedByHand | Pull::RemovedByACommit | Pull::Sparse) {
            env.bos(&["card", "delete", id, WHY[0], WHY[1]]).ok();
            env.bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).ok();
            let each: &[&str] = if pull == Pull::PerChange { &["--per-change"] } else { &[] };
            env.bos(&[&["export", "--commit"], each].concat()).ok();
        }
        git(&["fetch", "-q"]);
        let branch = format!("origin/{BRANCH}");
        let merge = || drop(git(&["merge", "-q", "--no-edit", "--no-ff", &branch]));
        match pull {
            Pull::Merge | Pull::PerChange | Pull::EditedOverThere => merge(),
            Pull::FastForward => drop(git(&["merge", "-q", "--ff-only", &branch])),
            Pull::Squash => {
                git(&["merge", "-q", "--squash", &branch]);
                git(&["commit", "-q", "--no-edit"]);
            }
            Pull::Rebase => {
                fs::write(there.join("other.txt"), "of the clone\n").unwrap();
                git(&["add", "other.txt"]);
                git(&["commit", "-q", "-m", "something else"]);
                git(&["rebase", "-q", &branch]);
            }
            Pull::SwitchedTo => drop(git(&["switch", "-q", BRANCH])),
            Pull::Detached => drop(git(&["checkout", "-q", "--detach", &branch])),
            Pull::RemovedByHand => fs::remove_file(&file).unwrap(),
            Pull::RemovedByACommit => {
                git(&["rm", "-rq", file.to_str().unwrap(), &format!("docs/business-os/cards/{id}")]);
                git(&["commit", "-q", "-m", "away with it"]);
                git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
            }
            Pull::Sparse => {
                let path = format!("docs/business-os/cards/{id}.user.md");
                git(&["update-index", "--skip-worktree", &path]);
                fs::remove_file(&file).unwrap();
            }
            Pull::ChangedHere => {
                bos(&["card", "set", id, "Owner=Ines"]).code(0);
                merge();
            }
            Pull::AddedHere => {
                bos(&["card", "comment", id, "-m", "Work of this clone."]).code(0);
                merge();
            }
        }
        let entries =
            || bos(&["log", "--json", "--limit", "1", "--no-refresh"]).code(0).json()["total"].as_u64().unwrap();
        let length = entries();
        bos(&["board", "BAKE"]).code(0);
        let told = format!("{pull:?}");
        let is_merged = matches!(
            pull,
            Pull::Merge | Pull::FastForward | Pull::Squash | Pull::Rebase | Pull::PerChange | Pull::EditedOverThere
        );
        let shown = bos(&["card", "show", id]);
        if !is_merged {
            assert_eq!(shown.code, 0, "{told}: {shown:?}");
            if pull == Pull::RemovedByACommit {
                bos(&["card", "set", "BAKE-ENG-0003", "Priority=P0"]).code(0);
                let left = bos(&["export", "--commit", "--json"]).code(5).json();
                assert!(left["refused"].as_array().unwrap().iter().all(|one| one["state"] == "missing"), "{left}");
                assert_eq!(left["written"].as_array().unwrap().len(), 1, "{left}");
            }
            bos(&["audit", "verify"]).code(0);
            continue;
        }
        assert_eq!(shown.code, 3, "{told}: {shown:?}");
        assert!(shown.stderr.contains(&format!("card {id} was removed by Nora")), "{told}: {shown:?}");
        // The deletion, and the edit of the other card.
        assert_eq!(entries(), length + 2, "{told}");
        assert_eq!(bos(&["status", "--json"]).json()["in_sync"], true, "{told}");
        // It is one entry of its own, and goes back by itself.
        bos(&["undo", &(length + 2).to_string()]).code(0);
        let mut after = bos(&["card", "show", id, "--json"]).code(0).json();
        assert_eq!(after["body"], before["body"], "{told}");
        assert_eq!(after["comments"][0]["body"], before["comments"][0]["body"], "{told}");
        after = bos(&["card", "show", "BAKE-ENG-0003", "--json"]).code(0).json();
        assert_eq!(after["card"]["priority"], "P0", "{told}");
        bos(&["import"]).code(0);
        bos(&["export"]).code(0);
        assert!(file.exists(), "{told}");
        bos(&["audit", "verify"]).code(0);
    }
}

/// Fifty trailers tell who did what; what was deleted is told beyond them.
#[test]
fn many_deletions_are_all_told() {
    let env = TestEnv::repository("bakery");
    for number in 1..=60 {
        env.write(&format!("cards/BIKE-ENG-{:04}.user.md", number + 100), format!("---\nTitle: {number}\n---\n"));
    }
    env.commit_all("bulk");
    env.bos(&["import"]).code(0);
    let ids: Vec<String> = (1..=60).map(|number| format!("BIKE-ENG-{:04}", number + 100)).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    env.bos(&[&["card", "delete"], &ids[..], &WHY[..]].concat()).ok();
    env.bos(&["export", "--commit"]).ok();
    let message = env.git(&["log", "-1", "--format=%B", BRANCH]);
    assert!(ids.iter().all(|id| message.contains(&format!("Entity={id}\n"))), "{message}");
    env.git(&["merge", "-q", BRANCH]);
    let there = env.home().join("there");
    env.git(&["clone", "-q", ".", there.to_str().unwrap()]);
    let new = env.bos_in(&there, &["card", "new", "BIKE", "--title", "The next"]);
    assert_eq!(new.stdout, "BIKE-ENG-0161\n", "{new:?}");
}

#[test]
fn other_words_name_the_command() {
    let env = TestEnv::fixture("bakery");
    for words in [
        &["delete", "BAKE-ENG-0003"][..],
        &["rm", "BAKE-ENG-0003"],
        &["card", "rm", "BAKE-ENG-0003"],
        &["card", "remove", "X"],
    ] {
        let refused = env.bos(words).code(2);
        assert!(refused.stderr.contains("bos card delete"), "{refused:?}");
    }
}
