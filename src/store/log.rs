//! The audit log: appended to and read, never changed.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, params};

use super::{
    error::StoreError,
    projection::number,
    row::{Reader, collect},
    snapshot::Snapshot,
    txn::Txn,
};
use crate::domain::{
    action::Action,
    doc_path::DocPath,
    entity::Entity,
    entry::{Entry, Facts, instant},
    hash::Sha256,
    id::Id,
    subject::Subject,
    timeline::Touch,
};

const TABLE: &str = "business_os_audit_log";

/// The last entry of the hash chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last seq, 0 for an empty log.
    pub seq: u64,
    /// The last hash, 64 zeros for an empty log.
    pub hash: Sha256,
    /// The last timestamp, Unix seconds; 0 for an empty log.
    pub timestamp: i64,
}

/// A log row exactly as stored, for verification; nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// `seq`.
    pub seq: i64,
    /// The columns `id`, `entity_type`, `entity_id`, `action`, `actor`, `initiator`, `created_at`, with their names;
    /// `None` where the column holds no text.
    pub columns: [(&'static str, Option<String>); 7],
    /// `payload_json`.
    pub payload: String,
    /// `previous_hash`.
    pub previous_hash: String,
    /// `hash`.
    pub hash: String,
}

/// Which entries to read.
#[derive(Debug, Clone, Default)]
pub struct LogFilter {
    /// Only entries about this card or idea and what is attached to it.
    pub id: Option<Id>,
    /// At most this many, the newest.
    pub limit: Option<usize>,
    /// Only entries up to and including this number.
    pub until: Option<u64>,
}

impl Snapshot {
    /// The last entry of the hash chain.
    pub fn head(&self) -> Result<Head, StoreError> {
        let sql = "SELECT seq, hash, CAST(strftime('%s', created_at) AS INTEGER) FROM business_os_audit_log
                   WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let head = collect(&mut statement, [], TABLE, 0, |row| {
            Ok(Head { seq: row.get::<i64>(0)?.unsigned_abs(), hash: row.sha(1)?, timestamp: row.get(2)? })
        })?;
        Ok(head.into_iter().next().unwrap_or_else(|| Head { seq: 0, hash: Sha256::zero(), timestamp: 0 }))
    }

    /// The last seq, read without parsing the rest of its row; 0 for an empty log.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(max(seq), 0) FROM business_os_audit_log";
        let last: i64 = self.connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(u64::try_from(last).unwrap_or_default())
    }

    /// Entries, newest first, and how many match without the limit.
    pub fn entries(&self, filter: &LogFilter) -> Result<(u64, Vec<Entry>), StoreError> {
        let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
        let until = filter.until.map_or(i64::MAX, number);
        let Some(id) = &filter.id else {
            let sql = "SELECT seq, payload_json, previous_hash, hash FROM business_os_audit_log
                       WHERE seq > 0 AND seq <= ?2 ORDER BY seq DESC LIMIT ?1";
            let entries = collect(&mut *self.connection.prepare_cached(sql)?, [limit, until], TABLE, 0, entry)?;
            return Ok((self.head()?.seq.min(filter.until.unwrap_or(u64::MAX)), entries));
        };
        let sql = "SELECT seq, payload_json, previous_hash, hash FROM business_os_audit_log
                   WHERE entity_type IN ('card', 'idea') AND entity_id = ?1 AND seq <= ?4
                   UNION ALL
                   SELECT seq, payload_json, previous_hash, hash FROM business_os_audit_log
                   WHERE entity_type IN ('stage_doc', 'comment', 'note') AND entity_id > ?2 AND entity_id < ?3
                     AND seq <= ?4";
        let mut statement = self.connection.prepare_cached(sql)?;
        let range = params![id.as_str(), format!("{id}/"), format!("{id}0"), until];
        let mut entries = collect(&mut statement, range, TABLE, 0, entry)?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.facts.seq));
        let total = entries.len() as u64;
        entries.truncate(filter.limit.unwrap_or(usize::MAX));
        Ok((total, entries))
    }

    /// The entries from one seq to another, both included, oldest first.
    pub fn entries_between(&self, first: u64, last: u64) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT seq, payload_json, previous_hash, hash FROM business_os_audit_log
                   WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq";
        collect(&mut *self.connection.prepare_cached(sql)?, [number(first), number(last)], TABLE, 0, entry)
    }

    /// The last entry at or before an instant in UTC: its number, and its time in Unix seconds.
    pub fn last_by(&self, instant: &str) -> Result<Option<(u64, i64)>, StoreError> {
        let sql = "SELECT seq, CAST(strftime('%s', created_at) AS INTEGER) FROM business_os_audit_log
                   WHERE created_at <= ?1 ORDER BY created_at DESC, seq DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let read = |row: &Reader<'_>| Ok((row.get::<i64>(0)?.unsigned_abs(), row.get(1)?));
        Ok(collect(&mut statement, [instant], TABLE, 0, read)?.pop())
    }

    /// The cards and ideas that later entries are about, directly or through an attachment.
    pub fn owners_after(&self, seq: u64) -> Result<BTreeSet<Id>, StoreError> {
        let sql = "SELECT seq, entity_type, entity_id FROM business_os_audit_log WHERE seq > ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut owners = BTreeSet::new();
        let mut rows = statement.query([number(seq)])?;
        while let Some(row) = rows.next()? {
            let row = Reader::new(row, TABLE, 0);
            let (kind, id) = (row.text(1)?, row.text(2)?);
            let subject = Subject::parse(kind, id).ok_or_else(|| row.error(&format!("{kind} {id:?} is no entity")))?;
            owners.extend(subject.owner().cloned());
        }
        Ok(owners)
    }

    /// The entries of one batch, oldest first: the entry with the batch's number and those after it that carry it.
    pub fn batch(&self, batch: u64) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT seq, payload_json, previous_hash, hash FROM business_os_audit_log
                   WHERE seq >= ?1 ORDER BY seq";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([i64::try_from(batch).unwrap_or(i64::MAX)])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = entry(&Reader::new(row, TABLE, 0))?;
            if entry.facts.batch != batch {
                break;
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The newest batches of an actor that are not imports, newest first; at most `limit`. An import that removes, as
    /// only `--prune` does in the actor's own name, counts as a command.
    pub fn latest_batches(&self, actor: &str, limit: usize) -> Result<Vec<u64>, StoreError> {
        let sql = "SELECT json_extract(payload_json, '$.batch') FROM business_os_audit_log
                   WHERE seq > 0 AND actor = ?1
                     AND (action <> 'import' OR (json_extract(payload_json, '$.via') IS NULL
                       AND NOT EXISTS (SELECT 1 FROM json_each(payload_json, '$.documents')
                         WHERE json_extract(value, '$.new') IS NOT NULL)))
                   ORDER BY seq DESC";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([actor])?;
        let mut batches: Vec<u64> = Vec::new();
        while let Some(row) = rows.next()? {
            let batch = row.get::<_, i64>(0)?.unsigned_abs();
            if batches.last() != Some(&batch) {
                if batches.len() == limit {
                    break;
                }
                batches.push(batch);
            }
        }
        Ok(batches)
    }

    /// The paths of the documents that later entries touched.
    pub fn touched_after(&self, seq: u64) -> Result<BTreeSet<DocPath>, StoreError> {
        let sql = "SELECT entry.seq, json_extract(document.value, '$.path')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.seq > ?1";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let paths = collect(&mut *self.connection.prepare_cached(sql)?, [seq], TABLE, 0, |row| row.path(1))?;
        Ok(paths.into_iter().collect())
    }

    /// What the entries about a card or an idea, and what is attached to it, did to one path, in their order.
    pub fn touched_at(&self, owner: &Id, path: &DocPath) -> Result<Vec<Touch>, StoreError> {
        let sql = "SELECT entry.seq, entry.action, json_extract(document.value, '$.new'),
                     json_extract(document.value, '$.theirs')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type IN ('card', 'idea') AND entry.entity_id = ?1
                     AND json_extract(document.value, '$.path') = ?4
                   UNION ALL
                   SELECT entry.seq, entry.action, json_extract(document.value, '$.new'),
                     json_extract(document.value, '$.theirs')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type IN ('stage_doc', 'comment', 'note') AND entry.entity_id > ?2
                     AND entry.entity_id < ?3 AND json_extract(document.value, '$.path') = ?4";
        let mut statement = self.connection.prepare_cached(sql)?;
        let parameters = params![owner.as_str(), format!("{owner}/"), format!("{owner}0"), path.as_str()];
        let read = |row: &Reader<'_>| {
            let (new, theirs) = (row.optional_sha(2)?, row.optional_sha(3)?);
            let seq = row.get::<i64>(0)?.unsigned_abs();
            Ok(Touch { seq, action: row.parsed(1, Action::parse)?, new, theirs })
        };
        let mut touches = collect(&mut statement, parameters, TABLE, 0, read)?;
        touches.sort_by_key(|touch| touch.seq);
        Ok(touches)
    }

    /// Every path of a document that entries about a card or idea or its attachments wrote or removed.
    pub fn paths_of(&self, owner: &Id) -> Result<BTreeSet<DocPath>, StoreError> {
        let sql = "SELECT json_extract(document.value, '$.path')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type IN ('card', 'idea') AND entry.entity_id = ?1
                   UNION ALL
                   SELECT json_extract(document.value, '$.path')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type IN ('stage_doc', 'comment', 'note') AND entry.entity_id > ?2
                     AND entry.entity_id < ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let parameters = params![owner.as_str(), format!("{owner}/"), format!("{owner}0")];
        Ok(collect(&mut statement, parameters, TABLE, 0, |row| row.path(0))?.into_iter().collect())
    }

    /// Every text that entries about this entity gave a document, or merged into it.
    pub fn versions(&self, entity: &Entity, path: &str) -> Result<Vec<Sha256>, StoreError> {
        let sql = "SELECT DISTINCT json_extract(document.value, '$.new'), json_extract(document.value, '$.theirs')
                   FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type = ?1 AND entry.entity_id = ?2
                     AND json_extract(document.value, '$.path') = ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let parameters = params![entity.kind(), entity.id(), path];
        let both = |row: &Reader<'_>| Ok([row.optional_sha(0)?, row.optional_sha(1)?]);
        Ok(collect(&mut statement, parameters, TABLE, 0, both)?.into_iter().flatten().flatten().collect())
    }

    /// The hash of one entry.
    pub fn entry_hash(&self, seq: u64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT hash FROM business_os_audit_log WHERE seq = ?1";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        Ok(self.connection.prepare_cached(sql)?.query_row([seq], |row| row.get(0)).optional()?)
    }

    /// When the first entry about an entity was made, an instant in UTC; `None` if no entry up to `until` is about it.
    pub fn first_seen(&self, entity: &Entity, until: u64) -> Result<Option<String>, StoreError> {
        let sql = "SELECT created_at FROM business_os_audit_log WHERE entity_type = ?1 AND entity_id = ?2
                     AND seq <= ?3
                   ORDER BY seq LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![entity.kind(), entity.id(), number(until)], |row| row.get(0)).optional()?)
    }

    /// Whether a card or idea was created in this database rather than read from a file.
    pub fn was_made_here(&self, entity: &Entity) -> Result<bool, StoreError> {
        let sql = "SELECT action FROM business_os_audit_log WHERE entity_type = ?1 AND entity_id = ?2
                   ORDER BY seq LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let first: Option<String> =
            statement.query_row(params![entity.kind(), entity.id()], |row| row.get(0)).optional()?;
        Ok(first.is_some_and(|action| matches!(action.as_str(), "create" | "renumber")))
    }

    /// Whether an entry about this entity ever gave a document this text, or replaced or merged it.
    pub fn was_version(&self, entity: &Entity, path: &str, sha: &Sha256) -> Result<bool, StoreError> {
        let sql =
            "SELECT 1 FROM business_os_audit_log AS entry, json_each(entry.payload_json, '$.documents') AS document
                   WHERE entry.entity_type = ?1 AND entry.entity_id = ?2
                     AND json_extract(document.value, '$.path') = ?3 AND ?4 IN
                       (json_extract(document.value, '$.new'), json_extract(document.value, '$.old'),
                        json_extract(document.value, '$.theirs'))
                   LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.exists(params![entity.kind(), entity.id(), path, sha.as_str()])?)
    }

    /// Visits every log row as stored, in order.
    pub fn each_raw_entry<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(RawEntry) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT seq, id, entity_type, entity_id, action, actor, initiator, created_at, payload_json,
                     previous_hash, hash
                   FROM business_os_audit_log WHERE seq > -9223372036854775808 ORDER BY seq";
        let mut statement = self.connection.prepare(sql).map_err(StoreError::from)?;
        let mut rows = statement.query([]).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let row = Reader::new(row, TABLE, 0);
            let text = |column| row.text(column).ok().map(str::to_owned);
            visit(RawEntry {
                seq: row.get(0)?,
                columns: [
                    ("id", text(1)),
                    ("entity_type", text(2)),
                    ("entity_id", text(3)),
                    ("action", text(4)),
                    ("actor", text(5)),
                    ("initiator", text(6)),
                    ("created_at", text(7)),
                ],
                payload: text(8).unwrap_or_default(),
                previous_hash: text(9).unwrap_or_default(),
                hash: text(10).unwrap_or_default(),
            })?;
        }
        Ok(())
    }
}

