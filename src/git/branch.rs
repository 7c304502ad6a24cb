//! Branches: their tips, the work trees that have them checked out, ancestry, and moving a branch by compare-and-swap.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use git2::{ErrorCode, Oid, ReferenceType, Reflog};

#[cfg(unix)]
use super::moving::{self, MoveError, Moved};
use super::{
    error::{During, GitError, IfFound},
    id::CommitId,
    repository::Repository,
};

/// The result of one attempt to move a branch.
enum Attempt {
    Done,
    /// The branch is not at the expected commit.
    Elsewhere,
    Locked(Box<dyn std::error::Error + Send + Sync>),
}

const REMOTES: &str = "refs/remotes/";
const REFLOG_MESSAGE: &str = "bos export";
/// How long to wait for another process's lock on a branch; the same as git does.
const LOCK_PATIENCE: Duration = Duration::from_millis(100);
const LOCK_PAUSE: Duration = Duration::from_millis(5);

impl Repository {
    /// The commit that an export is based on: `configured`, else `origin/HEAD`, else the branch `main` or `master`,
    /// else HEAD; `None` in a repository without commits.
    pub fn export_base(&self, configured: Option<&str>) -> Result<Option<CommitId>, GitError> {
        if let Some(revision) = configured {
            return self.resolve(revision).map(Some);
        }
        for reference in ["refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master"] {
            if let Some(commit) = self.reference_tip(reference)? {
                return Ok(Some(commit));
            }
        }
        self.head()
    }

    /// Whether the branch that is checked out is known to have stood at a commit, by its reflog.
    ///
    /// # Errors
    /// A reflog that cannot be read.
    pub fn branch_stood_at(&self, commit: CommitId) -> Result<bool, GitError> {
        let Ok(head) = self.inner.head() else { return Ok(false) };
        let Some(name) = head.name().ok().filter(|_| head.is_branch()) else { return Ok(false) };
        let Some(reflog) = self.reflog(name)? else { return Ok(false) };
        Ok(reflog.iter().any(|entry| entry.id_new() == commit.0 || entry.id_old() == commit.0))
    }

    /// The reflog of a reference, where there is one; libgit2 would make an empty file for it.
    pub(super) fn reflog(&self, name: &str) -> Result<Option<Reflog>, GitError> {
        let doing = "read the reflog of";
        if !self.inner.reference_has_log(name).during(doing, name)? {
            return Ok(None);
        }
        self.inner.reflog(name).during(doing, name).map(Some)
    }

    /// The commit that a revision names: a branch, a tag, a commit, or any other form that git accepts.
    pub fn resolve(&self, revision: &str) -> Result<CommitId, GitError> {
        let commit = self.inner.revparse_single(revision).and_then(|object| object.peel_to_commit());
        let failed =
            |error: git2::Error| GitError::UnknownRevision { revision: revision.to_owned(), source: error.into() };
        commit.map(|commit| CommitId(commit.id())).map_err(failed)
    }

    /// The short name of a revision: the branch or tag it names, directly or through HEAD, as git shortens it;
    /// otherwise the commit.
    pub fn short_name(&self, revision: &str) -> Result<String, GitError> {
        let named = self.inner.revparse_ext(revision).ok().and_then(|(_, reference)| reference);
        let direct = named.and_then(|reference| reference.resolve().ok());
        match direct.as_ref().map(git2::Reference::shorthand) {
            Some(Ok(name)) if name != "HEAD" => Ok(name.to_owned()),
            _ => Ok(self.resolve(revision)?.to_string()),
        }
    }

    /// The commit at the tip of a local branch; `None` if there is no such branch.
    pub fn branch_tip(&self, branch: &str) -> Result<Option<CommitId>, GitError> {
        self.reference_tip(&reference_name(branch)?)
    }

    /// The remote-tracking branches of this name: `origin/work/x` and its commit.
    pub fn remote_tips(&self, branch: &str) -> Result<Vec<(String, CommitId)>, GitError> {
        reference_name(branch)?;
        let doing = "read the remotes of";
        let mut tips = Vec::new();
        let found = self.inner.references_glob(&format!("{REMOTES}*/{branch}")).during(doing, self.name())?;
        for reference in found {
            let reference = reference.during(doing, self.name())?;
            let Ok(name) = reference.name() else { continue };
            if let Some(tip) = self.reference_tip(name)? {
                tips.push((name.trim_start_matches(REMOTES).to_owned(), tip));
            }
        }
        tips.sort();
        Ok(tips)
    }

