//! The only kind of transaction that writes. The writes are defined beside their tables.

use std::ops::Deref;

use rusqlite::Connection;

use super::{connection::Pooled, error::StoreError, snapshot::Snapshot};

/// A transaction that holds the write lock and sees its own writes; dropping it without `commit` rolls it back.
#[derive(Debug)]
pub struct Txn {
    snapshot: Snapshot,
}

impl Txn {
    pub(super) fn begin(connection: Pooled) -> Result<Self, StoreError> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { snapshot: Snapshot { connection } })
    }

    /// Commits the transaction durably.
    ///
    /// # Errors
    /// The disk is full or broken; nothing was committed.
    pub fn commit(self) -> Result<(), StoreError> {
        self.connection().execute_batch("COMMIT")?;
        // Committed data is safe in either file, so a failed checkpoint is not the command's failure.
        let _ = self.snapshot.connection.limit_log();
        Ok(())
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.snapshot.connection
    }
}

impl Deref for Txn {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        &self.snapshot
    }
}
