//! Reading: everything is answered from one state of the database.

use std::ops::Deref;

use super::{error::EngineError, session::Session};
use crate::store::{Mirror, Snapshot, Txn};

/// A session that looks at one state of the database: as it is now, or as the transaction at hand has made it.
pub struct View<'s> {
    pub(in crate::engine) session: &'s Session,
    pub(in crate::engine) store: Source<'s>,
}

/// Where a view reads.
pub(in crate::engine) enum Source<'s> {
    Own(Snapshot),
    Within(&'s Txn),
}

impl<'s> View<'s> {
    pub(in crate::engine) fn now(session: &'s Session) -> Result<Self, EngineError> {
        Ok(Self { session, store: Source::Own(session.core.database.snapshot()?) })
    }

    /// What a transaction sees.
    pub(in crate::engine) fn within(session: &'s Session, txn: &'s Txn) -> Self {
        Self { session, store: Source::Within(txn) }
    }

    pub(in crate::engine) fn mirror_row(&self) -> Result<Option<Mirror>, EngineError> {
        Ok(self.store.mirror(&self.workspace.mirror)?)
    }
}

impl Deref for Source<'_> {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        match self {
            Self::Own(snapshot) => snapshot,
            Self::Within(txn) => txn,
        }
    }
}

impl Deref for View<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session
    }
}
