//! Whether an export wrote a text, where another commit brought it in: a squash merge, or a hook before the commit.

use super::history::is_export;
use crate::{
    engine::base::{error::EngineError, export_trailers::LOG_TRAILER},
    git::{BlobId, CommitId, Repository},
};

/// How many exports are looked at, from the newest on.
const MAX_EXPORTS: usize = 1_000;

/// A file that went from one text to another; `None` is no file.
pub(super) struct FileChange {
    pub(super) path: String,
    pub(super) before: Option<BlobId>,
    pub(super) after: Option<BlobId>,
}

/// The exports of a repository.
pub(super) struct Exports<'a> {
    repository: &'a Repository,
    folder: &'a str,
}

impl<'a> Exports<'a> {
    pub(super) fn new(repository: &'a Repository, folder: &'a str) -> Self {
        Self { repository, folder }
    }

    /// Whether each step leads to what an export wrote, and not back to what a later one has replaced: the newest
    /// export that knows either side decides.
    pub(super) fn wrote<'s>(
        &self,
        tips: &[CommitId],
        steps: impl Iterator<Item = &'s FileChange>,
    ) -> Result<Vec<bool>, EngineError> {
        let steps: Vec<&FileChange> = steps.collect();
        let mut answers: Vec<Option<bool>> = vec![None; steps.len()];
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let exports = self.repository.trailed(tips, LOG_TRAILER)?;
        for told in exports.iter().filter(|told| is_export(told) && !told.is_cut).take(MAX_EXPORTS) {
            if answers.iter().all(Option::is_some) {
                break;
            }
            let changes = self.repository.changed_paths(told.parents.first().copied(), told.commit, self.folder)?;
            for (step, answer) in steps.iter().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
                let written = changes.iter().find(|change| change.path == step.path).map(|change| change.new);
                *answer = written.and_then(|new| match new {
                    new if new == step.after => Some(true),
                    new if new == step.before => Some(false),
                    _ => None,
                });
            }
        }
        Ok(answers.into_iter().map(|answer| answer == Some(true)).collect())
    }
}
