//! `bos.status/1`, and documents with the state of their files.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{diagnostic::Diagnostic, words::State};
use crate::{
    domain::{doc_path::DocPath, state},
    engine::{DocumentState, PlaceStatus, StatusReport},
};

/// A document of an entity.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Document<'a> {
    path: &'a str,
    /// The audience: `user` or `agent`.
    audience: Option<&'a str>,
    sha256: &'a str,
    /// The state between file and database; null in the past.
    state: Option<State>,
}

impl<'a> From<&'a DocumentState> for Document<'a> {
    fn from(document: &'a DocumentState) -> Self {
        Self {
            path: document.path.as_str(),
            audience: document.audience.map(|audience| audience.as_str()),
            sha256: document.sha256.as_str(),
            state: document.state.map(State),
        }
    }
}

/// A path and its state.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DocumentStatus<'a> {
    path: &'a str,
    state: State,
}

impl<'a> DocumentStatus<'a> {
    /// Wraps each path and state.
    pub(super) fn all(documents: &'a [(DocPath, state::State)]) -> Vec<Self> {
        documents.iter().map(|(path, state)| Self { path: path.as_str(), state: State(*state) }).collect()
    }
}

/// A document in conflict with a place other than its file.
#[derive(Debug, Serialize, JsonSchema)]
struct InConflict<'a> {
    path: &'a str,
    /// The branch or commit.
    place: &'a str,
}

/// `bos.status/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Status<'a> {
    database: &'a str,
    log_id: &'a str,
    in_sync: bool,
    /// The number of documents by state.
    counts: &'a BTreeMap<&'static str, u64>,
    /// The documents that are not in sync.
    documents: Vec<DocumentStatus<'a>>,
    /// The documents in conflict with a branch or commit.
    conflicts: Vec<InConflict<'a>>,
    /// Files whose names fit no pattern; `help` gives the name each should have.
    unread: Vec<Diagnostic<'a>>,
    git: Branch<'a>,
    /// With `--all`: every work tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    places: Option<Vec<WorkTree<'a>>>,
}

/// The branch of exports.
#[derive(Debug, Serialize, JsonSchema)]
struct Branch<'a> {
    branch: &'a str,
    /// The number of log entries it lacks.
    ahead: u64,
    /// Its tip.
    last_export: Option<&'a str>,
}

/// A work tree.
#[derive(Debug, Serialize, JsonSchema)]
struct WorkTree<'a> {
    root: String,
    in_sync: bool,
    counts: &'a BTreeMap<&'static str, u64>,
    documents: Vec<DocumentStatus<'a>>,
    /// Files whose names fit no pattern.
    unread: Vec<Diagnostic<'a>>,
}

impl<'a> Status<'a> {
    /// Builds the document; `places` holds every work tree, if requested.
    pub(crate) fn new(report: &'a StatusReport, database: &'a str, places: Option<&'a [PlaceStatus]>) -> Self {
        let place = |place: &'a PlaceStatus| WorkTree {
            root: place.root.display().to_string(),
            in_sync: place.report.documents.is_empty(),
            counts: &place.report.counts,
            documents: DocumentStatus::all(&place.report.documents),
            unread: place.report.unread.iter().map(Diagnostic::from).collect(),
        };
        Self {
            database,
            log_id: &report.log_id,
            in_sync: report.documents.is_empty(),
            counts: &report.counts,
            documents: DocumentStatus::all(&report.documents),
            conflicts: report.conflicts.iter().map(|(path, place)| InConflict { path: path.as_str(), place }).collect(),
            unread: report.unread.iter().map(Diagnostic::from).collect(),
            git: Branch { branch: &report.branch, ahead: report.ahead, last_export: report.last_export.as_deref() },
            places: places.map(|places| places.iter().map(place).collect()),
        }
    }
}
