//! The stage docs: a projection of their primary documents.

use rusqlite::{params_from_iter, types::ToSqlOutput};

use super::{
    error::StoreError,
    projection::{Projected, Should, altered_row, compare, json, optional, text},
    row::{Reader, Rows, collect, collect_each},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{audience::Audience, id::Id, stage::Stage, stage_doc::StageDoc};

const TABLE: &str = "business_os_stage_docs";

/// A row of the stage docs table: the stage doc, and the columns that exist only in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDocRow {
    /// The fields shown in lists.
    pub stage_doc: StageDoc,
    /// The whole entity as JSON.
    pub data_json: String,
    /// The git blob id of its text.
    pub git_sha: String,
    /// The commit that exported its text; `None` until one has.
    pub git_commit: Option<String>,
    id: String,
}

impl StageDocRow {
    /// Builds a row from its parts.
    #[must_use]
    pub fn new(stage_doc: StageDoc, data_json: String, git_sha: String, git_commit: Option<String>) -> Self {
        let id = format!("{}/{}", stage_doc.card, stage_doc.stage.as_str());
        Self { stage_doc, data_json, git_sha, git_commit, id }
    }
}

impl Projected for StageDocRow {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "card_id",
        "stage",
        "git_file_path",
        "git_sha",
        "git_commit",
        "created_at",
        "updated_at",
        "audience",
        "sha256",
        "data_json",
    ];

    fn values(&self) -> Vec<ToSqlOutput<'_>> {
        let stage_doc = &self.stage_doc;
        vec![
            text(&self.id),
            text(stage_doc.card.as_str()),
            text(stage_doc.stage.as_str()),
            text(stage_doc.path.as_str()),
            text(&self.git_sha),
            optional(self.git_commit.as_ref()),
            text(&stage_doc.created),
            text(&stage_doc.updated),
            text(stage_doc.audience.as_str()),
            text(stage_doc.sha256.as_str()),
            text(&self.data_json),
        ]
    }
}

impl Snapshot {
    /// The stage docs of one card, sorted by stage.
    pub fn stage_docs_of(&self, card: &Id) -> Result<Vec<StageDoc>, StoreError> {
        let sql = "SELECT card_id, stage, audience, git_file_path, created_at, updated_at, sha256
                   FROM business_os_stage_docs WHERE card_id = ?1 ORDER BY stage";
        collect(&mut *self.connection.prepare_cached(sql)?, [card.as_str()], TABLE, 0, stage_doc)
    }

    /// Every stage doc, sorted by card and stage, each with the title of its card if the card exists.
    pub fn stage_docs(&self) -> Rows<(StageDoc, Option<String>)> {
        let sql = "SELECT doc.card_id, doc.stage, doc.audience, doc.git_file_path, doc.created_at, doc.updated_at,
                     doc.sha256, card.title
                   FROM business_os_stage_docs AS doc LEFT JOIN business_os_cards AS card ON card.id = doc.card_id
                   WHERE doc.card_id > '' ORDER BY doc.card_id, doc.stage";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect_each(&mut statement, [], TABLE, 0, |row| Ok((stage_doc(row)?, row.get(7)?)))
    }

    /// The first column in which the stored row differs from `row`; `None` if all match.
    pub fn altered_stage_doc(&self, row: &StageDocRow) -> Result<Option<&'static str>, StoreError> {
        let sql = "SELECT id, card_id, stage, git_file_path, git_sha, git_commit, created_at, updated_at, audience,
                     sha256, data_json
                   FROM business_os_stage_docs WHERE id = ?1";
        altered_row(&mut *self.connection.prepare_cached(sql)?, &row.id, row)
    }

    /// Compares every stored row with the expected one; see `projection::compare`.
    pub fn compare_stage_docs<E: From<StoreError>>(
        &self,
        expected: impl FnMut(&str) -> Result<Should<StageDocRow>, E>,
    ) -> Result<Vec<String>, E> {
        let sql = "SELECT id, card_id, stage, git_file_path, git_sha, git_commit, created_at, updated_at, audience,
                     sha256, data_json
                   FROM business_os_stage_docs WHERE id > '' ORDER BY id";
        compare(&mut self.connection.prepare(sql).map_err(StoreError::from)?, expected)
    }
}

impl Txn {
    /// Inserts or replaces a stage doc's row.
    pub fn put_stage_doc(&self, row: &StageDocRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO business_os_stage_docs (id, card_id, stage, git_file_path, git_sha, git_commit, created_at,
                     updated_at, audience, sha256, data_json)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                   ON CONFLICT (id) DO UPDATE SET card_id = excluded.card_id, stage = excluded.stage,
                     git_file_path = excluded.git_file_path, git_sha = excluded.git_sha,
                     git_commit = excluded.git_commit, created_at = excluded.created_at,
                     updated_at = excluded.updated_at, audience = excluded.audience, sha256 = excluded.sha256,
                     data_json = excluded.data_json";
        self.connection().prepare_cached(sql)?.execute(params_from_iter(row.values()))?;
        Ok(())
    }

    /// Deletes a stage doc's row.
    pub fn remove_stage_doc(&self, card: &Id, stage: &Stage) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_stage_docs WHERE card_id = ?1 AND stage = ?2";
        self.connection().prepare_cached(sql)?.execute([card.as_str(), stage.as_str()])?;
        Ok(())
    }

    /// Deletes all cards, ideas and stage docs but those with these IDs, before a rebuild.
    pub fn clear_projections_but(&self, ids: impl Iterator<Item = String>) -> Result<(), StoreError> {
        let kept = json(&ids.collect::<Vec<_>>());
        let cards = "DELETE FROM business_os_cards WHERE id > '' AND id NOT IN (SELECT value FROM json_each(?1))";
        let ideas = "DELETE FROM business_os_ideas WHERE id > '' AND id NOT IN (SELECT value FROM json_each(?1))";
        let docs = "DELETE FROM business_os_stage_docs WHERE id > '' AND id NOT IN (SELECT value FROM json_each(?1))";
        for sql in [cards, ideas, docs] {
            self.connection().execute(sql, [&kept])?;
        }
        Ok(())
    }

    /// Deletes all counters, before they are recounted.
    pub fn clear_counters(&self) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM business_os_counters", [])?;
        Ok(())
    }
}

fn stage_doc(row: &Reader<'_>) -> Result<StageDoc, StoreError> {
    Ok(StageDoc {
        card: row.id(0)?,
        stage: row.parsed(1, Stage::parse)?,
        audience: row.parsed(2, Audience::parse)?,
        path: row.path(3)?,
        created: row.get(4)?,
        updated: row.get(5)?,
        sha256: row.sha(6)?,
    })
}
