//! The schema and its versions. Migrations are SQL files, only ever added to and applied in one transaction.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};

use super::error::StoreError;

/// Every migration, in order; the first creates version 1.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_init.sql"),
    include_str!("../../migrations/sqlite/0002_claims.sql"),
    include_str!("../../migrations/sqlite/0003_conflicts.sql"),
    SEARCH,
    include_str!("../../migrations/sqlite/0005_versions.sql"),
    include_str!("../../migrations/sqlite/0006_files_digest.sql"),
    include_str!("../../migrations/sqlite/0007_positions.sql"),
    include_str!("../../migrations/sqlite/0008_conflicts_by_place.sql"),
    include_str!("../../migrations/sqlite/0009_looked_at.sql"),
];

/// The tables of the search index, which a rebuild drops and creates again.
pub(super) const SEARCH: &str = include_str!("../../migrations/sqlite/0004_search.sql");

/// The newest schema this program knows.
pub const SCHEMA_VERSION: i64 = 9;

const _: () = assert!(MIGRATIONS.len() == SCHEMA_VERSION as usize);

/// Page size of a new database. With one document per row, small pages waste the least space and make small changes
/// cheapest to write: with 4 KB documents, 8 KB pages would make the file half as large again.
const PAGE_SIZE: &str = "PRAGMA page_size = 4096;";

pub(super) fn migrate(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found == SCHEMA_VERSION {
        return Ok(());
    }
    if found > SCHEMA_VERSION {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known: SCHEMA_VERSION });
    }
    connection.execute_batch(PAGE_SIZE)?;
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Another process may have migrated it while this one waited for the lock.
    let found = version(&transaction)?;
    if found == 0 && has_tables(&transaction)? {
        return Err(StoreError::Foreign { path: path.to_path_buf() });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        transaction.execute_batch(migration)?;
    }
    if found == 0 {
        let log_id = random_id()?;
        transaction.execute("INSERT INTO business_os_metadata (key, value) VALUES ('log_id', ?1)", [log_id])?;
    }
    if found < SCHEMA_VERSION {
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    }
    Ok(transaction.commit()?)
}

/// A fresh schema from the migrations, to compare with.
pub(super) fn reference() -> Result<Connection, StoreError> {
    let connection = Connection::open_in_memory()?;
    for migration in MIGRATIONS {
        connection.execute_batch(migration)?;
    }
    Ok(connection)
}

pub(super) fn version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Creates a database as an older version of the program would.
#[cfg(test)]
pub(super) fn make_older(path: &Path, version: i64) -> Result<(), StoreError> {
    let connection = Connection::open(path)?;
    for migration in &MIGRATIONS[..usize::try_from(version).unwrap_or_default()] {
        connection.execute_batch(migration)?;
    }
    connection.execute("INSERT INTO business_os_metadata (key, value) VALUES ('log_id', 'of old')", [])?;
    Ok(connection.pragma_update(None, "user_version", version)?)
}

fn has_tables(connection: &Connection) -> Result<bool, StoreError> {
    let found = connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

fn random_id() -> Result<String, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Random)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
