//! The ideas: a projection of their primary documents.

use std::collections::BTreeMap;

use rusqlite::{params_from_iter, types::ToSqlOutput};

use super::{
    error::StoreError,
    projection::{Projected, Should, altered_row, compare, integer, json, optional, text},
    row::{Reader, Rows, collect, collect_each},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{
    id::Id,
    idea::{Idea, Location},
};

const TABLE: &str = "business_os_ideas";

/// A row of the ideas table: the idea, and the columns that exist only in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdeaRow {
    /// The fields shown in lists.
    pub idea: Idea,
    /// The whole entity as JSON.
    pub data_json: String,
    /// The git blob id of its text.
    pub git_sha: String,
    /// The commit that exported its text; `None` until one has.
    pub git_commit: Option<String>,
    tags: String,
}

impl IdeaRow {
    /// Builds a row from its parts.
    #[must_use]
    pub fn new(idea: Idea, data_json: String, git_sha: String, git_commit: Option<String>) -> Self {
        let tags = json(&idea.tags);
        Self { idea, data_json, git_sha, git_commit, tags }
    }
}

impl Projected for IdeaRow {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "status",
        "business",
        "location",
        "git_file_path",
        "git_sha",
        "git_commit",
        "created_at",
        "updated_at",
        "archived",
        "type",
        "priority",
        "title",
        "tags_json",
        "card_id",
        "sha256",
        "data_json",
    ];

    fn values(&self) -> Vec<ToSqlOutput<'_>> {
        let [status, business, location, path, rest @ ..] = list_values(&self.idea, &self.tags);
        let mut values = vec![text(self.idea.id.as_str()), status, business, location, path];
        values.extend([text(&self.git_sha), optional(self.git_commit.as_ref())]);
        values.extend(rest);
        values.push(text(&self.data_json));
        values
    }
}

/// The values that a list and its order need of an idea, `status` to `sha256`, in the order of [`IdeaRow::COLUMNS`].
pub(super) fn list_values<'a>(idea: &'a Idea, tags: &'a str) -> [ToSqlOutput<'a>; 13] {
    [
        optional(idea.status.as_ref()),
        text(&idea.business),
        text(idea.location.as_str()),
        text(idea.path.as_str()),
        text(&idea.created),
        text(&idea.updated),
        integer(idea.archived),
        optional(idea.kind.as_ref()),
        optional(idea.priority.as_ref()),
        text(&idea.title),
        text(tags),
        optional(idea.card_id.as_ref()),
        text(idea.sha256.as_str()),
    ]
}

impl Snapshot {
    /// Every idea: the inbox first, then by latest change. With `at`, the ideas as of that entry.
    pub fn ideas(&self, archived: bool, at: Option<u64>) -> Rows<Idea> {
        if let Some(seq) = at {
            return self.ideas_then(archived, seq);
        }
        let sql = "SELECT id, business, type, status, priority, location, title, tags_json, created_at, updated_at,
                     card_id, archived, git_file_path, sha256
                   FROM business_os_ideas WHERE archived = ?1 ORDER BY location, updated_at DESC, id";
        collect_each(&mut *self.connection.prepare_cached(sql)?, [archived], TABLE, 0, idea)
    }

    /// One idea.
    pub fn idea(&self, id: &Id) -> Result<Option<Idea>, StoreError> {
        let sql = "SELECT id, business, type, status, priority, location, title, tags_json, created_at, updated_at,
                     card_id, archived, git_file_path, sha256
                   FROM business_os_ideas WHERE id = ?1";
        Ok(collect(&mut *self.connection.prepare_cached(sql)?, [id.as_str()], TABLE, 0, idea)?.pop())
    }

    /// The text under a key of an idea's document, trimmed; `None` if it is missing, empty or not text.
    pub fn idea_text(&self, id: &Id, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT CASE json_type(data_json, ?2) WHEN 'text' THEN json_extract(data_json, ?2) END
                   FROM business_os_ideas WHERE id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = collect(&mut statement, [id.as_str(), &format!("$.\"{key}\"")], TABLE, 0, |row| {
            Ok(row.optional_text(0)?.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
        })?;
        Ok(found.into_iter().flatten().next())
    }

    /// Whether an idea with this ID exists.
    pub fn has_idea(&self, id: &Id) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM business_os_ideas WHERE id = ?1";
        Ok(self.connection.prepare_cached(sql)?.exists([id.as_str()])?)
    }

