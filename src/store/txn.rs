//! The one kind of transaction that writes. The writes stand beside their tables.

use std::ops::Deref;

use rusqlite::Connection;

use super::{connection::Pooled, error::StoreError, snapshot::Snapshot};

/// A transaction that holds the write lock, and reads what it wrote; dropped without `commit`, it never happened.
#[derive(Debug)]
pub struct Txn {
    snapshot: Snapshot,
}

impl Txn {
    pub(super) fn begin(connection: Pooled) -> Result<Self, StoreError> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        Ok(Self { snapshot: Snapshot { connection } })
    }

    /// Makes everything of this transaction durable.
    ///
    /// # Errors
    /// The disk is full or broken; nothing of it has happened then.
    pub fn commit(self) -> Result<(), StoreError> {
        self.connection().execute_batch("COMMIT")?;
        // What is committed is safe in either file, so a failure here is none of the command.
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
