//! Searches of the log. Only matching entries are parsed in full.

use std::{collections::HashSet, ops::RangeInclusive};

use rusqlite::params;

use super::{
    error::StoreError,
    log::entry_at,
    row::{Reader, collect},
    snapshot::Snapshot,
};
use crate::domain::{entry::Entry, entry::instant, id::Id, log_query::LogLine};

const TABLE: &str = "business_os_audit_log";

/// All entries in a range of numbers.
const NEWEST_FIRST: &str = "SELECT seq, entity_type, entity_id, action, actor, initiator,
                              payload_json, previous_hash, hash
                            FROM business_os_audit_log WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq DESC";
const OLDEST_FIRST: &str = "SELECT seq, entity_type, entity_id, action, actor, initiator,
                              payload_json, previous_hash, hash
                            FROM business_os_audit_log WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq";

/// Which part of the matching entries to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogPage {
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Only entries after this number, in that order.
    pub beyond: Option<u64>,
    /// At most this many.
    pub limit: Option<usize>,
}

impl LogPage {
    fn begins_before(&self, seq: u64) -> bool {
        self.beyond.is_none_or(|beyond| if self.oldest_first { seq > beyond } else { seq < beyond })
    }
}

impl Snapshot {
    /// The matching entries on the page, from those with a number in `seqs`, and how many match in all.
    pub fn search_log(
        &self,
        id: Option<&Id>,
        seqs: RangeInclusive<u64>,
        page: &LogPage,
        mut lets_pass: impl FnMut(&LogLine<'_>) -> Result<bool, StoreError>,
    ) -> Result<(u64, Vec<Entry>), StoreError> {
        let bound = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
        let (first, last) = (bound(*seqs.start()), bound(*seqs.end()));
        let limit = page.limit.unwrap_or(usize::MAX);
        let mut total = 0;
        let mut found = Vec::new();
        let mut visit = |row: &Reader<'_>, limit: usize| -> Result<(), StoreError> {
            if lets_pass(&line(row)?)? {
                total += 1;
                if found.len() < limit && page.begins_before(seq(row)?) {
                    found.push(entry_at(row, 6)?);
                }
            }
            Ok(())
        };
        match id {
            None => {
                let connection = &self.connection;
                let mut statement = if page.oldest_first {
                    connection.prepare_cached(OLDEST_FIRST)?
                } else {
                    connection.prepare_cached(NEWEST_FIRST)?
                };
                let mut rows = statement.query([first, last])?;
                while let Some(row) = rows.next()? {
                    visit(&Reader::new(row, TABLE, 0), limit)?;
                }
            }
            Some(id) => {
                let sql = "SELECT seq, entity_type, entity_id, action, actor, initiator,
                             payload_json, previous_hash, hash
                           FROM business_os_audit_log
                           WHERE entity_type IN ('card', 'idea') AND entity_id = ?1 AND seq BETWEEN ?4 AND ?5
                           UNION ALL
                           SELECT seq, entity_type, entity_id, action, actor, initiator,
                             payload_json, previous_hash, hash
                           FROM business_os_audit_log
                           WHERE entity_type IN ('stage_doc', 'comment', 'note')
                             AND entity_id > ?2 AND entity_id < ?3 AND seq BETWEEN ?4 AND ?5";
                let mut statement = self.connection.prepare_cached(sql)?;
                let mut rows =
                    statement.query(params![id.as_str(), format!("{id}/"), format!("{id}0"), first, last])?;
                while let Some(row) = rows.next()? {
                    visit(&Reader::new(row, TABLE, 0), usize::MAX)?;
                }
                found.sort_by_key(|entry| entry.facts.seq);
                if !page.oldest_first {
                    found.reverse();
                }
                found.truncate(limit);
            }
        }
        Ok((total, found))
    }

    /// The number of the first entry at or after this time in Unix seconds; `None` if all are older.
    pub fn first_seq_from(&self, seconds: i64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT seq FROM business_os_audit_log WHERE created_at >= ?1 ORDER BY created_at, seq LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(collect(&mut statement, [instant(seconds)], TABLE, 0, seq)?.pop())
    }

    /// The number of the last entry at or before this time in Unix seconds; `None` if all are newer.
    pub fn last_seq_until(&self, seconds: i64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT seq FROM business_os_audit_log WHERE created_at <= ?1
                   ORDER BY created_at DESC, seq DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(collect(&mut statement, [instant(seconds)], TABLE, 0, seq)?.pop())
    }

    /// The IDs of the cards and ideas of a business.
    pub fn ids_of_business(&self, business: &str) -> Result<HashSet<String>, StoreError> {
        let sql = "SELECT id FROM business_os_cards WHERE business = ?1
                   UNION ALL
                   SELECT id FROM business_os_ideas WHERE business = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let ids = statement.query_map([business], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

fn line<'a>(row: &Reader<'a>) -> Result<LogLine<'a>, StoreError> {
    Ok(LogLine {
        entity: row.text(1)?,
        entity_id: row.text(2)?,
        action: row.text(3)?,
        actor: row.text(4)?,
        initiator: row.text(5)?,
    })
}

fn seq(row: &Reader<'_>) -> Result<u64, StoreError> {
    Ok(row.get::<i64>(0)?.unsigned_abs())
}
