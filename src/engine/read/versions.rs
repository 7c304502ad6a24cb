//! The versions of cards and ideas, each from one log entry to the next, stored so that reads of the past need not
//! replay the log. Only such reads fill them, each adding what is new since the last.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    moment::Moment,
    past::{Past, facts_of, touched},
};
use crate::{
    domain::{entity::Entity, entry::Facts},
    engine::base::{
        error::EngineError,
        projection::{Item, PROJECTION_VERSION},
        rebuild::{VERSION_KEY, VERSIONS_KEY, bring_up_to_date},
        session::Session,
        view::{View, lacking, set_lacking},
    },
    store::{CardVersion, IdeaVersion, Snapshot, Stamp, StoreError, Txn},
};

/// The number of cards and ideas between two progress reports.
const PROGRESS_STEP: usize = 64;

/// Where the metadata name the cards and ideas of which versions lack.
const LACKING_KEY: &str = "versions_lack";

/// A row of either versions table.
#[derive(Debug, Clone)]
pub(in crate::engine) enum EntityVersion {
    Card(CardVersion),
    Idea(IdeaVersion),
}

impl EntityVersion {
    fn of(item: &Item, facts: &Facts) -> Option<Self> {
        match item {
            Item::Card(card) => Some(Self::Card(CardVersion::new(card.clone(), stamp(facts), facts.batch))),
            Item::Idea(idea) => Some(Self::Idea(IdeaVersion::new(idea.clone(), facts.seq))),
            Item::StageDoc(_) => None,
        }
    }

    fn end(&mut self, until: Stamp) {
        match self {
            Self::Card(version) => version.until = Some(until),
            Self::Idea(version) => version.until = Some(until.seq),
        }
    }
}

/// How entries change the versions of one card or idea.
#[derive(Debug, Default)]
pub(in crate::engine) struct Turns {
    /// Versions older than these entries that one of them ended.
    pub(in crate::engine) ended: Vec<(Entity, Stamp)>,
    /// Versions that these entries began, oldest first.
    pub(in crate::engine) begun: Vec<EntityVersion>,
    /// The IDs of which a text is damaged.
    pub(in crate::engine) damaged: BTreeSet<String>,
}

/// How the entries after `after` change the versions of one card or idea; `log` has all its entries, oldest first.
pub(in crate::engine) fn turns<'f>(
    store: &Snapshot,
    log: impl IntoIterator<Item = &'f Facts>,
    after: u64,
) -> Result<Turns, EngineError> {
    let mut turns = Turns::default();
    let mut past = Past::default();
    // The current state of each entity, and the index of the version in `begun` that holds it.
    let mut current: BTreeMap<Entity, (Option<Item>, Option<usize>)> = BTreeMap::new();
    for facts in log {
        if facts.seq <= after {
            past.take(facts);
            continue;
        }
        let entities = touched(facts);
        for entity in &entities {
            if !current.contains_key(entity) {
                current.insert(entity.clone(), (shown(&past, store, entity, &mut turns.damaged)?, None));
            }
        }
        past.take(facts);
        for entity in entities {
            let item = shown(&past, store, &entity, &mut turns.damaged)?;
            let before = current.insert(entity.clone(), (item.clone(), None));
            let (was, version) = before.unwrap_or_default();
            if was == item {
                current.insert(entity, (item, version));
                continue;
            }
            match version {
                Some(index) => turns.begun[index].end(stamp(facts)),
                None => turns.ended.push((entity.clone(), stamp(facts))),
            }
            if let Some(version) = item.as_ref().and_then(|item| EntityVersion::of(item, facts)) {
                turns.begun.push(version);
                current.insert(entity, (item, Some(turns.begun.len() - 1)));
            }
        }
    }
    Ok(turns)
}

/// An entity as lists showed it; a damaged text counts as an erased one, so that a single damaged card does not make
/// the past of all unavailable.
fn shown(
    past: &Past,
    store: &Snapshot,
    entity: &Entity,
    damaged: &mut BTreeSet<String>,
) -> Result<Option<Item>, EngineError> {
    match past.item(store, entity) {
        Err(EngineError::Damaged { .. }) => {
            damaged.insert(entity.id());
            Ok(None)
        }
        other => other,
    }
}

impl View<'_> {
    /// Whether the versions include the whole log.
    fn has_all_versions(&self) -> Result<bool, EngineError> {
        let derived = self.store.metadata(VERSION_KEY)?;
        let is_ours = derived.is_none_or(|version| version == PROJECTION_VERSION);
        Ok(is_ours && mark(&self.store)? == Some(self.store.head()?.seq))
    }
}

impl Session {
    /// A view that includes the state after each entry, for lists of the past and for metrics. The first such read
    /// derives the states from the log; if they are up to date, no lock is taken.
    ///
    /// # Errors
    /// The database cannot be read, or cannot be written if states have to be derived.
    pub fn look_back(&self) -> Result<View<'_>, EngineError> {
        let view = self.filled(
            |view| view.has_all_versions(),
            |session| {
                let write = session.core.database.begin()?;
                write.expect_bulk()?;
                bring_up_to_date(&write)?;
                session.fill_versions(&write)?;
                Ok(write.commit()?)
            },
        )?;
        view.note_lacking(LACKING_KEY)?;
        Ok(view)
    }

    /// A view for reads as of a moment, or of the current state.
    ///
    /// # Errors
    /// The same as for [`Session::look_back`].
    pub fn view_at(&self, at: Option<&Moment>) -> Result<View<'_>, EngineError> {
        if at.is_some() { self.look_back() } else { self.view() }
    }

    fn fill_versions(&self, write: &Txn) -> Result<(), EngineError> {
        let store = write;
        let head = store.head()?.seq;
        // A mark beyond the end of the log is invalid: the versions are derived again.
        let after = mark(store)?.filter(|mark| *mark <= head).unwrap_or_default();
        if after == 0 {
            write.clear_versions()?;
        }
        let mut damaged = if after == 0 { BTreeSet::new() } else { lacking(store, LACKING_KEY)? };
        let owners = store.owners_after(after)?;
        for (index, owner) in owners.iter().enumerate() {
            if index.is_multiple_of(PROGRESS_STEP) {
                self.report_progress(index as u64, Some(owners.len() as u64));
            }
            let turns = turns(store, &facts_of(store, owner, head)?, after)?;
            damaged.extend(turns.damaged);
            for (entity, until) in &turns.ended {
                match entity {
                    Entity::Card(id) => write.end_card_version(id, *until)?,
                    Entity::Idea(id) => write.end_idea_version(id, until.seq)?,
                    Entity::StageDoc { .. } | Entity::Comment { .. } | Entity::Note { .. } => {}
                }
            }
            for version in &turns.begun {
                match version {
                    EntityVersion::Card(version) => write.put_card_version(version)?,
                    EntityVersion::Idea(version) => write.put_idea_version(version)?,
                }
            }
        }
        self.report_progress(owners.len() as u64, Some(owners.len() as u64));
        set_lacking(write, LACKING_KEY, &damaged)?;
        Ok(write.set_metadata(VERSIONS_KEY, &head.to_string())?)
    }
}

/// The last entry that the versions include, 0 if there are none; `None` if the stored mark is not a number.
pub(in crate::engine) fn mark(store: &Snapshot) -> Result<Option<u64>, StoreError> {
    Ok(store.metadata(VERSIONS_KEY)?.map_or(Some(0), |text| text.parse().ok()))
}

fn stamp(facts: &Facts) -> Stamp {
    Stamp { seq: facts.seq, at: facts.timestamp }
}
