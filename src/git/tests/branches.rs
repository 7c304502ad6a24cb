//! Bases, tips, work trees and ancestry of branches.

use super::*;

#[test]
fn the_base_is_looked_for_in_order() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let one = commit(&top, &[("a", "1")]);
    git(&top, &["branch", "--move", "other"]);
    let repository = open(&top);
    assert_eq!(repository.export_base(None).unwrap(), Some(one));
    let two = commit(&top, &[("a", "2")]);
    git(&top, &["branch", "master", "HEAD"]);
    let three = commit(&top, &[("a", "3")]);
    assert_eq!(repository.export_base(None).unwrap(), Some(two));
    git(&top, &["branch", "main", "HEAD~2"]);
    assert_eq!(repository.export_base(None).unwrap(), Some(one));
    git(&top, &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert_eq!(repository.export_base(None).unwrap(), Some(one), "a dangling origin/HEAD is passed over");
    git(&top, &["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    assert_eq!(repository.export_base(None).unwrap(), Some(three));
    git(&top, &["tag", "--annotate", "--message", "t", "v1", "HEAD~1"]);
    assert_eq!(repository.export_base(Some("v1")).unwrap(), Some(two));
}

#[test]
fn an_unknown_base_is_named() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let unknown =
        |error: GitError| matches!(error, GitError::UnknownRevision { revision, .. } if revision == "nowhere");
    assert!(unknown(open(&top).export_base(Some("nowhere")).unwrap_err()));
    commit(&top, &[("a", "1")]);
    assert!(unknown(open(&top).export_base(Some("nowhere")).unwrap_err()));
    assert!(open(&top).export_base(Some("HEAD:a")).is_err());
}

#[test]
fn a_branch_knows_where_it_is_checked_out() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[("a", "1")]);
    let linked = sandbox.path("linked");
    git(&top, &["worktree", "add", "--quiet", "-b", "work/export", linked.to_str().unwrap()]);
    for from in [&top, &linked] {
        let repository = open(from);
        assert_eq!(repository.checked_out_at("main").unwrap(), Some(top.clone()));
        assert_eq!(repository.checked_out_at("work/export").unwrap(), Some(linked.clone()));
        assert_eq!(repository.checked_out_at("main2").unwrap(), None);
    }
    git(&linked, &["checkout", "--quiet", "--detach"]);
    assert_eq!(open(&top).checked_out_at("work/export").unwrap(), None);
    write(&top, ".git/worktrees/linked/rebase-merge/head-name", "refs/heads/work/export\n");
    assert_eq!(open(&top).checked_out_at("work/export").unwrap(), Some(linked.clone()));
    fs::remove_dir_all(&linked).unwrap();
    assert_eq!(open(&top).checked_out_at("work/export").unwrap(), None);
}

#[test]
fn the_head_of_a_bare_repository_checks_nothing_out() {
    let sandbox = Sandbox::new();
    let bare = sandbox.initialised("x.git", &["--bare"]);
    let tree = sandbox.path("tree");
    git(&bare, &["worktree", "add", "--quiet", "--orphan", "-b", "topic", tree.to_str().unwrap()]);
    assert_eq!(open(&tree).checked_out_at("main").unwrap(), None);
    assert_eq!(open(&bare).checked_out_at("topic").unwrap(), Some(tree));
}

#[test]
fn kinship_of_commits() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let root = commit(&top, &[("a", "1")]);
    let left = commit(&top, &[("a", "2")]);
    git(&top, &["checkout", "--quiet", "-b", "right", "HEAD~1"]);
    let right = commit(&top, &[("b", "3")]);
    git(&top, &["checkout", "--quiet", "--orphan", "alone"]);
    let alone = commit(&top, &[("c", "4")]);
    let repository = open(&top);
    assert!(repository.is_ancestor(root, left).unwrap());
    assert!(repository.is_ancestor(left, left).unwrap());
    assert!(!repository.is_ancestor(left, root).unwrap());
    assert!(!repository.is_ancestor(left, right).unwrap());
    assert!(!repository.is_ancestor(left, alone).unwrap());
    assert_eq!(repository.branch_tip("right").unwrap(), Some(right));
    assert_eq!(repository.branch_tip("none").unwrap(), None);
    assert!(matches!(repository.branch_tip("a..b"), Err(GitError::InvalidBranch { .. })));
}
