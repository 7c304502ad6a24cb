//! `bos.history/1`: each entry as in `bos.log/1`, with the changes between its texts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::log::Entry;
use crate::{
    domain::entry::instant,
    engine::{self, BodyChange, Told, ToldDocument},
};

/// `bos.history/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct History<'a> {
    id: &'a str,
    /// The number of entries without `--limit`; with `--git`, including the commits before them.
    total: u64,
    /// With `--git`: the commits before the first import, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<Vec<Committed<'a>>>,
    entries: Vec<ToldEntry<'a>>,
}

/// A commit that changed files of the card or idea.
#[derive(Debug, Serialize, JsonSchema)]
struct Committed<'a> {
    commit: &'a str,
    at: String,
    author: &'a str,
    /// The first line of its message.
    subject: &'a str,
    /// The changed front matter keys of the card or idea.
    fields: BTreeMap<&'a str, FieldChange<'a>>,
    /// The paths of the files at that time.
    paths: Vec<&'a str>,
    diffs: Vec<BodyDiff<'a>>,
}

/// An entry and the changes between its texts.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldEntry<'a> {
    #[serde(flatten)]
    entry: Entry<'a>,
    /// The changed front matter keys, without those whose text was erased.
    fields: BTreeMap<&'a str, FieldChange<'a>>,
    diffs: Vec<BodyDiff<'a>>,
}

/// The value of a key before and after.
#[derive(Debug, Serialize, JsonSchema)]
struct FieldChange<'a> {
    from: &'a Value,
    to: &'a Value,
}

/// A change to the text below the front matter.
#[derive(Debug, Serialize, JsonSchema)]
struct BodyDiff<'a> {
    path: &'a str,
    /// A unified diff; null if a text was erased or cannot be read.
    diff: Option<&'a str>,
}

impl<'a> From<&'a engine::History> for History<'a> {
    fn from(history: &'a engine::History) -> Self {
        let entries = history.entries.iter().map(ToldEntry::from).collect();
        let commits = history.commits.as_ref().map(|commits| commits.iter().map(Committed::from).collect());
        Self { id: history.id.as_str(), total: history.total, commits, entries }
    }
}

impl<'a> From<&'a Told> for ToldEntry<'a> {
    fn from(told: &'a Told) -> Self {
        Self { entry: Entry::from(&told.entry), fields: fields(&told.fields), diffs: diffs(&told.documents) }
    }
}

impl<'a> From<&'a engine::Committed> for Committed<'a> {
    fn from(told: &'a engine::Committed) -> Self {
        Self {
            commit: &told.commit,
            at: instant(told.at),
            author: &told.author,
            subject: &told.subject,
            fields: fields(&told.fields),
            paths: told.documents.iter().map(|document| document.path.as_str()).collect(),
            diffs: diffs(&told.documents),
        }
    }
}

fn fields(fields: &BTreeMap<String, engine::FieldChange>) -> BTreeMap<&str, FieldChange<'_>> {
    fields.iter().map(|(key, change)| (key.as_str(), FieldChange { from: &change.from, to: &change.to })).collect()
}

fn diffs(documents: &[ToldDocument]) -> Vec<BodyDiff<'_>> {
    let diffs = documents.iter().filter_map(|document| {
        let path = document.path.as_str();
        match &document.body {
            BodyChange::None => None,
            BodyChange::Diff(diff) => Some(BodyDiff { path, diff: Some(diff) }),
            BodyChange::Erased | BodyChange::Unreadable => Some(BodyDiff { path, diff: None }),
        }
    });
    diffs.collect()
}
