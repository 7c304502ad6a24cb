//! What is known of the mirrors, the places that hold files: work trees and branches. Not part of the truth.

use rusqlite::{OptionalExtension as _, params};

use super::{
    error::StoreError,
    projection::number,
    row::{Reader, collect},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{doc_path::DocPath, hash::Sha256};

/// The mirror of what commits are known to hold, wherever they are; of each document the last text.
pub const COMMITS: &str = "commits";

const TABLE: &str = "business_os_mirror_documents";

/// A place that holds files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// Its row.
    pub id: i64,
    /// When it was last scanned completely, in Unix seconds; `None` if never.
    pub read_at: Option<i64>,
    /// For a branch: the last commit known to contain the export.
    pub tip: Option<String>,
    /// For a branch: the base commit on which the last export was made.
    pub base: Option<String>,
    /// For a branch: the last log entry it contains.
    pub exported_seq: u64,
    /// For a work tree: the commit that was checked out at the last complete scan.
    pub head: Option<String>,
    /// When that scan began, by the clock of the work tree's file system, in nanoseconds since the Unix epoch.
    pub looked_ns: Option<i64>,
}

/// A digest of the state of all files of a mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilesDigest {
    /// Changes whenever any of the files changes.
    pub digest: String,
    /// The last log entry at that time, if the log affects what would be done about the files.
    pub seq: Option<u64>,
}

/// The metadata of a file by which a change is detected without reading it, as git does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStat {
    /// Size in bytes.
    pub size: i64,
    /// Modification time, in nanoseconds since the Unix epoch.
    pub mtime_ns: i64,
    /// Status change time, in nanoseconds since the Unix epoch; 0 on systems without one.
    pub ctime_ns: i64,
    /// Inode number; 0 on systems without one.
    pub inode: i64,
}

/// What is known of one file of a mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorDocument {
    /// Its path in the tree.
    pub path: DocPath,
    /// The hash of the text that mirror and database last agreed on.
    pub base: Option<Sha256>,
    /// The last log entry that the file contains; `None` if it was not recorded.
    pub position: Option<u64>,
    /// The hash of the text the file had when it was last read; on a branch `None` where that was not the base, or was not
    /// looked at since the branch moved.
    pub file: Option<Sha256>,
    /// The file's metadata at that time; `None` if unchanged metadata would not prove unchanged content.
    pub stat: Option<FileStat>,
    /// Diagnostics that say why it cannot be read, as JSON.
    pub diagnostics: Option<String>,
    /// A commit that holds the base.
    pub commit: Option<String>,
}

impl MirrorDocument {
    /// A file about which nothing is known.
    #[must_use]
    pub fn unknown(path: DocPath) -> Self {
        Self { path, base: None, position: None, file: None, stat: None, diagnostics: None, commit: None }
    }
}

impl Snapshot {
    /// The mirror with this name.
    pub fn mirror(&self, name: &str) -> Result<Option<Mirror>, StoreError> {
        let sql =
            "SELECT id, read_at, tip, base, exported_seq, head, looked_ns FROM business_os_mirrors WHERE name = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([name], mirror).optional()?)
    }

