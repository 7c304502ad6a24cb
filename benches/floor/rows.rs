//! The rows of the generated documents, computed with only `serde_yaml` and the hash crates. They match what `bos`
//! writes to the same tables; the bench compares both databases.

use anyhow::Context as _;
use std::{collections::BTreeMap, path::Path};

use rusqlite::{Statement, params};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_yaml::{Mapping, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::{Outcome, tree::MIRROR};

const LANES: [&str; 7] = ["Inbox", "Fact-finding", "Planned", "In progress", "Blocked", "Done", "Reflected"];

/// The kind of a document, from its path.
pub(super) enum Kind {
    Card,
    Companion,
    StageDoc { card: String },
    Idea,
}

/// A document with everything its rows contain.
pub(super) struct Document {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// `BIZ-ENG-0001`, or `BIZ-ENG-0001/plan` for a stage doc.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) sha: String,
    pub(super) fields: Mapping,
    /// Empty for a companion, which has no row of its own.
    data: String,
    git_sha: String,
}

/// The keys, and the offset of the body.
pub(super) fn front_matter(text: &str) -> Outcome<(Mapping, usize)> {
    let rest = text.strip_prefix("---\n").context("no front matter")?;
    let end = rest.find("\n---\n").context("front matter without an end")?;
    Ok((serde_yaml::from_str(&rest[..=end])?, 4 + end + 5))
}

impl Document {
    /// Reads a document of the tree.
    pub(super) fn of(path: &Path, text: String) -> Outcome<Self> {
        let path = path.to_str().context("a path that is not UTF-8")?.to_owned();
        let below = path.strip_prefix(MIRROR).context("outside the mirror")?;
        let name = below.rsplit('/').next().unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let kind = match below.strip_prefix("/cards/").and_then(|rest| rest.split_once('/')) {
            Some((card, _)) => Kind::StageDoc { card: card.to_owned() },
            None if below.starts_with("/ideas") => Kind::Idea,
            None if name.ends_with(".agent.md") => Kind::Companion,
            None => Kind::Card,
        };
        let id = match &kind {
            Kind::StageDoc { card } => format!("{card}/{stem}"),
            _ => stem.to_owned(),
        };
        let (fields, body) = front_matter(&text)?;
        let sha = sha256(text.as_bytes());
        let mut document = Self { path, kind, id, text, sha, fields, data: String::new(), git_sha: String::new() };
        if !matches!(document.kind, Kind::Companion) {
            document.data = serde_json::to_string(&Data { document: &document, body: &document.text[body..] })?;
            let mut hash = Sha1::new();
            hash.update(format!("blob {}\0", document.text.len()));
            hash.update(&document.text);
            document.git_sha = hex(&hash.finalize());
        }
        Ok(document)
    }

    pub(super) fn entity(&self) -> &'static str {
        match self.kind {
            Kind::Card | Kind::Companion => "card",
            Kind::StageDoc { .. } => "stage_doc",
            Kind::Idea => "idea",
        }
    }

    pub(super) fn audience(&self) -> &'static str {
        if matches!(self.kind, Kind::Companion) { "agent" } else { "user" }
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.fields.get(key)?.as_str()
    }

    fn day(&self, key: &str) -> Option<&str> {
        self.text(key).map(|text| &text[..10])
    }

    fn list(&self, key: &str) -> String {
        self.fields.get(key).and_then(|list| serde_json::to_string(list).ok()).unwrap_or_else(|| "[]".to_owned())
    }

    /// Inserts the row of a card, stage doc or idea.
    pub(super) fn insert(
        &self,
        card: &mut Statement<'_>,
        stage: &mut Statement<'_>,
        idea: &mut Statement<'_>,
    ) -> Outcome<()> {
        match &self.kind {
            Kind::Companion => {}
            Kind::Card => {
                let lane = self.text("Lane").context("no Lane")?;
                let priority = self.text("Priority").context("no Priority")?;
                let rank: i64 = priority[1..].parse()?;
                let due = self.day("Due-Date");
                card.execute(params![
                    self.id,
                    lane,
                    priority,
                    self.text("Owner"),
                    self.text("Business"),
                    self.path,
                    self.git_sha,
                    self.day("Created"),
                    self.day("Updated"),
                    lane_rank(lane),
                    rank,
                    due.unwrap_or("~"),
                    self.text("Title"),
                    self.list("Tags"),
                    due,
                    self.day("Completed-Date"),
                    lane == "Blocked",
                    self.text("Blocked-Reason"),
                    self.list("Dependencies"),
                    self.sha,
                    self.data,
                ])?;
            }
            Kind::StageDoc { card } => {
                let (created, updated) = (self.day("Created"), self.day("Updated"));
                stage.execute(params![
                    self.id,
                    card,
                    self.text("Stage"),
                    self.path,
                    self.git_sha,
                    created,
                    updated,
                    self.sha,
                    self.data
                ])?;
            }
            Kind::Idea => {
                idea.execute(params![
                    self.id,
                    self.text("Status"),
                    self.text("Business"),
                    self.path,
                    self.git_sha,
                    self.day("Created-Date"),
                    self.day("Last-updated"),
                    self.text("Type"),
                    self.text("Priority"),
                    self.text("Title"),
                    self.list("Tags"),
                    self.sha,
                    self.data
                ])?;
            }
        }
        Ok(())
    }

    /// The changes in a log entry for a new document: the keys that carry values.
    pub(super) fn changes(&self) -> BTreeMap<&str, FromTo> {
        let recorded = |key: &str, value: &Value| match key {
            "Lane" | "Priority" | "Owner" | "Tags" | "Dependencies" | "Blocked" => serde_json::to_value(value).ok(),
            "Created" | "Updated" | "Last-updated" => Some(value.as_str()?[..10].into()),
            _ if key.ends_with("-Date") => Some(value.as_str()?[..10].into()),
            _ => None,
        };
        let keys = self.fields.iter().filter_map(|(key, value)| Some((key.as_str()?, value)));
        keys.filter_map(|(key, value)| Some((key, FromTo { from: None, to: Some(recorded(key, value)?) }))).collect()
    }

    /// Updates the row of a card after a change of its text.
    pub(super) fn update(&self, statement: &mut Statement<'_>) -> Outcome<()> {
        let lane = self.text("Lane").context("no Lane")?;
        statement.execute(params![
            self.id,
            lane,
            lane_rank(lane),
            self.day("Updated"),
            self.day("Completed-Date"),
            self.git_sha,
            self.sha,
            self.data
        ])?;
        Ok(())
    }
}

