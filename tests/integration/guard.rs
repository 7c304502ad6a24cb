//! `bos guard`: changes of documents that did not come from an export, in real histories.

use std::{fs, path::Path};

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::{FIXTURES, Ran, TestEnv, copy};

const BRANCH: &str = "work/business-os-export";
const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// A bakery whose first commit is tagged `base`, with the database beside it.
fn bakery() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.git(&["tag", "base"]);
    env
}

/// The same with a move on the mirror branch.
fn exported() -> TestEnv {
    let env = bakery();
    export(&env, &["card", "move", "BAKE-ENG-0006", "planned"]);
    env
}

#[track_caller]
fn export(env: &TestEnv, change: &[&str]) {
    env.bos(change).code(0);
    env.bos(&["export", "--commit"]).code(0);
}

/// An edit of the card's file, committed.
#[track_caller]
fn hand_edit(env: &TestEnv, from: &str, to: &str) {
    env.edit(CARD, from, to);
    env.commit_all("by hand");
}

fn squash(env: &TestEnv) {
    env.git(&["merge", "-q", "--squash", BRANCH]);
    env.git(&["commit", "-q", "-m", "Cards of this week (#7)"]);
}

/// What the guard finds from the tag `base` on: reason, file, whether it is mergeable.
#[track_caller]
fn found(env: &TestEnv, arguments: &[&str]) -> Vec<String> {
    let ran = env.bos(&[&["guard", "--base", "base", "--json"], arguments].concat());
    let json = ran.json();
    assert_eq!(ran.code, i32::from(json["total"] != 0), "{json}");
    lines(&json)
}

fn lines(json: &Value) -> Vec<String> {
    let line = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        let taken = if finding["mergeable"] == true { " mergeable" } else { "" };
        format!("{} {}{taken}", text("reason"), text("path").strip_prefix("docs/business-os/").unwrap())
    };
    json["findings"].as_array().unwrap().iter().map(line).collect()
}

/// What was printed, with the ids of commits made alike.
fn shown(env: &TestEnv, ran: &Ran) -> String {
    let text = format!("{}{}", ran.stdout, ran.stderr);
    env.git(&["rev-list", "--all"])
        .lines()
        .fold(text, |text, commit| text.replace(commit, "<commit>").replace(&commit[..12], "<commit>"))
}

#[test]
fn an_export_may_be_merged_in_every_way() {
    let env = exported();
    assert_snapshot!(shown(&env, &env.bos(&["guard", "--base", "base"]).code(0)), @"No document changed.");
    for way in
        [&["merge", "-q", "--no-ff", "--no-edit", BRANCH][..], &["merge", "-q", BRANCH], &["cherry-pick", BRANCH]]
    {
        env.git(&["reset", "-q", "--hard", "base"]);
        env.git(way);
        let ran = env.bos(&["guard", "--base", "base"]).code(0);
        assert_eq!(ran.stdout, "2 documents changed, all by exports.\n", "{way:?}");
    }
}

#[test]
fn a_squash_merge_has_the_texts_of_an_export() {
    let env = exported();
    squash(&env);
    env.git(&["tag", "squashed"]);
    assert_eq!(found(&env, &[]), [""; 0]);
    // The branch goes on, also over this card.
    export(&env, &["card", "set", "BAKE-ENG-0006", "Owner=Nora"]);
    assert_eq!(found(&env, &["--head", "squashed"]), [""; 0]);
    squash(&env);
    assert_eq!(found(&env, &[]), [""; 0]);
    // What an export has replaced since is no longer what an export wrote.
    env.git(&["checkout", "-q", "squashed", "--", "docs"]);
    env.commit_all("back to last week");
    env.git(&["tag", "-f", "base", "HEAD^"]);
    assert_eq!(found(&env, &[]), ["edited cards/BAKE-ENG-0006.user.md mergeable"]);
    // Where nothing of the export can be seen, nobody knows.
    env.git(&["tag", "-f", "base", "squashed^"]);
    env.git(&["branch", "-q", "-D", BRANCH]);
    assert_eq!(found(&env, &["--head", "squashed"]).len(), 2);
}

#[test]
fn the_mirror_branch_of_a_remote_will_do() {
    let env = exported();
    squash(&env);
    let clone = env.home().join("clone");
    env.git(&["clone", "-q", env.root.to_str().unwrap(), clone.to_str().unwrap()]);
    let ran = env.bos_in(&clone, &["guard", "--base", "origin/main^"]).code(0);
    assert_eq!(ran.stdout, "2 documents changed, all by exports.\n");
    assert!(!clone.join(".git/bos").exists(), "no database is made");
}

