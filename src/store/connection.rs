//! Opening the database, and the one kind of transaction that writes.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::{error::StoreError, migrations};

/// Enough for every statement of one command to be prepared once.
const STATEMENTS: usize = 64;

/// The database, open.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
}

/// A transaction that holds the write lock; dropped without `commit`, it never happened.
#[derive(Debug)]
pub struct Write<'a> {
    transaction: Transaction<'a>,
    store: &'a Store,
}

impl Store {
    /// Opens the database, making and migrating it where needed; waits up to `timeout` for other writers.
    pub fn open(path: &Path, timeout: Duration) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::Folder { path: folder.to_path_buf(), source })?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = |source| StoreError::Open { path: path.to_path_buf(), source };
        let connection = Connection::open_with_flags(path, flags).map_err(open)?;
        connection.busy_timeout(timeout)?;
        Self::prepare(connection, path)
    }

    /// A database in memory, for places that cannot be written.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?, Path::new(":memory:"))
    }

    fn prepare(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;")?;
        let store = Self { connection };
        migrations::migrate(&store, path)?;
        Ok(store)
    }

    /// Switches a new database to write-ahead logging. Until then it is filled under a rollback journal, which is
    /// faster for one large transaction into an empty file. Where others hold the file, a later command switches.
    pub fn use_wal(&self) -> Result<(), StoreError> {
        let mode: String = self.connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if mode == "wal" || mode == "memory" {
            return Ok(());
        }
        match self.connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if StoreError::from_busy(&error) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Lets one large transaction keep its pages in memory: 64 MiB.
    pub fn expect_bulk(&self) -> Result<(), StoreError> {
        Ok(self.connection.execute_batch("PRAGMA cache_size = -65536;")?)
    }

    /// Runs reads that see one state of the database, whatever others write meanwhile.
    pub fn at_one_moment<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred);
        let transaction = transaction.map_err(StoreError::from)?;
        let result = work();
        transaction.finish().map_err(StoreError::from)?;
        result
    }

    /// Takes the write lock, waiting for other writers up to the timeout.
    pub fn begin(&self) -> Result<Write<'_>, StoreError> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        Ok(Write { transaction, store: self })
    }
}

impl Write<'_> {
    /// The same database, for reads within this transaction.
    #[must_use]
    pub fn store(&self) -> &Store {
        self.store
    }

    /// Makes everything of this transaction durable.
    pub fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit()?)
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.transaction
    }
}

impl StoreError {
    pub(super) fn from_busy(error: &rusqlite::Error) -> bool {
        matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
        )
    }
}
