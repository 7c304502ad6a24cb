//! The cards: a projection of their primary documents, read in board order from a covering index.

use rusqlite::{params_from_iter, types::ToSqlOutput};

use super::{
    error::StoreError,
    projection::{Projected, Should, altered_row, compare, integer, json, optional, text},
    row::{Reader, Rows, collect, collect_each},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{
    card::{BoardLine, Card, CardView},
    claim::Claim,
    date::leading_date,
    id::Id,
    lane::Lane,
    one_of::OneOf,
    priority::Priority,
    readiness::WorkRow,
};

const TABLE: &str = "business_os_cards";

/// Sorts after every date, so cards without a due date come last.
const NO_DATE: &str = "~";

/// A row of the cards table: the card, and the columns that exist only in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The fields shown on boards and in lists.
    pub card: Card,
    /// The whole entity as JSON.
    pub data_json: String,
    /// The git blob id of its text.
    pub git_sha: String,
    /// The commit that exported its text; `None` until one has.
    pub git_commit: Option<String>,
    tags: String,
    dependencies: String,
}

/// Which cards a board or list contains.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    /// One business, in board order.
    Business(&'a str),
    /// P0 and P1 of every business, in board order.
    Urgent,
    /// Every card, business by business, each in board order.
    Everything,
}

impl CardRow {
    /// Builds a row from its parts.
    #[must_use]
    pub fn new(card: Card, data_json: String, git_sha: String, git_commit: Option<String>) -> Self {
        let (tags, dependencies) = (json(&card.tags), json(&card.dependencies));
        Self { card, data_json, git_sha, git_commit, tags, dependencies }
    }
}

impl Projected for CardRow {
    const TABLE: &'static str = TABLE;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "lane",
        "priority",
        "owner",
        "business",
        "git_file_path",
        "git_sha",
        "git_commit",
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
        "data_json",
        "claimed_by",
        "claimed_until",
    ];

    fn values(&self) -> Vec<ToSqlOutput<'_>> {
        let [lane, priority, owner, business, path, rest @ ..] =
            board_values(&self.card, &self.tags, &self.dependencies);
        let mut values = vec![text(self.card.id.as_str()), lane, priority, owner, business, path];
        values.extend([text(&self.git_sha), optional(self.git_commit.as_ref())]);
        values.extend(rest);
        values.push(text(&self.data_json));
        values.push(optional(self.card.claim.as_ref().map(|claim| &claim.by)));
        values.push(optional(self.card.claim.as_ref().and_then(|claim| claim.until.as_ref())));
        values
    }
}

/// The values that a board and its order need of a card, `lane` to `sha256`, in the order of [`CardRow::COLUMNS`].
pub(super) fn board_values<'a>(card: &'a Card, tags: &'a str, dependencies: &'a str) -> [ToSqlOutput<'a>; 20] {
    let (lane, lane_rank) = match &card.lane {
        OneOf::Known(lane) => (lane.as_str(), lane.rank()),
        OneOf::Other(other) => (other.as_str(), Lane::UNKNOWN_RANK),
    };
    let (priority, priority_rank) = match &card.priority {
        OneOf::Known(priority) => (priority.as_str(), priority.rank()),
        OneOf::Other(other) => (other.as_str(), Priority::UNKNOWN_RANK),
    };
    [
        text(lane),
        text(priority),
        text(&card.owner),
        text(&card.business),
        text(card.path.as_str()),
        text(&card.created),
        text(&card.updated),
        integer(card.archived),
        integer(lane_rank),
        integer(priority_rank),
        text(card.due.as_deref().and_then(leading_date).unwrap_or(NO_DATE)),
        text(&card.title),
        text(tags),
        optional(card.due.as_ref()),
        optional(card.completed.as_ref()),
        integer(card.blocked),
        optional(card.blocked_reason.as_ref()),
        text(dependencies),
        optional(card.proposed_lane.as_ref()),
        text(card.sha256.as_str()),
    ]
}

