//! Reading a database that cannot be written: in place if SQLite can, otherwise from a private copy.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, OpenFlags};

use super::{
    connection::{Database, Reach, connect_to_read},
    error::StoreError,
    migrations::{SCHEMA_VERSION, version},
};

/// How often to try a copy while others write, and how long to wait between tries.
const TRIES: u32 = 40;
const BETWEEN_TRIES: Duration = Duration::from_millis(25);

/// Length in bytes of the write-ahead log's header, which changes each time the log restarts.
const LOG_HEADER: usize = 32;

/// Length in bytes of a database header up to its read version, which says whether readers need the write-ahead log,
/// and the value that says so.
const UP_TO_READ_VERSION: usize = 20;
const NEEDS_LOG: u8 = 2;

impl Database {
    /// Opens an existing database for reading only. Nothing is changed or created beside it: a file there that belongs
    /// to another user than the database would lock out its owner.
    ///
    /// # Errors
    /// It cannot be read either, it is not a bos database, or others never stop writing to it.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        match Self::in_place(path) {
            Ok(Some(database)) => Ok(database),
            Ok(None) | Err(_) => Self::copy_of(path),
        }
    }

    /// A private copy of a database, for reads that fill tables of their own. What is written to it is discarded with
    /// it.
    pub fn copy_of(path: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Copy { path: path.to_path_buf(), source };
        let folder = tempfile::Builder::new().prefix("bos-").tempdir().map_err(failed)?;
        let copy = folder.path().join("bos.db");
        copy_settled(path, &copy)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&copy, flags)?;
        connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY")?;
        // On Unix an open file needs no name, and without one a crash leaves nothing behind. Windows needs the name.
        let folder = Some(folder).filter(|_| !cfg!(unix));
        Self::of(connection, path, Duration::ZERO, Reach::Copy, folder)
    }

    /// `None` if SQLite would have to create a file beside it, or its schema is older than this program's.
    fn in_place(path: &Path) -> Result<Option<Self>, StoreError> {
        if needs_log(path) && !["-wal", "-shm"].iter().all(|end| beside(path, end).exists()) {
            return Ok(None);
        }
        let connection = connect_to_read(path)?;
        if version(&connection)? < SCHEMA_VERSION {
            return Ok(None);
        }
        Self::of(connection, path, Duration::ZERO, Reach::Read, None).map(Some)
    }
}

fn needs_log(path: &Path) -> bool {
    let mut header = [0; UP_TO_READ_VERSION];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header.last() == Some(&NEEDS_LOG)
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Copies a database and its journals as of one moment. Takes no lock, since that may need a file that cannot be
/// created. Until the write-ahead log restarts, frames are only added to it, so a log copied after the database
/// contains everything that a checkpoint may have moved there in the meantime.
fn copy_settled(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Copy { path: from.to_path_buf(), source };
    for _ in 0..TRIES {
        let before = Stand::of(from).map_err(failed)?;
        for end in ["", "-journal", "-wal"] {
            match copy(&beside(from, end), &beside(to, end)) {
                Err(error) if !end.is_empty() && error.kind() == io::ErrorKind::NotFound => {
                    let _ = fs::remove_file(beside(to, end));
                }
                other => other.map_err(failed)?,
            }
        }
        if Stand::of(from).map_err(failed)? == before {
            return Ok(());
        }
        sleep(BETWEEN_TRIES);
    }
    Err(StoreError::NeverStill { path: from.to_path_buf() })
}

/// Unlike `fs::copy`, does not copy a read-only permission.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    io::copy(&mut File::open(from)?, &mut File::create(to)?).map(|_| ())
}

/// A fingerprint that changes when the database is written or its write-ahead log restarts.
#[derive(PartialEq)]
struct Stand {
    size: u64,
    changed: SystemTime,
    has_journal: bool,
    log: Vec<u8>,
}

impl Stand {
    fn of(database: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(database)?;
        let mut log = Vec::new();
        match File::open(beside(database, "-wal")) {
            Ok(file) => _ = file.take(LOG_HEADER as u64).read_to_end(&mut log)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let has_journal = beside(database, "-journal").exists();
        Ok(Self { size: metadata.len(), changed: metadata.modified()?, has_journal, log })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::hash::Sha256, store::migrations};

    const PATIENCE: Duration = Duration::from_secs(20);

    const TURNS: u32 = 200;

    #[test]
    fn a_copy_is_of_one_moment_whatever_is_written_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bos.db");
        let store = Database::open(&path, PATIENCE).unwrap();
        store.use_wal().unwrap();
        let write = store.begin().unwrap();
        for text in (0..1000_u32).map(|number| number.to_string().repeat(1000)) {
            write.put_blob(&Sha256::of(text.as_bytes()), &text).unwrap();
        }
        ["first", "second"].iter().for_each(|key| write.set_metadata(key, "0").unwrap());
        write.commit().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let store = Database::open(&path, PATIENCE).unwrap();
                store.snapshot().unwrap().connection.execute_batch("COMMIT; PRAGMA synchronous = OFF").unwrap();
                for turn in 0..TURNS {
                    let write = store.begin().unwrap();
                    let text = turn.to_string().repeat(2000);
                    write.set_metadata("first", &turn.to_string()).unwrap();
                    write.put_blob(&Sha256::of(text.as_bytes()), &text).unwrap();
                    write.set_metadata("second", &turn.to_string()).unwrap();
                    write.commit().unwrap();
                    let other = Connection::open(&path).unwrap();
                    other.busy_timeout(PATIENCE).unwrap();
                    other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
                    sleep(Duration::from_millis(u64::from(turn % 16)));
                }
            });
            let mut seen = 0;
            for _ in 0..40 {
                match Database::copy_of(&path) {
                    Ok(copy) => {
                        seen += 1;
                        let copy = copy.snapshot().unwrap();
                        assert_eq!(copy.metadata("first").unwrap(), copy.metadata("second").unwrap());
                        assert_eq!(copy.unsound().unwrap().1, [] as [&str; 0]);
                    }
                    Err(error) => assert!(matches!(error, StoreError::NeverStill { .. }), "{error}"),
                }
            }
            assert!(seen > 0);
        });
    }

    #[test]
    fn tables_of_an_older_program_are_read_from_a_copy_that_has_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bos.db");
        migrations::make_older(&path, 5).unwrap();
        let before = fs::read(&path).unwrap();
        let store = Database::open_to_read(&path).unwrap();
        assert_eq!(store.reach(), Reach::Copy);
        let store = store.snapshot().unwrap();
        assert_eq!(version(&store.connection).unwrap(), SCHEMA_VERSION);
        assert_eq!(store.log_id().unwrap(), "of old");
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
