//! An entry of the audit log: its facts, their canonical payload, and the hash that chains it (ARCHITECTURE.md, the
//! log).

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    action::Action, canonical::canonical, canonical::write_string, change::Changes, doc_path::DocPath, hash::Sha256,
    subject::Subject,
};

/// Initial capacity in bytes, enough for most payloads.
const PAYLOAD: usize = 1024;

/// The `via` of an edit that came from a file rather than a commit.
pub const WORK_TREE: &str = "work tree";

/// A document that an entry touched: its text before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touched {
    /// The path of the document.
    pub path: DocPath,
    /// The hash of the text before; `None` if the document did not exist.
    pub old: Option<Sha256>,
    /// The hash of the text after; `None` if the document was removed.
    pub new: Option<Sha256>,
    /// The hash of another version that was merged with the text before, or that a person decided about.
    pub theirs: Option<Sha256>,
}

/// All facts of an entry, without its hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The ID of its log: 32 hex digits, generated with the database.
    pub log_id: String,
    /// Its number, counted from 1 without gaps.
    pub seq: u64,
    /// The number of the first entry of its command.
    pub batch: u64,
    /// What it is about.
    pub subject: Subject,
    /// What was done.
    pub action: Action,
    /// The actor who ran it.
    pub actor: String,
    /// The initiator who asked for it.
    pub initiator: String,
    /// The reason the caller gave, if any.
    pub reason: Option<String>,
    /// The channel it came through, if not a command: [`WORK_TREE`].
    pub via: Option<String>,
    /// The batches that an undo reverts, newest first.
    pub undoes: Vec<u64>,
    /// Unix seconds, never less than the previous entry's.
    pub timestamp: i64,
    /// The documents it touched.
    pub documents: Vec<Touched>,
    /// The keys that changed.
    pub changes: Changes,
}

/// An entry as stored in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its facts.
    pub facts: Facts,
    /// The canonical JSON of the facts.
    pub payload: String,
    /// The hash of the previous entry; 64 zeros for the first.
    pub previous_hash: Sha256,
    /// `SHA-256(previous_hash ":" event_type ":" payload_json ":" timestamp)`.
    pub hash: Sha256,
}

impl Facts {
    /// The entry's ID, unique across all logs: `<log_id>-<seq>`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-{}", self.log_id, self.seq)
    }

    /// `<entity>.<action>`, such as `card.move`.
    #[must_use]
    pub fn event_type(&self) -> String {
        format!("{}.{}", self.subject.kind(), self.action)
    }

    /// Whether none of its documents existed before.
    #[must_use]
    pub fn only_adds(&self) -> bool {
        self.documents.iter().all(|touched| touched.old.is_none())
    }

    /// Whether none of its documents exists after it.
    #[must_use]
    pub fn only_removes(&self) -> bool {
        self.documents.iter().all(|touched| touched.new.is_none())
    }

    /// The timestamp as RFC 3339 in UTC.
    #[must_use]
    pub fn at(&self) -> String {
        instant(self.timestamp)
    }

    /// The canonical payload. Keys are written in sorted order here instead of being sorted, because this runs for
    /// every entry that is read.
    #[must_use]
    pub fn payload(&self) -> String {
        let mut out = String::with_capacity(PAYLOAD);
        let text = |out: &mut String, key: &str, text: &str| {
            *out += key;
            write_string(text, out);
        };
        text(&mut out, "{\"action\":", self.action.as_str());
        text(&mut out, ",\"actor\":", &self.actor);
        out += &format!(",\"batch\":{},\"changes\":{},\"documents\":[", self.batch, canonical(&self.changes.to_json()));
        for (index, touched) in self.documents.iter().enumerate() {
            out += if index == 0 { "{" } else { ",{" };
            for (key, sha) in [("\"new\":", &touched.new), (",\"old\":", &touched.old)] {
                match sha {
                    Some(sha) => text(&mut out, key, sha.as_str()),
                    None => out += &format!("{key}null"),
                }
            }
            text(&mut out, ",\"path\":", touched.path.as_str());
            if let Some(theirs) = &touched.theirs {
                text(&mut out, ",\"theirs\":", theirs.as_str());
            }
            out.push('}');
        }
        text(&mut out, "],\"entity_id\":", &self.subject.id());
        text(&mut out, ",\"entity_type\":", self.subject.kind());
        text(&mut out, ",\"id\":", &self.id());
        text(&mut out, ",\"initiator\":", &self.initiator);
        text(&mut out, ",\"log_id\":", &self.log_id);
        if let Some(reason) = &self.reason {
            text(&mut out, ",\"reason\":", reason);
        }
        out += &format!(",\"seq\":{},\"timestamp\":{}", self.seq, self.timestamp);
        if !self.undoes.is_empty() {
            let batches: Vec<String> = self.undoes.iter().map(u64::to_string).collect();
            out += &format!(",\"undoes\":[{}]", batches.join(","));
        }
        if let Some(via) = &self.via {
            text(&mut out, ",\"via\":", via);
        }
        out.push('}');
        out
    }

    /// Parses a payload back into facts; the error says why it is not a valid payload.
    pub fn parse(payload: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(payload).map_err(|error| format!("not JSON: {error}"))?;
        let map = value.as_object().ok_or("not an object")?;
        let subject =
            Subject::parse(string(map, "entity_type")?, string(map, "entity_id")?).ok_or("no known entity")?;
        let facts = Self {
            log_id: string(map, "log_id")?.to_owned(),
            seq: map.get("seq").and_then(Value::as_u64).ok_or("no seq")?,
            batch: map.get("batch").and_then(Value::as_u64).ok_or("no batch")?,
            subject,
            action: Action::parse(string(map, "action")?).ok_or("no known action")?,
            actor: string(map, "actor")?.to_owned(),
            initiator: string(map, "initiator")?.to_owned(),
            reason: map.get("reason").and_then(Value::as_str).map(str::to_owned),
            via: map.get("via").and_then(Value::as_str).map(str::to_owned),
            undoes: map.get("undoes").map_or(Some(Vec::new()), batches).ok_or("no list of batches under undoes")?,
            timestamp: map.get("timestamp").and_then(Value::as_i64).ok_or("no timestamp")?,
            documents: documents(map)?,
            changes: map.get("changes").and_then(Changes::from_json).ok_or("no changes")?,
        };
        if facts.payload() == payload { Ok(facts) } else { Err("not canonical, or with other keys".to_owned()) }
    }

    /// Completes the entry with its payload and the hash that chains it to the previous one.
    #[must_use]
    pub fn seal(self, previous_hash: Sha256) -> Entry {
        let payload = self.payload();
        let hash = chain_hash(&previous_hash, &self.event_type(), &payload, self.timestamp);
        Entry { facts: self, payload, previous_hash, hash }
    }
}