    /// The digest of a mirror's files at the last scan.
    pub fn files_digest(&self, mirror: i64) -> Result<Option<FilesDigest>, StoreError> {
        let sql = "SELECT digest, digest_seq FROM business_os_mirrors WHERE id = ?1 AND digest IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row([mirror], |row| {
            let seq = row.get::<_, Option<i64>>(1)?.map(i64::unsigned_abs);
            Ok(FilesDigest { digest: row.get(0)?, seq })
        });
        Ok(found.optional()?)
    }

    /// The mirrors that are not branches, sorted by name.
    pub fn places(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql =
            "SELECT name, id FROM business_os_mirrors WHERE name NOT LIKE 'branch:%' AND name <> ?1 ORDER BY name";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([COMMITS], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every branch that was exported to, with the name of its mirror.
    pub fn exported_branches(&self) -> Result<Vec<(String, Mirror)>, StoreError> {
        let sql = "SELECT id, read_at, tip, base, exported_seq, head, looked_ns, name FROM business_os_mirrors
                   WHERE tip IS NOT NULL ORDER BY name";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(7)?, mirror(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is known of one file of a mirror.
    pub fn mirror_document(&self, mirror: i64, path: &DocPath) -> Result<MirrorDocument, StoreError> {
        let sql =
            "SELECT path, base_sha256, file_sha256, size, mtime_ns, ctime_ns, inode, diagnostics_json, commit_oid,
                     position
                   FROM business_os_mirror_documents WHERE mirror_id = ?1 AND path = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = collect(&mut statement, params![mirror, path.as_str()], TABLE, 0, document)?.pop();
        Ok(found.unwrap_or_else(|| MirrorDocument::unknown(path.clone())))
    }

    /// The texts that a file with this text was told to have begun with, in any place.
    pub fn bases_of(&self, path: &DocPath, file: &Sha256) -> Result<Vec<Sha256>, StoreError> {
        let sql = "SELECT base_sha256 FROM business_os_mirrors
                     CROSS JOIN business_os_mirror_documents ON mirror_id = id
                     WHERE path = ?1 AND file_sha256 = ?2 AND base_sha256 <> ?2
                   UNION ALL
                   SELECT base_sha256 FROM business_os_conflicts
                     WHERE path = ?1 AND theirs_sha256 = ?2 AND base_sha256 IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect(&mut statement, params![path.as_str(), file.as_str()], TABLE, 0, |row| row.sha(0))
    }

    /// Every document in a mirror, in the database, or in both, sorted by path: what is known of the file, and the hash of
    /// the current text.
    pub fn known(&self, mirror: i64) -> Result<Vec<(MirrorDocument, Option<Sha256>)>, StoreError> {
        // Two scans in one order, put together here, cost half of what a join does.
        let sql =
            "SELECT path, base_sha256, file_sha256, size, mtime_ns, ctime_ns, inode, diagnostics_json, commit_oid,
                     position
                   FROM business_os_mirror_documents WHERE mirror_id = ?1 ORDER BY path";
        let mirrored = collect(&mut *self.connection.prepare_cached(sql)?, [mirror], TABLE, 0, document)?;
        let mut known = Vec::with_capacity(mirrored.len());
        let mut mirrored = mirrored.into_iter().peekable();
        let sql = "SELECT path, sha256 FROM business_os_documents WHERE path > '' ORDER BY path";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let row = Reader::new(row, "business_os_documents", 0);
            let path = row.text(0)?;
            while let Some(passed) = mirrored.next_if(|one| one.path.as_str() < path) {
                known.push((passed, None));
            }
            let one = match mirrored.next_if(|one| one.path.as_str() == path) {
                Some(one) => one,
                None => MirrorDocument::unknown(row.path(0)?),
            };
            known.push((one, Some(row.sha(1)?)));
        }
        known.extend(mirrored.map(|one| (one, None)));
        Ok(known)
    }

    /// The files of a mirror that could not be read, sorted by path, each with its diagnostics as JSON.
    pub fn unreadable(&self, mirror: i64) -> Result<Vec<(DocPath, String)>, StoreError> {
        // Without the hint SQLite reads every file of the mirror through the primary key.
        let sql = "SELECT path, diagnostics_json
                   FROM business_os_mirror_documents INDEXED BY idx_business_os_mirror_documents_unreadable
                   WHERE mirror_id = ?1 AND diagnostics_json IS NOT NULL ORDER BY path";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect(&mut statement, [mirror], TABLE, 0, |row| Ok((row.path(0)?, row.get(1)?)))
    }

    /// Paths whose text in the database differs from a branch's, or may, including removed documents, in order; each with
    /// the hash of the text in the database.
    pub fn unexported(&self, mirror: i64) -> Result<Vec<(DocPath, Option<Sha256>)>, StoreError> {
        let sql = "SELECT document.path AS path, document.sha256 FROM business_os_documents AS document
                   LEFT JOIN business_os_mirror_documents AS mirrored
                     ON mirrored.mirror_id = ?1 AND mirrored.path = document.path
                   WHERE document.path > '' AND (mirrored.base_sha256 IS NOT document.sha256 OR mirrored.file_sha256 IS NULL)
                   UNION ALL
                   SELECT mirrored.path, NULL FROM business_os_mirror_documents AS mirrored
                   WHERE mirrored.mirror_id = ?1 AND mirrored.base_sha256 IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM business_os_documents AS document WHERE document.path = mirrored.path)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut found = collect(&mut statement, [mirror], TABLE, 0, |row| Ok((row.path(0)?, row.optional_sha(1)?)))?;
        found.sort();
        Ok(found)
    }

    /// Whether any mirror last agreed with the database on this text of a document.
    pub fn was_mirrored(&self, path: &DocPath, sha: &Sha256) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM business_os_mirror_documents
                   WHERE mirror_id IN (SELECT id FROM business_os_mirrors) AND path = ?1 AND base_sha256 = ?2";
        Ok(self.connection.prepare_cached(sql)?.exists([path.as_str(), sha.as_str()])?)
    }

    /// A commit that holds this text of a document.
    pub fn exported_commit(&self, path: &DocPath, sha: &Sha256) -> Result<Option<String>, StoreError> {
        Ok(self.commits_with(path, sha)?.into_iter().next())
    }

    /// The commits that are known to hold this text of a document, at most one for each mirror, in their order.
    pub fn commits_with(&self, path: &DocPath, sha: &Sha256) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT commit_oid FROM business_os_mirror_documents
                   WHERE mirror_id IN (SELECT id FROM business_os_mirrors)
                     AND path = ?1 AND base_sha256 = ?2 AND commit_oid IS NOT NULL
                   ORDER BY mirror_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let commits = statement.query_map(params![path.as_str(), sha.as_str()], |row| row.get(0))?;
        Ok(commits.collect::<Result<_, _>>()?)
    }
}