impl Snapshot {
    /// Visits the cards of a board or list in order, damaged ones as errors; each is borrowed only during its visit. With
    /// `at`, they are the cards as of that entry.
    pub fn each_card<E: From<StoreError>>(
        &self,
        scope: Scope<'_>,
        archived: bool,
        at: Option<u64>,
        mut visit: impl FnMut(Result<CardView<'_>, StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(scope, archived, at, |row| visit(view(row)))
    }

    /// Visits the unfinished cards on the boards of one business or of all, in order, with what decides what to work on
    /// next.
    pub fn each_card_to_do<E: From<StoreError>>(
        &self,
        business: Option<&str>,
        mut visit: impl FnMut(Result<WorkRow<'_>, StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        // The five columns that a list reads beside these would cost a twentieth of `bos next`.
        let of_business =
            "SELECT id, lane, priority, owner, title, tags_json, due_date, updated_at, blocked, blocked_reason,
                     dependencies_json, proposed_lane
                   FROM business_os_cards WHERE archived = 0 AND business = ?1 AND lane NOT IN ('Done', 'Reflected')
                   ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let all = "SELECT id, lane, priority, owner, title, tags_json, due_date, updated_at, blocked, blocked_reason,
                     dependencies_json, proposed_lane
                   FROM business_os_cards WHERE archived = 0 AND lane NOT IN ('Done', 'Reflected')
                   ORDER BY business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let (sql, parameters) = match business {
            Some(business) => (of_business, vec![business]),
            None => (all, Vec::new()),
        };
        let mut statement = self.connection.prepare_cached(sql).map_err(StoreError::from)?;
        let mut rows = statement.query(params_from_iter(parameters)).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            visit(work(&Reader::new(row, TABLE, 0)))?;
        }
        Ok(())
    }

    /// Visits the finished cards on the boards of one business or of all, each with its completion date.
    pub fn each_finished_card(
        &self,
        business: Option<&str>,
        mut visit: impl FnMut(Result<(&str, Option<&str>), StoreError>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let of_business = "SELECT id, completed_date FROM business_os_cards
                   WHERE archived = 0 AND business = ?1 AND lane IN ('Done', 'Reflected') ORDER BY lane_rank";
        let all = "SELECT id, completed_date FROM business_os_cards
                   WHERE archived = 0 AND lane IN ('Done', 'Reflected') ORDER BY business, lane_rank";
        let (sql, parameters) = match business {
            Some(business) => (of_business, vec![business]),
            None => (all, Vec::new()),
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query(params_from_iter(parameters))?;
        while let Some(row) = rows.next()? {
            let row = Reader::new(row, TABLE, 0);
            visit(row.text(0).and_then(|id| Ok((id, row.optional_text(1)?))))?;
        }
        Ok(())
    }

    /// Every card whose front matter has a text value under this key, as pairs of that value and the card's ID.
    pub fn cards_by_key(&self, key: &str) -> Result<Vec<(String, Id)>, StoreError> {
        let sql = "SELECT id, json_extract(data_json, ?1) FROM business_os_cards
                   WHERE id > '' AND json_type(data_json, ?1) = 'text'";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect(&mut statement, [format!("$.\"{key}\"")], TABLE, 0, |row| Ok((row.get(1)?, row.id(0)?)))
    }

    /// The cards that the log knows and that are no longer there.
    pub fn gone_cards(&self) -> Result<Vec<Id>, StoreError> {
        let sql = "SELECT DISTINCT entry.entity_id FROM business_os_audit_log AS entry
                   WHERE entry.entity_type = 'card'
                     AND NOT EXISTS (SELECT 1 FROM business_os_cards WHERE id = entry.entity_id)";
        collect(&mut *self.connection.prepare_cached(sql)?, [], TABLE, 0, |row| row.id(0))
    }

