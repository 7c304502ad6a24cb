//! Deriving the projections anew from texts and log.

use std::collections::BTreeSet;

use super::{
    Engine,
    commit::{assign, put_row},
    error::EngineError,
    project::{self, PROJECTION_VERSION, named_ids},
    reading::Reading,
};
use crate::{
    domain::{entity::Entity, id::Id},
    markdown::locate::{Located, Place, locate},
    store::{DocumentRow, StoreError, Write},
};

const VERSION_KEY: &str = "projection_version";

impl Engine {
    /// Empties the projections and derives them anew; the number of entities.
    pub fn rebuild(&self) -> Result<u64, EngineError> {
        let write = self.store.begin()?;
        let count = rebuild(&write)?;
        write.commit()?;
        Ok(count)
    }
}

/// Rebuilds the projections where an older program derived them; refuses where a newer one did.
pub(super) fn bring_up_to_date(write: &Write<'_>) -> Result<(), EngineError> {
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    let known = number(PROJECTION_VERSION);
    match write.store().metadata(VERSION_KEY)? {
        Some(version) if version == PROJECTION_VERSION => Ok(()),
        Some(version) if number(&version) > known => {
            Err(StoreError::Newer { path: "(projections)".into(), found: number(&version), known }.into())
        }
        Some(_) => rebuild(write).map(|_| ()),
        None => Ok(write.set_metadata(VERSION_KEY, PROJECTION_VERSION)?),
    }
}

fn rebuild(write: &Write<'_>) -> Result<u64, EngineError> {
    write.clear_projections()?;
    let store = write.store();
    settle_entities(write)?;
    let entities: BTreeSet<Entity> = store.documents()?.into_iter().map(|row| row.entity).collect();
    for entity in &entities {
        put_row(write, entity, project::expected(store, entity)?)?;
    }
    for id in counted_ids(store)? {
        write.raise_counter(&id)?;
    }
    write.set_metadata(VERSION_KEY, PROJECTION_VERSION)?;
    Ok(entities.len() as u64)
}

/// Puts what each document belongs to back to what its path says.
fn settle_entities(write: &Write<'_>) -> Result<(), EngineError> {
    let rows = write.store().documents()?;
    for (row, expected) in rows.iter().zip(expected_rows(&rows)) {
        if let Some(expected) = expected
            && *row != expected
        {
            write.put_document(&expected)?;
        }
    }
    Ok(())
}

/// What each document's row should be by its path; `None` for a path that names no document.
pub(super) fn expected_rows(rows: &[DocumentRow]) -> Vec<Option<DocumentRow>> {
    let located: Vec<Option<Located>> = rows
        .iter()
        .map(|row| match locate(&row.path) {
            Place::Document(located) => Some(located),
            Place::Unknown | Place::Foreign => None,
        })
        .collect();
    let mut by_entity: std::collections::BTreeMap<&Entity, Vec<&Located>> = std::collections::BTreeMap::new();
    for located in located.iter().flatten() {
        by_entity.entry(&located.entity).or_default().push(located);
    }
    rows.iter()
        .zip(&located)
        .map(|(row, place)| {
            let place = place.as_ref()?;
            let claims = &by_entity[&place.entity];
            let index = claims.iter().position(|other| other.path == place.path)?;
            Some(DocumentRow { entity: assign(claims).swap_remove(index), audience: place.audience, ..row.clone() })
        })
        .collect()
}

/// Every ID that any version of any document belongs to or names: the counters stand at the highest of them.
pub(super) fn counted_ids(store: &crate::store::Store) -> Result<BTreeSet<Id>, EngineError> {
    let mut highest: std::collections::BTreeMap<String, Id> = std::collections::BTreeMap::new();
    let mut count = |id: Id| {
        let best = highest.entry(id.prefix().to_owned()).or_insert_with(|| id.clone());
        if id.number() > best.number() {
            *best = id;
        }
    };
    store.each_raw_entry(|raw| {
        let texts = raw.columns.iter().filter(|(name, _)| *name == "entity_id").filter_map(|(_, text)| text.as_deref());
        texts.filter_map(|text| Id::parse(text.split('/').next()?)).for_each(&mut count);
        Ok::<_, StoreError>(())
    })?;
    store.each_blob(|_, text| {
        if let Some(reading) = text.and_then(|text| Reading::of(text.to_owned()).ok()) {
            named_ids(&reading.fields).for_each(&mut count);
        }
    })?;
    Ok(highest.into_values().collect())
}