impl Txn {
    /// Deletes a mirror and everything known of its files.
    pub fn forget_mirror(&self, mirror: i64) -> Result<(), StoreError> {
        let sql = "SELECT path FROM business_os_mirror_documents WHERE mirror_id = ?1 AND commit_oid IS NOT NULL";
        let committed = collect(&mut *self.connection().prepare_cached(sql)?, [mirror], TABLE, 0, |row| row.path(0))?;
        for sql in [
            "DELETE FROM business_os_mirror_documents WHERE mirror_id = ?1",
            "DELETE FROM business_os_conflicts WHERE mirror_id = ?1",
            "DELETE FROM business_os_mirrors WHERE id = ?1",
        ] {
            self.connection().prepare_cached(sql)?.execute([mirror])?;
        }
        committed.iter().try_for_each(|path| self.show_git_commit(path))
    }

    /// The mirror with this name, created if it is new.
    pub fn ensure_mirror(&self, name: &str) -> Result<Mirror, StoreError> {
        if let Some(mirror) = self.mirror(name)? {
            return Ok(mirror);
        }
        let sql = "INSERT INTO business_os_mirrors (name) VALUES (?1)";
        self.connection().prepare_cached(sql)?.execute([name])?;
        let id = self.connection().last_insert_rowid();
        Ok(Mirror { id, read_at: None, tip: None, base: None, exported_seq: 0, head: None, looked_ns: None })
    }

