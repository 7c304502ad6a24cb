//! Locks on branches: those of killed exports are removed, those of others remain.

#![cfg(unix)]

use super::*;

const REFERENCE: &str = "refs/heads/work/export";

/// The original file of a lock on the branch, as an export with this process ID would make it.
fn mark(top: &Path, number: u32) -> PathBuf {
    top.join(format!(".git/bos/moving-{number}-0-refs%2Fheads%2Fwork%2Fexport"))
}

fn lock(top: &Path) -> PathBuf {
    top.join(".git").join(format!("{REFERENCE}.lock"))
}

/// What a killed process leaves behind at each step of a move.
#[derive(Debug, Clone, Copy)]
enum Left {
    Mark,
    Lock,
    Moved,
}

/// A repository with an export, after another one was killed at this step; and the tip of its branch.
fn killed(top: &Path, step: Left) -> CommitId {
    let base = commit(top, &[("a.md", "a")]);
    let tip = written(open(top).write_commit(&export(&[base], &[put("a.md", "b")])));
    write(top, &format!(".git/bos/{}", mark(top, 7).file_name().unwrap().to_str().unwrap()), format!("{tip}\n"));
    match step {
        Left::Mark => {}
        Left::Lock => {
            write(
                top,
                &format!(".git/bos/{}", mark(top, 7).file_name().unwrap().to_str().unwrap()),
                format!("{base}\n"),
            );
            fs::hard_link(mark(top, 7), lock(top)).unwrap();
        }
        Left::Moved => {
            fs::remove_file(top.join(".git").join(REFERENCE)).unwrap();
            fs::hard_link(mark(top, 7), top.join(".git").join(REFERENCE)).unwrap();
        }
    }
    tip
}

fn next(top: &Path, tip: CommitId) -> Result<CommitOutcome, GitError> {
    let parents = [tip];
    let changes = [put("a.md", "c")];
    open(top).write_commit(&NewCommit { expected_tip: Some(tip), ..export(&parents, &changes) })
}

fn marks(top: &Path) -> usize {
    let names = fs::read_dir(top.join(".git/bos")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_str().unwrap().starts_with("moving-")).count()
}

#[test]
fn what_a_killed_export_left_goes_with_the_next() {
    for step in [Left::Mark, Left::Lock, Left::Moved] {
        let sandbox = Sandbox::new();
        let top = sandbox.repository("x");
        let tip = killed(&top, step);
        let new = written(next(&top, tip));
        assert_eq!(revision(&top, REFERENCE), new, "{step:?}");
        assert_eq!((lock(&top).exists(), marks(&top)), (false, 0), "{step:?}");
        assert_sound(&top);
    }
}

#[test]
fn it_goes_before_git_itself_comes_by() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let tip = killed(&top, Left::Lock);
    crate::git::locate(&top).unwrap().release_dead_locks();
    git(&top, &["update-ref", REFERENCE, "HEAD", &tip.to_string()]);
}

#[test]
fn the_lock_of_one_that_lives_stays() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let tip = killed(&top, Left::Lock);
    let owner = fs::File::open(mark(&top, 7)).unwrap();
    owner.lock().unwrap();
    assert!(matches!(next(&top, tip), Err(GitError::RefLocked { .. })));
    assert!(lock(&top).exists() && mark(&top, 7).exists());
    assert_eq!(revision(&top, REFERENCE), tip);
    drop(owner);
    written(next(&top, tip));
}

#[test]
fn the_lock_of_another_program_stays_beside_what_we_left() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let tip = killed(&top, Left::Mark);
    write(&top, &format!(".git/{REFERENCE}.lock"), "");
    assert!(matches!(next(&top, tip), Err(GitError::RefLocked { .. })));
    assert!(lock(&top).exists());
}

#[test]
fn a_branch_moves_as_git_moves_it() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "a")]);
    fs::create_dir_all(top.join(".git/refs/heads/work/export/empty")).unwrap();
    let tip = written(open(&top).write_commit(&export(&[base], &[put("a.md", "b")])));
    git(&top, &["pack-refs", "--all"]);
    let tip = written(next(&top, tip));
    assert_eq!(git(&top, &["reflog", "show", "--format=%gs", "work/export"]), "bos export\nbos export");
    assert_sound(&top);
    // A name is not free if another branch lies above or below it, loose or packed.
    let take = |branch: &str| open(&top).move_branch(branch, None, tip);
    for branch in ["work", "work/export/more"] {
        assert!(take(branch).is_err(), "{branch}");
        git(&top, &["pack-refs", "--all"]);
        assert!(take(branch).is_err(), "{branch}");
    }
    take("work/other").unwrap();
    assert_eq!(git(&top, &["rev-parse", "work/other"]), tip.to_string());
}
