//! What a commit of an export says: a subject for people, and trailers that tie it to the log.

use std::collections::BTreeSet;

use crate::{
    domain::{change::BODY, doc_path::DocPath, entity::Entity, entry::Entry, text::is_unprintable},
    engine::base::export_trailers::{DEED_TRAILER, HAD_TRAILER, HEAD_TRAILER, LOG_TRAILER, RANGE_TRAILER, escaped},
    git::Repository,
    markdown::is_bookkeeping,
};

/// So many trailers tell who changed what; past that they are counted.
const MAX_TRAILERS: usize = 50;

/// Up to so many keys are named in a subject.
const MAX_KEYS: usize = 5;

/// The longest subject, in characters: a key may have any length.
const MAX_SUBJECT: usize = 120;

/// The part of the log that a commit witnesses.
#[derive(Debug, Clone)]
pub(super) struct Seal {
    pub(super) log_id: String,
    /// The first and the last entry.
    pub(super) range: (u64, u64),
    /// The hash of the last entry.
    pub(super) head: String,
    /// The documents of which the tree had some of these entries already, each with the last of them.
    pub(super) had: Vec<(u64, DocPath)>,
}

/// The message of a commit that holds everything since the last one. `entries` are those whose documents it changes.
pub(super) fn of_all(documents: &[&DocPath], entries: &[&Entry], seal: &Seal) -> String {
    let subject = match (documents, entries) {
        ([_], [entry]) => format!("bos: {} {}", entry.facts.action, entry.facts.subject.id()),
        ([path], _) => format!("bos: export {}", path.as_str().rsplit('/').next().unwrap_or_default()),
        _ => format!("bos: export {} documents", documents.len()),
    };
    format!("{}\n\n{}", one_line(&subject), trailers(entries, seal))
}

/// The message of a commit that holds one change, or the entries of one import whose documents it changes.
pub(super) fn of_step(entries: &[&Entry], seal: &Seal) -> String {
    let subject = match entries {
        [entry] => subject(entry),
        _ => format!("import {} documents", entries.iter().map(|entry| entry.facts.documents.len()).sum::<usize>()),
    };
    let reason = match entries {
        [entry] => entry.facts.reason.as_deref().map(quoted).filter(|reason| !reason.is_empty()),
        _ => None,
    };
    let reason = reason.map(|reason| format!("{reason}\n\n")).unwrap_or_default();
    format!("{}\n\n{reason}{}", one_line(&subject), trailers(entries, seal))
}

/// The message of a commit that only brings two histories together.
pub(super) fn of_meeting(what: &str, seal: &Seal) -> String {
    format!("bos: merge {what}\n\n{}", trailers(&[], seal))
}

/// `move BRIK-ENG-0001 Planned -> In progress`, `set BRIK-ENG-0001 Priority, Tags`.
fn subject(entry: &Entry) -> String {
    let facts = &entry.facts;
    let mut subject = format!("{} {}", facts.action, facts.subject.id());
    let lane = facts.changes.iter().find(|(key, _)| *key == "Lane").and_then(|(_, values)| values);
    let was_there = !facts.only_adds() && !facts.only_removes();
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
    subject
}

/// A subject, whatever names are in it.
fn one_line(text: &str) -> String {
    let is_long = text.chars().count() > MAX_SUBJECT;
    let kept = text.chars().take(if is_long { MAX_SUBJECT - 1 } else { MAX_SUBJECT });
    kept.map(|c| if is_unprintable(c) { ' ' } else { c }).chain(is_long.then_some('…')).collect()
}

/// What a person wrote, in lines that are indented: none of them can be taken for the end of the message (`---`), for a
/// trailer, or for the diff of a patch.
fn quoted(text: &str) -> String {
    let printable = |line: &str| line.chars().filter(|c| !is_unprintable(*c)).collect::<String>();
    let lines = text.lines().map(|line| printable(line).trim_end().to_owned()).filter(|line| !line.is_empty());
    lines.map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Who changed what, each once, and the part of the log. What was deleted is always told: a clone that is made later
/// knows of its ID by nothing else.
fn trailers(entries: &[&Entry], seal: &Seal) -> String {
    let (mut told, mut untold) = (BTreeSet::new(), BTreeSet::new());
    let mut text = String::new();
    for Entry { facts, .. } in entries {
        let deed = (&facts.actor, &facts.initiator, facts.subject.id());
        if told.contains(&deed) {
            continue;
        }
        let is_gone = facts.only_removes() && matches!(facts.subject.entity(), Some(Entity::Card(_) | Entity::Idea(_)));
        if told.len() < MAX_TRAILERS || is_gone {
            let (actor, initiator, entity) = &deed;
            text += &format!("{DEED_TRAILER}: Actor={actor}, Initiator={initiator}, Entity={}\n", escaped(entity));
            untold.remove(&deed);
            told.insert(deed);
        } else {
            untold.insert(deed);
        }
    }
    if !untold.is_empty() {
        text += &format!("{DEED_TRAILER}: {} more\n", untold.len());
    }
    let Seal { log_id, range: (first, last), head, had } = seal;
    text += &format!("{LOG_TRAILER}: {log_id}\n{RANGE_TRAILER}: {first}..{last}\n{HEAD_TRAILER}: {head}\n");
    for (entry, path) in had {
        text += &format!("{HAD_TRAILER}: {entry} {}\n", escaped(path.as_str()));
    }
    text
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
