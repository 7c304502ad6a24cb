//! `bos.import-from/1`: the result of importing from another program.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    engine::{self, Written},
    foreign::Exported,
};

/// `bos.import-from/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ImportFrom<'a> {
    /// The number of items in the export, including those left out.
    total: usize,
    /// Whether nothing was written.
    dry_run: bool,
    /// The cards that were created, in the order of the export.
    made: Vec<Made<'a>>,
    /// Items that had been imported before.
    here: Vec<Here<'a>>,
    /// Items that were not imported.
    left_out: Vec<LeftOut<'a>>,
    /// Statuses that correspond to no lane; cards with one are in the inbox.
    unknown_statuses: Vec<&'a str>,
    /// What was done differently from what the caller may expect.
    warnings: &'a [String],
}

/// A card that was created.
#[derive(Debug, Serialize, JsonSchema)]
struct Made<'a> {
    id: &'a str,
    /// The item it was made from, as in its key `Source`.
    source: &'a str,
    lane: &'static str,
    title: &'a str,
}

/// An item that already has a card.
#[derive(Debug, Serialize, JsonSchema)]
struct Here<'a> {
    id: &'a str,
    source: &'a str,
}

/// An item that was not imported.
#[derive(Debug, Serialize, JsonSchema)]
struct LeftOut<'a> {
    source: &'a str,
    why: String,
}

impl<'a> ImportFrom<'a> {
    pub(crate) fn new(
        exported: &'a Exported,
        found: &'a engine::ImportedFrom,
        written: &'a Written,
        dry_run: bool,
    ) -> Self {
        let made = found.made.iter().map(|card| Made {
            id: card.id.as_str(),
            source: &card.source,
            lane: card.lane.as_str(),
            title: &card.title,
        });
        let by_export = exported.left_out.iter().map(|(source, why)| LeftOut { source, why: (*why).to_owned() });
        let by_import = found.left_out.iter().map(|item| LeftOut { source: &item.source, why: item.why.to_string() });
        let here = found.here.iter().map(|(source, id)| Here { id: id.as_str(), source });
        Self {
            total: exported.items.len() + exported.left_out.len(),
            dry_run,
            made: made.collect(),
            here: here.collect(),
            left_out: by_export.chain(by_import).collect(),
            unknown_statuses: found.unknown.iter().map(String::as_str).collect(),
            warnings: &written.warnings,
        }
    }
}
