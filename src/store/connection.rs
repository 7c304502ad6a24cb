//! The database and its pool of connections. A connection serves one snapshot or transaction at a time.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, MAIN_DB, OpenFlags, config::DbConfig};
use tempfile::TempDir;

use super::{error::StoreError, migrations, snapshot::Snapshot, txn::Txn, wal};

/// Capacity of the statement cache: enough to prepare every statement of one command once.
const STATEMENTS: usize = 64;

/// Size in bytes beyond which a commit checkpoints the write-ahead log into the database: opening reads the whole log,
/// at about half a millisecond per MiB.
pub(super) const LOG_LIMIT: u64 = 1 << 20;

/// What kind of access an open database gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The database itself, readable and writable.
    Write,
    /// The database itself, read-only.
    Read,
    /// A private copy, as of the time it was opened.
    Copy,
    /// A database in memory, with no file.
    Memory,
}

/// An open database. Threads may share it; a clone refers to the same database.
#[derive(Debug, Clone)]
pub struct Database {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    /// The database file.
    path: PathBuf,
    reach: Reach,
    /// How long to wait for a lock that another writer holds.
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    /// The folder of a private copy, kept while the copy needs a name.
    _copy: Option<TempDir>,
}

/// A connection in use. Dropping it rolls back any open transaction and returns it to the pool.
#[derive(Debug)]
pub(super) struct Pooled {
    /// `None` only during drop.
    connection: Option<Connection>,
    pool: Arc<Pool>,
}

impl Database {
    /// Opens the database, creating and migrating it if needed; waits up to `timeout` for other writers.
    ///
    /// # Errors
    /// It cannot be opened or created, it is not a bos database, or a newer bos made it.
    pub fn open(path: &Path, timeout: Duration) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            make_folder(folder).map_err(|source| StoreError::Folder { path: folder.to_path_buf(), source })?;
        }
        let connection = connect(path, timeout)?;
        // SQLite opens a file it may not write without an error, and would then create files beside it.
        if connection.is_readonly(MAIN_DB)? {
            return Err(StoreError::ReadOnly { path: path.to_path_buf() });
        }
        Self::of(connection, path, timeout, Reach::Write, None)
    }

    /// The first damaged frame of the write-ahead log; SQLite silently ignores it and everything after it.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn damaged_frame(&self) -> Result<Option<u64>, StoreError> {
        if self.pool.reach == Reach::Memory {
            return Ok(None);
        }
        let log = self.pool.log();
        wal::damaged_frame(&log).map_err(|source| StoreError::Folder { path: log, source })
    }

    /// A database in memory, for use where nothing can be written.
    ///
    /// # Errors
    /// SQLite cannot allocate it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::of(Connection::open_in_memory()?, Path::new(":memory:"), Duration::ZERO, Reach::Memory, None)
    }

    /// Wraps a connection and migrates its database if needed. `copy` is the folder of a private copy.
    pub(super) fn of(
        connection: Connection,
        path: &Path,
        timeout: Duration,
        reach: Reach,
        copy: Option<TempDir>,
    ) -> Result<Self, StoreError> {
        let connection = prepared(connection, timeout)?;
        migrations::migrate(&connection, path)?;
        let (path, idle) = (path.to_path_buf(), Mutex::new(vec![connection]));
        Ok(Self { pool: Arc::new(Pool { path, reach, timeout, idle, _copy: copy }) })
    }

    /// The kind of access it gives.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.pool.reach
    }

    /// A snapshot of the database as it is now, unaffected by later writes.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::begin(self.connection()?)
    }

    /// Takes the write lock, waiting for other writers up to the timeout.
    ///
    /// # Errors
    /// Another process holds the lock for longer than that, or the database cannot be written.
    pub fn begin(&self) -> Result<Txn, StoreError> {
        self.begin_within(self.pool.timeout)
    }

    /// Takes the write lock, waiting for other writers for at most `patience`.
    ///
    /// # Errors
    /// The same as for [`Database::begin`].
    pub fn begin_within(&self, patience: Duration) -> Result<Txn, StoreError> {
        if self.pool.reach == Reach::Read {
            return Err(StoreError::ReadOnly { path: self.pool.path.clone() });
        }
        let connection = self.connection()?;
        if patience != self.pool.timeout {
            connection.busy_timeout(patience)?;
        }
        Txn::begin(connection)
    }

    /// Switches a new database to write-ahead logging. Until then it is filled under a rollback journal, which is
    /// faster for one large transaction into an empty file. If other processes hold the file, a later command switches
    /// it.
    ///
    /// # Errors
    /// The database cannot be written.
    pub fn use_wal(&self) -> Result<(), StoreError> {
        let connection = self.connection()?;
        let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0))?;
        if mode == "wal" || mode == "memory" {
            return Ok(());
        }
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if StoreError::from_busy(&error) => Ok(()),
            other => Ok(other?),
        }
    }

    /// A monitor for commits made by others.
    ///
    /// # Errors
    /// No connection can be opened.
    pub fn monitor(&self) -> Result<Monitor, StoreError> {
        Ok(Monitor { connection: self.connection()? })
    }

    fn connection(&self) -> Result<Pooled, StoreError> {
        let idle = self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Pool { path, reach, timeout, .. } = &*self.pool;
        let connection = match (idle, reach) {
            (Some(connection), _) => connection,
            (None, Reach::Write) => prepared(connect(path, *timeout)?, *timeout)?,
            (None, Reach::Read) => prepared(connect_to_read(path)?, *timeout)?,
            (None, Reach::Copy | Reach::Memory) => return Err(StoreError::InUse),
        };
        Ok(Pooled { connection: Some(connection), pool: Arc::clone(&self.pool) })
    }
}

