//! Whether `bos import` would take a hand edit without asking anybody, told from git alone.

use crate::{
    engine::base::{error::EngineError, reading::Reading},
    git::{BlobId, CommitId, Repository},
    markdown::merge,
};

/// The commit whose documents stand for those of the database: the last export that can be seen.
pub(super) struct Latest<'a> {
    repository: &'a Repository,
    commit: Option<CommitId>,
}

impl<'a> Latest<'a> {
    /// A mirror branch that has more than `base`, else `base`, into which the exports were merged.
    pub(super) fn find(
        repository: &'a Repository,
        mirrors: &[CommitId],
        base: Option<CommitId>,
    ) -> Result<Self, EngineError> {
        // In a shallow clone nothing is known to be older.
        let is_in = |tip: CommitId, other: CommitId| repository.is_ancestor(tip, other).unwrap_or(false);
        let is_old = |tip: &CommitId| {
            let others = mirrors.iter().copied().filter(|other| other != tip).chain(base);
            others.into_iter().any(|other| is_in(*tip, other))
        };
        let newest = mirrors.iter().copied().find(|tip| !is_old(tip));
        Ok(Self { repository, commit: newest.or(base) })
    }

    /// Whether the step of a file merges with the last export, and the result can be read.
    pub(super) fn takes(
        &self,
        path: &str,
        (before, after): (Option<BlobId>, Option<BlobId>),
    ) -> Result<bool, EngineError> {
        let exported = match self.commit {
            Some(commit) => self.repository.blob_at(commit, path)?,
            None => None,
        };
        let read = |blob: Option<BlobId>| -> Result<Option<Option<String>>, EngineError> {
            let Some(blob) = blob else { return Ok(Some(None)) };
            let reading = Reading::of_blob(self.repository, blob)?;
            Ok(reading.ok().map(|reading| Some(reading.text)))
        };
        let (Some(before), Some(exported), Some(after)) = (read(before)?, read(exported)?, read(after)?) else {
            return Ok(false);
        };
        Ok(merge(before.as_deref(), exported.as_deref(), after.as_deref()).clashes.is_empty())
    }
}
