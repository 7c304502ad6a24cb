//! A card or idea at a point in time: now, from the tables, or after a log entry, by replay. Both give the same kinds
//! of answers, so callers need not distinguish them.

use super::{moment::Moment, past::Past};
use crate::{
    domain::{card::Card, entity::Entity, id::Id, idea::Idea, stage_doc::StageDoc},
    engine::base::{error::EngineError, view::View},
    store::DocumentRow,
};

/// A card or idea, now or at a point in the past.
pub(in crate::engine) struct EntityAt<'e> {
    view: &'e View<'e>,
    what: &'static str,
    owner: Id,
    past: Option<(Past, u64)>,
}

impl<'e> EntityAt<'e> {
    /// A card or idea that exists, or that the log knows.
    pub(in crate::engine) fn new(
        view: &'e View<'e>,
        what: &'static str,
        typed: &str,
        at: Option<&Moment>,
    ) -> Result<Self, EngineError> {
        let Some(owner) = view.id_if_any(typed)? else { return Err(view.unknown(what, typed)?) };
        let past = match at {
            None => None,
            Some(moment) => match Past::of(&view.store, &owner, moment.seq)? {
                Some(past) => Some((past, moment.seq)),
                None => return Err(view.unknown(what, typed)?),
            },
        };
        Ok(Self { view, what, owner, past })
    }

    /// Its ID.
    pub(in crate::engine) fn owner(&self) -> &Id {
        &self.owner
    }

    /// Whether it is at a point in the past.
    pub(in crate::engine) fn is_past(&self) -> bool {
        self.past.is_some()
    }

    /// The last log entry it includes; `None` if it is current.
    pub(in crate::engine) fn until(&self) -> Option<u64> {
        self.past.as_ref().map(|(_, seq)| *seq)
    }

    /// The card; an error if it does not exist.
    pub(in crate::engine) fn card(&self) -> Result<Card, EngineError> {
        let found = match &self.past {
            Some((past, _)) => past.card(&self.view.store, &self.owner)?,
            None => self.view.store.card(&self.owner)?,
        };
        found.map_or_else(|| Err(self.not_there()?), Ok)
    }

    /// The idea; an error if it does not exist.
    pub(in crate::engine) fn idea(&self) -> Result<Idea, EngineError> {
        let found = match &self.past {
            Some((past, _)) => past.idea(&self.view.store, &self.owner)?,
            None => self.view.store.idea(&self.owner)?,
        };
        found.map_or_else(|| Err(self.not_there()?), Ok)
    }

    /// The stage docs, sorted by stage.
    pub(in crate::engine) fn stage_docs(&self) -> Result<Vec<StageDoc>, EngineError> {
        match &self.past {
            Some((past, _)) => past.stage_docs(&self.view.store),
            None => Ok(self.view.store.stage_docs_of(&self.owner)?),
        }
    }

    /// The documents of an entity, the primary first.
    pub(in crate::engine) fn documents_of(&self, entity: &Entity) -> Result<Vec<DocumentRow>, EngineError> {
        match &self.past {
            Some((past, _)) => Ok(past.documents_of(entity)),
            None => Ok(self.view.store.documents_of(entity)?),
        }
    }

    /// The stage docs, comments and notes, sorted by path.
    pub(in crate::engine) fn documents_below(&self) -> Result<Vec<DocumentRow>, EngineError> {
        match &self.past {
            Some((past, _)) => {
                let mut rows = past.rows();
                rows.retain(|row| !matches!(row.entity, Entity::Card(_) | Entity::Idea(_)));
                Ok(rows)
            }
            None => Ok(self.view.store.documents_below(&self.owner)?),
        }
    }

    fn not_there(&self) -> Result<EngineError, EngineError> {
        match self.until() {
            Some(seq) => Ok(EngineError::NotThen { what: self.what, id: self.owner.to_string(), seq }),
            None => self.view.unknown(self.what, self.owner.as_str()),
        }
    }
}