    /// Records when a mirror was scanned completely, by the clock of the program and by that of its file system, the
    /// digest of its files and its HEAD at that time; the digest is `None` if it would prove nothing.
    pub fn set_looked_at(
        &self,
        mirror: i64,
        (seconds, looked_ns): (i64, Option<i64>),
        files: Option<&FilesDigest>,
        head: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE business_os_mirrors SET read_at = ?2, looked_ns = ?3, digest = ?4, digest_seq = ?5, head = ?6
                   WHERE id = ?1";
        let seq = files.and_then(|files| files.seq).map(|seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let digest = files.map(|files| files.digest.as_str());
        self.connection().prepare_cached(sql)?.execute(params![mirror, seconds, looked_ns, digest, seq, head])?;
        Ok(())
    }

    /// Records what a branch contains.
    pub fn set_exported(&self, mirror: i64, tip: &str, base: Option<&str>, seq: u64) -> Result<(), StoreError> {
        let sql = "UPDATE business_os_mirrors SET tip = ?2, base = ?3, exported_seq = ?4 WHERE id = ?1";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        self.connection().prepare_cached(sql)?.execute(params![mirror, tip, base, seq])?;
        Ok(())
    }

    /// Records what is known of one file.
    pub fn put_mirror_document(&self, mirror: i64, document: &MirrorDocument) -> Result<(), StoreError> {
        let is_committed = document.commit.is_some() || self.mirror_document(mirror, &document.path)?.commit.is_some();
        let sql = "INSERT INTO business_os_mirror_documents (mirror_id, path, base_sha256, file_sha256, size, mtime_ns,
                     ctime_ns, inode, diagnostics_json, commit_oid, position)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                   ON CONFLICT (mirror_id, path) DO UPDATE SET base_sha256 = excluded.base_sha256,
                     file_sha256 = excluded.file_sha256, size = excluded.size, mtime_ns = excluded.mtime_ns,
                     ctime_ns = excluded.ctime_ns, inode = excluded.inode,
                     diagnostics_json = excluded.diagnostics_json, commit_oid = excluded.commit_oid,
                     position = excluded.position";
        let stat = document.stat;
        self.connection().prepare_cached(sql)?.execute(params![
            mirror,
            document.path.as_str(),
            document.base.as_ref().map(Sha256::as_str),
            document.file.as_ref().map(Sha256::as_str),
            stat.map(|stat| stat.size),
            stat.map(|stat| stat.mtime_ns),
            stat.map(|stat| stat.ctime_ns),
            stat.map(|stat| stat.inode),
            document.diagnostics,
            document.commit,
            document.position.map(number),
        ])?;
        if is_committed {
            self.show_git_commit(&document.path)?;
        }
        Ok(())
    }

    /// Deletes what is known of one file.
    pub fn forget_mirror_document(&self, mirror: i64, path: &DocPath) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_mirror_documents WHERE mirror_id = ?1 AND path = ?2";
        self.connection().prepare_cached(sql)?.execute(params![mirror, path.as_str()])?;
        self.show_git_commit(path)
    }

    /// Has the projection of a document show the commit that holds its current text, as any mirror knows it.
    fn show_git_commit(&self, path: &DocPath) -> Result<(), StoreError> {
        let commit = match self.document_sha(path)? {
            Some(sha) => self.exported_commit(path, &sha)?,
            None => return Ok(()),
        };
        for sql in [
            "UPDATE business_os_cards SET git_commit = ?2 WHERE git_file_path = ?1",
            "UPDATE business_os_ideas SET git_commit = ?2 WHERE git_file_path = ?1",
            "UPDATE business_os_stage_docs SET git_commit = ?2 WHERE git_file_path = ?1",
        ] {
            self.connection().prepare_cached(sql)?.execute(params![path.as_str(), commit])?;
        }
        Ok(())
    }
}

fn mirror(row: &rusqlite::Row<'_>) -> rusqlite::Result<Mirror> {
    Ok(Mirror {
        id: row.get(0)?,
        read_at: row.get(1)?,
        tip: row.get(2)?,
        base: row.get(3)?,
        exported_seq: row.get::<_, i64>(4)?.unsigned_abs(),
        head: row.get(5)?,
        looked_ns: row.get(6)?,
    })
}

fn document(row: &Reader<'_>) -> Result<MirrorDocument, StoreError> {
    let stat = match (row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?) {
        (Some(size), Some(mtime_ns), Some(ctime_ns), Some(inode)) => Some(FileStat { size, mtime_ns, ctime_ns, inode }),
        _ => None,
    };
    Ok(MirrorDocument {
        path: row.path(0)?,
        base: row.optional_sha(1)?,
        file: row.optional_sha(2)?,
        stat,
        diagnostics: row.get(7)?,
        commit: row.get(8)?,
        position: row.get::<Option<i64>>(9)?.map(i64::unsigned_abs),
    })
}
