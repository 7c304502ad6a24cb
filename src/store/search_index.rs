//! Maintains the search index: a row for each document, and the words of its text. Queries are in `search.rs`.

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

/// The metadata key that holds the last log entry the index includes.
const MARK: &str = "search_seq";

/// The searched parts of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDocument {
    /// Its path in the tree.
    pub path: DocPath,
    /// The entity it belongs to.
    pub entity: Entity,
    /// The hash of its text.
    pub sha256: Sha256,
    /// Its title; empty if it has none.
    pub title: String,
    /// Its title in Italian.
    pub title_it: Option<String>,
    /// Its tags, separated by commas.
    pub tags: String,
    /// Where its body begins in its text, in characters, counted from 1.
    pub body_from: u64,
    /// Its body in Italian.
    pub body_it: Option<String>,
}

impl Snapshot {
    /// The last log entry the index includes; `None` before it is first filled.
    pub fn search_mark(&self) -> Result<Option<u64>, StoreError> {
        Ok(self.metadata(MARK)?.and_then(|seq| seq.parse().ok()))
    }

    /// The indexed documents of a card or idea and of its attachments, each with its number.
    pub fn search_documents_of(&self, owner: &Id) -> Result<Vec<(i64, SearchDocument)>, StoreError> {
        let sql = "SELECT id, path, entity_type, entity_id, sha256, title, title_it, tags, body_from, body_it
                   FROM business_os_search_documents WHERE owner_id = ?1";
        collect(&mut *self.connection.prepare_cached(sql)?, [owner.as_str()], TABLE, 1, read)
    }

    /// The indexed document with this number.
    pub fn search_document(&self, number: i64) -> Result<Option<SearchDocument>, StoreError> {
        let sql = "SELECT id, path, entity_type, entity_id, sha256, title, title_it, tags, body_from, body_it
                   FROM business_os_search_documents WHERE id = ?1";
        let found = collect(&mut *self.connection.prepare_cached(sql)?, [number], TABLE, 1, read)?.pop();
        Ok(found.map(|(_, document)| document))
    }

    /// Visits every indexed document, ordered by path, with its owner as the row names it, and whether the index has
    /// words of it.
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

    /// Whether the index is entirely empty.
    pub fn is_search_empty(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM business_os_search_documents WHERE path > '')
                     OR EXISTS (SELECT 1 FROM business_os_search_docsize WHERE id > -9223372036854775808)";
        let found: bool = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(!found)
    }

    /// What SQLite finds wrong with the index, compared word by word with the texts; takes the write lock.
    pub fn search_defect(&self) -> Result<Option<String>, StoreError> {
        // SQLite does not check for references to missing pages. The ID of a page in the data table has its segment's
        // ID in front, from bit 37 up.
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
    /// Sets the last log entry the index includes.
    pub fn set_search_mark(&self, seq: u64) -> Result<(), StoreError> {
        self.set_metadata(MARK, &seq.to_string())
    }

    /// Adds a document to the index; `body` is the body of its text.
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

    /// Replaces the document with this number, whose text must still be stored.
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

    /// Removes a document, whose text must still be stored, from the index.
    pub fn remove_search_document(&self, number: i64) -> Result<(), StoreError> {
        self.remove_words(number)?;
        let sql = "DELETE FROM business_os_search_documents WHERE id = ?1";
        self.connection().prepare_cached(sql)?.execute([number])?;
        Ok(())
    }

    /// Empties the index, even a damaged one; the next search fills it.
    pub fn reset_search(&self) -> Result<(), StoreError> {
        // SQLite cannot even drop the table unless its version is one it knows.
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

    /// SQLite derives the words to remove from the row and the text that are still stored.
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