/// A connection that detects commits made by others.
#[derive(Debug)]
pub struct Monitor {
    connection: Pooled,
}

/// Creates a folder and its missing parents durably; SQLite itself syncs only what is inside the folder.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
    std::fs::create_dir_all(folder)?;
    let mut above = missing.iter().filter_map(|made| made.parent()).filter(|above| cfg!(unix) && above.is_dir());
    above.try_for_each(|above| std::fs::File::open(above)?.sync_all())
}

impl Monitor {
    /// A number that changes when, and only when, another connection has committed.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn version(&self) -> Result<i64, StoreError> {
        Ok(self.connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }
}

fn connect(path: &Path, timeout: Duration) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |source| StoreError::Open { path: path.to_path_buf(), source };
    let connection = Connection::open_with_flags(path, flags).map_err(open)?;
    connection.busy_timeout(timeout)?;
    // Keep the write-ahead log on close: emptying and removing it each time costs four disk syncs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

pub(super) fn connect_to_read(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |source| StoreError::Open { path: path.to_path_buf(), source };
    Connection::open_with_flags(path, flags).map_err(open)
}

fn prepared(connection: Connection, timeout: Duration) -> Result<Connection, StoreError> {
    connection.busy_timeout(timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;")?;
    Ok(connection)
}

impl Pool {
    /// The path of the write-ahead log.
    fn log(&self) -> PathBuf {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        log.into()
    }
}

impl Pooled {
    /// Checkpoints the write-ahead log if it has outgrown its limit. Never waits: if others are reading or writing, a
    /// later commit does it.
    pub(super) fn limit_log(&self) -> Result<(), StoreError> {
        let size = std::fs::metadata(self.pool.log()).map_or(0, |log| log.len());
        if size > LOG_LIMIT {
            self.busy_timeout(Duration::ZERO)?;
            let emptied = self.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            self.busy_timeout(self.pool.timeout)?;
            emptied?;
        }
        Ok(())
    }
}

impl Deref for Pooled {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a connection is there until it is dropped"),
        }
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let is_clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
        let is_patient = connection.busy_timeout(self.pool.timeout).is_ok();
        // A connection that cannot be reset is closed, unless the database would be lost with it.
        if (is_clean && is_patient) || matches!(self.pool.reach, Reach::Copy | Reach::Memory) {
            self.pool.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
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

    fn open(folder: &Path) -> Database {
        let database = Database::open(&folder.join("bos.db"), PATIENCE).unwrap();
        database.use_wal().unwrap();
        database
    }

    fn write(database: &Database, text: &str) {
        let txn = database.begin().unwrap();
        txn.put_blob(&Sha256::of(text.as_bytes()), text).unwrap();
        txn.commit().unwrap();
    }

    fn has(snapshot: &Snapshot, text: &str) -> bool {
        snapshot.has_blob(&Sha256::of(text.as_bytes())).unwrap()
    }

    fn texts(number: u32) -> impl Iterator<Item = String> {
        (0..number).map(|turn| turn.to_string().repeat(4000))
    }

    fn log_size(folder: &Path) -> u64 {
        std::fs::metadata(folder.join("bos.db-wal")).unwrap().len()
    }

    #[test]
    fn threads_share_one_database() {
        fn is_shared<T: Send + Sync + 'static>() {}
        is_shared::<Database>();
    }

    #[test]
    fn the_log_outlives_its_command_and_stays_small() {
        let folder = tempfile::tempdir().unwrap();
        let mut largest = 0;
        for text in texts(150) {
            write(&open(folder.path()), &text);
            assert!(has(&open(folder.path()).snapshot().unwrap(), &text));
            largest = largest.max(log_size(folder.path()));
        }
        assert!(largest > 0, "a command leaves its log to the next one");
        assert!(largest <= LOG_LIMIT, "{largest} bytes");
    }

    #[test]
    fn a_reader_keeps_the_log_and_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let start = Instant::now();
        let texts: Vec<String> = texts(150).collect();
        let snapshot = database.snapshot().unwrap();
        assert!(!has(&snapshot, &texts[0]));
        for text in &texts {
            write(&database, text);
        }
        assert!(!has(&snapshot, &texts[0]), "a snapshot stays as it is");
        drop(snapshot);
        assert!(log_size(folder.path()) > LOG_LIMIT);
        write(&database, "after the reader");
        assert!(log_size(folder.path()) <= LOG_LIMIT, "the next commit makes up for it");
        assert!(start.elapsed() < PATIENCE);
        let snapshot = database.snapshot().unwrap();
        assert!(texts.iter().all(|text| has(&snapshot, text)));
    }

    #[test]
    fn a_transaction_that_is_dropped_never_happened() {
        for database in [open(tempfile::tempdir().unwrap().path()), Database::in_memory().unwrap()] {
            let txn = database.begin().unwrap();
            txn.put_blob(&Sha256::of(b"lost"), "lost").unwrap();
            assert!(has(&txn, "lost"), "a transaction reads what it wrote");
            drop(txn);
            assert!(!has(&database.snapshot().unwrap(), "lost"));
            write(&database, "kept");
            assert!(has(&database.snapshot().unwrap(), "kept"));
        }
    }

    #[test]
    fn a_database_in_memory_is_used_by_one_at_a_time() {
        let database = Database::in_memory().unwrap();
        let snapshot = database.snapshot().unwrap();
        assert!(matches!(database.begin(), Err(StoreError::InUse)));
        drop(snapshot);
        assert!(database.begin().is_ok());
    }
}
