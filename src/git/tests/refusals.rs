//! Commits that must be rejected, and races for the branch.

use super::*;

#[test]
fn a_lost_race_leaves_the_branch_alone() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "a")]);
    let parents = [base];
    let repository = open(&top);
    let moved = |error: GitError| matches!(error, GitError::RefMoved { branch } if branch == "work/export");
    let text = [put("a.md", "b")];
    let tip = written(repository.write_commit(&export(&[base], &text)));
    assert!(moved(repository.write_commit(&export(&[base], &text)).unwrap_err()));
    let stale = NewCommit { expected_tip: Some(base), ..export(&parents, &text) };
    assert!(moved(repository.write_commit(&stale).unwrap_err()));
    assert!(moved(repository.move_branch("work/export", Some(base), base).unwrap_err()));
    assert!(moved(repository.move_branch("work/export", None, base).unwrap_err()));
    let gone = repository.move_branch("gone", Some(base), base).unwrap_err();
    assert!(matches!(gone, GitError::RefMoved { .. }), "{gone:?}");
    assert_eq!(repository.branch_tip("work/export").unwrap(), Some(tip));
}

#[test]
fn a_packed_branch_moves_too() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let parents = [commit(&top, &[("a.md", "a")])];
    git(&top, &["branch", "work/export"]);
    git(&top, &["pack-refs", "--all"]);
    let text = [put("a.md", "b")];
    assert!(matches!(open(&top).write_commit(&export(&parents, &text)), Err(GitError::RefMoved { .. })));
    let next = NewCommit { expected_tip: Some(parents[0]), ..export(&parents, &text) };
    let next = written(open(&top).write_commit(&next));
    assert_eq!(revision(&top, "work/export"), next);
}

#[test]
fn a_parent_that_is_not_there_is_refused() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "a")]);
    let parents = [base, CommitId(git2::Oid::from_bytes(&[7; 20]).unwrap())];
    let error = open(&top).write_commit(&export(&parents, &[put("a.md", "b")])).unwrap_err();
    assert!(error.to_string().contains("0707"), "{error}");
}

#[test]
fn of_many_racing_writers_one_wins() {
    // Some races are lost in a moment that few rounds meet.
    for _ in 0..25 {
        let sandbox = Sandbox::new();
        let top = sandbox.repository("x");
        let base = [commit(&top, &[("a.md", "a")])];
        let writer = |text: String| {
            let changes = [put("a.md", &text)];
            open(&top).write_commit(&export(&base, &changes))
        };
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8).map(|at| scope.spawn(move || writer(format!("{at}")))).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let losers = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(GitError::RefMoved { .. } | GitError::RefLocked { .. })));
        assert_eq!(losers.count(), 7, "{outcomes:?}");
        assert_sound(&top);
    }
}

#[test]
fn a_locked_branch_is_reported_and_kept() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "a")]);
    write(&top, ".git/refs/heads/work/export.lock", "");
    let error = open(&top).write_commit(&export(&[base], &[put("a.md", "b")])).unwrap_err();
    assert!(matches!(error, GitError::RefLocked { .. }), "{error:?}");
    assert!(top.join(".git/refs/heads/work/export.lock").exists());
}

#[test]
fn what_cannot_be_a_file_is_refused_by_name() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[("file", "a"), ("folder/x", "x"), ("target", "t")]);
    git(
        &top,
        &["update-index", "--add", "--cacheinfo", &format!("120000,{},link", git(&top, &["rev-parse", "HEAD:target"]))],
    );
    git(&top, &["update-index", "--add", "--cacheinfo", &format!("160000,{},module", revision(&top, "HEAD"))]);
    git(&top, &["commit", "--quiet", "--message", "odd entries"]);
    let base = revision(&top, "HEAD");
    let repository = open(&top);
    let error = |changes: &[Change<'_>]| repository.write_commit(&export(&[base], changes)).unwrap_err();
    for path in ["file/x.md", "file/x/y.md", "link/x.md", "module/x.md"] {
        let parent = path.split_once('/').unwrap().0;
        let error = error(&[put(path, "x")]);
        assert!(matches!(&error, GitError::NotAFolder { path, base: Some(_) } if path == parent), "{path}: {error:?}");
    }
    for odd in ["folder", "link", "module"] {
        assert!(matches!(error(&[put(odd, "x")]), GitError::NotAFile { path, .. } if path == odd));
    }
    assert!(matches!(error(&[put("n", "x"), put("n/m", "x")]), GitError::NotAFile { path, .. } if path == "n"));
    assert!(matches!(error(&[put("n", "x"), remove("n")]), GitError::RepeatedPath { path } if path == "n"));
    assert!(matches!(error(&[put("../n", "x")]), GitError::InvalidPath { path } if path == "../n"));
    assert_eq!(repository.branch_tip("work/export").unwrap(), None);
    let gone = written(repository.write_commit(&export(&[base], &[remove("link"), remove("module")])));
    assert_eq!(listing(&top, gone), ["100644 file", "100644 folder/x", "100644 target"]);
}

#[test]
fn what_cannot_be_a_commit_is_refused() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let repository = open(&top);
    let text = [put("a.md", "a")];
    let good = export(&[], &text);
    let error = |new: NewCommit<'_>| repository.write_commit(&new).unwrap_err();
    for author in ["", " ", "a<b", "a\nb"] {
        assert!(matches!(error(NewCommit { author, ..good }), GitError::InvalidIdentity { .. }), "{author:?}");
    }
    assert!(matches!(error(NewCommit { email: "a>", ..good }), GitError::InvalidIdentity { .. }));
    assert!(matches!(error(NewCommit { message: " \n", ..good }), GitError::InvalidMessage));
    assert!(matches!(error(NewCommit { message: "a\0", ..good }), GitError::InvalidMessage));
    assert!(matches!(error(NewCommit { seconds: -1, ..good }), GitError::InvalidTime { seconds: -1, .. }));
    assert!(matches!(error(NewCommit { offset_minutes: 1440, ..good }), GitError::InvalidTime { .. }));
    for branch in ["", "a b", "a..b", "x.lock", "-x", "a/"] {
        assert!(matches!(error(NewCommit { branch, ..good }), GitError::InvalidBranch { .. }), "{branch:?}");
    }
    git(&top, &["symbolic-ref", "refs/heads/work/export", "refs/heads/other"]);
    assert!(matches!(error(good), GitError::InvalidBranch { .. }));
    assert_eq!(git(&top, &["count-objects"]), "0 objects, 0 kilobytes");
}
