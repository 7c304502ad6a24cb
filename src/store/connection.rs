//! The database, and the connections to it: each serves one snapshot or one transaction at a time, and then the next.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, MAIN_DB, OpenFlags, config::DbConfig};
use tempfile::TempDir;

use super::{error::StoreError, migrations, snapshot::Snapshot, txn::Txn, wal};

/// Enough for every statement of one command to be prepared once.
const STATEMENTS: usize = 64;

/// How large the write-ahead log may grow, in bytes, before a commit empties it into the database: opening reads all of
/// it, half a millisecond a MiB.
pub(super) const LOG_LIMIT: u64 = 1 << 20;

/// How far a database that was opened reaches.
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

/// The database, open. Threads may share it; a clone is the same database.
#[derive(Debug, Clone)]
pub struct Database {
    pool: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    /// The file.
    path: PathBuf,
    reach: Reach,
    /// How long to wait for other writers.
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    /// Where a copy lies, as long as it needs a name.
    _copy: Option<TempDir>,
}

/// A connection in use; it goes back to the others when dropped, without the transaction it may be in.
#[derive(Debug)]
pub(super) struct Pooled {
    /// `None` only while it is dropped.
    connection: Option<Connection>,
    pool: Arc<Pool>,
}

impl Database {
    /// Opens the database, making and migrating it where needed; waits up to `timeout` for other writers.
    ///
    /// # Errors
    /// It cannot be opened or made, it is not one of bos, or a newer bos made it.
    pub fn open(path: &Path, timeout: Duration) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
            make_folder(folder).map_err(|source| StoreError::Folder { path: folder.to_path_buf(), source })?;
        }
        let connection = connect(path, timeout)?;
        // SQLite opens what it may not write all the same, and would make files beside it.
        if connection.is_readonly(MAIN_DB)? {
            return Err(StoreError::ReadOnly { path: path.to_path_buf() });
        }
        Self::of(connection, path, timeout, Reach::Write, None)
    }

    /// The first frame of the write-ahead log that is damaged: SQLite passes over it and all after it without a word.
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

    /// A database in memory, for places that cannot be written.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::of(Connection::open_in_memory()?, Path::new(":memory:"), Duration::ZERO, Reach::Memory, None)
    }

    /// The database of a connection, migrated where needed. `copy` is the folder that goes with it.
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

    /// How far it reaches.
    #[must_use]
    pub fn reach(&self) -> Reach {
        self.pool.reach
    }

    /// The database as it is now, for as long as the snapshot lives, whatever is written meanwhile.
    ///
    /// # Errors
    /// There is no connection to be had.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::begin(self.connection()?)
    }

    /// Takes the write lock, waiting for other writers up to the timeout.
    ///
    /// # Errors
    /// Somebody else holds the lock for longer than that, or the database cannot be written.
    pub fn begin(&self) -> Result<Txn, StoreError> {
        self.begin_within(self.pool.timeout)
    }

    /// Takes the write lock, waiting for other writers no longer than `patience`.
    ///
    /// # Errors
    /// As those of [`Database::begin`].
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
    /// faster for one large transaction into an empty file. Where others hold the file, a later command switches.
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

    /// Notices what others commit.
    ///
    /// # Errors
    /// There is no connection to be had.
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

/// A connection that notices what others commit.
#[derive(Debug)]
pub struct Monitor {
    connection: Pooled,
}

/// Makes a folder and those above it that are not there, so that they outlive a power cut: SQLite sees to what is in it.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|above| !above.exists()).collect();
    std::fs::create_dir_all(folder)?;
    let mut above = missing.iter().filter_map(|made| made.parent()).filter(|above| cfg!(unix) && above.is_dir());
    above.try_for_each(|above| std::fs::File::open(above)?.sync_all())
}

impl Monitor {
    /// A number that is another one after anybody else has committed, and only then.
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
    // The write-ahead log stays where it is: to empty and remove it at each end costs four syncs of the disk.
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
    /// The write-ahead log.
    fn log(&self) -> PathBuf {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        log.into()
    }
}

impl Pooled {
    /// Empties the write-ahead log into the database where it has grown. It waits for nobody: where others read or
    /// write, a later commit does it.
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
        // One that cannot be cleaned is closed, unless the database would go with it.
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
