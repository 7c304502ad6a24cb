//! `bos export --commit`: one commit on the mirror branch, and nothing else of the repository touched.

use std::{collections::BTreeMap, fs, path::Path};

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::{TestEnv, copy};

const BRANCH: &str = "work/business-os-export";
const CARD: &str = "docs/business-os/cards/BAKE-ENG-0006.user.md";

/// A repository that was imported and in which one card moved.
fn moved() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    env
}

#[track_caller]
fn move_card(env: &TestEnv, id: &str, lane: &str) {
    env.bos(&["card", "move", id, lane]).code(0);
}

/// Exports to the branch, which must end well; the commit's id, `None` where there was nothing to commit.
#[track_caller]
fn export(env: &TestEnv) -> Option<String> {
    let report = env.bos(&["export", "--commit", "--json"]).code(0).json();
    report["commit"]["oid"].as_str().map(str::to_owned)
}

/// What an export to the branch leaves out: path and state; the exit code must say so.
#[track_caller]
fn refused(env: &TestEnv, arguments: &[&str]) -> Vec<(String, String)> {
    let report = env.bos(&[&["export", "--commit", "--json"], arguments].concat()).code(5).json();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    report["refused"].as_array().unwrap().iter().map(|one| (text(one, "path"), text(one, "state"))).collect()
}

/// The files that a commit changes against its first parent.
#[track_caller]
fn changed(env: &TestEnv, commit: &str) -> Vec<String> {
    let names =
        env.git(&["diff-tree", "-r", "--root", "--no-commit-id", "--name-status", "-m", "--first-parent", commit]);
    names.lines().map(|line| line.replace('\t', " ")).collect()
}

#[track_caller]
fn rev(env: &TestEnv, revision: &str) -> String {
    env.git(&["rev-parse", revision]).trim().to_owned()
}

/// Everything of a repository that an export must leave as it is.
fn surroundings(env: &TestEnv, root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for arguments in [
        &["status", "--porcelain=v2", "--branch", "--ignored"][..],
        &["symbolic-ref", "-q", "HEAD"],
        &["ls-files", "--stage", "--debug"],
        &["stash", "list"],
        &["worktree", "list", "--porcelain"],
        &["config", "--list", "--local"],
    ] {
        let mut command = std::process::Command::new("git");
        let output = command.current_dir(root).args(arguments).env("HOME", env.home()).output().unwrap();
        found.insert(arguments.join(" "), output.stdout);
    }
    let git_dir = env.git_in(root, &["rev-parse", "--absolute-git-dir"]);
    for file in ["HEAD", "index", "logs/HEAD"] {
        found.insert(file.to_owned(), fs::read(Path::new(git_dir.trim()).join(file)).unwrap_or_default());
    }
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(|entry| entry.file_name() != ".git") {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let mut content = format!("{:?}\n", entry.metadata().unwrap().modified().unwrap()).into_bytes();
            content.extend(fs::read(entry.path()).unwrap());
            found.insert(entry.path().display().to_string(), content);
        }
    }
    found
}

#[track_caller]
fn assert_sound(env: &TestEnv) {
    assert_eq!(env.git(&["fsck", "--strict", "--full", "--no-dangling"]), "");
    env.verify();
}

