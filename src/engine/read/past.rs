//! Replays one card or idea and its attachments from the log, to any entry.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        card::Card, doc_path::DocPath, entity::Entity, entry::Facts, hash::Sha256, id::Id, idea::Idea,
        stage_doc::StageDoc,
    },
    engine::base::{
        error::EngineError,
        projection::{Item, first_seen, item, stored},
        rebuild::expected_rows,
    },
    markdown::locate::{Place, locate},
    store::{DocumentRow, LogFilter, Snapshot},
};

/// The documents of one card or idea after a log entry.
#[derive(Debug, Default)]
pub(in crate::engine) struct Past {
    documents: BTreeMap<DocPath, Sha256>,
    seq: u64,
}

impl Past {
    /// The documents of a card or idea after this entry; `None` if the log does not know it.
    pub(in crate::engine) fn of(store: &Snapshot, owner: &Id, seq: u64) -> Result<Option<Self>, EngineError> {
        let log = facts_of(store, owner, u64::MAX)?;
        let mut past = Self::default();
        log.iter().take_while(|facts| facts.seq <= seq).for_each(|facts| past.take(facts));
        Ok(if log.is_empty() { None } else { Some(past) })
    }

    /// Applies the next entry.
    pub(in crate::engine) fn take(&mut self, facts: &Facts) {
        for touched in &facts.documents {
            match &touched.new {
                Some(sha) => self.documents.insert(touched.path.clone(), sha.clone()),
                None => self.documents.remove(&touched.path),
            };
        }
        self.seq = facts.seq;
    }

    /// Every document with its entity, sorted by path.
    pub(in crate::engine) fn rows(&self) -> Vec<DocumentRow> {
        let located = self.documents.iter().filter_map(|(path, sha)| match locate(path) {
            Place::Document(located) => Some(DocumentRow {
                path: path.clone(),
                entity: located.entity,
                audience: located.audience,
                sha256: sha.clone(),
            }),
            Place::Unknown | Place::Foreign => None,
        });
        expected_rows(&located.collect::<Vec<_>>()).into_iter().flatten().collect()
    }

    /// The documents of one entity, the primary first.
    pub(in crate::engine) fn documents_of(&self, entity: &Entity) -> Vec<DocumentRow> {
        let mut rows = self.rows();
        rows.retain(|row| row.entity == *entity);
        rows.sort_by(|a, b| (a.audience, &a.path).cmp(&(b.audience, &b.path)));
        rows
    }

    /// The entity as boards and lists showed it; `None` if it did not exist, or its text has been erased since.
    pub(in crate::engine) fn item(&self, store: &Snapshot, entity: &Entity) -> Result<Option<Item>, EngineError> {
        let Some(primary) = self.documents_of(entity).into_iter().next() else { return Ok(None) };
        let (Place::Document(located), Some(reading)) =
            (locate(&primary.path), stored(store, &primary.path, &primary.sha256)?)
        else {
            return Ok(None);
        };
        let first_seen = first_seen(store, entity, &reading.fields, self.seq)?;
        Ok(item(entity, &located, &reading, &first_seen))
    }

    /// The card at that time.
    pub(in crate::engine) fn card(&self, store: &Snapshot, id: &Id) -> Result<Option<Card>, EngineError> {
        let item = self.item(store, &Entity::Card(id.clone()))?;
        Ok(item.and_then(|item| if let Item::Card(card) = item { Some(card) } else { None }))
    }

    /// The idea at that time.
    pub(in crate::engine) fn idea(&self, store: &Snapshot, id: &Id) -> Result<Option<Idea>, EngineError> {
        let item = self.item(store, &Entity::Idea(id.clone()))?;
        Ok(item.and_then(|item| if let Item::Idea(idea) = item { Some(idea) } else { None }))
    }

    /// The stage docs at that time, sorted by stage.
    pub(in crate::engine) fn stage_docs(&self, store: &Snapshot) -> Result<Vec<StageDoc>, EngineError> {
        let entities: BTreeSet<Entity> = self.rows().into_iter().map(|row| row.entity).collect();
        let mut stage_docs = Vec::new();
        for entity in entities {
            if let Some(Item::StageDoc(stage_doc)) = self.item(store, &entity)? {
                stage_docs.push(stage_doc);
            }
        }
        Ok(stage_docs)
    }
}

/// The cards and ideas whose documents an entry touched.
pub(in crate::engine) fn touched(facts: &Facts) -> BTreeSet<Entity> {
    let located = facts.documents.iter().filter_map(|touched| match locate(&touched.path) {
        Place::Document(located) => Some(located.entity),
        Place::Unknown | Place::Foreign => None,
    });
    located.filter(|entity| matches!(entity, Entity::Card(_) | Entity::Idea(_))).collect()
}

/// The entries about a card or idea and its attachments, up to and including `until`, oldest first.
pub(in crate::engine) fn facts_of(store: &Snapshot, owner: &Id, until: u64) -> Result<Vec<Facts>, EngineError> {
    let filter = LogFilter { id: Some(owner.clone()), limit: None, until: Some(until) };
    let (_, entries) = store.entries(&filter)?;
    Ok(entries.into_iter().rev().map(|entry| entry.facts).collect())
}
