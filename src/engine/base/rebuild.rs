//! Deriving the projections anew from texts and log.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{
    error::EngineError,
    file_probe::Probed,
    projection::{self, PROJECTION_VERSION, named_ids},
    reading::Reading,
    rows::{assign, put_row},
    session::Session,
};
use crate::{
    domain::{doc_path::DocPath, entity::Entity, entry::Facts, hash::Sha256, id::Id},
    markdown::locate::{Located, Place, locate},
    store::{DocumentRow, Snapshot, StoreError, Txn},
};

/// Where the metadata say which entry the versions go up to.
pub(in crate::engine) const VERSIONS_KEY: &str = "versions_seq";

/// Where the metadata say which version the projections are of.
pub(in crate::engine) const VERSION_KEY: &str = "projection_version";

/// What a rebuild did.
#[derive(Debug, Clone, Default)]
pub struct Rebuilt {
    /// The number of entities.
    pub entities: u64,
    /// Documents whose damaged text a file still held, so that it was put back.
    pub restored: Vec<DocPath>,
    /// Documents whose text is damaged, and of which no file holds the right one: their rows are as they were.
    pub damaged: Vec<DocPath>,
}

impl Session {
    /// Puts back damaged texts that files still hold, and derives the projections anew.
    pub fn rebuild(&self) -> Result<Rebuilt, EngineError> {
        let write = self.core.database.begin()?;
        let (mut restored, mut damaged) = (Vec::new(), Vec::new());
        for row in write.documents()? {
            if write.blob(&row.sha256)?.is_some() || !write.has_blob(&row.sha256)? {
                continue;
            }
            match self.file_probe().probe(&row.path, None) {
                Probed::Read(file, _) if file.sha == row.sha256 => {
                    write.put_blob(&file.sha, &file.text)?;
                    restored.push(row.path);
                }
                _ => damaged.push(row.path),
            }
        }
        let entities = rebuild(&write)?;
        write.commit()?;
        Ok(Rebuilt { entities, restored, damaged })
    }
}

/// Rebuilds the projections where an older program derived them; refuses where a newer one did.
pub(in crate::engine) fn bring_up_to_date(write: &Txn) -> Result<(), EngineError> {
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    let known = number(PROJECTION_VERSION);
    match write.metadata(VERSION_KEY)? {
        Some(version) if version == PROJECTION_VERSION => Ok(()),
        Some(version) if number(&version) > known => {
            Err(StoreError::Newer { path: "(projections)".into(), found: number(&version), known }.into())
        }
        Some(_) => rebuild(write).map(|_| ()),
        None => Ok(write.set_metadata(VERSION_KEY, PROJECTION_VERSION)?),
    }
}

fn rebuild(write: &Txn) -> Result<u64, EngineError> {
    let store = write;
    let counted = Counted::of(store)?;
    write.reset_search()?;
    write.clear_versions()?;
    write.set_metadata(VERSIONS_KEY, "0")?;
    if !counted.erased {
        write.clear_counters()?;
    }
    settle_entities(write)?;
    let entities: BTreeSet<Entity> = store.documents()?.into_iter().map(|row| row.entity).collect();
    write.clear_projections_but(entities.iter().map(Entity::id))?;
    for entity in &entities {
        match projection::expected(store, entity) {
            Err(EngineError::Damaged { .. }) => {}
            row => put_row(write, entity, row?)?,
        }
    }
    for id in counted.highest() {
        write.raise_counter(id)?;
    }
    write.set_metadata(VERSION_KEY, PROJECTION_VERSION)?;
    Ok(entities.len() as u64)
}

/// Puts what each document belongs to back to what its path says.
fn settle_entities(write: &Txn) -> Result<(), EngineError> {
    let rows = write.documents()?;
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
pub(in crate::engine) fn expected_rows(rows: &[DocumentRow]) -> Vec<Option<DocumentRow>> {
    let located: Vec<Option<Located>> = rows
        .iter()
        .map(|row| match locate(&row.path) {
            Place::Document(located) => Some(located),
            Place::Unknown | Place::Foreign => None,
        })
        .collect();
    let mut by_entity: BTreeMap<&Entity, Vec<&Located>> = BTreeMap::new();
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

/// Where the counters should stand: of each prefix the highest ID that any version of any document belongs to or names.
#[derive(Debug, Default)]
pub(in crate::engine) struct Counted {
    highest: BTreeMap<String, Id>,
    /// Whether a text was erased: it may have named a higher one, so a counter above is as good.
    pub(in crate::engine) erased: bool,
}

impl Counted {
    /// Counts every text and every entry.
    fn of(store: &Snapshot) -> Result<Self, EngineError> {
        let mut counted = Self::default();
        let mut texts: HashSet<String> = HashSet::new();
        store.each_blob(|name, text| {
            texts.insert(name.to_owned());
            if let Some(reading) = text.and_then(|text| Reading::of(text.to_owned()).ok()) {
                named_ids(&reading.fields).for_each(|id| counted.count(id));
            }
        })?;
        store.each_raw_entry(|raw| {
            if let Ok(facts) = Facts::parse(&raw.payload) {
                counted.count_entry(&facts, |sha| texts.contains(sha.as_str()));
            }
            Ok::<_, StoreError>(())
        })?;
        Ok(counted)
    }

    /// An ID that a document belongs to or names.
    pub(in crate::engine) fn count(&mut self, id: Id) {
        if id.is_name() {
            return;
        }
        match self.highest.get_mut(id.prefix()) {
            Some(best) if id.number() > best.number() => *best = id,
            Some(_) => {}
            None => {
                self.highest.insert(id.prefix().to_owned(), id);
            }
        }
    }

    /// An entry of the log, and whether its texts are there.
    pub(in crate::engine) fn count_entry(&mut self, facts: &Facts, is_there: impl Fn(&Sha256) -> bool) {
        if let Some(owner) = facts.subject.owner() {
            self.count(owner.clone());
        }
        self.erased |= facts.documents.iter().filter_map(|touched| touched.new.as_ref()).any(|sha| !is_there(sha));
    }

    /// The highest ID of each prefix.
    pub(in crate::engine) fn highest(&self) -> impl Iterator<Item = &Id> {
        self.highest.values()
    }
}
