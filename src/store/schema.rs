//! Whether tables, indexes, triggers and views are those the migrations make, and what metadata says.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    connection::{Store, Write},
    error::StoreError,
    migrations,
};

const OBJECTS: &str = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";

impl Store {
    /// Schema objects that are missing or altered, each named; none when all is as the migrations make it.
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

    /// A fact about this database.
    pub fn metadata(&self, key: &str) -> Result<Option<String>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM business_os_metadata WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| row.get(0)).optional()?)
    }

    /// The ID of the log, made with the database.
    pub fn log_id(&self) -> Result<String, StoreError> {
        self.metadata("log_id")?.ok_or_else(|| StoreError::Row {
            table: "business_os_metadata",
            key: "log_id".to_owned(),
            what: "it is missing".to_owned(),
        })
    }
}

impl Write<'_> {
    /// Sets a fact about this database.
    pub fn set_metadata(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_metadata (key, value) VALUES (?1, ?2)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.connection().prepare_cached(sql)?.execute([key, value])?;
        Ok(())
    }

    /// Forgets a fact about this database.
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
