//! `bos.history/1`: each entry as in `bos.log/1`, with what its texts tell.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::log::Entry;
use crate::engine::{self, BodyChange, Told};

/// `bos.history/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct History<'a> {
    id: &'a str,
    /// How many entries there are before `--limit`.
    total: u64,
    entries: Vec<ToldEntry<'a>>,
}

/// An entry and what its texts tell.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldEntry<'a> {
    #[serde(flatten)]
    entry: Entry<'a>,
    /// By front matter key; a key whose text was erased is not here.
    fields: BTreeMap<&'a str, FieldChange<'a>>,
    diffs: Vec<BodyDiff<'a>>,
}

/// What a key was and what it is.
#[derive(Debug, Serialize, JsonSchema)]
struct FieldChange<'a> {
    from: &'a Value,
    to: &'a Value,
}

/// How the text below the front matter changed.
#[derive(Debug, Serialize, JsonSchema)]
struct BodyDiff<'a> {
    path: &'a str,
    /// Null where a text was erased.
    diff: Option<&'a str>,
}

impl<'a> From<&'a engine::History> for History<'a> {
    fn from(history: &'a engine::History) -> Self {
        let entries = history.entries.iter().map(ToldEntry::from).collect();
        Self { id: history.id.as_str(), total: history.total, entries }
    }
}

impl<'a> From<&'a Told> for ToldEntry<'a> {
    fn from(told: &'a Told) -> Self {
        let field = |(key, change): (&'a String, &'a engine::FieldChange)| {
            (key.as_str(), FieldChange { from: &change.from, to: &change.to })
        };
        let diffs = told.documents.iter().filter_map(|document| {
            let path = document.path.as_str();
            match &document.body {
                BodyChange::None => None,
                BodyChange::Diff(diff) => Some(BodyDiff { path, diff: Some(diff) }),
                BodyChange::Erased => Some(BodyDiff { path, diff: None }),
            }
        });
        Self {
            entry: Entry::from(&told.entry),
            fields: told.fields.iter().map(field).collect(),
            diffs: diffs.collect(),
        }
    }
}
