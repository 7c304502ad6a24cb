//! What commits in git say of a log: the trailers that every export writes, read back.

use crate::git::TrailedCommit;

/// Trailer keys.
pub(in crate::engine) const LOG_TRAILER: &str = "Bos-Audit-Log";
pub(in crate::engine) const RANGE_TRAILER: &str = "Bos-Audit-Range";
pub(in crate::engine) const HEAD_TRAILER: &str = "Bos-Audit-Head";

/// What a commit in git says of a log.
#[derive(Debug, Clone)]
pub(in crate::engine) struct ExportTrailers {
    pub(in crate::engine) log_id: String,
    /// The first and the last entry; `None` where that cannot be read.
    pub(in crate::engine) range: Option<(u64, u64)>,
    /// The hash of the last entry.
    pub(in crate::engine) head: Option<String>,
}

impl ExportTrailers {
    /// Reads the trailers of a commit; `None` where it was not made by an export.
    pub(in crate::engine) fn of(commit: &TrailedCommit) -> Option<Self> {
        Some(Self {
            log_id: commit.trailer(LOG_TRAILER)?.to_owned(),
            range: commit.trailer(RANGE_TRAILER).and_then(range),
            head: commit.trailer(HEAD_TRAILER).map(str::to_owned),
        })
    }
}

/// What of a log the exports in a commit message witness, wherever they stand in it: a squash keeps the messages of its
/// commits in the body of its own, maybe indented.
pub(in crate::engine) fn export_trailers_in(message: &str) -> Vec<ExportTrailers> {
    let mut found: Vec<ExportTrailers> = Vec::new();
    for line in message.lines() {
        let Some((key, value)) = line.trim().split_once(": ") else { continue };
        match (key, found.last_mut()) {
            (LOG_TRAILER, _) => found.push(ExportTrailers { log_id: value.to_owned(), range: None, head: None }),
            (RANGE_TRAILER, Some(last)) => last.range = range(value),
            (HEAD_TRAILER, Some(last)) => last.head = Some(value.to_owned()),
            _ => {}
        }
    }
    found
}

fn range(value: &str) -> Option<(u64, u64)> {
    let (first, last) = value.split_once("..")?;
    Some((first.parse().ok()?, last.parse().ok()?))
}
