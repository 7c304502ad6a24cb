//! Reading: everything is answered from one state of the database.

use std::{cell::RefCell, collections::BTreeSet, ops::Deref};

use super::{error::EngineError, session::Session};
use crate::store::{Mirror, Snapshot, StoreError, Txn};

/// A session that looks at one state of the database: as it is now, or as the transaction at hand has made it.
pub struct View<'s> {
    pub(in crate::engine) session: &'s Session,
    pub(in crate::engine) store: Source<'s>,
    left_out: RefCell<BTreeSet<LeftOut>>,
}

/// Something damaged that a read left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// Its ID.
    pub id: String,
    /// What is wrong with its row; `None` if one of its texts is damaged.
    pub row: Option<String>,
}

/// Where a view reads.
pub(in crate::engine) enum Source<'s> {
    Own(Snapshot),
    Within(&'s Txn),
}

impl<'s> View<'s> {
    pub(in crate::engine) fn now(session: &'s Session) -> Result<Self, EngineError> {
        let store = Source::Own(session.core.database.snapshot()?);
        Ok(Self { session, store, left_out: RefCell::default() })
    }

    /// What a transaction sees.
    pub(in crate::engine) fn within(session: &'s Session, txn: &'s Txn) -> Self {
        Self { session, store: Source::Within(txn), left_out: RefCell::default() }
    }

    /// What the reads of this view left out, because it is damaged.
    pub fn left_out(&self) -> Vec<LeftOut> {
        self.left_out.borrow().iter().cloned().collect()
    }

    /// What a row holds; `None` if the row is damaged, which is noted: one row must not hide all others.
    pub(in crate::engine) fn readable<T>(&self, row: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match row {
            Err(StoreError::Row { key, what, .. }) => {
                self.left_out.borrow_mut().insert(LeftOut { id: key, row: Some(what) });
                Ok(None)
            }
            row => row.map(Some),
        }
    }

    /// Notes what a table derived from the texts lacks, because the texts are damaged: the IDs in its metadata.
    pub(in crate::engine) fn note_lacking(&self, key: &str) -> Result<(), StoreError> {
        let left_out = |id| LeftOut { id, row: None };
        self.left_out.borrow_mut().extend(lacking(&self.store, key)?.into_iter().map(left_out));
        Ok(())
    }

    pub(in crate::engine) fn mirror_row(&self) -> Result<Option<Mirror>, EngineError> {
        Ok(self.store.mirror(&self.workspace.mirror)?)
    }
}

/// The IDs that the metadata name as lacking in a derived table.
pub(in crate::engine) fn lacking(store: &Snapshot, key: &str) -> Result<BTreeSet<String>, StoreError> {
    Ok(store.metadata(key)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Sets them.
pub(in crate::engine) fn set_lacking(write: &Txn, key: &str, ids: &BTreeSet<String>) -> Result<(), StoreError> {
    if *ids == lacking(write, key)? {
        return Ok(());
    }
    write.set_metadata(key, &serde_json::json!(ids).to_string())
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
