//! What commits in git say of a log: the trailers that every export writes, read back.

use crate::{
    domain::{doc_path::DocPath, entity::Entity},
    git::TrailedCommit,
};

/// Trailer keys.
pub(in crate::engine) const DEED_TRAILER: &str = "Audit";
pub(in crate::engine) const LOG_TRAILER: &str = "Bos-Audit-Log";
pub(in crate::engine) const RANGE_TRAILER: &str = "Bos-Audit-Range";
pub(in crate::engine) const HEAD_TRAILER: &str = "Bos-Audit-Head";
pub(in crate::engine) const HAD_TRAILER: &str = "Bos-Audit-Had";

/// What a commit in git says of a log.
#[derive(Debug, Clone)]
pub(in crate::engine) struct ExportTrailers {
    pub(in crate::engine) log_id: String,
    /// The first and the last entry; `None` where that cannot be read.
    pub(in crate::engine) range: Option<(u64, u64)>,
    /// The hash of the last entry.
    pub(in crate::engine) head: Option<String>,
    /// The entities whose documents it changed, as the trailers name them; `None` where not all are named.
    pub(in crate::engine) told: Option<Vec<String>>,
    /// The documents for which an earlier export already brought part of the range, each with the last such entry.
    had: Vec<(u64, String)>,
}

impl ExportTrailers {
    /// Reads the trailers of a commit; `None` where it was not made by an export.
    pub(in crate::engine) fn of(commit: &TrailedCommit) -> Option<Self> {
        Some(Self {
            log_id: commit.trailer(LOG_TRAILER)?.to_owned(),
            range: commit.trailer(RANGE_TRAILER).and_then(range),
            head: commit.trailer(HEAD_TRAILER).map(str::to_owned),
            told: None,
            had: Vec::new(),
        })
    }

    /// Whether it may have changed a document of an entity: what was left out of it is in its range all the same.
    pub(in crate::engine) fn may_hold(&self, entity: &Entity) -> bool {
        let names = [escaped(&entity.id()), escaped(entity.owner().as_str())];
        self.told.as_ref().is_none_or(|told| told.iter().any(|told| names.contains(told)))
    }

    /// The first and the last entry whose effect on a document it can have brought.
    pub(in crate::engine) fn range_for(&self, path: &DocPath) -> Option<(u64, u64)> {
        let (first, last) = self.range?;
        let name = escaped(path.as_str());
        let had = self.had.iter().find(|(_, had)| *had == name);
        Some((had.map_or(first, |(entry, _)| first.max(entry + 1)), last))
    }
}

/// What the exports in a commit message say of their logs, wherever they are in it: a squash keeps the messages of its
/// commits in the body of its own, possibly indented.
pub(in crate::engine) fn export_trailers_in(message: &str) -> Vec<ExportTrailers> {
    let mut found: Vec<ExportTrailers> = Vec::new();
    let mut told = Some(Vec::new());
    for line in message.lines() {
        let Some((key, value)) = line.trim().split_once(": ") else { continue };
        match (key, found.last_mut()) {
            (DEED_TRAILER, _) => match (&mut told, value.rsplit_once("Entity=")) {
                (Some(told), Some((_, entity))) => told.push(entity.to_owned()),
                _ => told = None,
            },
            (LOG_TRAILER, _) => {
                let told = told.replace(Vec::new());
                found.push(ExportTrailers { log_id: value.to_owned(), range: None, head: None, told, had: Vec::new() });
            }
            (RANGE_TRAILER, Some(last)) => last.range = range(value),
            (HEAD_TRAILER, Some(last)) => last.head = Some(value.to_owned()),
            (HAD_TRAILER, Some(last)) => last.had.extend(had(value)),
            _ => {}
        }
    }
    found
}

fn range(value: &str) -> Option<(u64, u64)> {
    let (first, last) = value.split_once("..")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn had(value: &str) -> Option<(u64, String)> {
    let (entry, path) = value.split_once(' ')?;
    Some((entry.parse().ok()?, path.to_owned()))
}

/// The name of an entity, which may hold a file's, with what separates the parts of a trailer written as in a URL.
pub(in crate::engine) fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '%' | ',' | '=' | '<' | '>' => text += &format!("%{:02X}", u32::from(c)),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::Id;

    #[test]
    fn an_export_holds_what_it_tells_and_any_where_it_does_not_tell_all() {
        let message = "Squashed\n\n    set A-ENG-0001 Owner\n\n    Audit: Actor=x, Initiator=y, Entity=A-ENG-0001\n    \
                       Bos-Audit-Log: l\n    Bos-Audit-Range: 2..3\n\n    bos: merge main\n\n    Bos-Audit-Log: l\n    \
                       Bos-Audit-Range: 3..3\n\n    bos: export 60 documents\n\n    Audit: Actor=x, Initiator=y, \
                       Entity=B-ENG-0001\n    Audit: 9 more\n    Bos-Audit-Log: l\n    Bos-Audit-Range: 4..70\n";
        let card = Entity::Card(Id::parse("A-ENG-0001").unwrap());
        let held: Vec<_> =
            export_trailers_in(message).iter().map(|export| (export.range, export.may_hold(&card))).collect();
        assert_eq!(held, [(Some((2, 3)), true), (Some((3, 3)), false), (Some((4, 70)), true)]);
    }

    #[test]
    fn what_the_branch_had_of_a_document_did_not_come_again() {
        let message = "bos: export 2 documents\n\nBos-Audit-Log: l\nBos-Audit-Range: 4..70\nBos-Audit-Head: h\n\
                       Bos-Audit-Had: 31 docs/a%2C b.md\nBos-Audit-Had: 2 docs/c.md\n";
        let exports = export_trailers_in(message);
        let range = |path| exports[0].range_for(&DocPath::parse(path).unwrap());
        assert_eq!(range("docs/a, b.md"), Some((32, 70)));
        assert_eq!([range("docs/c.md"), range("docs/d.md")], [Some((4, 70)); 2]);
    }
}
