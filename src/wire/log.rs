//! `bos.log/1`, and log entries as they appear in every document.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::words::Action;
use crate::{
    domain::{
        entry::{self, Touched},
        page::Cursor,
    },
    engine::LogReport,
};

/// A log entry; a single one is `bos.entry/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Entry<'a> {
    seq: u64,
    at: String,
    /// The number of the first entry of its command.
    batch: u64,
    actor: &'a str,
    initiator: &'a str,
    /// The kind of what it is about: card, idea, stage_doc, comment or note; other versions may know more.
    entity: String,
    id: String,
    action: Action,
    reason: Option<&'a str>,
    /// The channel of a change that no command made: the work tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    via: Option<&'a str>,
    /// The batches that an undo reverts.
    undoes: &'a [u64],
    /// By front matter key; values are recorded for some keys only.
    #[schemars(with = "BTreeMap<String, Change>")]
    changes: Value,
    documents: Vec<LoggedDocument<'a>>,
    previous_hash: &'a str,
    hash: &'a str,
}

/// The value of a key before and after; both absent if only the key is recorded.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<Value>,
}

/// A document that an entry touched, with the hashes of its texts.
#[derive(Debug, Serialize, JsonSchema)]
struct LoggedDocument<'a> {
    path: &'a str,
    /// Null if it was created.
    old: Option<&'a str>,
    /// Null if it was removed.
    new: Option<&'a str>,
    /// The other text of a merge.
    theirs: Option<&'a str>,
}

impl<'a> From<&'a Touched> for LoggedDocument<'a> {
    fn from(touched: &'a Touched) -> Self {
        Self {
            path: touched.path.as_str(),
            old: touched.old.as_ref().map(|sha| sha.as_str()),
            new: touched.new.as_ref().map(|sha| sha.as_str()),
            theirs: touched.theirs.as_ref().map(|sha| sha.as_str()),
        }
    }
}

impl<'a> From<&'a entry::Entry> for Entry<'a> {
    fn from(entry: &'a entry::Entry) -> Self {
        let facts = &entry.facts;
        Self {
            seq: facts.seq,
            at: facts.at(),
            batch: facts.batch,
            actor: &facts.actor,
            initiator: &facts.initiator,
            entity: facts.subject.kind().to_owned(),
            id: facts.subject.id(),
            action: Action(facts.action),
            reason: facts.reason.as_deref(),
            via: facts.via.as_deref(),
            undoes: &facts.undoes,
            changes: facts.changes.to_json(),
            documents: facts.documents.iter().map(LoggedDocument::from).collect(),
            previous_hash: entry.previous_hash.as_str(),
            hash: entry.hash.as_str(),
        }
    }
}

/// `bos.log/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Log<'a> {
    /// The number of entries without `--limit`.
    total: u64,
    entries: Vec<Entry<'a>>,
    /// The value of `--after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> From<&'a LogReport> for Log<'a> {
    fn from(report: &'a LogReport) -> Self {
        Self {
            total: report.total,
            entries: report.entries.iter().map(Entry::from).collect(),
            next: report.next.as_ref().map(Cursor::to_text),
        }
    }
}
