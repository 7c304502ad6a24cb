//! Every version of every document, once, addressed by its SHA-256.

use rusqlite::OptionalExtension as _;

use super::{error::StoreError, snapshot::Snapshot, txn::Txn};
use crate::domain::hash::Sha256;

impl Snapshot {
    /// The text with this hash; `None` if it was never stored, was erased, or is damaged.
    pub fn blob(&self, sha: &Sha256) -> Result<Option<String>, StoreError> {
        let bytes = self.blob_bytes(sha)?.filter(|bytes| Sha256::of(bytes) == *sha);
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }

    /// The bytes stored under this hash, which may be damaged; `None` if they were never stored or were erased.
    pub fn blob_bytes(&self, sha: &Sha256) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT text FROM business_os_blobs WHERE sha256 = ?1";
        let bytes = |row: &rusqlite::Row<'_>| Ok(row.get_ref(0)?.as_bytes().map(<[u8]>::to_vec).unwrap_or_default());
        Ok(self.connection.prepare_cached(sql)?.query_row([sha.as_str()], bytes).optional()?)
    }

    /// Whether the text with this hash is stored.
    pub fn has_blob(&self, sha: &Sha256) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM business_os_blobs WHERE sha256 = ?1";
        Ok(self.connection.prepare_cached(sql)?.exists([sha.as_str()])?)
    }

    /// The text stored under a name; `None` if there is none or the value is not text.
    pub fn blob_as_it_stands(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT text FROM business_os_blobs WHERE sha256 = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let text =
            statement.query_row([name], |row| Ok(row.get_ref(0)?.as_str().ok().map(str::to_owned))).optional()?;
        Ok(text.flatten())
    }

    /// The names of all texts, sorted, each with its rowid, which follows the order of storing.
    pub fn blob_names(&self) -> Result<Vec<(i64, String)>, StoreError> {
        let mut statement = self.connection.prepare("SELECT rowid, sha256 FROM business_os_blobs ORDER BY sha256")?;
        let mut rows = statement.query([])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            names.push((row.get(0)?, row.get_ref(1)?.as_str().unwrap_or("?").to_owned()));
        }
        Ok(names)
    }

    /// Visits every text and the name it is stored under, in the order of storing; the text is `None` if the value is
    /// not text.
    pub fn each_blob(&self, mut visit: impl FnMut(&str, Option<&str>)) -> Result<(), StoreError> {
        let sql = "SELECT sha256, text FROM business_os_blobs WHERE rowid > 0 ORDER BY rowid";
        let mut statement = self.connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(row.get_ref(0)?.as_str().unwrap_or("?"), row.get_ref(1)?.as_str().ok());
        }
        Ok(())
    }
}

impl Txn {
    /// Stores a text under its hash; does nothing if it is already stored, and mends it if that one is damaged.
    pub fn put_blob(&self, sha: &Sha256, text: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_blobs (sha256, text) VALUES (?1, ?2)
                   ON CONFLICT (sha256) DO UPDATE SET text = excluded.text WHERE text IS NOT excluded.text";
        self.connection().prepare_cached(sql)?.execute([sha.as_str(), text])?;
        Ok(())
    }
}
