//! Searching history and reading trailers.

use super::*;
use crate::git::{BlobId, GitError, Occurrence};

fn blob(text: &str) -> BlobId {
    BlobId(git2::Oid::hash_object(git2::ObjectType::Blob, text.as_bytes()).unwrap())
}

/// The result of searching for one text.
fn occurs(repository: &Repository, path: &str, blob: BlobId, limit: usize) -> Occurrence {
    repository.occurring(&[(path.to_owned(), blob)], limit).unwrap()[0]
}

/// main: 1 - 2 ----- merge - 5, with `side` on the second parent only.
fn with_a_merge(sandbox: &Sandbox) -> PathBuf {
    let top = sandbox.repository("x");
    commit(&top, &[("d/a.md", "1"), ("d/b.md", "b")]);
    git(&top, &["checkout", "--quiet", "-b", "side"]);
    commit(&top, &[("d/a.md", "side")]);
    git(&top, &["checkout", "--quiet", "main"]);
    commit(&top, &[("d/a.md", "2")]);
    git(&top, &["merge", "--quiet", "--strategy=ours", "--message", "merge", "side"]);
    commit(&top, &[("d/a.md", "5")]);
    top
}

#[test]
fn a_text_is_found_over_all_parents() {
    let sandbox = Sandbox::new();
    let repository = open(&with_a_merge(&sandbox));
    for (text, expected) in [
        ("1", Occurrence::Found),
        ("2", Occurrence::Found),
        ("5", Occurrence::Found),
        ("side", Occurrence::Found),
        ("b", Occurrence::Absent),
        ("never", Occurrence::Absent),
    ] {
        assert_eq!(occurs(&repository, "d/a.md", blob(text), 100), expected, "{text}");
    }
    assert_eq!(occurs(&repository, "a.md", blob("1"), 100), Occurrence::Absent);
    assert_eq!(occurs(&repository, "d", blob("1"), 100), Occurrence::Absent);
}

#[test]
fn the_bound_is_on_commits_and_said() {
    let sandbox = Sandbox::new();
    let repository = open(&with_a_merge(&sandbox));
    let ask = |text, limit| occurs(&repository, "d/a.md", blob(text), limit);
    assert_eq!(ask("5", 1), Occurrence::Found);
    assert_eq!(ask("5", 0), Occurrence::GaveUp);
    assert_eq!(ask("1", 4), Occurrence::GaveUp);
    assert_eq!(ask("1", 5), Occurrence::Found);
    assert_eq!(ask("never", 4), Occurrence::GaveUp);
    assert_eq!(ask("never", 5), Occurrence::Absent);
}

#[test]
fn a_search_ends_where_all_is_older_and_a_wrong_clock_does_not_end_it() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let commit_at = |seconds: i64, text: &str| {
        write(&top, "a.md", text);
        git(&top, &["add", "--all"]);
        let mut commit = command(&top, &["commit", "--quiet", "--allow-empty", "--message", "by hand"]);
        let done = commit.env("GIT_COMMITTER_DATE", format!("@{seconds} +0000")).status().unwrap();
        assert!(done.success());
    };
    commit_at(1_000_000_000, "oldest");
    (0..60).for_each(|_| commit_at(1_000_000_000, "old"));
    commit_at(2_000_000_000, "new");
    commit_at(500_000_000, "of a wrong clock");
    let repository = open(&top);
    let ask = |text, since| repository.occurring_since(&[("a.md".to_owned(), blob(text))], since, 100).unwrap()[0];
    for (text, since, expected) in [
        ("of a wrong clock", 1_500_000_000, Occurrence::Found),
        ("new", 1_500_000_000, Occurrence::Found),
        ("oldest", 1_500_000_000, Occurrence::Absent),
        ("oldest", 900_000_000, Occurrence::Found),
    ] {
        assert_eq!(ask(text, since), expected, "{text} since {since}");
    }
}

