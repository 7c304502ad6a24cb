//! The edits that were taken from the files of this very place. Whoever goes on editing a file there has them before their
//! eyes, so what they take out of them is theirs to take.

use super::{error::EngineError, reading::Reading, view::View};
use crate::{
    domain::{action::Action, doc_path::DocPath, entry::WORK_TREE, hash::Sha256},
    git::{CommitId, Repository},
    markdown::{
        Side,
        locate::{Place, locate},
        resolve,
    },
    store::LogFilter,
};

/// One entry that changed the text of a document.
struct Step {
    old: Sha256,
    new: Sha256,
    /// Whether it was taken from the files here.
    is_own: bool,
    /// Whether it was taken before anybody committed it.
    by_hand: bool,
}

/// What happened to a document up to the text that its file held when this place was last looked at.
#[derive(Default)]
pub(in crate::engine) struct OwnEdits {
    steps: Vec<Step>,
}

impl View<'_> {
    /// The edits that the file at a path held when this place was last looked at. None if git has checked out another
    /// line of history since, or another line has the text that is there now: git may have put that over them.
    pub(in crate::engine) fn own_edits(
        &self,
        repository: &Repository,
        path: &DocPath,
        (seen, now): (Option<&Sha256>, &Reading),
    ) -> Result<OwnEdits, EngineError> {
        let (Some(file), Place::Document(located)) = (seen, locate(path)) else { return Ok(OwnEdits::default()) };
        // Another work tree of this database may have the edit.
        let is_alone = self.store.places()?.len() == 1;
        let filter = LogFilter { id: Some(located.entity.owner().clone()), ..LogFilter::default() };
        let mut steps = Vec::new();
        for entry in self.store.entries(&filter)?.1.into_iter().rev() {
            let (is_own, by_hand) =
                (entry.facts.action == Action::Import, entry.facts.via.as_deref() == Some(WORK_TREE));
            for touched in entry.facts.documents.into_iter().filter(|touched| touched.path == *path) {
                let (Some(old), Some(new)) = (touched.old, touched.new) else { continue };
                steps.push(Step { old, new, is_own, by_hand: is_alone && by_hand });
            }
        }
        let held = steps.iter().rposition(|step| step.new == *file).map_or(0, |last| last + 1);
        steps.truncate(held);
        // History is asked only where there is something to ask about.
        if !steps.iter().any(|step| step.is_own) {
            return Ok(OwnEdits::default());
        }
        let heads = (self.seen_head()?, repository.head()?);
        let goes_on = match heads {
            (Some(seen), Some(now)) => repository.is_ancestor(seen, now).unwrap_or(false),
            (seen, now) => seen == now,
        };
        if !goes_on || !self.is_of_this_line(repository, heads.1, path, &now.text)?.0 {
            return Ok(OwnEdits::default());
        }
        for step in steps.iter_mut().filter(|step| step.is_own) {
            step.is_own = self.is_own(repository, heads, path, step)?;
        }
        Ok(OwnEdits { steps })
    }

    /// Whether a text of an edit by hand, or one committed before the last look, is still this file's own: it is not if
    /// another branch or the stash has it, since git may have put it away there.
    fn is_own(
        &self,
        repository: &Repository,
        (seen, now): (Option<CommitId>, Option<CommitId>),
        path: &DocPath,
        step: &Step,
    ) -> Result<bool, EngineError> {
        let Some(text) = self.store.blob(&step.new)? else { return Ok(false) };
        let (is_here, commits) = self.is_of_this_line(repository, now, path, &text)?;
        let was_seen =
            |commit: &CommitId| seen.is_some_and(|seen| repository.is_ancestor(*commit, seen).unwrap_or(false));
        Ok(is_here && (step.by_hand || commits.iter().any(was_seen)))
    }

    /// Whether all commits that brought a text to a path are in the history of HEAD, and which these are.
    fn is_of_this_line(
        &self,
        repository: &Repository,
        head: Option<CommitId>,
        path: &DocPath,
        text: &str,
    ) -> Result<(bool, Vec<CommitId>), EngineError> {
        let git_path = self.workspace.git_path(path.as_str());
        let Ok(blob) = repository.clean_blob_id(&git_path, text.as_bytes()) else { return Ok((false, Vec::new())) };
        let commits = self.introduced(repository, blob, &[git_path])?;
        let is_here =
            |commit: &CommitId| head.is_some_and(|head| repository.is_ancestor(*commit, head).unwrap_or(false));
        Ok((commits.iter().all(is_here), commits))
    }

    /// An older text of a document with the edits that were taken from its file since.
    pub(in crate::engine) fn with_own_edits(
        &self,
        own: &OwnEdits,
        origin: &Sha256,
        mut text: String,
    ) -> Result<String, EngineError> {
        let Some(first) = own.steps.iter().rposition(|step| step.new == *origin || step.old == *origin) else {
            return Ok(text);
        };
        let from = first + usize::from(own.steps[first].new == *origin);
        for step in own.steps[from..].iter().filter(|step| step.is_own) {
            let (Some(old), Some(new)) = (self.store.blob(&step.old)?, self.store.blob(&step.new)?) else { continue };
            let merged = resolve(Some(&old), Some(&text), Some(&new), |_| Side::Theirs).and_then(|merged| merged.text);
            text = merged.unwrap_or(text);
        }
        Ok(text)
    }
}
