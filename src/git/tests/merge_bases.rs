//! Diverged histories: what both changed, and their merge.

use super::*;
use crate::git::BothChanged;

fn blob(folder: &Path, at: &str) -> Option<crate::git::BlobId> {
    Some(git(folder, &["rev-parse", at]).parse().unwrap())
}

/// A repository with two branches from `main`: `ours` and `theirs`.
fn diverged(sandbox: &Sandbox) -> (PathBuf, CommitId, CommitId) {
    let top = sandbox.repository("x");
    let lines = "1\n2\n3\n4\n5\n";
    commit(&top, &[("d/both.md", lines), ("d/one.md", "1"), ("d/same.md", "1"), ("d/gone.md", "1"), ("out.txt", "1")]);
    git(&top, &["checkout", "--quiet", "-b", "theirs"]);
    fs::write(top.join("run.sh"), "run").unwrap();
    git(&top, &["add", "run.sh"]);
    git(&top, &["update-index", "--chmod=+x", "run.sh"]);
    git(&top, &["commit", "--quiet", "--message", "a program"]);
    git(&top, &["checkout", "--quiet", "--force", "theirs"]);
    fs::remove_file(top.join("d/gone.md")).unwrap();
    let theirs = commit(&top, &[("d/both.md", "1\n2\n3\n4\n6\n"), ("d/same.md", "2"), ("out.txt", "theirs")]);
    git(&top, &["checkout", "--quiet", "-b", "ours", "main"]);
    let files = [("d/both.md", "0\n2\n3\n4\n5\n"), ("d/one.md", "2"), ("d/same.md", "2"), ("d/gone.md", "2")];
    let ours = commit(&top, &[&files[..], &[("out.txt", "ours")]].concat());
    (top, ours, theirs)
}

#[test]
fn what_both_changed_in_different_ways_is_told() {
    let sandbox = Sandbox::new();
    let (top, ours, theirs) = diverged(&sandbox);
    let found = open(&top).both_changed(ours, theirs, "d").unwrap();
    let both = BothChanged {
        path: "d/both.md".to_owned(),
        base: blob(&top, "main:d/both.md"),
        ours: blob(&top, "ours:d/both.md"),
        theirs: blob(&top, "theirs:d/both.md"),
    };
    assert_eq!(found[0], both);
    assert_eq!((found[1].path.as_str(), found[1].theirs, found.len()), ("d/gone.md", None, 2));
}

#[test]
fn a_merge_takes_both_sides_and_what_was_settled() {
    let sandbox = Sandbox::new();
    let (top, ours, theirs) = diverged(&sandbox);
    let repository = open(&top);
    let (parents, settled) = ([ours, theirs], [put("d/both.md", "settled\n")]);
    let new = NewCommit { parents: &parents, tree_of: None, ..export(&parents, &settled) };
    let commit = written(repository.build_merge(ours, theirs, &new));
    let text = |path: &str| git(&top, &["show", &format!("{commit}:{path}")]);
    assert_eq!(text("d/both.md"), "settled");
    assert_eq!((text("d/one.md"), text("d/same.md"), text("d/gone.md")), ("2".into(), "2".into(), "2".into()));
    assert_eq!(text("out.txt"), "ours", "where nobody settled it, the first has its way");
    assert!(listing(&top, commit).contains(&"100755 run.sh".to_owned()));
    assert_eq!(repository.branch_tip("work/export").unwrap(), None, "the branch is where it was");
    repository.move_branch("work/export", None, commit).unwrap();
    assert_sound(&top);
}

#[test]
fn histories_that_share_nothing_meet_too() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let ours = commit(&top, &[("a.md", "a"), ("b.md", "ours")]);
    git(&top, &["checkout", "--quiet", "--orphan", "other"]);
    let theirs = commit(&top, &[("b.md", "theirs"), ("c.md", "c")]);
    let repository = open(&top);
    let paths: Vec<String> =
        repository.both_changed(ours, theirs, "").unwrap().into_iter().map(|both| both.path).collect();
    assert_eq!(paths, ["b.md"]);
    let parents = [ours, theirs];
    let new = NewCommit { tree_of: None, ..export(&parents, &[]) };
    let commit = written(repository.build_merge(ours, theirs, &new));
    assert_eq!(git(&top, &["show", &format!("{commit}:b.md")]), "ours");
    assert_eq!(listing(&top, commit).len(), 3);
}