impl Txn {
    /// Appends an entry.
    pub fn append(&self, entry: &Entry) -> Result<(), StoreError> {
        let sql = "INSERT INTO business_os_audit_log (seq, id, entity_type, entity_id, action, actor, initiator,
                     payload_json, created_at, previous_hash, hash)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let facts = &entry.facts;
        self.connection().prepare_cached(sql)?.execute(params![
            i64::try_from(facts.seq).unwrap_or(i64::MAX),
            facts.id(),
            facts.subject.kind(),
            facts.subject.id(),
            facts.action.as_str(),
            facts.actor,
            facts.initiator,
            entry.payload,
            instant(facts.timestamp),
            entry.previous_hash.as_str(),
            entry.hash.as_str(),
        ])?;
        Ok(())
    }
}

fn entry(row: &Reader<'_>) -> Result<Entry, StoreError> {
    entry_at(row, 1)
}

/// An entry from a row whose payload is in this column, followed by its two hashes.
pub(super) fn entry_at(row: &Reader<'_>, payload: usize) -> Result<Entry, StoreError> {
    let (previous_hash, hash) = (row.sha(payload + 1)?, row.sha(payload + 2)?);
    let payload = row.text(payload)?;
    Ok(Entry {
        facts: Facts::parse(payload).map_err(|what| row.error(&what))?,
        payload: payload.to_owned(),
        previous_hash,
        hash,
    })
}