    /// Like [`Snapshot::each_card`], but reads only the columns that a board shows.
    pub fn each_line<E: From<StoreError>>(
        &self,
        scope: Scope<'_>,
        archived: bool,
        at: Option<u64>,
        mut visit: impl FnMut(Result<BoardLine<'_>, StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(scope, archived, at, |row| visit(line(row)))
    }

    fn each_row<E: From<StoreError>>(
        &self,
        scope: Scope<'_>,
        archived: bool,
        at: Option<u64>,
        mut visit: impl FnMut(&Reader<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(seq) = at {
            return self.each_row_then(scope, archived, seq, visit);
        }
        let business = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_cards WHERE archived = ?1 AND business = ?2
                   ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let urgent = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_cards WHERE archived = ?1 AND priority_rank <= 1
                   ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let everything =
            "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_cards WHERE archived = ?1
                   ORDER BY business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";
        let (sql, code) = match scope {
            Scope::Business(code) => (business, Some(code)),
            Scope::Urgent => (urgent, None),
            Scope::Everything => (everything, None),
        };
        let mut statement = self.connection.prepare_cached(sql).map_err(StoreError::from)?;
        let rows = match code {
            Some(code) => statement.query((archived, code)),
            None => statement.query([archived]),
        };
        let mut rows = rows.map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            visit(&Reader::new(row, TABLE, 0))?;
        }
        Ok(())
    }

    /// One card.
    pub fn card(&self, id: &Id) -> Result<Option<Card>, StoreError> {
        let sql = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived,
                     git_file_path, sha256
                   FROM business_os_cards WHERE id = ?1";
        Ok(collect(&mut *self.connection.prepare_cached(sql)?, [id.as_str()], TABLE, 0, card)?.pop())
    }

    /// The text under a key of a card's document, trimmed; `None` if it is missing, empty or not text.
    pub fn card_text(&self, id: &str, key: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT CASE json_type(data_json, ?2) WHEN 'text' THEN json_extract(data_json, ?2) END
                   FROM business_os_cards WHERE id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = collect(&mut statement, [id, &format!("$.\"{key}\"")], TABLE, 0, |row| {
            Ok(row.optional_text(0)?.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned))
        })?;
        Ok(found.into_iter().flatten().next())
    }

    /// Whether a card with this ID exists.
    pub fn has_card(&self, id: &Id) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM business_os_cards WHERE id = ?1";
        Ok(self.connection.prepare_cached(sql)?.exists([id.as_str()])?)
    }

    /// Every claim by the ID of its card, including claims that have expired.
    pub fn claims(&self) -> Rows<(String, Claim)> {
        let sql =
            "SELECT id, claimed_by, claimed_until FROM business_os_cards WHERE claimed_by IS NOT NULL ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let claim = |row: &Reader<'_>| Ok((row.get(0)?, Claim { by: row.get(1)?, until: row.get(2)? }));
        collect_each(&mut statement, [], TABLE, 0, claim)
    }

    /// The IDs that start with `prefix`, with their titles; at most `limit`.
    pub fn card_ids(&self, prefix: &str, limit: u32) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT id, title FROM business_os_cards WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map((prefix, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The businesses that have cards, in order, each with its number of unarchived cards.
    pub fn card_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql =
            "SELECT business, count(*) FROM business_os_cards WHERE archived = 0 GROUP BY business ORDER BY business";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The first column in which the stored row differs from `row`; `None` if all match.
    pub fn altered_card(&self, row: &CardRow) -> Result<Option<&'static str>, StoreError> {
        let sql =
            "SELECT id, lane, priority, owner, business, git_file_path, git_sha, git_commit, created_at, updated_at,
                     archived, lane_rank, priority_rank, due_key, title, tags_json, due_date, completed_date, blocked,
                     blocked_reason, dependencies_json, proposed_lane, sha256, data_json, claimed_by, claimed_until
                   FROM business_os_cards WHERE id = ?1";
        altered_row(&mut *self.connection.prepare_cached(sql)?, row.card.id.as_str(), row)
    }

    /// Compares every stored row with the expected one; see `projection::compare`.
    pub fn compare_cards<E: From<StoreError>>(
        &self,
        expected: impl FnMut(&str) -> Result<Should<CardRow>, E>,
    ) -> Result<Vec<String>, E> {
        let sql =
            "SELECT id, lane, priority, owner, business, git_file_path, git_sha, git_commit, created_at, updated_at,
                     archived, lane_rank, priority_rank, due_key, title, tags_json, due_date, completed_date, blocked,
                     blocked_reason, dependencies_json, proposed_lane, sha256, data_json, claimed_by, claimed_until
                   FROM business_os_cards WHERE id > '' ORDER BY id";
        compare(&mut self.connection.prepare(sql).map_err(StoreError::from)?, expected)
    }
}

