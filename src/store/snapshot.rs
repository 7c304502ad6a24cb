//! One state of the database, to read from. The reads stand beside their tables.

use super::{connection::Pooled, error::StoreError};

/// The database as it was when this was taken, whatever others write meanwhile; in a transaction, as that has made it.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) connection: Pooled,
}

impl Snapshot {
    pub(super) fn begin(connection: Pooled) -> Result<Self, StoreError> {
        connection.execute_batch("BEGIN DEFERRED")?;
        Ok(Self { connection })
    }

    /// Lets one large transaction, or one long look, keep its pages in memory: 64 MiB.
    ///
    /// # Errors
    /// The connection is broken.
    pub fn expect_bulk(&self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("PRAGMA cache_size = -65536;")?)
    }
}