    /// The work tree (main or linked) that has `branch` checked out or is rebasing it.
    pub fn checked_out_at(&self, branch: &str) -> Result<Option<PathBuf>, GitError> {
        let reference = reference_name(branch)?;
        let doing = "list the work trees of";
        let main = git2::Repository::open(self.common_dir()).during(doing, self.name())?;
        let workdir = if self.inner.is_worktree() { main.workdir() } else { self.workdir() };
        if let Some(workdir) = workdir
            && occupies(main.path(), &reference)
        {
            return Ok(Some(workdir.to_owned()));
        }
        let linked = main.worktrees().during(doing, self.name())?;
        for name in linked.iter().filter_map(|name| name.ok().flatten()) {
            let Ok(worktree) = main.find_worktree(name) else {
                continue;
            };
            let is_gone = worktree.is_prunable(None).unwrap_or(false);
            if !is_gone && occupies(&self.shared("worktrees").join(name), &reference) {
                return Ok(Some(worktree.path().to_owned()));
            }
        }
        Ok(None)
    }

    /// Whether `ancestor` is `commit` itself or one of its ancestors.
    pub fn is_ancestor(&self, ancestor: CommitId, commit: CommitId) -> Result<bool, GitError> {
        if ancestor == commit {
            return Ok(true);
        }
        self.inner.graph_descendant_of(commit.0, ancestor.0).during("read the history of", commit)
    }

    /// Moves a branch durably from `expected` (`None`: it must not exist) to `to`, or changes nothing.
    pub fn move_branch(&self, branch: &str, expected: Option<CommitId>, to: CommitId) -> Result<(), GitError> {
        let reference = reference_name(branch)?;
        let started = Instant::now();
        loop {
            match self.try_to_move(branch, &reference, expected, to)? {
                Attempt::Done => return Ok(()),
                Attempt::Elsewhere => return Err(GitError::RefMoved { branch: branch.to_owned() }),
                Attempt::Locked(_) if started.elapsed() < LOCK_PATIENCE => thread::sleep(LOCK_PAUSE),
                Attempt::Locked(source) => {
                    let lock = self.shared(&format!("{reference}.lock"));
                    return Err(GitError::RefLocked { branch: branch.to_owned(), lock, source });
                }
            }
        }
    }

    #[cfg(unix)]
    fn try_to_move(
        &self,
        branch: &str,
        reference: &str,
        expected: Option<CommitId>,
        to: CommitId,
    ) -> Result<Attempt, GitError> {
        let is_as_expected = || {
            let tip = self.inner.refname_to_id(reference).if_found()?.map(CommitId);
            Ok(tip == expected && (tip.is_some() || self.is_free(reference)?))
        };
        let moved = moving::compare_and_swap(self.common_dir(), reference, to.0, is_as_expected, || {
            self.note_in_reflog(reference, expected, to)
        });
        let locked = || git2::Error::new(ErrorCode::Locked, git2::ErrorClass::Reference, "the lock file is there");
        match moved {
            Ok(Moved::Done) => Ok(Attempt::Done),
            Ok(Moved::Elsewhere) => Ok(Attempt::Elsewhere),
            Ok(Moved::Locked) => Ok(Attempt::Locked(locked().into())),
            Err(MoveError::NoLinks) => self.move_by_libgit2(branch, reference, expected, to),
            Err(MoveError::Git(error)) => Err(error).during("move the branch", branch),
            Err(MoveError::Io(source)) => {
                Err(GitError::Io { action: "move the branch at", path: self.shared(reference), source })
            }
        }
    }

    #[cfg(not(unix))]
    fn try_to_move(
        &self,
        branch: &str,
        reference: &str,
        expected: Option<CommitId>,
        to: CommitId,
    ) -> Result<Attempt, GitError> {
        self.move_by_libgit2(branch, reference, expected, to)
    }

