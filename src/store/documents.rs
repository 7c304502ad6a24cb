//! The current text of each document.

use rusqlite::{OptionalExtension as _, params};

use super::{error::StoreError, row::collect, snapshot::Snapshot, txn::Txn};
use crate::domain::{audience::Audience, doc_path::DocPath, entity::Entity, hash::Sha256};

const TABLE: &str = "business_os_documents";

/// A row of the documents table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its path in the tree.
    pub path: DocPath,
    /// The entity it belongs to.
    pub entity: Entity,
    /// Its audience; `None` for comments and notes.
    pub audience: Option<Audience>,
    /// The hash of its current text.
    pub sha256: Sha256,
}

impl Snapshot {
    /// The hash of a document's current text.
    pub fn document_sha(&self, path: &DocPath) -> Result<Option<Sha256>, StoreError> {
        let sql = "SELECT sha256 FROM business_os_documents WHERE path = ?1";
        let text: Option<String> =
            self.connection.prepare_cached(sql)?.query_row([path.as_str()], |row| row.get(0)).optional()?;
        match text {
            None => Ok(None),
            Some(text) => Sha256::parse(&text).map(Some).ok_or_else(|| StoreError::Row {
                table: TABLE,
                key: path.to_string(),
                what: format!("{text:?} is no SHA-256"),
            }),
        }
    }

    /// The documents of one entity, the primary first: `.user.md` before `.agent.md`, then by path.
    pub fn documents_of(&self, entity: &Entity) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = "SELECT path, entity_type, entity_id, audience, sha256 FROM business_os_documents
                   WHERE entity_type = ?1 AND entity_id = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut found = collect(&mut statement, params![entity.kind(), entity.id()], TABLE, 0, read)?;
        found.sort_by(|a, b| (a.audience, &a.path).cmp(&(b.audience, &b.path)));
        Ok(found)
    }

    /// The stage docs, comments and notes of one card, sorted by path.
    pub fn documents_below(&self, card: &crate::domain::id::Id) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = "SELECT path, entity_type, entity_id, audience, sha256 FROM business_os_documents
                   WHERE entity_type IN ('stage_doc', 'comment', 'note') AND entity_id > ?1 AND entity_id < ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut found = collect(&mut statement, [format!("{card}/"), format!("{card}0")], TABLE, 0, read)?;
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Every document, sorted by path.
    pub fn documents(&self) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = "SELECT path, entity_type, entity_id, audience, sha256 FROM business_os_documents
                   WHERE path > '' ORDER BY path";
        collect(&mut *self.connection.prepare_cached(sql)?, [], TABLE, 0, read)
    }

    /// The number of documents.
    pub fn document_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM business_os_documents WHERE entity_type > ''";
        let count: i64 = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// Whether any document is stored.
    pub fn has_documents(&self) -> Result<bool, StoreError> {
        Ok(self.connection.prepare_cached("SELECT 1 FROM business_os_documents WHERE path > '' LIMIT 1")?.exists([])?)
    }
}

impl Txn {
    /// Inserts a document or updates its current text.
    pub fn put_document(&self, row: &DocumentRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_documents (path, entity_type, entity_id, audience, sha256)
                   VALUES (?1, ?2, ?3, ?4, ?5)
                   ON CONFLICT (path) DO UPDATE SET entity_type = excluded.entity_type, entity_id = excluded.entity_id,
                     audience = excluded.audience, sha256 = excluded.sha256";
        self.connection().prepare_cached(sql)?.execute(params![
            row.path.as_str(),
            row.entity.kind(),
            row.entity.id(),
            row.audience.map(Audience::as_str),
            row.sha256.as_str()
        ])?;
        Ok(())
    }

    /// Removes a document; its stored texts and its history remain.
    pub fn remove_document(&self, path: &DocPath) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_documents WHERE path = ?1";
        self.connection().prepare_cached(sql)?.execute([path.as_str()])?;
        Ok(())
    }
}

fn read(row: &super::row::Reader<'_>) -> Result<DocumentRow, StoreError> {
    let (kind, id) = (row.text(1)?, row.text(2)?);
    let audience = match row.get::<Option<String>>(3)? {
        None => None,
        Some(word) => Some(Audience::parse(&word).ok_or_else(|| row.error(&format!("{word:?} is no audience")))?),
    };
    Ok(DocumentRow {
        path: row.path(0)?,
        entity: Entity::parse(kind, id).ok_or_else(|| row.error(&format!("{kind} {id:?} is no entity")))?,
        audience,
        sha256: row.sha(4)?,
    })
}
