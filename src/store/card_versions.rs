//! Versions of cards, each from one log entry to the next: a projection of the log that only reads of the past fill and
//! use.

use rusqlite::{params, params_from_iter, types::ToSqlOutput};

use super::{
    cards::{Scope, board_values},
    error::StoreError,
    projection::{Projected, compare_versions, integer, json, number, optional_integer, text},
    row::{Reader, collect},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{card::Card, id::Id, lane::Lane, lane_history::Stay};

const TABLE: &str = "business_os_card_versions";

/// A log entry at which a version begins or ends, and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the entry.
    pub seq: u64,
    /// Its time in Unix seconds.
    pub at: i64,
}

/// A version of a card: its row from one entry to the next that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardVersion {
    /// The fields shown on boards and in lists.
    pub card: Card,
    /// The entry that began this version.
    pub begun: Stamp,
    /// The batch of that entry: the number of the first entry of its command.
    pub batch: u64,
    /// The entry that ended this version; `None` while it is current.
    pub until: Option<Stamp>,
    tags: String,
    dependencies: String,
}

impl CardVersion {
    /// A version that is still current.
    #[must_use]
    pub fn new(card: Card, begun: Stamp, batch: u64) -> Self {
        let (tags, dependencies) = (json(&card.tags), json(&card.dependencies));
        Self { card, begun, batch, until: None, tags, dependencies }
    }
}

impl Projected for CardVersion {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "seq",
        "at",
        "batch",
        "until_seq",
        "until_at",
        "lane",
        "priority",
        "owner",
        "business",
        "git_file_path",
        "created_at",
        "updated_at",
        "archived",
        "lane_rank",
        "priority_rank",
        "due_key",
        "title",
        "tags_json",
        "due_date",
        "completed_date",
        "blocked",
        "blocked_reason",
        "dependencies_json",
        "proposed_lane",
        "sha256",
    ];

    fn values(&self) -> Vec<ToSqlOutput<'_>> {
        let mut values = vec![
            text(self.card.id.as_str()),
            integer(number(self.begun.seq)),
            integer(self.begun.at),
            integer(number(self.batch)),
            optional_integer(self.until.map(|until| number(until.seq))),
            optional_integer(self.until.map(|until| until.at)),
        ];
        values.extend(board_values(&self.card, &self.tags, &self.dependencies));
        values
    }
}

impl Snapshot {
    /// Visits the rows of a board or list as of an entry, with the same columns as the current rows.
    pub(super) fn each_row_then<E: From<StoreError>>(
        &self,
        scope: Scope<'_>,
        archived: bool,
        seq: u64,
        mut visit: impl FnMut(&Reader<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let business = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_card_versions
                   WHERE archived = ?1 AND seq <= ?2 AND (until_seq IS NULL OR until_seq > ?2) AND business = ?3
                   ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let urgent = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_card_versions
                   WHERE archived = ?1 AND seq <= ?2 AND (until_seq IS NULL OR until_seq > ?2) AND priority_rank <= 1
                   ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let everything =
            "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_card_versions
                   WHERE archived = ?1 AND seq <= ?2 AND (until_seq IS NULL OR until_seq > ?2)
                   ORDER BY business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let (sql, code) = match scope {
            Scope::Business(code) => (business, Some(code)),
            Scope::Urgent => (urgent, None),
            Scope::Everything => (everything, None),
        };
        let mut statement = self.connection.prepare_cached(sql).map_err(StoreError::from)?;
        let rows = match code {
            Some(code) => statement.query(params![archived, number(seq), code]),
            None => statement.query(params![archived, number(seq)]),
        };
        let mut rows = rows.map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            visit(&Reader::new(row, TABLE, 0))?;
        }
        Ok(())
    }

    /// Visits every version of the cards of one business, or of all, in no particular order: the card's ID, its
    /// creation date in that version, and its stay in a lane.
    pub fn each_stay(&self, business: Option<&str>, mut visit: impl FnMut(&str, &str, Stay)) -> Result<(), StoreError> {
        let of_business = "SELECT id, seq, at, until_at, batch, lane_rank, archived, created_at
                   FROM business_os_card_versions WHERE archived IN (0, 1) AND business = ?1";
        let all = "SELECT id, seq, at, until_at, batch, lane_rank, archived, created_at
                   FROM business_os_card_versions WHERE archived IN (0, 1)";
        let (sql, parameters) = match business {
            Some(business) => (of_business, vec![business]),
            None => (all, Vec::new()),
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let row = Reader::new(row, TABLE, 0);
            let lane: u8 = row.get(5)?;
            let stay = Stay {
                seq: row.get::<i64>(1)?.unsigned_abs(),
                batch: row.get::<i64>(4)?.unsigned_abs(),
                from: row.get(2)?,
                until: row.get(3)?,
                lane: Lane::ALL.get(usize::from(lane)).copied(),
                archived: row.get(6)?,
            };
            visit(row.text(0)?, row.text(7)?, stay);
        }
        Ok(())
    }

    /// The businesses that have or ever had cards.
    pub fn past_businesses(&self) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT DISTINCT archived, business FROM business_os_card_versions WHERE archived IN (0, 1)";
        collect(&mut *self.connection.prepare_cached(sql)?, [], TABLE, 1, |row| row.get(1))
    }

    /// Compares every version with what it should be; see `projection::compare_versions`.
    pub fn compare_card_versions<E: From<StoreError>>(
        &self,
        expected: impl FnMut(&str, u64) -> Result<Option<CardVersion>, E>,
    ) -> Result<Vec<String>, E> {
        let sql = "SELECT id, seq, at, batch, until_seq, until_at, lane, priority, owner, business, git_file_path,
                     created_at, updated_at, archived, lane_rank, priority_rank, due_key, title, tags_json, due_date,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, sha256
                   FROM business_os_card_versions WHERE id > '' ORDER BY id, seq";
        compare_versions(&mut self.connection.prepare(sql).map_err(StoreError::from)?, expected)
    }
}

impl Txn {
    /// Adds a version of a card.
    pub fn put_card_version(&self, version: &CardVersion) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_card_versions (id, seq, at, batch, until_seq, until_at, lane, priority, owner,
                     business, git_file_path, created_at, updated_at, archived, lane_rank, priority_rank, due_key, title,
                     tags_json, due_date, completed_date, blocked, blocked_reason, dependencies_json, proposed_lane,
                     sha256)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                     ?21, ?22, ?23, ?24, ?25, ?26)";
        self.connection().prepare_cached(sql)?.execute(params_from_iter(version.values()))?;
        Ok(())
    }

    /// Deletes all versions of cards and ideas.
    pub fn clear_versions(&self) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM business_os_card_versions", [])?;
        self.connection().execute("DELETE FROM business_os_idea_versions", [])?;
        Ok(())
    }

    /// Ends the current version of a card, if there is one.
    pub fn end_card_version(&self, id: &Id, until: Stamp) -> Result<(), StoreError> {
        let sql = "UPDATE business_os_card_versions SET until_seq = ?2, until_at = ?3
                   WHERE id = ?1 AND until_seq IS NULL";
        self.connection().prepare_cached(sql)?.execute(params![id.as_str(), number(until.seq), until.at])?;
        Ok(())
    }
}
