//! Open conflicts between the database and the places that hold files. Never part of the truth.

use rusqlite::params;

use super::{
    connection::{Store, Write},
    error::StoreError,
    row::{Reader, collect},
};
use crate::domain::{conflict::Conflict, doc_path::DocPath, hash::Sha256};

const TABLE: &str = "business_os_conflicts";

impl Store {
    /// The conflicts of a mirror, in the order of the paths.
    pub fn conflicts(&self, mirror: i64) -> Result<Vec<Conflict>, StoreError> {
        let sql = "SELECT path, base_sha256, ours_sha256, theirs_sha256, revision, created_at
                   FROM business_os_conflicts WHERE mirror_id = ?1 ORDER BY path";
        collect(&mut *self.connection.prepare_cached(sql)?, [mirror], TABLE, 0, conflict)
    }

    /// The conflict about one document of a mirror.
    pub fn conflict(&self, mirror: i64, path: &DocPath) -> Result<Option<Conflict>, StoreError> {
        let sql = "SELECT path, base_sha256, ours_sha256, theirs_sha256, revision, created_at
                   FROM business_os_conflicts WHERE mirror_id = ?1 AND path = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(collect(&mut statement, params![mirror, path.as_str()], TABLE, 0, conflict)?.pop())
    }

    /// How many conflicts a mirror has.
    pub fn conflict_count(&self, mirror: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM business_os_conflicts WHERE mirror_id = ?1";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([mirror], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Write<'_> {
    /// Records a conflict in place of an earlier one about the same document.
    pub fn put_conflict(&self, mirror: i64, conflict: &Conflict) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO business_os_conflicts (mirror_id, path, base_sha256, ours_sha256, theirs_sha256, revision,
                     created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (mirror_id, path) DO UPDATE SET base_sha256 = excluded.base_sha256,
                     ours_sha256 = excluded.ours_sha256, theirs_sha256 = excluded.theirs_sha256,
                     revision = excluded.revision, created_at = excluded.created_at";
        self.connection().prepare_cached(sql)?.execute(params![
            mirror,
            conflict.path.as_str(),
            conflict.base.as_ref().map(Sha256::as_str),
            conflict.ours.as_ref().map(Sha256::as_str),
            conflict.theirs.as_ref().map(Sha256::as_str),
            conflict.revision,
            conflict.at,
        ])?;
        Ok(())
    }

    /// Forgets the conflict about a document.
    pub fn forget_conflict(&self, mirror: i64, path: &DocPath) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_conflicts WHERE mirror_id = ?1 AND path = ?2";
        self.connection().prepare_cached(sql)?.execute(params![mirror, path.as_str()])?;
        Ok(())
    }
}

fn conflict(row: &Reader<'_>) -> Result<Conflict, StoreError> {
    Ok(Conflict {
        path: row.path(0)?,
        base: row.optional_sha(1)?,
        ours: row.optional_sha(2)?,
        theirs: row.optional_sha(3)?,
        revision: row.get(4)?,
        at: row.get(5)?,
    })
}
