//! A consistent, read-only state of the database. The reads are defined beside their tables.

use super::{connection::Pooled, error::StoreError};

/// The database as of the time this was taken, unaffected by other writers; within a transaction, it includes that
/// transaction's writes.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) connection: Pooled,
}

impl Snapshot {
    pub(super) fn begin(connection: Pooled) -> Result<Self, StoreError> {
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Self { connection })
    }

    /// Raises the page cache to 64 MiB, for one large transaction or a long read.
    ///
    /// # Errors
    /// SQLite reports an error.
    pub fn expect_bulk(&self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("PRAGMA cache_size = -65536;")?)
    }
}
