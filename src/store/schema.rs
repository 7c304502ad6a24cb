//! Checks of tables, indexes, triggers and views against the migrations, and access to the metadata table.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use super::{error::StoreError, migrations, snapshot::Snapshot, txn::Txn};

const OBJECTS: &str = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";

impl Snapshot {
    /// The names of schema objects that are missing or altered; empty if all match the migrations.
    pub fn altered_schema(&self) -> Result<Vec<String>, StoreError> {
        let expected = objects(&migrations::reference()?)?;
        let found = objects(&self.connection)?;
        let mut altered = Vec::new();
        for (name, sql) in &expected {
            match found.get(name) {
                None => altered.push(format!("{name} is missing")),
                Some(other) if other != sql => altered.push(format!("{name} was altered")),
                Some(_) => {}
            }
        }
        let foreign_trigger = |name: &&String| name.starts_with("trigger ") && !expected.contains_key(*name);
        altered.extend(found.keys().filter(foreign_trigger).map(|name| format!("{name} was added")));
        Ok(altered)
    }

    /// A value from the metadata table.
    pub fn metadata(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM business_os_metadata WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// The ID of the log, generated when the database was created.
    pub fn log_id(&self) -> Result<String, StoreError> {
        self.metadata("log_id")?.ok_or_else(|| StoreError::Row {
            table: "business_os_metadata",
            key: "log_id".to_owned(),
            what: "it is missing".to_owned(),
        })
    }
}

impl Snapshot {
    /// SQLite's integrity check of the file, one line per problem, and the number of pages. It finds corrupt pages,
    /// values of the wrong type, and indexes that do not match their tables.
    pub fn unsound(&self) -> Result<(u64, Vec<String>), StoreError> {
        let pages: i64 = self.connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        // The search index has a check of its own.
        let sql = "SELECT found.integrity_check
                   FROM sqlite_schema AS tables, pragma_integrity_check(tables.name) AS found
                   WHERE tables.type = 'table' AND tables.name NOT LIKE 'business_os_search%'";
        let mut statement = self.connection.prepare(sql)?;
        let found: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok((pages.unsigned_abs(), found.into_iter().filter(|line| line != "ok").collect()))
    }
}

impl Txn {
    /// Sets a value in the metadata table.
    pub fn set_metadata(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_metadata (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.connection().prepare_cached(sql)?.execute([key, value])?;
        Ok(())
    }

    /// Removes a value from the metadata table.
    pub fn remove_metadata(&self, key: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_metadata WHERE key = ?1";
        self.connection().prepare_cached(sql)?.execute([key])?;
        Ok(())
    }
}

fn objects(connection: &Connection) -> Result<BTreeMap<String, String>, StoreError> {
    let mut statement = connection.prepare(OBJECTS)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
