//! What an export is asked for, and what it tells.

use std::{collections::BTreeSet, path::PathBuf};

use crate::domain::{doc_path::DocPath, state::State};

/// What to export, and how.
#[derive(Debug, Clone, Default)]
pub struct ExportOptions {
    /// Files and folders; all when empty.
    pub paths: Vec<PathBuf>,
    /// Tell what would be written, write nothing.
    pub dry_run: bool,
    /// Write what can be written even where something has to be left out.
    pub partial: bool,
    /// Where file and database both changed, the database wins; needs `paths`.
    pub ours: bool,
    /// Build a commit on this branch instead of writing files.
    pub branch: Option<String>,
    /// Build a commit for each change, not one for all.
    pub per_change: bool,
    /// Push the branch to this remote.
    pub push: Option<String>,
}

/// What an export did, or would do.
#[derive(Debug, Clone, Default)]
pub struct ExportReport {
    /// Documents written.
    pub written: Vec<DocPath>,
    /// Documents removed.
    pub removed: Vec<DocPath>,
    /// Documents that were as they should be.
    pub unchanged: u64,
    /// Documents left out, and why.
    pub refused: Vec<(DocPath, State)>,
    /// Documents whose files cannot be read, and of which nothing was to be written.
    pub unreadable: Vec<DocPath>,
    /// Documents that could not be written or removed where they belong, and why.
    pub failed: Vec<(DocPath, String)>,
    /// Whether one of them kept everything else from being written.
    pub blocked: bool,
    /// The commits, where any were made or pushed.
    pub commit: Option<Published>,
}

impl ExportReport {
    /// Whether nothing had to be left out.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.refused.is_empty() && self.failed.is_empty()
    }

    /// Where something was to be written and was not.
    pub(super) fn not_written(&self) -> BTreeSet<DocPath> {
        let refused = self.refused.iter().map(|(path, _)| path);
        self.failed.iter().map(|(path, _)| path).chain(refused).cloned().collect()
    }

    /// A document that is not removed, since it is not written where it belongs now.
    pub(super) fn hold_back(&mut self, path: DocPath, new: &DocPath) {
        self.failed.push((path, format!("it stays until {new} can be written")));
    }

    /// Whether anything was written, or would be.
    #[must_use]
    pub fn differs(&self) -> bool {
        !self.written.is_empty() || !self.removed.is_empty() || !self.unreadable.is_empty() || !self.is_whole()
    }
}

/// The commits that were made, or only pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The id of the last.
    pub oid: String,
    /// The branch.
    pub branch: String,
    /// How many there are; 0 where they were there already.
    pub commits: u64,
    /// How many documents they change.
    pub documents: u64,
    /// The first and the last log entry they witness.
    pub range: (u64, u64),
    /// Where they were pushed to.
    pub pushed: Option<Pushed>,
}

/// A branch that a remote has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The remote, as the caller named it.
    pub remote: String,
    /// The commit the branch stands at.
    pub oid: String,
    /// Whether what the remote had was merged first.
    pub merged: bool,
    /// What the remote and the hooks said.
    pub said: String,
}