#[test]
fn head_index_and_work_tree_stay_as_they_are() {
    let env = moved();
    env.write("../notes.txt", "not staged");
    env.git(&["add", "docs/notes.txt"]);
    env.write("../notes.txt", "staged, and edited after that");
    env.git(&["status"]);
    let before = surroundings(&env, &env.root);
    let head = rev(&env, "HEAD");
    let commit = export(&env).unwrap();
    let after = surroundings(&env, &env.root);
    for (what, content) in &before {
        assert!(after.get(what) == Some(content), "{what} is not as it was");
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(rev(&env, "HEAD"), head);
    assert_eq!(rev(&env, &format!("{BRANCH}^")), head);
    assert_eq!(rev(&env, BRANCH), commit);
    assert_eq!(
        changed(&env, &commit),
        ["M docs/business-os/cards/BAKE-ENG-0006.user.md", "A docs/business-os/cards/BAKE-ENG-0006/build.user.md"]
    );
    assert_sound(&env);
}

#[test]
fn the_commit_says_who_did_what_and_seals_the_log() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    export(&env);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    export(&env).unwrap();
    let first = env.log_length();
    env.bos(&["--actor", "agent-7", "--initiator", "Pete", "card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["--actor", "Sami", "card", "move", "BAKE-ENG-0006", "HOME-ENG-0001", "planned"]).code(0);
    let commit = env.bos(&["export", "--commit", "--actor", "Sami", "--json"]).code(0).json()["commit"].clone();
    let log_id = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    let last = env.last_entry();
    let head = last["hash"].as_str().unwrap();
    let message = env.git(&["log", "-1", "--format=%B", BRANCH]);
    let message = message.replace(&log_id, "<log>").replace(head, "<head>");
    assert_snapshot!(message, @r"
    bos: export 6 documents

    Audit: Actor=agent-7, Initiator=Pete, Entity=BAKE-ENG-0005
    Audit: Actor=Sami, Initiator=Sami, Entity=BAKE-ENG-0006
    Audit: Actor=Sami, Initiator=Sami, Entity=HOME-ENG-0001
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 27..29
    Bos-Audit-Head: <head>
    ");
    assert_eq!(commit["range"], serde_json::json!([first + 1, first + 3]));
    assert_eq!(commit["branch"], BRANCH);
    assert_eq!(commit["documents"], 6);
    // git reads them as trailers.
    let trailers = env.git(&["log", "-1", "--format=%(trailers:key=Audit,valueonly)", BRANCH]);
    assert_eq!(trailers.lines().filter(|line| !line.is_empty()).count(), 3);
    assert_eq!(env.git(&["log", "-1", "--format=%an <%ae> %cn", BRANCH]), "Sami <sami@bos.invalid> Sami\n");
    assert_eq!(env.git(&["log", "-1", "--format=%aI", BRANCH]).trim(), "2026-11-20T10:00:00Z");
    assert_sound(&env);
}

#[test]
fn the_author_has_the_address_that_git_knows() {
    let env = moved();
    env.git(&["config", "user.name", "Nora"]);
    env.git(&["config", "user.email", "nora@bakery.example"]);
    export(&env).unwrap();
    assert_eq!(env.git(&["log", "-1", "--format=%an <%ae>", BRANCH]), "Nora <nora@bakery.example>\n");
}

#[test]
fn past_fifty_entries_are_counted() {
    let env = TestEnv::repository("quirks");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "SHOP-ENG-0016", "Priority=P0"]).code(0);
    let entries = env.log_length();
    assert!(entries > 60);
    export(&env).unwrap();
    let message = env.git(&["log", "-1", "--format=%B", BRANCH]);
    assert_eq!(message.matches("Audit: Actor=Nora, Initiator=Nora, Entity=").count(), 50);
    assert!(message.contains(&format!("\nAudit: {} more entries\n", entries - 50)), "{message}");
    assert!(message.contains(&format!("\nBos-Audit-Range: 1..{entries}\n")), "{message}");
    assert_sound(&env);
}

#[test]
fn nothing_to_commit_is_a_success_that_says_so() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    assert_snapshot!(env.bos(&["export", "--commit"]).ok(), @"Nothing to commit: 26 documents are as they should be.");
    move_card(&env, "BAKE-ENG-0006", "planned");
    let commit = export(&env).unwrap();
    assert_snapshot!(env.bos(&["export", "--commit"]).ok(), @"Nothing to commit: 27 documents are as they should be.");
    assert_eq!(rev(&env, BRANCH), commit);
    // Back and forth between two exports.
    env.bos(&["card", "set", "BAKE-ENG-0005", "--add", "Tags=x"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0005", "--remove", "Tags=x"]).code(0);
    export(&env);
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_rehearsal_leaves_no_trace() {
    let env = moved();
    let refs = env.git(&["for-each-ref"]);
    let report = env.bos(&["export", "--commit", "--dry-run", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 2);
    assert_eq!(report["commit"], Value::Null);
    env.bos(&["export", "--commit", "--check"]).code(1);
    assert_eq!(env.git(&["for-each-ref"]), refs);
    export(&env).unwrap();
    env.bos(&["export", "--commit", "--check"]).code(0);
}

#[test]
fn only_what_is_named_goes_out() {
    let env = moved();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", CARD]).code(0);
    assert_eq!(changed(&env, BRANCH), [format!("M {CARD}")]);
    let last = env.log_length();
    let rest = env.bos(&["export", "--commit", "--json"]).code(0).json();
    assert_eq!(rest["commit"]["documents"], 2);
    assert_eq!(rest["commit"]["range"], serde_json::json!([1, last]), "what was left out is witnessed when it follows");
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_fresh_clone() {
    let origin = TestEnv::repository("bakery");
    let clone = TestEnv::empty();
    for (arguments, shallow) in [(&["clone", "-q"][..], false), (&["clone", "-q", "--depth", "1"], true)] {
        fs::remove_dir_all(&clone.root).unwrap();
        let url = format!("file://{}", origin.root.display());
        clone.git_in(clone.home(), &[arguments, &[&url, clone.root.to_str().unwrap()]].concat());
        assert_eq!(clone.git(&["rev-parse", "--is-shallow-repository"]).trim() == "true", shallow);
        clone.git(&["checkout", "-q", "-b", "topic"]);
        clone.commit_all("mine alone");
        move_card(&clone, "BAKE-ENG-0006", "in-progress");
        let commit = export(&clone).unwrap();
        assert_eq!(rev(&clone, &format!("{commit}^")), rev(&clone, "origin/HEAD"));
        assert_sound(&clone);
    }
}

#[test]
fn a_linked_work_tree_shares_the_database_and_the_branch() {
    let env = moved();
    let linked = env.home().join("linked");
    env.git(&["worktree", "add", "-q", "-b", "topic", linked.to_str().unwrap()]);
    let before = surroundings(&env, &linked);
    env.bos_in(&linked, &["card", "move", "BAKE-ENG-0005", "planned"]).code(0);
    let report = env.bos_in(&linked, &["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 4);
    assert!(before == surroundings(&env, &linked));
    assert_eq!(export(&env), None, "the other work tree finds it done");
    assert_sound(&env);
}

#[test]
fn a_bare_repository_with_work_trees() {
    let origin = TestEnv::repository("bakery");
    let env = TestEnv::empty();
    let bare = env.home().join("project/.bare");
    env.git_in(env.home(), &["clone", "-q", "--bare", origin.root.to_str().unwrap(), bare.to_str().unwrap()]);
    let (main, topic) = (env.home().join("project/main"), env.home().join("project/topic"));
    env.git_in(&bare, &["worktree", "add", "-q", main.to_str().unwrap(), "main"]);
    env.git_in(&bare, &["worktree", "add", "-q", "-b", "topic", topic.to_str().unwrap()]);
    env.bos_in(&main, &["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos_in(&topic, &["card", "move", "BAKE-ENG-0005", "planned"]).code(0);
    let database = env.bos_in(&main, &["status", "--json"]).json()["database"].clone();
    assert_eq!(database, bare.join("bos/root/bos.db").to_str().unwrap());
    let report = env.bos_in(&topic, &["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 4);
    assert_eq!(env.git_in(&bare, &["fsck", "--strict"]), "");
    env.bos_in(&main, &["audit", "verify"]).code(0);
    assert_eq!(env.git_in(&main, &["status", "--porcelain"]), "");
}

#[test]
fn a_detached_head() {
    let env = moved();
    env.git(&["checkout", "-q", "--detach"]);
    env.commit_all("on the side");
    export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{BRANCH}^")), rev(&env, "main"), "the base is main, not HEAD");
    assert_sound(&env);

    // Without a main branch, HEAD is the base.
    let env = moved();
    env.git(&["checkout", "-q", "--detach"]);
    env.git(&["branch", "-q", "-D", "main"]);
    export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{BRANCH}^")), rev(&env, "HEAD"));
    assert_sound(&env);
}

#[test]
fn a_repository_without_commits() {
    let env = TestEnv::fixture("bakery");
    env.git(&["init", "-q", "-b", "main"]);
    env.bos(&["import"]).code(0);
    let first = export(&env).unwrap();
    assert_eq!(env.git(&["rev-list", "--count", BRANCH]).trim(), "1");
    assert_eq!(changed(&env, &first).len(), 26);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    let second = export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{second}^")), first);
    assert!(env.git(&["status"]).contains("No commits yet"));
    assert_sound(&env);
    // The first commit of main shares no history with the branch: the next export joins the two.
    env.commit_all("first");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("second");
    env.bos(&["card", "set", "BAKE-ENG-0004", "Priority=P0"]).code(0);
    export(&env).unwrap();
    assert_sound(&env);
}

#[test]
fn an_ignored_folder_goes_out_all_the_same() {
    let env = TestEnv::fixture("bakery");
    fs::write(env.root.join(".gitignore"), "docs/\n").unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("without the documents");
    assert_eq!(env.git(&["ls-files"]), ".gitignore\n");
    env.bos(&["import"]).code(0);
    let commit = export(&env).unwrap();
    assert_eq!(changed(&env, &commit).len(), 26);
    assert_eq!(env.git(&["status", "--porcelain"]), "");
    assert_sound(&env);
}

#[test]
fn line_ends_are_as_git_would_store_them() {
    let env = TestEnv::fixture("bakery");
    fs::write(env.root.join(".gitattributes"), "* text=auto\n").unwrap();
    let text = env.read("cards/BAKE-ENG-0005.user.md").replace('\n', "\r\n");
    env.write("cards/BAKE-ENG-0005.user.md", &text);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos(&["import"]).code(0);
    assert_eq!(export(&env), None, "the branch has it already, in git's own form");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let commit = export(&env).unwrap();
    assert_eq!(env.git(&["diff", "--stat=200", &format!("{commit}^"), &commit]).lines().count(), 2);
    let blob = env.git(&["cat-file", "blob", &format!("{commit}:docs/business-os/cards/BAKE-ENG-0005.user.md")]);
    assert!(blob.contains("Priority: P0\n") && !blob.contains('\r'), "{blob:?}");
    assert_eq!(export(&env), None);
    env.bos(&["export"]).code(0);
    assert!(env.read("cards/BAKE-ENG-0005.user.md").contains("Priority: P0\r\n"));
    // What git then stores of the file is what the branch has.
    env.git(&["add", "-A"]);
    assert_eq!(env.git(&["diff", "--cached", "--name-only", &commit]), "");
    // The reviewed branch comes back with plain line ends: no edit of anybody.
    env.git(&["commit", "-q", "-m", "files"]);
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P1"]).code(0);
    export(&env).unwrap();
    assert_sound(&env);
}

#[cfg(unix)]
#[test]
fn file_modes_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::fixture("bakery");
    fs::set_permissions(env.root.join(CARD), fs::Permissions::from_mode(0o755)).unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos(&["import"]).code(0);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    export(&env).unwrap();
    let tree = env.git(&["ls-tree", "-r", BRANCH, "docs/business-os/cards"]);
    let mode = |name: &str| tree.lines().find(|line| line.ends_with(name)).unwrap()[..6].to_owned();
    assert_eq!(mode("BAKE-ENG-0006.user.md"), "100755");
    assert_eq!(mode("BAKE-ENG-0006/build.user.md"), "100644");
    assert_sound(&env);
}

#[test]
fn after_a_squash_merge_the_next_export_merges_cleanly() {
    let env = moved();
    env.bos(&["export"]).code(0);
    env.git(&["checkout", "-q", "--", "."]);
    env.git(&["clean", "-qfd"]);
    export(&env).unwrap();
    for (round, lane) in ["planned", "blocked", "done", "inbox"].into_iter().enumerate() {
        env.git(&["merge", "-q", "--squash", BRANCH]);
        env.git(&["commit", "-q", "-m", "squashed"]);
        if round == 2 {
            fs::write(env.root.join("README.md"), "other work\n").unwrap();
            env.commit_all("other work");
        }
        let before = env.log_length();
        env.bos(&["import"]).code(0);
        assert_eq!(env.log_length(), before, "what was exported is no edit when it comes back");
        // The same lines again, and others.
        env.bos(&["card", "move", "BAKE-ENG-0006", "BAKE-ENG-0005", lane]).code(0);
        let tip = rev(&env, BRANCH);
        let commit = export(&env).unwrap();
        env.git(&["merge-base", "--is-ancestor", &tip, &commit]);
        env.git(&["merge-base", "--is-ancestor", "main", &commit]);
        assert_eq!(
            env.git(&["diff", "--name-only", "main", &commit])
                .lines()
                .filter(|name| !name.starts_with("docs/"))
                .count(),
            0
        );
    }
    env.git(&["merge", "-q", "--no-edit", BRANCH]);
    let status = env.bos(&["status", "--json"]).json();
    assert_eq!(status["in_sync"], true, "{status}");
    assert_sound(&env);
}

#[test]
fn a_base_with_new_commits_is_merged() {
    let env = moved();
    let first = export(&env).unwrap();
    fs::write(env.root.join("README.md"), "other work\n").unwrap();
    env.commit_all("other work");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let second = export(&env).unwrap();
    assert_eq!(env.git(&["log", "-1", "--format=%P", &second]).trim(), format!("{first} {}", rev(&env, "main")));
    assert_eq!(env.git(&["show", &format!("{second}:README.md")]), "other work\n");
    let differing = env.git(&["diff", "--name-only", "main", &second]);
    assert_eq!(differing.lines().count(), 3, "{differing}");
    // Once merged, main is ahead of the branch: the next commit stands on main.
    env.git(&["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P1"]).code(0);
    let third = export(&env).unwrap();
    assert_eq!(env.git(&["log", "-1", "--format=%P", &third]).trim(), rev(&env, "main"));
    assert_sound(&env);
}

#[test]
fn a_branch_that_somebody_has_checked_out_is_refused() {
    let env = moved();
    let tip = export(&env).unwrap();
    let linked = env.home().join("review");
    env.git(&["worktree", "add", "-q", linked.to_str().unwrap(), BRANCH]);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    for root in [&env.root, &linked] {
        let error = env.bos_in(root, &["export", "--commit", "--json"]).code(4).json_error();
        assert!(error["message"].as_str().unwrap().contains(linked.to_str().unwrap()), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("--branch"), "{error}");
    }
    assert_eq!(rev(&env, BRANCH), tip);
    env.git(&["worktree", "remove", "--force", linked.to_str().unwrap()]);
    export(&env).unwrap();
    assert_sound(&env);
}

/// Commits a change of one card straight onto the branch, as a reviewer would.
fn edit_on_branch(env: &TestEnv, from: &str, to: &str) {
    let review = env.home().join("review");
    env.git(&["worktree", "add", "-q", review.to_str().unwrap(), BRANCH]);
    let text = fs::read_to_string(review.join(CARD)).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(review.join(CARD), text.replacen(from, to, 1)).unwrap();
    env.git_in(&review, &["commit", "-q", "-a", "-m", "a word on the bags"]);
    env.git(&["worktree", "remove", "--force", review.to_str().unwrap()]);
}

#[test]
fn a_persons_commit_on_the_branch_is_not_overwritten() {
    let env = moved();
    export(&env).unwrap();
    edit_on_branch(&env, "About 2,000", "About 1,500");
    let tip = rev(&env, BRANCH);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "behind".to_owned())]);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "diverged".to_owned())]);
    assert_eq!(rev(&env, BRANCH), tip, "nothing is written at all");
    // The rest on request; the person's words stay.
    assert_eq!(refused(&env, &["--partial"]), [(CARD.to_owned(), "diverged".to_owned())]);
    assert_eq!(changed(&env, BRANCH), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("About 1,500"));
    assert_sound(&env);
}

#[test]
fn a_persons_commit_on_the_branch_comes_in_by_a_merge_and_an_import() {
    let env = moved();
    export(&env).unwrap();
    edit_on_branch(&env, "About 2,000", "About 1,500");
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "behind".to_owned())]);
    env.git(&["merge", "-q", "--no-edit", BRANCH]);
    env.bos(&["import", CARD, "--theirs"]).code(0);
    assert!(env.bos(&["card", "show", "BAKE-ENG-0006"]).ok().contains("About 1,500"));
    assert_eq!(export(&env), None);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    export(&env).unwrap();
    let text = env.git(&["show", &format!("{BRANCH}:{CARD}")]);
    assert!(text.contains("About 1,500") && text.contains("Priority: P0"), "{text}");
    assert_sound(&env);
}

#[test]
fn a_persons_commit_on_the_branch_is_not_lost_where_main_went_on() {
    let env = moved();
    export(&env).unwrap();
    edit_on_branch(&env, "About 2,000", "About 1,500");
    fs::write(env.root.join("README.md"), "other work\n").unwrap();
    env.commit_all("other work");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let tip = rev(&env, BRANCH);
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "behind".to_owned())]);
    assert_eq!(rev(&env, BRANCH), tip);
}

