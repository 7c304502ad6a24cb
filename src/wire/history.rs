//! `bos.history/1`: each entry as in `bos.log/1`, with what its texts tell.

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
    /// How many entries there are before `--limit`, and with `--git` commits before them.
    total: u64,
    /// With `--git`: the commits before the first import, the oldest first.
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
    /// By front matter key of the card or idea.
    fields: BTreeMap<&'a str, FieldChange<'a>>,
    /// The files as they were called then.
    paths: Vec<&'a str>,
    diffs: Vec<BodyDiff<'a>>,
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
    /// Null where a text was erased or cannot be read.
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