#[test]
fn many_are_answered_in_order() {
    let sandbox = Sandbox::new();
    let repository = open(&with_a_merge(&sandbox));
    let wanted = [("d/a.md", "1"), ("d/b.md", "b"), ("x/y.md", "1"), ("d/a.md", "side"), ("d/a.md", "1")];
    let wanted = wanted.map(|(path, text)| (path.to_owned(), blob(text)));
    let (found, absent) = (Occurrence::Found, Occurrence::Absent);
    assert_eq!(repository.occurring(&wanted, 100).unwrap(), [found, found, absent, found, found]);
    assert_eq!(repository.occurring(&[], 100).unwrap(), []);
}

#[test]
fn an_unborn_head_has_no_history() {
    let sandbox = Sandbox::new();
    let repository = open(&sandbox.repository("x"));
    assert_eq!(occurs(&repository, "a", blob("a"), 10), Occurrence::Absent);
}

#[test]
fn the_edge_of_a_shallow_clone_is_not_the_beginning() {
    let sandbox = Sandbox::new();
    let top = with_a_merge(&sandbox);
    git(&top, &["clone", "--quiet", "--depth=1", &format!("file://{}", top.display()), "../shallow"]);
    let repository = open(&sandbox.path("shallow"));
    assert_eq!(occurs(&repository, "d/a.md", blob("5"), 10), Occurrence::Found);
    assert_eq!(occurs(&repository, "d/a.md", blob("1"), 10), Occurrence::GaveUp);
    let head = repository.head().unwrap().unwrap();
    assert_eq!(repository.history(head).unwrap().count(), 1);
}

#[test]
fn commits_come_newest_first_with_their_trailers() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "0")]);
    let repository = open(&top);
    let first = written(repository.write_commit(&export(&[base], &[put("a.md", "1")])));
    let parents = [first];
    let changes = [put("a.md", "2")];
    let second = NewCommit {
        expected_tip: Some(first),
        seconds: 1_700_000_100,
        message: "Export\n\nAudit: Actor=Ann\nBos-Audit-Range: 1..2",
        ..export(&parents, &changes)
    };
    let second = written(repository.write_commit(&second));
    let found: Vec<_> = repository.history(second).unwrap().map(Result::unwrap).collect();
    assert_eq!(found.iter().map(|found| found.commit).collect::<Vec<_>>(), [second, first, base]);
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(found[0].trailers, [pair("Audit", "Actor=Ann"), pair("Bos-Audit-Range", "1..2")]);
    assert_eq!(found[1].trailers, [pair("Audit", "Actor=Pete")]);
    assert_eq!(found[0].trailer("bos-audit-range"), Some("1..2"));
    assert_eq!((found[1].trailer("Bos-Audit-Range"), found[2].trailer("Audit")), (None, None));
}

#[test]
fn the_newest_text_is_of_the_line_that_a_merge_has_it_from() {
    let sandbox = Sandbox::new();
    let top = with_a_merge(&sandbox);
    let repository = open(&top);
    let newest = |accepted: &[&str], limit: usize| {
        let accepts = |_, found| Ok::<_, GitError>(accepted.iter().any(|text| blob(text) == found));
        let paths = ["d/a.md", "d/none.md"].map(str::to_owned);
        let found = repository.newest(revision(&top, "HEAD"), &paths, limit, accepts).unwrap();
        assert_eq!(found[1], None);
        found[0]
    };
    assert_eq!(newest(&["5", "2"], 100), Some(blob("5")));
    assert_eq!(newest(&["side", "1"], 100), Some(blob("1")), "the merge took nothing of the other line");
    assert_eq!(newest(&["2"], 1), None, "the bound");
    git(&top, &["checkout", "--quiet", "side"]);
    git(&top, &["merge", "--quiet", "--strategy=ours", "--message", "the other way round", "main"]);
    assert_eq!(newest(&["5", "1"], 100), Some(blob("1")));
    assert_eq!(newest(&["side", "5"], 100), Some(blob("side")));
}