/// The chained hash: `SHA-256(previous_hash ":" event_type ":" payload_json ":" timestamp)`.
#[must_use]
pub fn chain_hash(previous: &Sha256, event_type: &str, payload: &str, timestamp: i64) -> Sha256 {
    Sha256::of(format!("{previous}:{event_type}:{payload}:{timestamp}").as_bytes())
}

/// Unix seconds as RFC 3339 in UTC; the epoch if they are out of the calendar's range.
#[must_use]
pub fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

fn string<'a>(map: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    map.get(key).and_then(Value::as_str).ok_or_else(|| format!("no {key}"))
}

fn batches(value: &Value) -> Option<Vec<u64>> {
    value.as_array()?.iter().map(Value::as_u64).collect()
}

fn documents(map: &Map<String, Value>) -> Result<Vec<Touched>, String> {
    let items = map.get("documents").and_then(Value::as_array).ok_or("no documents")?;
    let sha = |item: &Value, key: &str| match item.get(key) {
        Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Sha256::parse(text).map(Some).ok_or_else(|| format!("no SHA-256 under {key}")),
        _ => Err(format!("no {key}")),
    };
    items
        .iter()
        .map(|item| {
            let path = item.get("path").and_then(Value::as_str).and_then(DocPath::parse).ok_or("no path")?;
            let theirs = if item.get("theirs").is_some() { sha(item, "theirs")? } else { None };
            Ok(Touched { path, old: sha(item, "old")?, new: sha(item, "new")?, theirs })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            log_id: "ab".repeat(16),
            seq: 7,
            batch: 6,
            subject: Subject::parse("card", "BRIK-ENG-0001").unwrap(),
            action: Action::Move,
            actor: "Pete".to_owned(),
            initiator: "Pete".to_owned(),
            reason: None,
            via: None,
            undoes: Vec::new(),
            timestamp: 1_790_000_000,
            documents: vec![Touched {
                path: DocPath::parse("docs/a.md").unwrap(),
                old: None,
                new: Some(Sha256::of(b"x")),
                theirs: None,
            }],
            changes: Changes::default(),
        }
    }

    #[test]
    fn the_payload_reads_back_and_any_other_text_does_not() {
        let payload = facts().payload();
        assert_eq!(Facts::parse(&payload), Ok(facts()));
        let mut merge = facts();
        merge.documents[0].theirs = Some(Sha256::of(b"y"));
        assert_eq!(Facts::parse(&merge.payload()), Ok(merge));
        let edit = Facts { via: Some(WORK_TREE.to_owned()), ..facts() };
        assert_eq!(Facts::parse(&edit.payload()), Ok(edit));
        let undo = Facts { undoes: vec![5, 3], ..facts() };
        assert_eq!(Facts::parse(&undo.payload()), Ok(undo));
        assert!(Facts::parse(&payload.replace(",\"seq\"", ", \"seq\"")).is_err());
        assert!(Facts::parse(&payload.replacen('{', "{\"a\":1,", 1)).is_err());
    }

    #[test]
    fn the_payload_is_canonical() {
        let mut odd = Facts {
            via: Some("work tree".to_owned()),
            reason: Some("\"q\" \u{1}\n\\".to_owned()),
            undoes: vec![5, 3],
            ..facts()
        };
        odd.documents[0].theirs = Some(Sha256::of(b"y"));
        odd.documents.push(Touched { path: DocPath::parse("docs/ü.md").unwrap(), ..odd.documents[0].clone() });
        let without = Facts { documents: Vec::new(), ..facts() };
        for facts in [facts(), odd, without] {
            let payload = facts.payload();
            assert_eq!(canonical(&serde_json::from_str(&payload).unwrap()), payload);
            assert_eq!(Facts::parse(&payload), Ok(facts));
        }
    }

    #[test]
    fn the_chain_follows_the_seed() {
        let entry = facts().seal(Sha256::zero());
        let text = format!("{}:card.move:{}:1790000000", "0".repeat(64), entry.payload);
        assert_eq!(entry.hash, Sha256::of(text.as_bytes()));
    }
}
