//! What an import found and did, for the caller; an error can carry it.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::{Code, Diagnostic, Severity},
    doc_path::DocPath,
    id::Id,
};

/// What an import found and did. Counts are of documents.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Markdown files below `cards/` and `ideas/`.
    pub found: u64,
    /// Taken for the first time.
    pub imported: u64,
    /// Taken because they were edited.
    pub updated: u64,
    /// As they were, or changed in the database only.
    pub unchanged: u64,
    /// Changed in file and database, and merged.
    pub merged: u64,
    /// Changed in file and database, and nobody can tell whether the file is an old one; left alone.
    pub diverged: Vec<DocPath>,
    /// Changed in file and database at the same places; recorded, and left for a person.
    pub conflicts: Vec<DocPath>,
    /// Cards and ideas made here whose ID another clone gave out too: the old and the new one.
    pub renumbered: Vec<(Id, Id)>,
    /// Old checkouts; left alone.
    pub stale: Vec<DocPath>,
    /// Gone, but not said to be deleted.
    pub missing: Vec<DocPath>,
    /// Deleted with `--prune`.
    pub removed: u64,
    /// Which of them had a file here.
    pub pruned: Vec<DocPath>,
    /// Could not be read or taken.
    pub failed: u64,
    /// Entities that were taken, by kind; one may have several documents.
    pub taken: BTreeMap<&'static str, u64>,
    /// Everything found wrong in what was read.
    pub diagnostics: Vec<Diagnostic>,
}

impl ImportReport {
    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count()
    }

    /// Whether another entry of the log may let an import do more about the same files: a file that was refused its
    /// place gets it once the other document is gone, and what was left alone may have become right.
    pub(in crate::engine) fn hangs_on_the_log(&self) -> bool {
        !self.diverged.is_empty()
            || !self.conflicts.is_empty()
            || self
                .diagnostics
                .iter()
                .any(|found| matches!(found.code, Code::DuplicateId | Code::AgentMove | Code::DamagedText))
    }

    /// Whether a person should look: the exit code is 1 then.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.errors() > 0 || !self.diverged.is_empty() || !self.conflicts.is_empty()
    }
}
