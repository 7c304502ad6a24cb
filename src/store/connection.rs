//! Opening the database, and the one kind of transaction that writes.

use std::{cell::Cell, path::Path, time::Duration};

use rusqlite::{Connection, MAIN_DB, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};
use tempfile::TempDir;

use super::{error::StoreError, migrations};

/// Enough for every statement of one command to be prepared once.
const STATEMENTS: usize = 64;

/// How large the write-ahead log may grow, in bytes, before a commit empties it into the database: opening reads all of
/// it, half a millisecond a MiB.
const LOG_LIMIT: u64 = 1 << 20;

/// The database, open.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    timeout: Cell<Duration>,
    /// Whether all reads are to see one state of the database.
    holds: Cell<bool>,
    reach: Reach,
    /// Where the copy lies that this is open on, as long as it needs a name.
    pub(super) _copy: Option<TempDir>,
}

/// How far a store reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The database itself, to read and to write.
    Write,
    /// The database itself, to read.
    Read,
    /// A private copy of it, as it stood when it was opened.
    Copy,
    /// None: all there is, is in memory.
    Memory,
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
        // SQLite opens what it may not write all the same, and would make files beside it.
        if connection.is_readonly(MAIN_DB)? {
            return Err(StoreError::ReadOnly { path: path.to_path_buf() });
        }
        // The write-ahead log stays where it is: to empty and remove it at each end costs four syncs of the disk.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        Self::prepare(connection, path, timeout, Reach::Write)
    }

    /// A database in memory, for places that cannot be written.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?, Path::new(":memory:"), Duration::ZERO, Reach::Memory)
    }

    pub(super) fn prepare(
        connection: Connection,
        path: &Path,
        timeout: Duration,
        reach: Reach,
    ) -> Result<Self, StoreError> {
        connection.busy_timeout(timeout)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection
            .execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;")?;
        let store = Self { connection, timeout: Cell::new(timeout), holds: Cell::new(false), reach, _copy: None };
        migrations::migrate(&store, path)?;
        Ok(store)
    }

    /// How far it reaches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.reach
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

    /// From here on all reads see one state of the database, whatever others write meanwhile. A write of this program
    /// itself ends that state, and a new one begins after it.
    pub fn hold_moment(&self) -> Result<(), StoreError> {
        if self.holds.replace(true) && !self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch("BEGIN DEFERRED")?)
    }

    /// Ends the state of [`Store::hold_moment`]: each read sees the newest one again.
    pub fn let_moment_go(&self) -> Result<(), StoreError> {
        self.let_go()?;
        self.holds.set(false);
        Ok(())
    }

    fn let_go(&self) -> Result<(), StoreError> {
        if self.holds.get() && !self.connection.is_autocommit() {
            self.connection.execute_batch("COMMIT")?;
        }
        Ok(())
    }

    /// How long to wait for other writers from here on.
    pub fn set_timeout(&self, timeout: Duration) -> Result<(), StoreError> {
        self.timeout.set(timeout);
        Ok(self.connection.busy_timeout(timeout)?)
    }

    /// Runs reads that see one state of the database, whatever others write meanwhile.
    pub fn at_one_moment<T, E: From<StoreError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.connection.is_autocommit() {
            return work();
        }
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Deferred);
        let transaction = transaction.map_err(StoreError::from)?;
        let result = work();
        transaction.finish().map_err(StoreError::from)?;
        result
    }

    /// Takes the write lock, waiting for other writers up to the timeout.
    pub fn begin(&self) -> Result<Write<'_>, StoreError> {
        if self.reach == Reach::Read {
            return Err(StoreError::ReadOnly { path: self.connection.path().unwrap_or_default().into() });
        }
        self.let_go()?;
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?;
        Ok(Write { transaction, store: self })
    }

    /// Empties the write-ahead log into the database where it has grown. It waits for nobody: where others read or
    /// write, a later commit does it.
    fn limit_log(&self) -> Result<(), StoreError> {
        let file = self.connection.path().filter(|path| !path.is_empty());
        let log = file.map(|path| format!("{path}-wal"));
        let size = log.and_then(|log| std::fs::metadata(log).ok()).map_or(0, |log| log.len());
        if size > LOG_LIMIT {
            self.connection.busy_timeout(Duration::ZERO)?;
            let emptied = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.connection.busy_timeout(self.timeout.get())?;
            emptied?;
        }
        Ok(())
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
        self.transaction.commit()?;
        // What is committed is safe in either file, so a failure here is none of the command.
        let _ = self.store.limit_log();
        if self.store.holds.get() { self.store.hold_moment() } else { Ok(()) }
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::domain::hash::Sha256;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn open(folder: &Path) -> Store {
        let store = Store::open(&folder.join("bos.db"), PATIENCE).unwrap();
        store.use_wal().unwrap();
        store
    }

    fn write(store: &Store, text: &str) {
        let write = store.begin().unwrap();
        write.put_blob(&Sha256::of(text.as_bytes()), text).unwrap();
        write.commit().unwrap();
    }

    fn texts(number: u32) -> impl Iterator<Item = String> {
        (0..number).map(|turn| turn.to_string().repeat(4000))
    }

    fn log_size(folder: &Path) -> u64 {
        std::fs::metadata(folder.join("bos.db-wal")).unwrap().len()
    }

    #[test]
    fn the_log_outlives_its_command_and_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let mut largest = 0;
        for text in texts(150) {
            write(&open(folder.path()), &text);
            assert!(open(folder.path()).has_blob(&Sha256::of(text.as_bytes())).unwrap());
            largest = largest.max(log_size(folder.path()));
        }
        assert!(largest > 0, "a command leaves its log to the next one");
        assert!(largest <= LOG_LIMIT, "{largest} bytes");
    }

    #[test]
    fn a_reader_keeps_the_log_and_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let (reader, writer) = (open(folder.path()), open(folder.path()));
        let start = Instant::now();
        let texts: Vec<String> = texts(150).collect();
        reader
            .at_one_moment(|| {
                assert!(!reader.has_blob(&Sha256::of(texts[0].as_bytes()))?);
                for text in &texts {
                    write(&writer, text);
                }
                assert!(!reader.has_blob(&Sha256::of(texts[0].as_bytes()))?, "a read sees one moment");
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert!(log_size(folder.path()) > LOG_LIMIT);
        write(&writer, "after the reader");
        assert!(log_size(folder.path()) <= LOG_LIMIT, "the next commit makes up for it");
        assert!(start.elapsed() < PATIENCE);
        for text in &texts {
            assert!(reader.has_blob(&Sha256::of(text.as_bytes())).unwrap());
        }
    }
}