impl Txn {
    /// Inserts or replaces a card's row.
    pub fn put_card(&self, row: &CardRow) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO business_os_cards (id, lane, priority, owner, business, git_file_path, git_sha, git_commit,
                     created_at, updated_at, archived, lane_rank, priority_rank, due_key, title, tags_json, due_date,
                     completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, sha256, data_json,
                     claimed_by, claimed_until)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
                     ?21, ?22, ?23, ?24, ?25, ?26)
                   ON CONFLICT (id) DO UPDATE SET lane = excluded.lane, priority = excluded.priority,
                     owner = excluded.owner, business = excluded.business, git_file_path = excluded.git_file_path,
                     git_sha = excluded.git_sha, git_commit = excluded.git_commit, created_at = excluded.created_at,
                     updated_at = excluded.updated_at, archived = excluded.archived, lane_rank = excluded.lane_rank,
                     priority_rank = excluded.priority_rank, due_key = excluded.due_key, title = excluded.title,
                     tags_json = excluded.tags_json, due_date = excluded.due_date,
                     completed_date = excluded.completed_date, blocked = excluded.blocked,
                     blocked_reason = excluded.blocked_reason, dependencies_json = excluded.dependencies_json,
                     proposed_lane = excluded.proposed_lane, sha256 = excluded.sha256, data_json = excluded.data_json,
                     claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until";
        self.connection().prepare_cached(sql)?.execute(params_from_iter(row.values()))?;
        Ok(())
    }

    /// Deletes a card's row.
    pub fn remove_card(&self, id: &Id) -> Result<(), StoreError> {
        let sql = "DELETE FROM business_os_cards WHERE id = ?1";
        self.connection().prepare_cached(sql)?.execute([id.as_str()])?;
        Ok(())
    }
}

fn card(row: &Reader<'_>) -> Result<Card, StoreError> {
    view(row)?.to_card().map_err(|what| row.error(&what))
}

fn line<'a>(row: &Reader<'a>) -> Result<BoardLine<'a>, StoreError> {
    Ok(BoardLine {
        id: row.text(0)?,
        lane: row.text(2)?,
        priority: row.text(3)?,
        owner: row.text(4)?,
        title: row.text(5)?,
        tags_json: row.text(6)?,
        due: row.optional_text(7)?,
        blocked: row.get(11)?,
        blocked_reason: row.optional_text(12)?,
        proposed_lane: row.optional_text(14)?,
        claim: None,
    })
}

fn work<'a>(row: &Reader<'a>) -> Result<WorkRow<'a>, StoreError> {
    Ok(WorkRow {
        line: BoardLine {
            id: row.text(0)?,
            lane: row.text(1)?,
            priority: row.text(2)?,
            owner: row.text(3)?,
            title: row.text(4)?,
            tags_json: row.text(5)?,
            due: row.optional_text(6)?,
            blocked: row.get(8)?,
            blocked_reason: row.optional_text(9)?,
            proposed_lane: row.optional_text(11)?,
            claim: None,
        },
        updated: row.text(7)?,
        dependencies_json: row.text(10)?,
    })
}

fn view<'a>(row: &Reader<'a>) -> Result<CardView<'a>, StoreError> {
    Ok(CardView {
        line: line(row)?,
        business: row.text(1)?,
        created: row.text(8)?,
        updated: row.text(9)?,
        completed: row.optional_text(10)?,
        dependencies_json: row.text(13)?,
        archived: row.get(15)?,
        path: row.text(16)?,
        sha256: row.text(17)?,
    })
}