    /// The same on file systems without hard links. The lock of a killed process then remains, as git's own would.
    fn move_by_libgit2(
        &self,
        branch: &str,
        reference: &str,
        expected: Option<CommitId>,
        to: CommitId,
    ) -> Result<Attempt, GitError> {
        let expected = expected.map_or(Oid::ZERO_SHA1, |tip| tip.0);
        match self.inner.reference_matching(reference, to.0, true, expected, REFLOG_MESSAGE) {
            Ok(_) => Ok(Attempt::Done),
            Err(error) => match error.code() {
                ErrorCode::Modified | ErrorCode::NotFound => Ok(Attempt::Elsewhere),
                ErrorCode::Locked => Ok(Attempt::Locked(error.into())),
                _ => Err(error).during("move the branch", branch),
            },
        }
    }

    /// Whether the name of a new reference is free: no other reference is a prefix of it or lies below it.
    #[cfg(unix)]
    fn is_free(&self, reference: &str) -> Result<bool, git2::Error> {
        for (end, _) in reference.match_indices('/') {
            if self.inner.find_reference(&reference[..end]).is_ok() {
                return Ok(false);
            }
        }
        Ok(self.inner.references_glob(&format!("{reference}/*"))?.next().is_none())
    }

    /// Appends the move to the branch's reflog, if git would.
    #[cfg(unix)]
    fn note_in_reflog(&self, reference: &str, expected: Option<CommitId>, to: CommitId) -> std::io::Result<()> {
        use std::io::Write as _;
        let file = self.shared("logs").join(reference);
        let wanted = match self.setting("core.logAllRefUpdates") {
            Some(value) => !matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0"),
            None => !self.inner.is_bare(),
        };
        if !wanted && !file.exists() {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let signature = self.inner.signature().or_else(|_| git2::Signature::now("unknown", "unknown"));
        let signature = signature.map_err(std::io::Error::other)?;
        let when = signature.when();
        let (hours, minutes) = (when.offset_minutes().abs() / 60, when.offset_minutes().abs() % 60);
        let line = format!(
            "{} {} {} <{}> {} {}{hours:02}{minutes:02}\t{REFLOG_MESSAGE}\n",
            expected.map_or(Oid::ZERO_SHA1, |tip| tip.0),
            to.0,
            String::from_utf8_lossy(signature.name_bytes()),
            String::from_utf8_lossy(signature.email_bytes()),
            when.seconds(),
            when.sign(),
        );
        fs::OpenOptions::new().append(true).create(true).open(file)?.write_all(line.as_bytes())
    }

    /// Rejects a branch that is not at `expected`, or that is a symbolic reference.
    pub fn check_branch(&self, branch: &str, expected: Option<CommitId>) -> Result<(), GitError> {
        let found = self.inner.find_reference(&reference_name(branch)?).if_found();
        let found = found.during("read the branch", branch)?;
        if found.as_ref().is_some_and(|found| found.kind() == Some(ReferenceType::Symbolic)) {
            return Err(GitError::InvalidBranch { branch: branch.to_owned() });
        }
        let tip = found.and_then(|found| found.target()).map(CommitId);
        if tip == expected { Ok(()) } else { Err(GitError::RefMoved { branch: branch.to_owned() }) }
    }

    /// `None` also for a symbolic reference to a branch that does not exist.
    pub(super) fn reference_tip(&self, reference: &str) -> Result<Option<CommitId>, GitError> {
        let broken =
            |error: git2::Error| GitError::BrokenReference { reference: reference.to_owned(), source: error.into() };
        let Some(target) = self.inner.refname_to_id(reference).if_found().map_err(broken)? else {
            return Ok(None);
        };
        let commit = self.inner.find_object(target, None).and_then(|object| object.peel_to_commit());
        Ok(Some(CommitId(commit.map_err(broken)?.id())))
    }
}

pub(super) fn reference_name(branch: &str) -> Result<String, GitError> {
    let reference = format!("refs/heads/{branch}");
    if !branch.starts_with('-') && !matches!(branch, "HEAD" | "@") && git2::Reference::is_valid_name(&reference) {
        Ok(reference)
    } else {
        Err(GitError::InvalidBranch { branch: branch.to_owned() })
    }
}

/// Whether the work tree with this git directory is on the branch or is rebasing it.
fn occupies(git_dir: &Path, reference: &str) -> bool {
    let says = |file: &str| fs::read_to_string(git_dir.join(file)).unwrap_or_default();
    says("HEAD").trim_end().strip_prefix("ref:").is_some_and(|target| target.trim_start() == reference)
        || ["rebase-merge/head-name", "rebase-apply/head-name"].iter().any(|file| says(file).trim_end() == reference)
}