#[test]
fn a_card_edited_on_main_is_not_overwritten() {
    let env = moved();
    export(&env).unwrap();
    // On main the card still has its old text; somebody edits that, commits, and does not import.
    env.git(&["checkout", "-q", "--", "."]);
    env.edit("cards/BAKE-ENG-0006.user.md", "About 2,000", "About 1,500");
    env.edit("cards/BAKE-ENG-0008.user.md", "Owner: ", "Owner:  ");
    env.commit_all("edits of a person");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let tip = rev(&env, BRANCH);
    let left = refused(&env, &[]);
    let paths: Vec<_> = left.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, [CARD, "docs/business-os/cards/BAKE-ENG-0008.user.md"], "{left:?}");
    assert_eq!(rev(&env, BRANCH), tip);
    // The one is taken with an import, the other merged with what the database has made of it.
    env.bos(&["import"]).code(0);
    export(&env).unwrap();
    let merged = env.git(&["show", &format!("{BRANCH}:{CARD}")]);
    assert!(merged.contains("About 1,500") && merged.contains("Lane: In progress"), "{merged}");
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_revert_on_main_is_an_edit() {
    let env = moved();
    export(&env).unwrap();
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["import"]).code(0);
    assert!(env.read("cards/BAKE-ENG-0006.user.md").contains("Lane: In progress"));
    env.git(&["revert", "--no-edit", "HEAD"]);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let left = refused(&env, &[]);
    assert_eq!(left.first().map(|(path, _)| path.as_str()), Some(CARD), "{left:?}");
    env.bos(&["import", "--prune"]).code(0);
    assert!(env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["lane"] == "Inbox");
    export(&env).unwrap();
    assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("Lane: Inbox"));
    assert_sound(&env);
}

