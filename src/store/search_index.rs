//! The index of the search as it is kept: a row for each document, and the words of its text. What is asked of it is in
//! the file beside this one.

use rusqlite::params;

use super::{
    error::StoreError,
    migrations::SEARCH,
    row::{Reader, collect},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{doc_path::DocPath, entity::Entity, hash::Sha256, id::Id};

pub(super) const TABLE: &str = "business_os_search_documents";

/// The fact about the database that says at which entry of the log the index stands.
const MARK: &str = "search_seq";

/// What is searched of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDocument {
    /// Where it lies.
    pub path: DocPath,
    /// What it belongs to.
    pub entity: Entity,
    /// Its text.
    pub sha256: Sha256,
    /// What it calls itself; empty where it has no name of its own.
    pub title: String,
    /// The same in Italian.
    pub title_it: Option<String>,
    /// Its tags, with commas between.
    pub tags: String,
    /// Where its body begins in its text, in characters from 1.
    pub body_from: u64,
    /// Its body in Italian.
    pub body_it: Option<String>,
}

impl Snapshot {
    /// The entry of the log at which the index stands; `None` before it was filled.
    pub fn search_mark(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.metadata(MARK)?.and_then(|seq| seq.parse().ok()))
    }

    /// What is searched of the documents of one card or idea and of what is attached to it, with the number of each.
    pub fn search_documents_of(&self, owner: &Id) -> Result<Vec<(i64, SearchDocument)>, StoreError> {
        let sql = "SELECT id, path, entity_type, entity_id, sha256, title, title_it, tags, body_from, body_it
                   FROM business_os_search_documents WHERE owner_id = ?1";
        collect(&mut *self.connection.prepare_cached(sql)?, [owner.as_str()], TABLE, 1, read)
    }

    /// What is searched of one document, by its number.
    pub fn search_document(&self, number: i64) -> Result<Option<SearchDocument>, StoreError> {
        let sql = "SELECT id, path, entity_type, entity_id, sha256, title, title_it, tags, body_from, body_it
                   FROM business_os_search_documents WHERE id = ?1";
        let found = collect(&mut *self.connection.prepare_cached(sql)?, [number], TABLE, 1, read)?.pop();
        Ok(found.map(|(_, document)| document))
    }

    /// Visits what is searched of every document, in the order of the paths, with the owner as the row names it and
    /// whether the index has words of it.
    pub fn each_search_document<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(&SearchDocument, &str, bool) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql =
            "SELECT id, path, entity_type, entity_id, sha256, title, title_it, tags, body_from, body_it, owner_id,
                     EXISTS (SELECT 1 FROM business_os_search_docsize AS words WHERE words.id = document.id)
                   FROM business_os_search_documents AS document WHERE path > '' ORDER BY path";
        let mut statement = self.connection.prepare(sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let row = Reader::new(row, TABLE, 1);
            visit(&read(&row)?.1, row.text(10)?, row.get(11)?)?;
        }
        Ok(())
    }

    /// Whether there is nothing in the index at all.
    pub fn is_search_empty(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM business_os_search_documents WHERE path > '')
                     OR EXISTS (SELECT 1 FROM business_os_search_docsize WHERE id > -9223372036854775808)";
        let found: bool = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(!found)
    }

    /// What SQLite finds wrong with the index, word by word against the texts; takes the write lock.
    pub fn search_defect(&self) -> Result<Option<String>, StoreError> {
        // SQLite does not look at what names pages that are not there: the number of a page in the data has that of its
        // segment in front, from bit 37 on.
        let sql = "SELECT EXISTS (SELECT 1 FROM business_os_search_idx AS page WHERE NOT EXISTS
                     (SELECT 1 FROM business_os_search_data AS data WHERE data.id = (page.segid << 37) + (page.pgno >> 1)))";
        if self.connection.query_row(sql, [], |row| row.get(0))? {
            return Ok(Some("it names a page that is not there".to_owned()));
        }
        let sql = "INSERT INTO business_os_search (business_os_search, rank) VALUES ('integrity-check', 1)";
        match self.connection.execute(sql, []) {
            Ok(_) => Ok(None),
            Err(error) if StoreError::from_busy(&error) => Err(error.into()),
            Err(error) => Ok(Some(error.to_string())),
        }
    }
}