    /// The IDs that start with `prefix`, with their titles; at most `limit`.
    pub fn idea_ids(&self, prefix: &str, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT id, title FROM business_os_ideas WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map((prefix, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The businesses that have ideas, in order, each with its number of unarchived ideas.
    pub fn idea_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        // Counted here, because the index on `archived` is not ordered by business.
        let sql = "SELECT business FROM business_os_ideas WHERE archived = 0 ORDER BY location, updated_at DESC, id";
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for business in collect(&mut *self.connection.prepare_cached(sql)?, [], TABLE, 0, |row| row.get(0))? {
            *counts.entry(business).or_default() += 1;
        }
        Ok(counts.into_iter().collect())
    }

    /// The first column in which the stored row differs from `row`; `None` if all match.
    pub fn altered_idea(&self, row: &IdeaRow) -> Result<Option<&'static str>, StoreError> {
        let sql = "SELECT id, status, business, location, git_file_path, git_sha, git_commit, created_at, updated_at,
                     archived, type, priority, title, tags_json, card_id, sha256, data_json
                   FROM business_os_ideas WHERE id = ?1";
        altered_row(&mut *self.connection.prepare_cached(sql)?, row.idea.id.as_str(), row)
    }

    /// Compares every stored row with the expected one; see `projection::compare`.
    pub fn compare_ideas<E: From<StoreError>>(
        &self,
        expected: impl FnMut(&str) -> Result<Should<IdeaRow>, E>,
    ) -> Result<Vec<String>, E> {
        let sql = "SELECT id, status, business, location, git_file_path, git_sha, git_commit, created_at, updated_at,
                     archived, type, priority, title, tags_json, card_id, sha256, data_json
                   FROM business_os_ideas WHERE id > '' ORDER BY id";
        compare(&mut self.connection.prepare(sql).map_err(StoreError::from)?, expected)
    }
}

impl Txn {
    /// Inserts or replaces an idea's row.
    pub fn put_idea(&self, row: &IdeaRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_ideas (id, status, business, location, git_file_path, git_sha, git_commit,
                     created_at, updated_at, archived, type, priority, title, tags_json, card_id, sha256, data_json)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
                   ON CONFLICT (id) DO UPDATE SET status = excluded.status, business = excluded.business,
                     location = excluded.location, git_file_path = excluded.git_file_path, git_sha = excluded.git_sha,
                     git_commit = excluded.git_commit, created_at = excluded.created_at,
                     updated_at = excluded.updated_at, archived = excluded.archived, type = excluded.type,
                     priority = excluded.priority, title = excluded.title, tags_json = excluded.tags_json,
                     card_id = excluded.card_id, sha256 = excluded.sha256, data_json = excluded.data_json";
        self.connection().prepare_cached(sql)?.execute(params_from_iter(row.values()))?;
        Ok(())
    }

    /// Deletes an idea's row.
    pub fn remove_idea(&self, id: &Id) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_ideas WHERE id = ?1";
        self.connection().prepare_cached(sql)?.execute([id.as_str()])?;
        Ok(())
    }
}

pub(super) fn idea(row: &Reader<'_>) -> Result<Idea, StoreError> {
    Ok(Idea {
        id: row.parsed(0, Id::of_idea)?,
        business: row.get(1)?,
        kind: row.get(2)?,
        status: row.get(3)?,
        priority: row.get(4)?,
        location: row.parsed(5, Location::parse)?,
        title: row.get(6)?,
        tags: row.list(7)?,
        created: row.get(8)?,
        updated: row.get(9)?,
        card_id: row.get(10)?,
        archived: row.get(11)?,
        path: row.path(12)?,
        sha256: row.sha(13)?,
    })
}