fn lane_rank(lane: &str) -> i64 {
    LANES.iter().position(|known| *known == lane).map_or(7, |rank| rank as i64)
}

/// A value before and after.
#[derive(Serialize)]
pub(super) struct FromTo {
    pub(super) from: Option<serde_json::Value>,
    pub(super) to: Option<serde_json::Value>,
}

/// A document before and after; fields are in canonical JSON order, like those of [`Payload`].
#[derive(Serialize)]
pub(super) struct Touched<'a> {
    pub(super) new: &'a str,
    pub(super) old: Option<&'a str>,
    pub(super) path: &'a str,
}

/// The payload of a log entry.
#[derive(Serialize)]
pub(super) struct Payload<'a> {
    pub(super) action: &'a str,
    pub(super) actor: &'a str,
    pub(super) batch: i64,
    pub(super) changes: BTreeMap<&'a str, FromTo>,
    pub(super) documents: Vec<Touched<'a>>,
    pub(super) entity_id: &'a str,
    pub(super) entity_type: &'a str,
    pub(super) id: &'a str,
    pub(super) initiator: &'a str,
    pub(super) log_id: &'a str,
    pub(super) seq: i64,
    pub(super) timestamp: i64,
}

/// The end of the log's hash chain, and who adds to it.
pub(super) struct Chain {
    pub(super) actor: String,
    pub(super) log_id: String,
    pub(super) seq: i64,
    pub(super) hash: String,
}

/// The time of every entry that a floor writes.
pub(super) const NOW: (i64, &str, &str) = (1_795_168_800, "2026-11-20T10:00:00Z", "2026-11-20");

impl Chain {
    /// Appends an entry.
    pub(super) fn append(
        &mut self,
        statement: &mut Statement<'_>,
        about: &Document,
        batch: i64,
        action: &str,
        changes: BTreeMap<&str, FromTo>,
        documents: Vec<Touched<'_>>,
    ) -> Outcome<()> {
        self.seq += 1;
        let id = format!("{}-{}", self.log_id, self.seq);
        let payload = serde_json::to_string(&Payload {
            action,
            actor: &self.actor,
            batch,
            changes,
            documents,
            entity_id: &about.id,
            entity_type: about.entity(),
            id: &id,
            initiator: &self.actor,
            log_id: &self.log_id,
            seq: self.seq,
            timestamp: NOW.0,
        })?;
        let entity = about.entity();
        let hash = sha256(format!("{}:{entity}.{action}:{payload}:{}", self.hash, NOW.0).as_bytes());
        statement.execute(params![
            self.seq, id, entity, about.id, action, self.actor, self.actor, payload, NOW.1, self.hash, hash
        ])?;
        self.hash = hash;
        Ok(())
    }
}

struct Data<'a> {
    document: &'a Document,
    body: &'a str,
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.document.fields {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("content", self.body)?;
        map.serialize_entry("filePath", &self.document.path)?;
        map.serialize_entry("fileSha", &self.document.sha)?;
        map.end()
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
