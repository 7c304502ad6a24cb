//! `bos.import/1` and `bos.export/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{diagnostic::Diagnostic, place::DocumentStatus};
use crate::{
    domain::doc_path::DocPath,
    engine::{ExportReport, ImportReport},
};

/// `bos.import/1`: counts of documents.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Import<'a> {
    /// Files below `cards/` and `ideas/`.
    found: u64,
    imported: u64,
    updated: u64,
    unchanged: u64,
    merged: u64,
    diverged: usize,
    conflicts: usize,
    /// Old checkouts.
    stale: usize,
    missing: usize,
    removed: u64,
    /// The documents that were removed because `--prune` treats missing files as deleted.
    pruned: Vec<&'a str>,
    failed: u64,
    /// Cards and ideas that got a new ID.
    renumbered: Vec<Renumbered<'a>>,
    diagnostics: Vec<Diagnostic<'a>>,
}

/// An ID that had been given out twice.
#[derive(Debug, Serialize, JsonSchema)]
struct Renumbered<'a> {
    from: &'a str,
    to: &'a str,
}

impl<'a> From<&'a ImportReport> for Import<'a> {
    fn from(report: &'a ImportReport) -> Self {
        let renumbered = report.renumbered.iter().map(|(from, to)| Renumbered { from: from.as_str(), to: to.as_str() });
        Self {
            found: report.found,
            imported: report.imported,
            updated: report.updated,
            unchanged: report.unchanged,
            merged: report.merged,
            diverged: report.diverged.len(),
            conflicts: report.conflicts.len(),
            stale: report.stale.len(),
            missing: report.missing.len(),
            removed: report.removed,
            pruned: report.pruned.iter().map(|path| path.as_str()).collect(),
            failed: report.failed,
            renumbered: renumbered.collect(),
            diagnostics: report.diagnostics.iter().map(Diagnostic::from).collect(),
        }
    }
}

/// `bos.export/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Export<'a> {
    written: Vec<&'a str>,
    removed: Vec<&'a str>,
    unchanged: u64,
    /// The documents left out, with the reason.
    refused: Vec<DocumentStatus<'a>>,
    /// The files that could not be written.
    failed: Vec<Failed<'a>>,
    /// With `--commit`, if there was anything to commit.
    commit: Option<Commit<'a>>,
}

/// A file that could not be written.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Failed<'a> {
    path: &'a str,
    /// The error.
    message: &'a str,
}

impl<'a> Failed<'a> {
    pub(super) fn all(failed: &'a [(DocPath, String)]) -> Vec<Self> {
        failed.iter().map(|(path, message)| Self { path: path.as_str(), message }).collect()
    }
}

/// What was committed.
#[derive(Debug, Serialize, JsonSchema)]
struct Commit<'a> {
    oid: &'a str,
    branch: &'a str,
    commits: u64,
    documents: u64,
    /// The first and last log entry that the commits cover.
    range: (u64, u64),
    /// With `--push`.
    pushed: Option<Pushed<'a>>,
}

/// A branch that was pushed.
#[derive(Debug, Serialize, JsonSchema)]
struct Pushed<'a> {
    remote: &'a str,
    oid: &'a str,
}

impl<'a> From<&'a ExportReport> for Export<'a> {
    fn from(report: &'a ExportReport) -> Self {
        let commit = report.commit.as_ref().map(|commit| Commit {
            oid: &commit.oid,
            branch: &commit.branch,
            commits: commit.commits,
            documents: commit.documents,
            range: commit.range,
            pushed: commit.pushed.as_ref().map(|pushed| Pushed { remote: &pushed.remote, oid: &pushed.oid }),
        });
        Self {
            written: paths(&report.written),
            removed: paths(&report.removed),
            unchanged: report.unchanged,
            refused: DocumentStatus::all(&report.refused),
            failed: Failed::all(&report.failed),
            commit,
        }
    }
}

/// Paths as strings.
pub(super) fn paths(paths: &[DocPath]) -> Vec<&str> {
    paths.iter().map(DocPath::as_str).collect()
}