impl Txn {
    /// Says at which entry of the log the index stands.
    pub fn set_search_mark(&self, seq: u64) -> Result<(), StoreError> {
        self.set_metadata(MARK, &seq.to_string())
    }

    /// Adds a document to the index; `body` is that of its text.
    pub fn add_search_document(&self, document: &SearchDocument, body: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_search_documents
                     (path, entity_type, entity_id, owner_id, sha256, title, title_it, tags, body_from, body_it)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        self.connection().prepare_cached(sql)?.execute(params![
            document.path.as_str(),
            document.entity.kind(),
            document.entity.id(),
            document.entity.owner().as_str(),
            document.sha256.as_str(),
            document.title,
            document.title_it,
            document.tags,
            i64::try_from(document.body_from).unwrap_or(i64::MAX),
            document.body_it,
        ])?;
        self.add_words(self.connection().last_insert_rowid(), document, body)
    }

    /// Puts a document in the place of the one with this number, whose text is still stored.
    pub fn replace_search_document(
        &self,
        number: i64,
        document: &SearchDocument,
        body: &str,
    ) -> Result<(), StoreError> {
        self.remove_words(number)?;
        let sql = "UPDATE business_os_search_documents SET path = ?2, entity_type = ?3, entity_id = ?4, owner_id = ?5,
                     sha256 = ?6, title = ?7, title_it = ?8, tags = ?9, body_from = ?10, body_it = ?11
                   WHERE id = ?1";
        self.connection().prepare_cached(sql)?.execute(params![
            number,
            document.path.as_str(),
            document.entity.kind(),
            document.entity.id(),
            document.entity.owner().as_str(),
            document.sha256.as_str(),
            document.title,
            document.title_it,
            document.tags,
            i64::try_from(document.body_from).unwrap_or(i64::MAX),
            document.body_it,
        ])?;
        self.add_words(number, document, body)
    }

    /// Takes a document, whose text is still stored, out of the index.
    pub fn remove_search_document(&self, number: i64) -> Result<(), StoreError> {
        self.remove_words(number)?;
        let sql = "DELETE FROM business_os_search_documents WHERE id = ?1";
        self.connection().prepare_cached(sql)?.execute([number])?;
        Ok(())
    }

    /// Empties the index, which the next search fills; it may be damaged.
    pub fn reset_search(&self) -> Result<(), StoreError> {
        // Without a version that SQLite knows the table could not even be dropped.
        let sql = "INSERT OR REPLACE INTO business_os_search_config (k, v) VALUES ('version', 4)";
        self.connection().execute(sql, [])?;
        self.connection().execute("DROP TABLE IF EXISTS business_os_search", [])?;
        self.connection().execute("DROP VIEW IF EXISTS business_os_search_texts", [])?;
        self.connection().execute("DROP TABLE IF EXISTS business_os_search_documents", [])?;
        self.connection().execute_batch(SEARCH)?;
        self.remove_metadata(MARK)
    }

    fn add_words(&self, number: i64, document: &SearchDocument, body: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_search (rowid, title, title_it, tags, body, body_it)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let SearchDocument { title, title_it, tags, body_it, .. } = document;
        self.connection().prepare_cached(sql)?.execute(params![number, title, title_it, tags, body, body_it])?;
        Ok(())
    }

    /// SQLite reads the words to take out from the row and the text that stand there until now.
    fn remove_words(&self, number: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_search WHERE rowid = ?1";
        self.connection().prepare_cached(sql)?.execute([number])?;
        Ok(())
    }
}

fn read(row: &Reader<'_>) -> Result<(i64, SearchDocument), StoreError> {
    let (kind, id) = (row.text(2)?, row.text(3)?);
    let document = SearchDocument {
        path: row.path(1)?,
        entity: Entity::parse(kind, id).ok_or_else(|| row.error(&format!("{kind} {id:?} is no entity")))?,
        sha256: row.sha(4)?,
        title: row.get(5)?,
        title_it: row.get(6)?,
        tags: row.get(7)?,
        body_from: row.get::<i64>(8)?.unsigned_abs(),
        body_it: row.get(9)?,
    };
    Ok((row.get(0)?, document))
}