#[test]
fn a_hand_edit_is_named_with_its_commit_and_author() {
    let env = exported();
    env.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
    hand_edit(&env, "Lane: Planned", "Lane: Done");
    let ran = env.bos(&["guard", "--base", "base"]).code(1);
    assert_snapshot!(shown(&env, &ran), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  edited by Nora in <commit>
    2 documents changed, 1 not by an export.
    ");
    let json = shown(&env, &env.bos(&["guard", "--base", "base", "--json"]).code(1));
    assert_snapshot!(json, @r#"{"schema":"bos.guard/1","base":"<commit>","head":"<commit>","documents":2,"total":1,"accepted":0,"complete":true,"findings":[{"path":"docs/business-os/cards/BAKE-ENG-0006.user.md","from":null,"commit":"<commit>","author":"Nora","reason":"edited","mergeable":false}]}"#);
    assert_eq!(shown(&env, &env.bos(&["guard", "--base", "base", "--format", "json"]).code(1)), json);
    let github = env.bos(&["guard", "--base", "base", "--format", "github"]).code(1);
    assert_snapshot!(shown(&env, &github), @"::error file=docs/business-os/cards/BAKE-ENG-0006.user.md,title=not from an export::edited by Nora in <commit>%0Ahelp: make the change with bos where the database is, and export it from there");
}

#[test]
fn a_revert_is_a_change_by_hand() {
    let env = exported();
    env.git(&["merge", "-q", BRANCH]);
    env.git(&["tag", "-f", "base"]);
    env.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(
        found(&env, &[]),
        ["edited cards/BAKE-ENG-0006.user.md mergeable", "removed cards/BAKE-ENG-0006/plan.user.md"]
    );
    // Back to what was exported, by hand, is as good as an export; so is nothing at all.
    env.git(&["tag", "-f", "base"]);
    env.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(found(&env, &[]), [""; 0]);
    hand_edit(&env, "Owner: Unassigned", "Owner: Nora");
    env.git(&["tag", "-f", "base", "HEAD^"]);
    env.git(&["revert", "--no-edit", "HEAD"]);
    let json = env.bos(&["guard", "--base", "base", "--json"]).code(0).json();
    assert_eq!((&json["documents"], &json["total"]), (&0.into(), &0.into()));
}

#[test]
fn every_deed_is_named_and_other_files_are_not_looked_at() {
    let env = bakery();
    let folder = |below: &str| format!("docs/business-os/{below}");
    env.git(&["rm", "-q", &folder("cards/BAKE-ENG-0001.user.md")]);
    env.git(&["mv", &folder("cards/BAKE-ENG-0003.user.md"), &folder("cards/archive/BAKE-ENG-0003.user.md")]);
    env.edit(CARD, "P3", "P1");
    env.write("cards/BAKE-ENG-0077.user.md", "---\nID: BAKE-ENG-0077\nBusiness: BAKE\n---\nNew.\n");
    env.write("ideas/inbox/BAKE-OPP-0002.user.md", "---\nnever closed\n");
    env.write("strategy/plan.user.md", "Ours.\n");
    env.write("cards/odd name.md", "Read by nobody.\n");
    env.write("../notes.md", "Ours.\n");
    env.commit_all("all kinds");
    let ran = env.bos(&["guard", "--base", "base"]).code(1);
    assert_snapshot!(shown(&env, &ran), @"
    docs/business-os/cards/BAKE-ENG-0001.user.md  removed by Nora in <commit>
    docs/business-os/cards/BAKE-ENG-0006.user.md  edited by Nora in <commit>; bos import would take it
    docs/business-os/cards/BAKE-ENG-0077.user.md  added by Nora in <commit>; bos import would take it
    docs/business-os/cards/archive/BAKE-ENG-0003.user.md  renamed from docs/business-os/cards/BAKE-ENG-0003.user.md by Nora in <commit>; bos import would take it
    docs/business-os/ideas/inbox/BAKE-OPP-0002.user.md  edited by Nora in <commit>
    6 documents changed, 5 not by an export.
    ");
    // An import would take some of it.
    let left = ["removed cards/BAKE-ENG-0001.user.md", "edited ideas/inbox/BAKE-OPP-0002.user.md"];
    assert_eq!(found(&env, &["--allow-mergeable"]), left);
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!((&report["missing"], &report["failed"], &report["conflicts"]), (&1.into(), &1.into(), &0.into()));
}

#[test]
fn a_card_moves_with_what_belongs_to_it() {
    let env = bakery();
    let folder = |below: &str| format!("docs/business-os/cards/{below}");
    env.git(&["mv", &folder("BAKE-ENG-0004"), &folder("archive/BAKE-ENG-0004")]);
    env.commit_all("its stage docs alone");
    assert_eq!(found(&env, &["--allow-mergeable"]), ["renamed cards/archive/BAKE-ENG-0004/fact-find.user.md"]);
    env.git(&["mv", &folder("BAKE-ENG-0004.user.md"), &folder("archive/BAKE-ENG-0004.user.md")]);
    env.commit_all("the card too");
    assert_eq!(found(&env, &["--allow-mergeable"]), [""; 0]);
    assert_eq!(found(&env, &[]).len(), 2);
    assert_eq!(env.bos(&["import", "--json"]).code(0).json()["missing"], 0);
    env.git(&["mv", &folder("archive/BAKE-ENG-0004.user.md"), &folder("archive/BAKE-ENG-0044.user.md")]);
    env.commit_all("another card");
    assert_eq!(found(&env, &["--allow-mergeable"]).len(), 2);
}

#[test]
fn what_an_import_would_take_may_be_accepted() {
    let env = exported();
    hand_edit(&env, "Owner: Unassigned", "Owner: Nora");
    assert_eq!(found(&env, &[]), ["edited cards/BAKE-ENG-0006.user.md mergeable"]);
    let ran = env.bos(&["guard", "--base", "base", "--allow-mergeable"]).code(0);
    assert_eq!(ran.stdout, "1 document changed; bos import would take 1.\n");
    let json = env.bos(&["guard", "--base", "base", "--allow-mergeable", "--json"]).code(0).json();
    assert_eq!((&json["accepted"], &json["total"]), (&1.into(), &0.into()));
    // The export moved the card, so another lane clashes: on the branch, and once the branch is merged.
    hand_edit(&env, "Lane: Inbox", "Lane: Done");
    assert_eq!(found(&env, &["--allow-mergeable"]), ["edited cards/BAKE-ENG-0006.user.md"]);
    env.git(&["checkout", "-q", "-b", "merged", "base"]);
    env.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
    env.git(&["branch", "-q", "-D", BRANCH]);
    let ran = env.bos(&["guard", "--base", "merged", "--head", "main", "--allow-mergeable", "--json"]).code(1);
    assert_eq!(lines(&ran.json()), ["edited cards/BAKE-ENG-0006.user.md"]);
    // What the guard accepts, an import takes.
    env.git(&["checkout", "-q", "main"]);
    assert!(env.bos(&["import", "--json"]).code(1).json()["conflicts"] == 1);
}

#[test]
fn a_branch_that_follows_main_is_not_charged_with_what_is_there() {
    let env = exported();
    env.git(&["checkout", "-q", "-b", "topic"]);
    fs::write(env.root.join("code.rs"), "fn main() {}\n").unwrap();
    env.commit_all("code");
    env.git(&["checkout", "-q", "main"]);
    env.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
    hand_edit(&env, "P3", "P0");
    let guard = |head: &str| env.bos(&["guard", "--base", "main", "--head", head]);
    assert_eq!(guard("topic").code(0).stdout, "No document changed.\n");
    env.git(&["checkout", "-q", "topic"]);
    env.git(&["merge", "-q", "--no-edit", "main"]);
    assert_eq!(guard("topic").code(0).stdout, "No document changed.\n");
    env.git(&["merge", "-q", "--no-edit", "main"]);
    hand_edit(&env, "P0", "P2");
    env.git(&["merge", "-q", "--no-edit", "main"]);
    guard("topic").code(1);
}

#[test]
fn a_merge_that_brings_an_old_text_back_is_named() {
    let env = exported();
    env.git(&["checkout", "-q", "-b", "old"]);
    env.git(&["commit", "-q", "--allow-empty", "-m", "old"]);
    env.git(&["checkout", "-q", "main"]);
    env.git(&["merge", "-q", BRANCH]);
    env.git(&["tag", "-f", "base"]);
    env.git(&["merge", "-q", "--no-commit", "-s", "ours", "old"]);
    env.git(&["checkout", "-q", "old", "--", "docs"]);
    env.commit_all("a merge that takes the wrong side");
    assert_eq!(found(&env, &[]), ["edited cards/BAKE-ENG-0006.user.md mergeable"]);
}

#[test]
fn a_hook_before_the_commit() {
    let env = exported();
    let program = env.command(&env.root).get_program().to_owned();
    let hook = env.root.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\nexec '{}' guard --staged\n", program.to_str().unwrap())).unwrap();
    #[cfg(unix)]
    fs::set_permissions(&hook, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    env.edit(CARD, "P3", "P0");
    // Not staged yet: the hook sees the index that this commit uses, not the one on disk.
    assert_snapshot!(env.bos(&["guard", "--staged"]).code(0).stdout, @"No document changed.");
    let ran = env.try_git(&["commit", "-q", "-a", "-m", "by hand"]).code(1);
    assert_snapshot!(ran.stderr, @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  edited in the index; bos import would take it
    1 document changed, 1 not by an export.
    ");
    env.git(&["checkout", "-q", "--", "."]);
    squash(&env);
    let json = env.bos(&["guard", "--staged", "--json"]).code(0).json();
    assert_eq!((&json["head"], &json["documents"]), (&Value::Null, &0.into()));
    // Before the first commit everything is new.
    let first = TestEnv::fixture("bakery");
    first.git(&["init", "-q"]);
    first.git(&["add", "docs"]);
    assert_eq!(first.bos(&["guard", "--staged", "--json"]).code(1).json()["total"], 26);
    first.bos(&["guard", "--staged", "--allow-mergeable"]).code(0);
}

#[test]
fn a_shallow_clone_says_what_it_cannot_know() {
    let env = exported();
    env.git(&["checkout", "-q", "-b", "topic"]);
    env.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
    hand_edit(&env, "P3", "P0");
    let url = format!("file://{}", env.root.display());
    let clone = |name: &str, depth: &str, more: &[&str]| {
        let folder = env.home().join(name);
        let start = ["clone", "-q", "--branch", "topic", "--depth", depth];
        env.git(&[&start[..], more, &[&url, folder.to_str().unwrap()]].concat());
        folder
    };
    let one = clone("one", "1", &[]);
    let ran = env.bos_in(&one, &["guard", "--base", "origin/main"]).code(3);
    assert_snapshot!(ran.stderr, @"
    error: `origin/main` names no commit of this shallow clone
    hint: fetch all of history: `git fetch --unshallow`, or fetch-depth: 0 in a workflow
    ");
    // All branches, but nothing before their tips.
    let tips = clone("tips", "1", &["--no-single-branch"]);
    let ran = env.bos_in(&tips, &["guard", "--base", "origin/main"]).code(1);
    assert_snapshot!(shown(&env, &ran), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  changed by Nora in <commit>, or before this shallow clone begins; bos import would take it
    docs/business-os/cards/BAKE-ENG-0006/plan.user.md  changed by Nora in <commit>, or before this shallow clone begins; bos import would take it
    2 documents changed, 2 not by an export.
    note: this clone is shallow, so older commits were not checked: fetch all of history for a full answer
    ");
    assert_eq!(env.bos_in(&tips, &["guard", "--base", "origin/main", "--json"]).json()["complete"], false);
    // Deep enough for this question.
    let deep = clone("deep", "3", &["--no-single-branch"]);
    let ran = env.bos_in(&deep, &["guard", "--base", "origin/main"]).code(1);
    assert_snapshot!(shown(&env, &ran), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  edited by Nora in <commit>; bos import would take it
    2 documents changed, 1 not by an export.
    ");
}

#[test]
fn a_tree_in_a_folder() {
    let env = TestEnv::empty();
    let tree = env.root.join("shops/Nord, süd");
    copy(&Path::new(FIXTURES).join("bakery"), &tree);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.git(&["tag", "base"]);
    let card = tree.join("docs/business-os").join(CARD);
    fs::write(&card, fs::read_to_string(&card).unwrap() + "More.\n").unwrap();
    env.git(&["add", "-A"]);
    let staged = env.bos_in(&tree, &["guard", "--staged"]).code(1);
    assert!(
        staged.stdout.starts_with("docs/business-os/cards/BAKE-ENG-0006.user.md  edited in the index"),
        "{}",
        staged.stdout
    );
    env.commit_all("by hand");
    let ran = env.bos_in(&tree, &["guard", "--base", "base", "--format", "github"]).code(1);
    assert_snapshot!(shown(&env, &ran), @"::error file=shops/Nord%2C süd/docs/business-os/cards/BAKE-ENG-0006.user.md,title=not from an export::edited by Nora in <commit>%0Ahelp: take it with `bos import` where the database is, and export it from there");
}

#[test]
fn what_cannot_be_asked() {
    let env = bakery();
    env.bos(&["guard"]).code(2);
    env.bos(&["guard", "--staged", "--base", "base"]).code(2);
    let ran = env.bos(&["guard", "--base", "nowhere"]).code(3);
    assert_snapshot!(ran.stderr, @"
    error: `nowhere` names no commit of this repository; use a branch, a tag or a commit that exists
    caused by: revspec 'nowhere' not found; class=Reference (4); code=NotFound (-3)
    ");
    TestEnv::fixture("bakery").bos(&["guard", "--base", "main"]).code(6);
    TestEnv::empty().bos(&["guard", "--base", "main"]).code(3);
}
