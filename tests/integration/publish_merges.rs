//! Where the mirror branch meets the commits of people: on the branch, on its base, after a squash.

use std::fs;

use serde_json::Value;

use crate::{
    env::TestEnv,
    publish::{BRANCH, CARD, assert_sound, changed, export, moved, refused, rev},
    states::{CARD_PATH, imported, linked, priority},
};

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
pub(crate) fn edit_on_branch(env: &TestEnv, from: &str, to: &str) {
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

#[test]
fn an_edit_beside_an_export_takes_nothing_back_where_the_branch_kept_it() {
    let ways = [
        &["import"][..],
        &["import", "--from", "HEAD"],
        &["import", "--from", BRANCH],
        &["import", "--since", "HEAD^"],
    ];
    let cases = ways.into_iter().flat_map(|import| [(import, false), (import, true)]);
    for (import, has_export) in cases {
        let case = format!("{import:?}, {has_export}");
        let env = imported();
        let linked = linked(&env, "HEAD");
        env.bos(&["card", "set", "BAKE-ENG-0006", "Own=kept", "Priority=P5"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        if has_export {
            env.git_in(&linked, &["merge", "-q", "--no-edit", BRANCH]);
            env.bos_in(&linked, &["import"]).code(0);
        }
        env.edit("cards/BAKE-ENG-0006.user.md", "Priority: P3", "Priority: P1");
        env.commit_all("an edit beside it");
        env.bos(&["card", "new", "BAKE", "--title", "Salt", "--no-refresh"]).code(0);
        env.bos(&["export", "--commit", "--partial", "--no-refresh"]);
        assert!(env.git(&["show", &format!("{BRANCH}:{}", CARD_PATH)]).contains("Priority: P1"));
        env.bos_in(&linked, &["import"]).code(0);
        // A branch is also taken before it is merged.
        if import.last() == Some(&BRANCH) {
            env.bos_in(&linked, import);
        }
        env.git_in(&linked, &["merge", "-q", "--no-ff", "--no-edit", BRANCH]);
        env.bos_in(&linked, import);
        env.bos_in(&linked, &["import"]);
        let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
        assert_eq!(
            (shown["card"]["fields"]["Own"].as_str(), priority(&env)),
            (Some("kept"), "P5".to_owned()),
            "{case}"
        );
        let open = env.bos_in(&linked, &["conflicts", "--json"]).code(0).json();
        assert!(!open["conflicts"].as_array().unwrap().is_empty(), "{case} {open:#}");
        env.verify();
    }
}

#[test]
fn what_is_left_out_is_named_each_time() {
    let gone = "docs/business-os/cards/BAKE-ENG-0008.user.md";
    let left = [(CARD.to_owned(), "behind".to_owned()), (gone.to_owned(), "missing".to_owned())];
    for first in [&["--partial"][..], &["--partial", "docs/business-os/cards/BAKE-ENG-0005.user.md"]] {
        let env = moved();
        export(&env).unwrap();
        env.git(&["merge", "-q", BRANCH]);
        env.bos(&["card", "set", "BAKE-ENG-0008", "Priority=P0"]).code(0);
        export(&env).unwrap();
        edit_on_branch(&env, "About 2,000", "About 1,500");
        let review = env.home().join("review");
        env.git(&["worktree", "add", "-q", review.to_str().unwrap(), BRANCH]);
        env.git_in(&review, &["rm", "-q", gone]);
        env.git_in(&review, &["commit", "-q", "-m", "gone"]);
        env.git(&["worktree", "remove", "--force", review.to_str().unwrap()]);
        env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
        env.bos(&[&["export", "--commit"], first].concat());
        for priority in ["P0", "P1", "P1"] {
            env.bos(&["card", "set", "BAKE-ENG-0005", &format!("Priority={priority}")]).code(0);
            assert_eq!(refused(&env, &["--partial"]), left, "{first:?}, {priority}");
        }
        assert_sound(&env);
    }
}

#[test]
fn a_merged_export_that_was_taken_back_is_no_edit_of_the_base() {
    for all in [true, false] {
        let env = moved();
        env.bos(&["export"]).code(0);
        env.commit_all("all of it");
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
        export(&env).unwrap();
        let first = rev(&env, BRANCH);
        if all {
            env.git(&["merge", "-q", "--squash", BRANCH]);
            env.git(&["commit", "-q", "-m", "squashed"]);
            env.bos(&["import"]).code(0);
        }
        env.bos(&["undo"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
        export(&env).unwrap();
        if !all {
            env.git(&["cherry-pick", &first]);
        }
        let texts = || env.git(&["show", &format!("{BRANCH}:{CARD}")]);
        assert!(texts().contains("Priority: P3"));
        for other in ["one", "two"] {
            fs::write(env.root.join("README.md"), other).unwrap();
            env.commit_all("other work");
            env.bos(&["card", "set", "BAKE-ENG-0005", &format!("Own={other}")]).code(0);
            export(&env).unwrap();
            assert!(texts().contains("Priority: P3"), "{all}");
        }
        // To take it back there is an edit all the same.
        env.git(&["merge", "-q", "--no-edit", "-X", "theirs", BRANCH]);
        env.bos(&["import"]).code(0);
        env.edit("cards/BAKE-ENG-0006.user.md", "Priority: P3", "Priority: P5");
        env.commit_all("P5 after all");
        env.bos(&["card", "set", "BAKE-ENG-0005", "Own=three", "--no-refresh"]).code(0);
        let left = env.bos(&["export", "--commit", "--no-refresh", "--json"]).code(5).json()["refused"].clone();
        assert_eq!((&left[0]["path"], &left[0]["state"]), (&CARD.into(), &"behind".into()), "{all}");
        assert_sound(&env);
    }
}

#[test]
fn an_edit_on_the_branch_that_was_taken_and_undone_does_not_stay_there() {
    let env = moved();
    export(&env).unwrap();
    edit_on_branch(&env, "About 2,000", "About 1,500");
    let text = || env.git(&["show", &format!("{BRANCH}:{CARD}")]);
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "behind".to_owned())]);
    env.bos(&["import", "--from", BRANCH]).code(0);
    env.bos(&["undo", &env.log_length().to_string()]).code(0);
    export(&env).unwrap();
    assert!(text().contains("About 2,000"), "{}", text());
    // What is done again on the branch is somebody's wish.
    edit_on_branch(&env, "About 2,000", "About 1,500");
    assert_eq!(refused(&env, &[]), [(CARD.to_owned(), "behind".to_owned())]);
    assert_sound(&env);
}

#[test]
fn a_revert_of_an_export_on_the_branch_is_an_edit_wherever_main_goes() {
    for goes_on in [false, true] {
        let env = moved();
        export(&env).unwrap();
        let review = env.home().join("review");
        env.git(&["worktree", "add", "-q", review.to_str().unwrap(), BRANCH]);
        env.git_in(&review, &["checkout", "-q", "main", "--", CARD]);
        env.git_in(&review, &["commit", "-q", "-m", "not yet"]);
        env.git(&["worktree", "remove", "--force", review.to_str().unwrap()]);
        if goes_on {
            fs::write(env.root.join("README.md"), "other work\n").unwrap();
            env.commit_all("other work");
        }
        env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
        assert_eq!(refused(&env, &["--partial"]), [(CARD.to_owned(), "behind".to_owned())], "{goes_on}");
        assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("Lane: Inbox"), "{goes_on}");
        assert_sound(&env);
    }
}
