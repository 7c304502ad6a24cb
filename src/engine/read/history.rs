//! The history of a card or idea: its log entries, with the changes between their texts. Read-only.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    domain::{
        change::BODY,
        doc_path::DocPath,
        entity::Entity,
        entry::{Entry, Touched},
        hash::Sha256,
        id::Id,
        value::FieldValue,
    },
    engine::base::{error::EngineError, projection::stored, reading::Reading, view::View},
    markdown::{
        locate::{Place, locate},
        typed, unified_diff,
    },
    store::LogFilter,
};

/// The number of context lines around each change of a body.
const CONTEXT: usize = 2;

/// The history of a card or idea, including what is attached to it.
#[derive(Debug, Clone)]
pub struct History {
    /// The ID of the card or idea.
    pub id: Id,
    /// Its title, if it still exists.
    pub title: Option<String>,
    /// The number of entries, plus the commits before them.
    pub total: u64,
    /// The commits before the first import, oldest first, if they were requested.
    pub commits: Option<Vec<Committed>>,
    /// The entries, oldest first.
    pub entries: Vec<Told>,
}

/// A commit from before the log began.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The commit.
    pub commit: String,
    /// The name of its author.
    pub author: String,
    /// The author date, in Unix seconds.
    pub at: i64,
    /// The first line of its message.
    pub subject: String,
    /// The keys of the card or idea that it changed.
    pub fields: BTreeMap<String, FieldChange>,
    /// The changes of each document.
    pub documents: Vec<ToldDocument>,
}

/// An entry with the changes between its texts.
#[derive(Debug, Clone)]
pub struct Told {
    /// The entry.
    pub entry: Entry,
    /// The keys whose values before and after are known.
    pub fields: BTreeMap<String, FieldChange>,
    /// The keys whose values are lost because a text was erased.
    pub erased: Vec<String>,
    /// The changes of each document.
    pub documents: Vec<ToldDocument>,
}

/// The value of a key before and after; `null` if it had none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Before.
    pub from: Value,
    /// After.
    pub to: Value,
}

/// The change of a document in one entry.
#[derive(Debug, Clone)]
pub struct ToldDocument {
    /// Its path, now or before its removal.
    pub path: DocPath,
    /// What happened to the document.
    pub fate: Fate,
    /// The change of its body.
    pub body: BodyChange,
}

/// What happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was created.
    New,
    /// Its text changed.
    Changed,
    /// It was moved from this path; its text may have changed too.
    Moved(DocPath),
    /// It was removed.
    Removed,
}

/// The change of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyChange {
    /// No change.
    None,
    /// A unified diff; its line numbers count from the first line of the body.
    Diff(String),
    /// Unknown, because a text was erased.
    Erased,
    /// Unknown, because a text cannot be parsed.
    Unreadable,
}

impl View<'_> {
    /// The history of a card or idea, limited to its last `limit` entries; with `in_git`, including the commits before.
    pub fn history(&self, typed: &str, limit: Option<usize>, in_git: bool) -> Result<History, EngineError> {
        let id = self.existing_id(typed)?;
        let title = match self.store.card(&id)? {
            Some(card) => Some(card.title),
            None => self.store.idea(&id)?.map(|idea| idea.title),
        };
        let (total, entries) = self.store.entries(&LogFilter { id: Some(id.clone()), limit, until: None })?;
        let entries = entries.into_iter().rev().map(|entry| self.tell(entry)).collect::<Result<_, _>>()?;
        let mut history = History { id, title, total, commits: None, entries };
        if in_git {
            let mut commits = self.commits_before(&history.id)?;
            history.total += commits.len() as u64;
            if let Some(limit) = limit {
                let room = limit.saturating_sub(history.entries.len());
                commits.drain(..commits.len().saturating_sub(room));
            }
            history.commits = Some(commits);
        }
        Ok(history)
    }

    fn tell(&self, entry: Entry) -> Result<Told, EngineError> {
        let steps = steps(&entry.facts.documents).map(|step| self.look_up(step)).collect::<Result<Vec<_>, _>>()?;
        let mut fields = BTreeMap::new();
        let mut erased = Vec::new();
        for (key, recorded) in entry.facts.changes.iter() {
            let change = match recorded {
                Some((from, to)) => Some(FieldChange { from: from.clone(), to: to.clone() }),
                None => {
                    let subject = entry.facts.subject.entity();
                    steps
                        .iter()
                        .filter(|step| subject.is_some_and(|entity| step.is_of(entity)))
                        .find_map(|step| step.change_of(key))
                }
            };
            match change {
                Some(change) => {
                    fields.insert(key.to_owned(), change);
                }
                None if key != BODY => erased.push(key.to_owned()),
                None => {}
            }
        }
        let documents = steps
            .into_iter()
            .map(|step| ToldDocument { body: step.body(), path: step.path, fate: step.fate })
            .collect();
        Ok(Told { entry, fields, erased, documents })
    }

    fn look_up(&self, step: DocumentChange) -> Result<TextChange, EngineError> {
        let DocumentChange { path, fate, old, new } = step;
        Ok(TextChange { old: self.version(&path, old)?, new: self.version(&path, new)?, path, fate })
    }

    fn version(&self, path: &DocPath, sha: Option<Sha256>) -> Result<DocumentText, EngineError> {
        let Some(sha) = sha else { return Ok(DocumentText::Absent) };
        Ok(stored(&self.store, path, &sha)?
            .map_or(DocumentText::Erased, |reading| DocumentText::There(Box::new(reading))))
    }
}

