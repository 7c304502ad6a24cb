//! What can go wrong in the engine, with its kind and the next thing to do. All its wording is here.

use std::path::PathBuf;

use super::import::ImportReport;
use crate::{
    domain::{actor::ActorError, diagnostic::Diagnostic, error_kind::ErrorKind, hash::Sha256, state::State},
    git::GitError,
    markdown::EditError,
    store::StoreError,
};

/// A failure of a command.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No tree here or above.
    #[error("there is no docs/business-os in {from} or any folder above it", from = from.display())]
    NoTree {
        /// Where the search began.
        from: PathBuf,
    },
    /// The folder named with `-C` is not there.
    #[error("the folder {path} cannot be entered", path = path.display())]
    NoFolder {
        /// Which.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file of the tree could not be read or written.
    #[error("cannot {doing} {path}", path = path.display())]
    Io {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Nothing has this ID.
    #[error("there is no {what} {id}")]
    Unknown {
        /// `card`, `idea`, `stage doc`, `document`, `business`.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// The nearest that exists.
        nearest: Option<String>,
        /// All there are, where they are few.
        known: Vec<String>,
    },
    /// Something that was not there then, though the log knows it.
    #[error("there was no {what} {id} {}", after(*seq))]
    NotThen {
        /// `card`, `idea`, `stage doc`.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// The entry after which it was looked for; 0 for before the first.
        seq: u64,
    },
    /// A point in time that the log has not come to.
    #[error("{what} is still to come: {}", end_of_log(*last))]
    StillToCome {
        /// What was asked for.
        what: String,
        /// The last entry of the log.
        last: u64,
    },
    /// A word that is none of the allowed ones.
    #[error("{what} cannot be {value:?}")]
    BadValue {
        /// The key or argument.
        what: String,
        /// What was given.
        value: String,
        /// What would do.
        expected: String,
    },
    /// A name that cannot stand in the log.
    #[error("the {role} {name:?} cannot be used")]
    BadActor {
        /// `actor` or `initiator`.
        role: &'static str,
        /// What was given.
        name: String,
        /// Why not.
        source: ActorError,
    },
    /// The entity has moved on since the caller looked.
    #[error("{id} has changed since {expected}: it is at {current} now")]
    MovedOn {
        /// Which.
        id: String,
        /// What the caller expected.
        expected: String,
        /// What it is.
        current: Sha256,
    },
    /// Files that stand in the way of a write.
    #[error("{id} has {} files: {}", state.as_str(), list(paths))]
    FilesDiffer {
        /// Which entity.
        id: String,
        /// How they stand: diverged or invalid.
        state: State,
        /// The files.
        paths: Vec<String>,
    },
    /// An edit that the lens refused.
    #[error("{path} cannot be edited")]
    Edit {
        /// The document.
        path: String,
        /// Why.
        source: EditError,
    },
    /// The result of a write would not be readable.
    #[error("{path} would not be readable: {}", diagnostic.message)]
    Unreadable {
        /// The document.
        path: String,
        /// What is wrong with it.
        diagnostic: Box<Diagnostic>,
    },
    /// A dependency on something unknown.
    #[error("{id} cannot depend on {dependency}: there is no such card or idea")]
    UnknownDependency {
        /// The card.
        id: String,
        /// What it should depend on.
        dependency: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// Dependencies that go in a circle.
    #[error("dependencies would go in a circle: {}", cycle.join(" -> "))]
    Cycle {
        /// From a card back to itself.
        cycle: Vec<String>,
    },
    /// An import that was asked to be strict.
    #[error("there are errors in the files, so nothing was imported")]
    Strict {
        /// What it found.
        report: Box<ImportReport>,
    },
    /// `--theirs` and `--ours` without a path.
    #[error("{flag} needs the paths it is meant for")]
    NeedsPaths {
        /// The flag.
        flag: &'static str,
    },
    /// A path that is outside of what the tree keeps.
    #[error("{path} is not a document below docs/business-os/cards or docs/business-os/ideas")]
    NotADocument {
        /// What was given.
        path: String,
    },
    /// Git is needed, and there is none.
    #[error("{root} is not in a git repository", root = root.display())]
    NoRepository {
        /// The tree.
        root: PathBuf,
    },
    /// The mirror branch is in use.
    #[error("the branch {branch} is checked out at {path}", path = path.display())]
    BranchCheckedOut {
        /// The mirror branch.
        branch: String,
        /// The work tree.
        path: PathBuf,
    },
    /// A file that would be written through a link out of the tree.
    #[error("{path} lies outside of the tree: a link leads out of it", path = path.display())]
    OutsideTree {
        /// The folder.
        path: PathBuf,
    },
    /// A tree that is already there.
    #[error("there is a tree at {path} already", path = path.display())]
    TreeExists {
        /// The folder.
        path: PathBuf,
    },
    /// `BOS_NOW` is no time.
    #[error("BOS_NOW={value} is no RFC 3339 time")]
    BadClock {
        /// What it holds.
        value: String,
    },
}

impl EngineError {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTree { .. }
            | Self::NoFolder { .. }
            | Self::Unknown { .. }
            | Self::NotThen { .. }
            | Self::StillToCome { .. } => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
            Self::Git(GitError::RefMoved { .. }) => ErrorKind::Conflict,
            Self::Git(GitError::RefLocked { .. }) => ErrorKind::Busy,
            Self::Git(GitError::UnknownRevision { .. }) => ErrorKind::NotFound,
            Self::Git(GitError::InvalidBranch { .. }) => ErrorKind::Invalid,
            Self::Git(_) | Self::Io { .. } | Self::NoRepository { .. } => ErrorKind::Unavailable,
            Self::BadValue { .. }
            | Self::BadActor { .. }
            | Self::Edit { .. }
            | Self::Unreadable { .. }
            | Self::UnknownDependency { .. }
            | Self::Cycle { .. }
            | Self::Strict { .. }
            | Self::OutsideTree { .. }
            | Self::BranchCheckedOut { .. }
            | Self::TreeExists { .. } => ErrorKind::Invalid,
            Self::FilesDiffer { state: State::Invalid, .. } => ErrorKind::Invalid,
            Self::MovedOn { .. } | Self::FilesDiffer { .. } => ErrorKind::Conflict,
            Self::NeedsPaths { .. } | Self::NotADocument { .. } | Self::BadClock { .. } => ErrorKind::Usage,
        }
    }

    /// What to do next.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoTree { .. } => {
                Some("start one here with `bos init`, or with `bos init --sample` to look around first".to_owned())
            }
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Unknown { what, nearest, known, .. } => unknown_hint(what, nearest.as_deref(), known),
            Self::NotThen { id, .. } => {
                let id = id.split('/').next().unwrap_or_default();
                Some(format!("`bos log {id}` tells when it came and what became of it"))
            }
            Self::StillToCome { .. } => Some("`bos log --limit 1` shows the last entry".to_owned()),
            Self::BadValue { expected, .. } => Some(format!("use {expected}")),
            Self::BadActor { .. } => Some("name yourself with --actor, BOS_ACTOR or git's user.name".to_owned()),
            Self::MovedOn { id, current, .. } => {
                Some(format!("look at it again with `bos card show {id}`, then use --expect {current}"))
            }
            Self::FilesDiffer { state: State::Invalid, .. } => {
                Some("mend the file first; `bos validate` shows where".to_owned())
            }
            Self::FilesDiffer { paths, .. } => paths.first().map(|path| {
                format!(
                    "file and database both changed; decide with `bos import {path} --theirs` (the file) or \
                     `bos export {path} --ours` (the database); both texts stay in the log"
                )
            }),
            Self::Edit { .. } => Some("edit the file by hand and run `bos import`".to_owned()),
            Self::UnknownDependency { nearest, .. } => nearest.as_ref().map(|id| format!("did you mean {id}?")),
            Self::Strict { .. } => Some("mend the files, or import the good ones without --strict".to_owned()),
            Self::NeedsPaths { .. } => Some("name the files; `bos status` lists those that differ".to_owned()),
            Self::NoRepository { .. } => {
                Some("write files only with `bos export`, or make it one with `git init`".to_owned())
            }
            Self::BranchCheckedOut { .. } => {
                Some("check out another branch there, or name another with --branch".to_owned())
            }
            Self::TreeExists { .. } => Some("`bos board` shows it".to_owned()),
            Self::OutsideTree { .. } => Some("put a folder in place of the link".to_owned()),
            Self::Git(GitError::RefMoved { .. }) => Some("run the export again".to_owned()),
            Self::BadClock { .. } => Some("write it like 2026-03-01T09:00:00Z".to_owned()),
            _ => None,
        }
    }
}

fn unknown_hint(what: &str, nearest: Option<&str>, known: &[String]) -> Option<String> {
    let plural = if what == "business" { "businesses".to_owned() } else { format!("{what}s") };
    match (nearest, known) {
        (Some(nearest), []) => Some(format!("did you mean {nearest}?")),
        (Some(nearest), known) => Some(format!("did you mean {nearest}? The {plural} there are: {}", known.join(", "))),
        (None, []) => None,
        (None, known) => Some(format!("the {plural} there are: {}", known.join(", "))),
    }
}

fn after(seq: u64) -> String {
    if seq == 0 { "before the first entry of the log".to_owned() } else { format!("after entry {seq} of the log") }
}

fn end_of_log(last: u64) -> String {
    if last == 0 { "the log has no entry yet".to_owned() } else { format!("the log ends with entry {last}") }
}

fn list(paths: &[String]) -> String {
    paths.join(", ")
}