#[test]
fn a_card_deleted_on_main_does_not_come_back_unasked() {
    let env = moved();
    export(&env).unwrap();
    env.git(&["merge", "-q", BRANCH]);
    env.git(&["rm", "-q", "docs/business-os/cards/BAKE-ENG-0008.user.md"]);
    env.commit_all("gone");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    assert_eq!(refused(&env, &[]), [("docs/business-os/cards/BAKE-ENG-0008.user.md".to_owned(), "missing".to_owned())]);
    env.bos(&["import", "--prune"]).code(0);
    export(&env);
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_card_deleted_on_main_does_not_come_back_after_a_squash() {
    let env = moved();
    let id = env.bos(&["card", "new", "BAKE", "--title", "Count the trays"]).ok();
    let card = format!("docs/business-os/cards/{}.user.md", id.trim());
    for branch_goes in [false, true] {
        env.bos(&["card", "set", id.trim(), &format!("Owner={branch_goes}")]).code(0);
        export(&env).unwrap();
        env.git(&["merge", "-q", "--squash", BRANCH]);
        env.git(&["commit", "-q", "-m", "squashed"]);
        if branch_goes {
            env.git(&["branch", "-q", "-D", BRANCH]);
        }
        env.git(&["rm", "-q", &card]);
        env.git(&["commit", "-q", "-m", "gone"]);
        env.bos(&["card", "set", "BAKE-ENG-0005", "--add", &format!("Tags={branch_goes}")]).code(0);
        let left = refused(&env, &[]);
        assert_eq!(left, [(card.clone(), "missing".to_owned())]);
        // It was a mistake: the file comes back by hand, and everything goes on.
        env.git(&["revert", "--no-edit", "HEAD"]);
        export(&env);
        assert_eq!(export(&env), None);
        assert_sound(&env);
    }
}

#[test]
fn a_removed_document_is_removed_on_the_branch() {
    let env = moved();
    export(&env).unwrap();
    fs::remove_file(env.path("cards/BAKE-ENG-0008.user.md")).unwrap();
    fs::remove_dir_all(env.path("cards/BAKE-ENG-0002")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let report = env.bos(&["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["removed"].as_array().unwrap().len(), 5, "{report}");
    assert!(changed(&env, BRANCH).iter().all(|line| line.starts_with("D ")));
    assert!(!env.git(&["ls-tree", "-r", "--name-only", BRANCH]).contains("BAKE-ENG-0002/"));
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_tree_in_a_folder_of_the_repository() {
    let env = TestEnv::empty();
    let root = env.root.join("shops/bakery");
    copy(&Path::new(crate::env::FIXTURES).join("bakery"), &root);
    copy(&Path::new(crate::env::FIXTURES).join("bakery"), &env.root);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos_in(&root.join("docs"), &["card", "move", "BAKE-ENG-0006", "in-progress"]).code(0);
    env.bos_in(&root, &["export", "--commit"]).code(0);
    assert!(
        changed(&env, BRANCH)
            .iter()
            .all(|line| line[2..].starts_with("shops/bakery/docs/business-os/cards/BAKE-ENG-0006"))
    );
    // The tree at the top is another one, with a database of its own; both go to the branch.
    env.bos(&["card", "move", "BAKE-ENG-0005", "in-progress"]).code(0);
    export(&env).unwrap();
    assert!(changed(&env, BRANCH).iter().all(|line| line[2..].starts_with("docs/business-os/cards/BAKE-ENG-0005")));
    env.bos_in(&root, &["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos_in(&root, &["export", "--commit"]).code(0);
    assert!(
        changed(&env, BRANCH)
            .iter()
            .all(|line| line[2..].starts_with("shops/bakery/docs/business-os/cards/BAKE-ENG-0006"))
    );
    env.bos_in(&root, &["audit", "verify"]).code(0);
    assert_sound(&env);
}

#[test]
fn two_branches_each_get_what_they_lack() {
    let env = moved();
    env.bos(&["export", "--commit", "--branch", "cards/one"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", "--branch", "cards/two"]).code(0);
    assert_eq!(changed(&env, "cards/one").len(), 2);
    assert_eq!(changed(&env, "cards/two").len(), 3);
    env.bos(&["export", "--commit", "--branch", "cards/one"]).code(0);
    assert_eq!(changed(&env, "cards/one"), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert_eq!(env.git(&["diff", "cards/one", "cards/two"]), "");
    env.bos(&["export", "--commit", "--branch", "no such..branch"]).code(4);
    env.bos(&["export", "--commit", "--branch", "-x"]).code(2);
    env.bos(&["export", "--branch", "cards/one"]).code(2);
    assert_sound(&env);
}

#[test]
fn the_tables_know_the_commit() {
    let env = moved();
    let commit_of = |table: &str, id: &str| -> Option<String> {
        let sql = format!("SELECT git_commit FROM {table} WHERE id = ?1");
        env.sqlite().query_row(&sql, [id], |row| row.get(0)).unwrap()
    };
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006"), None);
    let first = export(&env).unwrap();
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&first));
    assert_eq!(commit_of("business_os_stage_docs", "BAKE-ENG-0006/build").as_ref(), Some(&first));
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0005"), None);
    // A new text is in no commit yet.
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006"), None);
    let second = export(&env).unwrap();
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&second));
    env.bos(&["audit", "rebuild"]).code(0);
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&second));
    assert_eq!(commit_of("business_os_stage_docs", "BAKE-ENG-0006/build").as_ref(), Some(&first));
    env.verify();
}

#[test]
fn a_crash_between_the_commit_and_the_database_is_made_good() {
    let env = moved();
    export(&env).unwrap();
    env.bos(&["card", "move", "BAKE-ENG-0006", "BAKE-ENG-0005", "planned"]).code(0);
    let before = env.copy_database("before.db");
    let commit = export(&env).unwrap();
    env.restore_database(&before);
    assert_eq!(export(&env), None);
    assert_eq!(rev(&env, BRANCH), commit);
    assert_sound(&env);

    // The same, and work went on before the next export.
    env.restore_database(&before);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    let next = export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{next}^")), commit);
    assert_eq!(changed(&env, &next), [format!("M {CARD}")]);
    assert_sound(&env);
}

#[test]
fn a_database_that_was_put_back_overwrites_nothing_newer() {
    let env = moved();
    export(&env).unwrap();
    let before = env.copy_database("before.db");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    let commit = export(&env).unwrap();
    env.restore_database(&before);
    let left = refused(&env, &[]);
    assert_eq!(left, [(CARD.to_owned(), "behind".to_owned())]);
    assert_eq!(rev(&env, BRANCH), commit);
}

#[test]
fn a_branch_that_was_deleted_or_moved_back_is_filled_again() {
    let env = moved();
    let first = export(&env).unwrap();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    export(&env).unwrap();
    env.git(&["branch", "-q", "-f", BRANCH, &first]);
    export(&env).unwrap();
    assert_eq!(changed(&env, BRANCH), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    env.git(&["branch", "-q", "-D", BRANCH]);
    export(&env).unwrap();
    assert_eq!(changed(&env, BRANCH).len(), 3);
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn exports_at_once_queue_and_agree() {
    let env = moved();
    let children: Vec<_> = (0..8)
        .map(|_| {
            env.command(&env.root)
                .args(["export", "--commit", "--json"])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let commits = children.into_iter().filter(|_| true).map(|child| {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["commit"]["oid"].as_str().map(str::to_owned)
    });
    let made: Vec<String> = commits.flatten().collect();
    assert_eq!(made, [rev(&env, BRANCH)]);
    assert_sound(&env);
}

#[test]
fn a_branch_that_git_holds_right_now_is_tried_again_later() {
    let env = moved();
    let tip = export(&env).unwrap();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let lock = env.root.join(format!(".git/refs/heads/{BRANCH}.lock"));
    fs::write(&lock, "").unwrap();
    let error = env.bos(&["export", "--commit", "--json"]).code(6).json_error();
    assert_eq!(error["kind"], "busy");
    assert_eq!(rev(&env, BRANCH), tip);
    assert!(lock.exists(), "a lock of git is git's to remove");
    let status = env.bos(&["status", "--json"]).json();
    assert_eq!((&status["git"]["ahead"], &status["git"]["last_export"]), (&Value::from(1), &Value::from(tip)));
    fs::remove_file(lock).unwrap();
    let commit = export(&env).unwrap();
    assert_eq!(changed(&env, &commit), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert_sound(&env);
}

#[test]
fn outside_git_there_is_nothing_to_commit_to() {
    let env = TestEnv::fixture("bakery");
    let error = env.bos(&["export", "--commit", "--json"]).code(6).json_error();
    assert!(error["hint"].as_str().unwrap().contains("bos export"), "{error}");
}

#[test]
fn a_published_change_comes_back_as_no_change() {
    let env = moved();
    export(&env).unwrap();
    let entries = env.log_length();
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["import"]).code(0);
    let status = env.bos(&["status", "--json"]).json();
    assert_eq!((status["in_sync"].clone(), env.log_length()), (Value::Bool(true), entries));
    assert_eq!(status["git"]["ahead"], 0);
    assert_eq!(status["git"]["last_export"], rev(&env, BRANCH));
    assert_eq!(env.bos(&["export"]).ok(), "Nothing to write: 27 documents are as they should be.\n");
    assert_eq!(export(&env), None);
}
