//! Errors of the git layer, with their wording.

use std::{
    error::Error,
    fmt::Display,
    io,
    path::{Path, PathBuf},
};

use git2::ErrorCode;

use super::{
    id::{BlobId, CommitId},
    location::locate,
};
use crate::domain::error_kind::ErrorKind;

type Source = Box<dyn Error + Send + Sync>;

/// A failure of git, or a request that the repository's data does not allow.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    #[error(
        "the git repository at {} belongs to another user; if you trust it, run \
         `git config --global --add safe.directory '{}'`", path.display(), path.display()
    )]
    ForeignOwner { path: PathBuf, source: Source },

    #[error(
        "the git repository at {} is of a kind that is not supported here; it must use SHA-1 object ids \
         and no extension beyond those of linked work trees", path.display()
    )]
    UnsupportedRepository { path: PathBuf, source: Source },

    #[error("cannot open the git repository at {}", path.display())]
    Open { path: PathBuf, source: Source },

    #[error("`{revision}` names no commit of this repository; use a branch, a tag or a commit that exists")]
    UnknownRevision { revision: String, source: Source },

    #[error("`{branch}` cannot be used as a branch: its name must be valid in git and it must not be an alias")]
    InvalidBranch { branch: String },

    #[error("the branch `{branch}` has moved meanwhile; look at its new tip and try again")]
    RefMoved { branch: String },

    #[error(
        "the branch `{branch}` is locked by another git process; try again when that has ended, or remove {} if none \
         runs any more", lock.display()
    )]
    RefLocked { branch: String, lock: PathBuf, source: Source },

    #[error("`{path}` is not a path that git can hold")]
    InvalidPath { path: String },

    #[error("`{path}` is changed twice in one commit")]
    RepeatedPath { path: String },

    #[error("`{path}` is not a folder in {}, so nothing can be written below it", base_name(*.base))]
    NotAFolder { path: String, base: Option<CommitId> },

    #[error("`{path}` is a folder, a symbolic link or a submodule in {}, so no file can be written there", base_name(*.base))]
    NotAFile { path: String, base: Option<CommitId> },

    #[error(
        "git runs the filter `{driver}` over `{path}` (see .gitattributes), which is not supported here; \
         take the attribute from this path or commit it with git"
    )]
    FilterDriver { path: String, driver: String },

    #[error("`{name} <{email}>` cannot sign a commit: both parts are needed, without `<`, `>`, line breaks or NUL")]
    InvalidIdentity { name: String, email: String },

    #[error("{seconds} s at {offset_minutes} min from UTC is not a time that a commit can carry")]
    InvalidTime { seconds: i64, offset_minutes: i32 },

    #[error("a commit message must have text and no NUL")]
    InvalidMessage,

    #[error("the blob {blob} has {bytes} bytes, more than a document may have")]
    TooLarge { blob: BlobId, bytes: u64 },

    #[error("the commit lists more files than are read: more than {limit} bytes of paths")]
    TooManyFiles { limit: usize },

    #[error("the tree {tree} is malformed; `git fsck` says more")]
    MalformedTree { tree: String },

    #[error("git cannot {action} {subject}: {said}")]
    Program { action: &'static str, subject: String, said: String },

    #[error("git cannot {action} {branch} {towards} {remote}")]
    Remote { action: &'static str, branch: String, towards: &'static str, remote: String, source: Source },

    #[error("{reference} cannot be read: it, or the commit it points to, is damaged")]
    BrokenReference { reference: String, source: Source },

    #[error("cannot {action} {subject}")]
    Git { action: &'static str, subject: String, source: Source },

    #[error("cannot {action} {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

fn base_name(base: Option<CommitId>) -> String {
    base.map_or_else(|| "this commit".to_owned(), |base| format!("commit {base}"))
}

impl GitError {
    /// The kind of failure, which decides the exit code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::RefMoved { .. } => ErrorKind::Conflict,
            Self::RefLocked { .. } => ErrorKind::Busy,
            Self::UnknownRevision { .. } => ErrorKind::NotFound,
            Self::InvalidBranch { .. }
            | Self::InvalidPath { .. }
            | Self::RepeatedPath { .. }
            | Self::InvalidIdentity { .. }
            | Self::InvalidTime { .. }
            | Self::InvalidMessage => ErrorKind::Invalid,
            Self::ForeignOwner { .. }
            | Self::UnsupportedRepository { .. }
            | Self::Open { .. }
            | Self::NotAFolder { .. }
            | Self::NotAFile { .. }
            | Self::FilterDriver { .. }
            | Self::TooLarge { .. }
            | Self::TooManyFiles { .. }
            | Self::MalformedTree { .. }
            | Self::Program { .. }
            | Self::Remote { .. }
            | Self::BrokenReference { .. }
            | Self::Git { .. }
            | Self::Io { .. } => ErrorKind::Unavailable,
        }
    }

    /// The path that git cannot store: the file, or what is in the place of its folder.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::InvalidPath { path }
            | Self::NotAFolder { path, .. }
            | Self::NotAFile { path, .. }
            | Self::FilterDriver { path, .. } => Some(path),
            _ => None,
        }
    }

    pub(super) fn opening(from: &Path, error: git2::Error) -> Self {
        let place = locate(from).map(|found| found.workdir.unwrap_or(found.git_dir));
        let path = place.unwrap_or_else(|| from.to_owned());
        // libgit2 has no error codes for these.
        let unsupported = ["unknown object format", "unsupported extension", "unsupported repository version"];
        if error.code() == ErrorCode::Owner {
            Self::ForeignOwner { path, source: error.into() }
        } else if unsupported.iter().any(|word| error.message().starts_with(word)) {
            Self::UnsupportedRepository { path, source: error.into() }
        } else {
            Self::Open { path, source: error.into() }
        }
    }
}

/// Adds what was being done to an error of libgit2.
pub(super) trait During<T> {
    fn during(self, action: &'static str, subject: impl Display) -> Result<T, GitError>;
}

impl<T> During<T> for Result<T, git2::Error> {
    fn during(self, action: &'static str, subject: impl Display) -> Result<T, GitError> {
        self.map_err(|error| GitError::Git { action, subject: subject.to_string(), source: error.into() })
    }
}

/// Turns libgit2's "not found" into `None`.
pub(super) trait IfFound<T> {
    fn if_found(self) -> Result<Option<T>, git2::Error>;
}

impl<T> IfFound<T> for Result<T, git2::Error> {
    fn if_found(self) -> Result<Option<T>, git2::Error> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
