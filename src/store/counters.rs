//! The last number given out for each ID prefix.

use rusqlite::OptionalExtension as _;

use super::{error::StoreError, snapshot::Snapshot, txn::Txn};
use crate::domain::id::Id;

impl Snapshot {
    /// The last number given out for a prefix; 0 if none was.
    pub fn counter(&self, prefix: &str) -> Result<u64, StoreError> {
        let sql = "SELECT last FROM business_os_counters WHERE prefix = ?1";
        let last: Option<i64> =
            self.connection.prepare_cached(sql)?.query_row([prefix], |row| row.get(0)).optional()?;
        Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or(0))
    }

    /// Every prefix with its last number, sorted by prefix.
    pub fn counters(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = "SELECT prefix, last FROM business_os_counters WHERE prefix > '' ORDER BY prefix";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Txn {
    /// Ensures that no number up to this ID's is given out again.
    pub fn raise_counter(&self, id: &Id) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_counters (prefix, last) VALUES (?1, ?2)
                   ON CONFLICT (prefix) DO UPDATE SET last = excluded.last WHERE excluded.last > last";
        let number = i64::try_from(id.number()).unwrap_or(i64::MAX);
        self.connection().prepare_cached(sql)?.execute(rusqlite::params![id.prefix(), number])?;
        Ok(())
    }
}
