//! What a commit of an export says: a subject for people, and trailers that tie it to the log.

use crate::{
    domain::{change::BODY, doc_path::DocPath, entry::Entry},
    git::{Repository, TrailedCommit},
    markdown::is_bookkeeping,
};

/// Up to so many entries have a trailer each.
pub(super) const MAX_TRAILERS: usize = 50;

/// Up to so many keys are named in a subject.
const MAX_KEYS: usize = 5;

/// Trailer keys.
pub(in crate::engine) const LOG_TRAILER: &str = "Bos-Audit-Log";
pub(in crate::engine) const RANGE_TRAILER: &str = "Bos-Audit-Range";
pub(in crate::engine) const HEAD_TRAILER: &str = "Bos-Audit-Head";

/// The part of the log that a commit witnesses.
#[derive(Debug, Clone)]
pub(super) struct Seal {
    pub(super) log_id: String,
    /// The first and the last entry.
    pub(super) range: (u64, u64),
    /// The hash of the last entry.
    pub(super) head: String,
}

/// What a commit in git says of a log.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Testimony {
    pub(in crate::engine) log_id: String,
    /// The first and the last entry; `None` where that cannot be read.
    pub(in crate::engine) range: Option<(u64, u64)>,
    /// The hash of the last entry.
    pub(in crate::engine) head: Option<String>,
}

impl Testimony {
    /// Reads the trailers of a commit; `None` where it was not made by an export.
    pub(in crate::engine) fn of(commit: &TrailedCommit) -> Option<Self> {
        let range = commit.trailer(RANGE_TRAILER).and_then(|range| range.split_once(".."));
        Some(Self {
            log_id: commit.trailer(LOG_TRAILER)?.to_owned(),
            range: range.and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?))),
            head: commit.trailer(HEAD_TRAILER).map(str::to_owned),
        })
    }
}

/// The message of a commit that holds everything since the last one. `entries` are the first of its range.
pub(super) fn of_all(documents: &[&DocPath], entries: &[Entry], seal: &Seal) -> String {
    let subject = match (documents, entries) {
        ([_], [entry]) => format!("bos: {} {}", entry.facts.action, entry.facts.entity.id()),
        ([path], _) => format!("bos: export {}", path.as_str().rsplit('/').next().unwrap_or_default()),
        _ => format!("bos: export {} documents", documents.len()),
    };
    let (first, last) = seal.range;
    let rest = (last + 1).saturating_sub(first + entries.len() as u64);
    format!("{subject}\n\n{}", trailers(entries, rest, seal))
}

/// The message of a commit that holds one change, or the entries of one import.
pub(super) fn of_step(entries: &[Entry], seal: &Seal) -> String {
    let subject = match entries {
        [entry] => subject(entry),
        _ => format!("import {} documents", entries.iter().map(|entry| entry.facts.documents.len()).sum::<usize>()),
    };
    let reason = match entries {
        [entry] => entry.facts.reason.as_deref().map(paragraph).filter(|reason| !reason.is_empty()),
        _ => None,
    };
    let reason = reason.map(|reason| format!("{reason}\n\n")).unwrap_or_default();
    let told = &entries[..entries.len().min(MAX_TRAILERS)];
    format!("{subject}\n\n{reason}{}", trailers(told, (entries.len() - told.len()) as u64, seal))
}

/// The message of a commit that only brings two histories together.
pub(super) fn of_meeting(what: &str, seal: &Seal) -> String {
    format!("bos: merge {what}\n\n{}", trailers(&[], 0, seal))
}

/// `move BRIK-ENG-0001 Planned -> In progress`, `set BRIK-ENG-0001 Priority, Tags`.
fn subject(entry: &Entry) -> String {
    let facts = &entry.facts;
    let mut subject = format!("{} {}", facts.action, facts.entity.id());
    let lane = facts.changes.iter().find(|(key, _)| *key == "Lane").and_then(|(_, values)| values);
    let was_there = !facts.only_adds();
    if let Some((from, to)) = lane.filter(|_| was_there)
        && let (Some(from), Some(to)) = (from.as_str(), to.as_str())
    {
        subject += &format!(" {from} -> {to}");
    } else if was_there {
        let told = |key: &str| if key == BODY { "text".to_owned() } else { key.to_owned() };
        let keys: Vec<String> =
            facts.changes.iter().map(|(key, _)| key).filter(|key| !is_bookkeeping(key)).map(told).collect();
        let more = keys.len().saturating_sub(MAX_KEYS);
        if !keys.is_empty() {
            subject += &format!(" {}", keys[..keys.len() - more].join(", "));
        }
        if more > 0 {
            subject += &format!(" and {more} more");
        }
    }
    subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text without control characters; where lines end stays.
fn paragraph(text: &str) -> String {
    text.trim().chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

fn trailers(entries: &[Entry], rest: u64, seal: &Seal) -> String {
    let mut text = String::new();
    for Entry { facts, .. } in entries {
        text += &format!("Audit: Actor={}, Initiator={}, Entity={}\n", facts.actor, facts.initiator, facts.entity.id());
    }
    if rest > 0 {
        text += &format!("Audit: {rest} more entries\n");
    }
    let Seal { log_id, range: (first, last), head } = seal;
    text + &format!("{LOG_TRAILER}: {log_id}\n{RANGE_TRAILER}: {first}..{last}\n{HEAD_TRAILER}: {head}\n")
}

/// The address of an actor: git's own where that is who acts, else one that can be no address.
pub(super) fn email(repository: &Repository, actor: &str) -> String {
    let own = repository.user_name().is_some_and(|name| name == actor);
    repository.user_email().filter(|_| own).unwrap_or_else(|| {
        let plain: String =
            actor.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        format!("{plain}@bos.invalid")
    })
}
