//! The commits between two commits, all with the same timestamp.

use super::{CommitId, Sandbox, commit, git, open, revision};

/// The start of a range, and its commits.
fn between(top: &std::path::Path, base: &str, head: &str) -> (Option<CommitId>, Vec<CommitId>) {
    let range = open(top).range(revision(top, base), revision(top, head)).unwrap();
    (range.start, range.commits.into_iter().map(|told| told.commit).collect())
}

#[test]
fn the_start_is_the_last_commit_that_both_have() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("work");
    let first = commit(&top, &[("a", "1")]);
    git(&top, &["checkout", "--quiet", "-b", "topic"]);
    let own = commit(&top, &[("b", "1")]);
    git(&top, &["checkout", "--quiet", "main"]);
    let second = commit(&top, &[("a", "2")]);
    assert_eq!(between(&top, "main", "topic"), (Some(first), vec![own]));
    assert_eq!(between(&top, "topic", "topic"), (Some(own), vec![]));
    assert_eq!(between(&top, "main", "main^"), (Some(first), vec![]));
    git(&top, &["checkout", "--quiet", "topic"]);
    git(&top, &["merge", "--quiet", "--no-edit", "main"]);
    let merged = revision(&top, "topic");
    commit(&top, &[("c", "1")]);
    // The first commit is also a parent of the range, but it is an ancestor of the second.
    let (start, commits) = between(&top, "main", "topic");
    assert_eq!((start, &commits[1..]), (Some(second), &[merged, own][..]));
    git(&top, &["checkout", "--quiet", "--orphan", "other"]);
    let apart = commit(&top, &[("d", "1")]);
    assert_eq!(between(&top, "main", "other"), (None, vec![apart]));
}

#[test]
fn children_come_before_their_parents_whatever_the_clock_says() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("work");
    let seal = |name: &str| {
        git(&top, &["commit", "--quiet", "--allow-empty", "--message", &format!("{name}\n\nSeal: {name}")]);
        revision(&top, "HEAD")
    };
    let (one, two) = (seal("one"), seal("two"));
    git(&top, &["checkout", "--quiet", "-b", "side"]);
    let three = seal("three");
    let found = |tips: &[CommitId]| -> Vec<CommitId> {
        open(&top).trailed(tips, "seal").unwrap().into_iter().map(|told| told.commit).collect()
    };
    for tips in [[one, three], [three, one], [two, three], [three, three]] {
        assert_eq!(found(&tips), [three, two, one], "{tips:?}");
    }
    git(&top, &["remote", "add", "origin", "."]);
    git(&top, &["fetch", "--quiet"]);
    assert_eq!(open(&top).tips_named("side").unwrap(), [three]);
    git(&top, &["checkout", "--quiet", "main"]);
    git(&top, &["branch", "--quiet", "--force", "side", &one.to_string()]);
    assert_eq!(open(&top).tips_named("side").unwrap(), [one, three]);
    assert_eq!(open(&top).tips_named("nowhere").unwrap(), []);
}
