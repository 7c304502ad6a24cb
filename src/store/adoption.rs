//! Moves a database to another folder, as a whole and once, while no other process has it open.

use std::{
    fs::{self, File},
    io::ErrorKind,
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::{connection::Database, error::StoreError};

/// The suffixes of the files that SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-journal", "-wal", "-shm"];

impl Database {
    /// Moves the database `from` to `to`, which must not exist, and renames its mirror `mirror.0` to `mirror.1`.
    /// Returns `false` if another process moved it first, or if `from` is not a bos database; it then stays where it
    /// is.
    ///
    /// A crash leaves one complete database: the copy is durable before it gets its name, and the original is removed
    /// only after that.
    ///
    /// # Errors
    /// Another process has the database open, it is damaged, or one of the two places cannot be written.
    pub fn adopt(from: &Path, to: &Path, mirror: (&str, &str), timeout: Duration) -> Result<bool, StoreError> {
        let Some(held) = hold(from, to, timeout)? else { return Ok(false) };
        let folder = to.parent().unwrap_or(Path::new("."));
        let in_folder = |source| StoreError::Folder { path: folder.to_path_buf(), source };
        fs::create_dir_all(folder).map_err(in_folder)?;
        let copy = tempfile::Builder::new().prefix(".bos-").suffix(".tmp").tempfile_in(folder).map_err(in_folder)?;
        let copy = copy.into_temp_path();
        held.execute("VACUUM INTO ?1", [copy.to_string_lossy()])?;
        match rename_mirror(&copy, mirror, timeout) {
            Err(StoreError::Foreign { .. }) => return Ok(false),
            other => other?,
        }
        File::open(&copy).and_then(|copy| copy.sync_all()).map_err(in_folder)?;
        match copy.persist_noclobber(to) {
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Ok(false),
            other => other.map_err(|error| in_folder(error.error))?,
        }
        if cfg!(unix) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(in_folder)?;
        }
        // A process waiting for the lock would write to an unlinked file; with version 0 it refuses the database.
        held.pragma_update(None, "user_version", 0)?;
        for file in COMPANIONS.map(|end| beside(from, end)).iter().map(PathBuf::as_path).chain([from]) {
            match fs::remove_file(file) {
                Err(source) if source.kind() != ErrorKind::NotFound => {
                    return Err(StoreError::Folder { path: file.to_path_buf(), source });
                }
                _ => {}
            }
        }
        Ok(true)
    }
}

/// Opens the database exclusively, with its write-ahead log checkpointed into it; `None` if another process has already
/// moved it.
fn hold(from: &Path, to: &Path, timeout: Duration) -> Result<Option<Connection>, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match Connection::open_with_flags(from, flags) {
        Err(_) if to.exists() => return Ok(None),
        other => other.map_err(|source| StoreError::Open { path: from.to_path_buf(), source })?,
    };
    if connection.is_readonly(MAIN_DB)? {
        return Err(StoreError::ReadOnly { path: from.to_path_buf() });
    }
    connection.busy_timeout(timeout)?;
    // The journal mode can be switched only while no other connection has the database open.
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |_| Ok(()))?;
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    Ok((!to.exists()).then_some(connection))
}

fn rename_mirror(copy: &Path, (old, new): (&str, &str), timeout: Duration) -> Result<(), StoreError> {
    let store = Database::open(copy, timeout)?;
    let write = store.begin()?;
    write.connection().execute("UPDATE business_os_mirrors SET name = ?2 WHERE name = ?1", [old, new])?;
    write.commit()
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::hash::Sha256;

    const MIRROR: (&str, &str) = ("files:root", "main:root");

    fn adopt(folder: &Path) -> Result<bool, StoreError> {
        Database::adopt(&folder.join("old/bos.db"), &folder.join("new/bos.db"), MIRROR, Duration::ZERO)
    }

    fn old(folder: &Path) -> Database {
        let store = Database::open(&folder.join("old/bos.db"), Duration::ZERO).unwrap();
        store.use_wal().unwrap();
        let write = store.begin().unwrap();
        write.put_blob(&Sha256::of(b"text"), "text").unwrap();
        write.ensure_mirror("files:root").unwrap();
        write.commit().unwrap();
        store
    }

    #[test]
    fn what_only_the_write_ahead_log_has_comes_along() {
        let folder = tempfile::tempdir().unwrap();
        let log_id = old(folder.path()).snapshot().unwrap().log_id().unwrap();
        assert!(fs::metadata(folder.path().join("old/bos.db-wal")).unwrap().len() > 0);
        assert!(adopt(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path().join("old")).unwrap().count(), 0);
        let database = Database::open(&folder.path().join("new/bos.db"), Duration::ZERO).unwrap();
        let store = database.snapshot().unwrap();
        assert_eq!(store.log_id().unwrap(), log_id);
        assert!(store.has_blob(&Sha256::of(b"text")).unwrap());
        assert!(store.mirror("main:root").unwrap().is_some());
        assert!(store.mirror("files:root").unwrap().is_none());
    }

    #[test]
    fn a_database_that_somebody_has_open_stays() {
        let folder = tempfile::tempdir().unwrap();
        let other = old(folder.path());
        adopt(folder.path()).unwrap_err();
        assert!(!folder.path().join("new/bos.db").exists());
        let write = other.begin().unwrap();
        write.put_blob(&Sha256::of(b"more"), "more").unwrap();
        write.commit().unwrap();
        drop(other);
        assert!(adopt(folder.path()).unwrap());
        let database = Database::open(&folder.path().join("new/bos.db"), Duration::ZERO).unwrap();
        let store = database.snapshot().unwrap();
        assert!(store.has_blob(&Sha256::of(b"more")).unwrap());
    }

    #[test]
    fn nothing_is_overwritten_and_nothing_foreign_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        drop(old(folder.path()));
        fs::create_dir(folder.path().join("new")).unwrap();
        fs::write(folder.path().join("new/bos.db"), "mine").unwrap();
        assert!(!adopt(folder.path()).unwrap());
        assert_eq!(fs::read(folder.path().join("new/bos.db")).unwrap(), b"mine");
        fs::remove_file(folder.path().join("new/bos.db")).unwrap();
        let connection = Connection::open(folder.path().join("old/bos.db")).unwrap();
        connection.pragma_update(None, "user_version", 0).unwrap();
        drop(connection);
        assert!(!adopt(folder.path()).unwrap());
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
        assert!(folder.path().join("old/bos.db").exists());
    }
}
