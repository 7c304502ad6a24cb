//! Versions of ideas, each from one log entry to the next: a projection of the log that only reads of the past fill and
//! use.

use rusqlite::{params, params_from_iter, types::ToSqlOutput};

use super::{
    error::StoreError,
    ideas::{idea, list_values},
    projection::{Projected, compare_versions, integer, json, number, optional_integer, text},
    row::{Rows, collect_each},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{id::Id, idea::Idea};

const TABLE: &str = "business_os_idea_versions";

/// A version of an idea: its row from one entry to the next that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdeaVersion {
    /// The fields shown in lists.
    pub idea: Idea,
    /// The entry that began this version.
    pub begun: u64,
    /// The entry that ended this version; `None` while it is current.
    pub until: Option<u64>,
    tags: String,
}

impl IdeaVersion {
    /// A version that is still current.
    #[must_use]
    pub fn new(idea: Idea, begun: u64) -> Self {
        let tags = json(&idea.tags);
        Self { idea, begun, until: None, tags }
    }
}

impl Projected for IdeaVersion {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "seq",
        "until_seq",
        "status",
        "business",
        "location",
        "git_file_path",
        "created_at",
        "updated_at",
        "archived",
        "type",
        "priority",
        "title",
        "tags_json",
        "card_id",
        "sha256",
    ];

    fn values(&self) -> Vec<ToSqlOutput<'_>> {
        let mut values =
            vec![text(self.idea.id.as_str()), integer(number(self.begun)), optional_integer(self.until.map(number))];
        values.extend(list_values(&self.idea, &self.tags));
        values
    }
}

impl Snapshot {
    /// Every idea as of an entry: the inbox first, then by latest change.
    pub(super) fn ideas_then(&self, archived: bool, seq: u64) -> Rows<Idea> {
        let sql = "SELECT id, business, type, status, priority, location, title, tags_json, created_at, updated_at,
                     card_id, archived, git_file_path, sha256
                   FROM business_os_idea_versions
                   WHERE archived = ?1 AND seq <= ?2 AND (until_seq IS NULL OR until_seq > ?2)
                   ORDER BY location, updated_at DESC, id";
        collect_each(&mut *self.connection.prepare_cached(sql)?, params![archived, number(seq)], TABLE, 0, idea)
    }

    /// Compares every version with what it should be; see `projection::compare_versions`.
    pub fn compare_idea_versions<E: From<StoreError>>(
        &self,
        expected: impl FnMut(&str, u64) -> Result<Option<IdeaVersion>, E>,
    ) -> Result<Vec<String>, E> {
        let sql = "SELECT id, seq, until_seq, status, business, location, git_file_path, created_at, updated_at,
                     archived, type, priority, title, tags_json, card_id, sha256
                   FROM business_os_idea_versions WHERE id > '' ORDER BY id, seq";
        compare_versions(&mut self.connection.prepare(sql).map_err(StoreError::from)?, expected)
    }
}

impl Txn {
    /// Adds a version of an idea.
    pub fn put_idea_version(&self, version: &IdeaVersion) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO business_os_idea_versions (id, seq, until_seq, status, business, location, git_file_path,
                     created_at, updated_at, archived, type, priority, title, tags_json, card_id, sha256)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        self.connection().prepare_cached(sql)?.execute(params_from_iter(version.values()))?;
        Ok(())
    }

    /// Ends the current version of an idea, if there is one.
    pub fn end_idea_version(&self, id: &Id, until: u64) -> Result<(), StoreError> {
        let sql = "UPDATE business_os_idea_versions SET until_seq = ?2 WHERE id = ?1 AND until_seq IS NULL";
        self.connection().prepare_cached(sql)?.execute(params![id.as_str(), number(until)])?;
        Ok(())
    }
}
