//! Open conflicts between the database and other places that hold documents. Not part of the truth.

use rusqlite::params;

use super::{
    error::StoreError,
    row::{Reader, collect},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{
    conflict::{Conflict, Other},
    doc_path::DocPath,
    hash::Sha256,
};

const TABLE: &str = "business_os_conflicts";

impl Snapshot {
    /// The conflicts of a work tree and those with branches and commits, ordered by path; those of one document in the
    /// order they were found.
    pub fn conflicts(&self, mirror: i64) -> Result<Vec<Conflict>, StoreError> {
        let sql = "SELECT path, place, mirror_id, base_sha256, ours_sha256, theirs_sha256, commit_oid, created_at
                   FROM business_os_conflicts WHERE mirror_id = ?1 OR mirror_id IS NULL ORDER BY path, number";
        collect(&mut *self.connection.prepare_cached(sql)?, [mirror], TABLE, 0, conflict)
    }

    /// The conflict with a file of a work tree.
    pub fn file_conflict(&self, mirror: i64, file: &DocPath) -> Result<Option<Conflict>, StoreError> {
        let sql = "SELECT path, place, mirror_id, base_sha256, ours_sha256, theirs_sha256, commit_oid, created_at
                   FROM business_os_conflicts WHERE mirror_id = ?1 AND place = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(collect(&mut statement, params![mirror, file.as_str()], TABLE, 0, conflict)?.pop())
    }

    /// The conflicts of a document with branches and commits, in the order they were found.
    pub fn revision_conflicts(&self, path: &DocPath) -> Result<Vec<Conflict>, StoreError> {
        let sql = "SELECT path, place, mirror_id, base_sha256, ours_sha256, theirs_sha256, commit_oid, created_at
                   FROM business_os_conflicts WHERE path = ?1 AND mirror_id IS NULL ORDER BY number";
        collect(&mut *self.connection.prepare_cached(sql)?, [path.as_str()], TABLE, 0, conflict)
    }

    /// The number of conflicts of a work tree, including those with branches and commits.
    pub fn conflict_count(&self, mirror: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM business_os_conflicts WHERE mirror_id = ?1 OR mirror_id IS NULL";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([mirror], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}

impl Txn {
    /// Records a conflict and replaces an earlier one with the same place; `mirror` is the work tree of a file.
    pub fn put_conflict(&self, mirror: i64, conflict: &Conflict) -> Result<(), StoreError> {
        let (place, mirror) = place(mirror, &conflict.with);
        let values = params![
            conflict.path.as_str(),
            place,
            mirror,
            conflict.base.as_ref().map(Sha256::as_str),
            conflict.ours.as_ref().map(Sha256::as_str),
            conflict.theirs.as_ref().map(Sha256::as_str),
            conflict.commit,
            conflict.at,
        ];
        let sql = "UPDATE business_os_conflicts SET path = ?1, base_sha256 = ?4, ours_sha256 = ?5, theirs_sha256 = ?6,
                     commit_oid = ?7, created_at = ?8
                   WHERE place = ?2 AND mirror_id IS ?3 AND (path = ?1 OR mirror_id IS NOT NULL)";
        if self.connection().prepare_cached(sql)?.execute(values)? > 0 {
            return Ok(());
        }
        let sql = "INSERT INTO business_os_conflicts (path, place, mirror_id, base_sha256, ours_sha256, theirs_sha256,
                     commit_oid, created_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        self.connection().prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Removes the conflict of a document with one place; `mirror` is the work tree of a file.
    pub fn forget_conflict(&self, mirror: i64, path: &DocPath, with: &Other) -> Result<(), StoreError> {
        let (place, mirror) = place(mirror, with);
        let sql = "DELETE FROM business_os_conflicts WHERE path = ?1 AND place = ?2 AND mirror_id IS ?3";
        self.connection().prepare_cached(sql)?.execute(params![path.as_str(), place, mirror])?;
        Ok(())
    }

    /// Removes the conflict with a file of a work tree, whichever document it is about.
    pub fn forget_file_conflict(&self, mirror: i64, file: &DocPath) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_conflicts WHERE mirror_id = ?1 AND place = ?2";
        self.connection().prepare_cached(sql)?.execute(params![mirror, file.as_str()])?;
        Ok(())
    }

    /// Moves conflicts with branches and commits along with their document to another path.
    pub fn move_conflicts(&self, from: &DocPath, to: &DocPath) -> Result<(), StoreError> {
        let sql = "UPDATE business_os_conflicts SET path = ?2 WHERE path = ?1 AND mirror_id IS NULL";
        self.connection().prepare_cached(sql)?.execute([from.as_str(), to.as_str()])?;
        Ok(())
    }
}

/// The columns that identify a place: its name, and the work tree it belongs to, if any.
fn place(mirror: i64, with: &Other) -> (&str, Option<i64>) {
    match with {
        Other::File(path) => (path.as_str(), Some(mirror)),
        Other::Revision(name) => (name, None),
    }
}

fn conflict(row: &Reader<'_>) -> Result<Conflict, StoreError> {
    let with = match row.get::<Option<i64>>(2)? {
        Some(_) => Other::File(row.path(1)?),
        None => Other::Revision(row.get(1)?),
    };
    Ok(Conflict {
        path: row.path(0)?,
        with,
        base: row.optional_sha(3)?,
        ours: row.optional_sha(4)?,
        theirs: row.optional_sha(5)?,
        commit: row.get(6)?,
        at: row.get(7)?,
    })
}
