//! Taking back what a command did: each document gets its text from before, or what a merge makes of that and of what
//! changed since. The log only grows: an undo is an entry like any other, and can be taken back itself.

use std::collections::BTreeMap;

use super::{
    change::readable,
    writer::{Draft, Revision, Writer},
};
use crate::{
    domain::{
        action::Action,
        doc_path::DocPath,
        entity::Entity,
        entry::{Entry, Touched},
        hash::Sha256,
        id::Id,
        subject::Subject,
    },
    engine::base::{
        error::EngineError,
        session::{Session, Written},
        view::View,
    },
    markdown::{
        locate::{Place, locate},
        merge,
    },
    store::Snapshot,
};

/// What to undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// The last commands of the actor, except imports.
    Last(usize),
    /// The command that this entry belongs to.
    Entry(u64),
}

/// A document after the undo.
struct RestoredText {
    /// The entity of the newest undone entry that touches it.
    entity: Entity,
    text: Option<String>,
}

impl Session {
    /// Undoes commands, all of them or none; returns the undone entries, newest first.
    pub fn undo(&self, undo: Undo) -> Result<(Vec<Entry>, Written), EngineError> {
        self.write(|writer| {
            let batches = writer.view().batches(undo)?;
            let mut undone = Vec::new();
            for batch in &batches {
                let entries = writer.write.batch(*batch)?;
                undone.extend(entries.into_iter().rev());
            }
            writer.take_hand_edits_of(&undone)?;
            writer.start_batch();
            writer.undoes.clone_from(&batches);
            writer.take_back(&undone)?;
            Ok(undone)
        })
    }
}

impl View<'_> {
    /// The commands to undo.
    fn batches(&self, undo: Undo) -> Result<Vec<u64>, EngineError> {
        let batches = match undo {
            Undo::Last(count) => self.store.latest_batches(self.actor()?.as_str(), count)?,
            Undo::Entry(seq) => {
                let found = self.store.entries_between(seq, seq)?;
                let unknown = || EngineError::Unknown {
                    what: "log entry",
                    id: seq.to_string(),
                    nearest: None,
                    known: Vec::new(),
                };
                vec![found.first().ok_or_else(unknown)?.facts.batch]
            }
        };
        if batches.is_empty() {
            return Err(EngineError::NothingToUndo { actor: self.actor()?.as_str().to_owned() });
        }
        Ok(batches)
    }
}

impl Writer<'_> {
    /// Takes the hand edits of all documents that these entries touched.
    fn take_hand_edits_of(&mut self, entries: &[Entry]) -> Result<(), EngineError> {
        let mut paths: BTreeMap<Id, Vec<DocPath>> = BTreeMap::new();
        for touched in entries.iter().flat_map(|entry| &entry.facts.documents) {
            if let Place::Document(located) = locate(&touched.path) {
                let known = paths.entry(located.entity.owner().clone()).or_default();
                if !known.contains(&touched.path) {
                    known.push(touched.path.clone());
                }
            }
        }
        paths.iter().try_for_each(|(id, paths)| self.take_hand_edits(id, paths))
    }

    /// Records the documents as they were before these entries, the newest first.
    fn take_back(&mut self, undone: &[Entry]) -> Result<(), EngineError> {
        let mut restored: BTreeMap<DocPath, RestoredText> = BTreeMap::new();
        for entry in undone {
            let mut reasons = Vec::new();
            match &entry.facts.subject {
                Subject::Entity(entity) => {
                    for touched in &entry.facts.documents {
                        reasons.extend(take_back(&self.write, entity, touched, &mut restored)?);
                    }
                }
                Subject::Other { kind, id } => {
                    reasons.push(format!("entry {} is about the {kind} {id}, which has no documents", entry.facts.seq));
                }
            }
            if !reasons.is_empty() {
                return Err(EngineError::UndoClash { batch: entry.facts.batch, reasons });
            }
        }
        self.check_attached(undone, &restored)?;
        let mut entities: Vec<Entity> = restored.values().map(|restored_text| restored_text.entity.clone()).collect();
        entities.sort();
        entities.dedup();
        for entity in entities {
            let mut revisions = Vec::new();
            for (path, restored_text) in restored.iter().filter(|(_, restored_text)| restored_text.entity == entity) {
                let Place::Document(located) = locate(path) else { continue };
                let new = restored_text.text.clone().map(|text| readable(path.as_str(), text)).transpose()?;
                revisions.push(Revision { located, new });
            }
            self.record(Draft { entity, action: Action::Undo, reason: None, revisions })?;
        }
        Ok(())
    }

    /// Refuses to remove a card to which something was attached since.
    fn check_attached(&self, undone: &[Entry], restored: &BTreeMap<DocPath, RestoredText>) -> Result<(), EngineError> {
        let store = &self.write;
        for restored_text in restored.values() {
            let Entity::Card(id) = &restored_text.entity else { continue };
            let is_removed =
                |path: &DocPath| restored.get(path).is_some_and(|restored_text| restored_text.text.is_none());
            let stays = |path: &DocPath| {
                let is_card =
                    matches!(locate(path), Place::Document(located) if located.entity == restored_text.entity);
                is_card && !is_removed(path)
            };
            let rows = store.documents_of(&restored_text.entity)?;
            if rows.iter().map(|row| &row.path).chain(restored.keys()).any(stays) {
                continue;
            }
            let below = store.documents_below(id)?;
            let left: Vec<String> = below
                .iter()
                .filter(|row| !is_removed(&row.path))
                .map(|row| format!("{} was added to {id} since", row.path))
                .collect();
            if let (false, Some(entry)) = (left.is_empty(), undone.first()) {
                return Err(EngineError::UndoClash { batch: entry.facts.batch, reasons: left });
            }
        }
        Ok(())
    }
}

/// Undoes the change of one document; returns what prevents it, if anything.
fn take_back(
    store: &Snapshot,
    entity: &Entity,
    touched: &Touched,
    restored: &mut BTreeMap<DocPath, RestoredText>,
) -> Result<Option<String>, EngineError> {
    let path = &touched.path;
    let text = |sha: Option<&Sha256>| -> Result<Option<String>, EngineError> {
        let Some(sha) = sha else { return Ok(None) };
        match store.blob(sha)? {
            Some(text) => Ok(Some(text)),
            None => Err(EngineError::Erased { path: path.to_string() }),
        }
    };
    let now = match restored.get(path) {
        Some(restored_text) => restored_text.text.clone(),
        None => text(store.document_sha(path)?.as_ref())?,
    };
    let (before, after) = (text(touched.old.as_ref())?, text(touched.new.as_ref())?);
    let merged = merge(after.as_deref(), now.as_deref(), before.as_deref());
    if !merged.clashes.is_empty() {
        let places: Vec<String> = merged.clashes.iter().map(|clash| clash.place.to_string()).collect();
        return Ok(Some(format!("{path} was changed since ({})", places.join(", "))));
    }
    let restored_text =
        restored.entry(path.clone()).or_insert_with(|| RestoredText { entity: entity.clone(), text: None });
    restored_text.text = merged.text;
    Ok(None)
}
