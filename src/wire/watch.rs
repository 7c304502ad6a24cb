//! `bos.watch/1`: one object per line, for each thing that `bos watch` does.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    diagnostic::Diagnostic,
    place::DocumentStatus,
    sync::{Failed, paths},
};
use crate::{
    domain::entry::instant,
    engine::{WatchNews, Watched},
};

/// `bos.watch/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct News<'a> {
    at: String,
    #[serde(flatten)]
    event: Event<'a>,
}

/// What happened; the other keys depend on the event.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event<'a> {
    /// The watch has started.
    Begin,
    /// Edits were imported or left alone.
    Import {
        imported: u64,
        updated: u64,
        merged: u64,
        conflicts: usize,
        failed: u64,
        documents: Vec<&'a str>,
        removed: Vec<&'a str>,
        left: Vec<DocumentStatus<'a>>,
        diagnostics: Vec<Diagnostic<'a>>,
    },
    /// Files were written or left alone.
    Export { written: Vec<&'a str>, removed: Vec<&'a str>, left: Vec<DocumentStatus<'a>>, failed: Vec<Failed<'a>> },
    /// Nothing is done until an obstacle is gone.
    Wait { why: &'a str },
}

impl<'a> From<&'a WatchNews> for News<'a> {
    fn from(news: &'a WatchNews) -> Self {
        let event = match &news.what {
            Watched::Begun => Event::Begin,
            Watched::Imported(import) => Event::Import {
                imported: import.report.imported,
                updated: import.report.updated,
                merged: import.report.merged,
                conflicts: import.report.conflicts.len(),
                failed: import.report.failed,
                documents: paths(&import.documents),
                removed: paths(&import.removed),
                left: DocumentStatus::all(&import.left),
                diagnostics: import.diagnostics.iter().map(Diagnostic::from).collect(),
            },
            Watched::Exported(export) => Event::Export {
                written: paths(&export.written),
                removed: paths(&export.removed),
                left: DocumentStatus::all(&export.left),
                failed: Failed::all(&export.failed),
            },
            Watched::Waiting(why) => Event::Wait { why },
        };
        Self { at: instant(news.at), event }
    }
}