/// What an entry did to one document, as hashes.
struct DocumentChange {
    path: DocPath,
    fate: Fate,
    old: Option<Sha256>,
    new: Option<Sha256>,
}

/// The document changes of an entry; a document that disappears at one path and appears at another was moved.
fn steps(documents: &[Touched]) -> impl Iterator<Item = DocumentChange> {
    let moved = |gone: &Touched, came: &Touched| {
        gone.new.is_none() && came.old.is_none() && is_same_document(&gone.path, &came.path)
    };
    let stays = move |touched: &&Touched| !documents.iter().any(|came| moved(touched, came));
    documents.iter().filter(stays).map(move |touched| {
        let origin = documents.iter().find(|gone| moved(gone, touched));
        let fate = match (origin, &touched.old, &touched.new) {
            (Some(origin), ..) => Fate::Moved(origin.path.clone()),
            (None, None, _) => Fate::New,
            (None, Some(_), None) => Fate::Removed,
            (None, Some(_), Some(_)) => Fate::Changed,
        };
        let old = origin.map_or(&touched.old, |origin| &origin.old).clone();
        DocumentChange { path: touched.path.clone(), fate, old, new: touched.new.clone() }
    })
}

fn is_same_document(a: &DocPath, b: &DocPath) -> bool {
    match (locate(a), locate(b)) {
        (Place::Document(a), Place::Document(b)) => a.entity == b.entity && a.audience == b.audience,
        _ => false,
    }
}

/// What an entry or a commit did to one document, with its texts.
pub(super) struct TextChange {
    pub(super) path: DocPath,
    pub(super) fate: Fate,
    pub(super) old: DocumentText,
    pub(super) new: DocumentText,
}

pub(super) enum DocumentText {
    /// The document did not exist.
    Absent,
    /// The document existed, but its text was erased.
    Erased,
    /// The document existed, but its text cannot be parsed.
    Unreadable,
    There(Box<Reading>),
}

impl DocumentText {
    fn field(&self, key: &str) -> Option<&FieldValue> {
        match self {
            Self::There(reading) => reading.fields.get(key),
            Self::Absent | Self::Erased | Self::Unreadable => None,
        }
    }
}

impl TextChange {
    fn is_of(&self, entity: &Entity) -> bool {
        matches!(locate(&self.path), Place::Document(located) if located.entity == *entity)
    }

    /// The keys that occur in either text.
    pub(super) fn keys(&self) -> BTreeSet<String> {
        let keys = |text: &DocumentText| match text {
            DocumentText::There(reading) => reading.fields.iter().map(|(key, _)| key.to_owned()).collect(),
            DocumentText::Absent | DocumentText::Erased | DocumentText::Unreadable => BTreeSet::new(),
        };
        let (old, new) = (keys(&self.old), keys(&self.new));
        old.union(&new).cloned().collect()
    }

    /// The values of a key; `None` if they are equal or unknown.
    pub(super) fn change_of(&self, key: &str) -> Option<FieldChange> {
        let value = |version: &DocumentText| match version {
            DocumentText::Absent => Some(Value::Null),
            DocumentText::Erased | DocumentText::Unreadable => None,
            DocumentText::There(reading) => Some(typed(&reading.text, &reading.fields).remove(key).unwrap_or_default()),
        };
        let (from, to) = (value(&self.old)?, value(&self.new)?);
        (self.old.field(key) != self.new.field(key)).then_some(FieldChange { from, to })
    }

    pub(super) fn body(&self) -> BodyChange {
        if matches!(self.old, DocumentText::Unreadable) || matches!(self.new, DocumentText::Unreadable) {
            return BodyChange::Unreadable;
        }
        let body = |version: &DocumentText| match version {
            DocumentText::Absent => Some(String::new()),
            DocumentText::Erased | DocumentText::Unreadable => None,
            DocumentText::There(reading) => Some(reading.body().to_owned()),
        };
        match (body(&self.old), body(&self.new)) {
            (Some(old), Some(new)) if old == new => BodyChange::None,
            (Some(old), Some(new)) => BodyChange::Diff(unified_diff(&old, &new, CONTEXT)),
            _ => BodyChange::Erased,
        }
    }
}
