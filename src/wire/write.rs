//! `bos.write/1`: the result of every command that writes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{log::Change, words::Action};
use crate::{domain::entry, engine::Written};

/// `bos.write/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Write<'a> {
    changed: bool,
    /// What was done differently from what the caller may expect.
    warnings: &'a [String],
    /// The entries added, including those for file edits that were imported first.
    entries: Vec<WrittenEntry<'a>>,
}

/// An entry that was added to the log.
#[derive(Debug, Serialize, JsonSchema)]
struct WrittenEntry<'a> {
    seq: u64,
    hash: &'a str,
    /// The kind of what it is about: card, idea, stage_doc, comment or note; other versions may know more.
    entity: String,
    id: String,
    action: Action,
    /// By front matter key; values are recorded for some keys only.
    #[schemars(with = "BTreeMap<String, Change>")]
    changes: Value,
    documents: Vec<WrittenDocument<'a>>,
}

/// A document after the command.
#[derive(Debug, Serialize, JsonSchema)]
struct WrittenDocument<'a> {
    path: &'a str,
    /// Null if it was removed.
    sha256: Option<&'a str>,
}

impl<'a> From<&'a Written> for Write<'a> {
    fn from(written: &'a Written) -> Self {
        let entry = |entry: &'a entry::Entry| {
            let facts = &entry.facts;
            let documents = facts.documents.iter().map(|touched| WrittenDocument {
                path: touched.path.as_str(),
                sha256: touched.new.as_ref().map(|sha| sha.as_str()),
            });
            WrittenEntry {
                seq: facts.seq,
                hash: entry.hash.as_str(),
                entity: facts.subject.kind().to_owned(),
                id: facts.subject.id(),
                action: Action(facts.action),
                changes: facts.changes.to_json(),
                documents: documents.collect(),
            }
        };
        let entries: Vec<WrittenEntry<'a>> = written.entries.iter().map(entry).collect();
        Self { changed: !entries.is_empty(), warnings: &written.warnings, entries }
    }
}
