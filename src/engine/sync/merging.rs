//! Bringing together what the database and another place have made of one document: a merge, or a recorded conflict.

use crate::{
    domain::{action::Action, conflict::Conflict, entry::instant, hash::Sha256},
    engine::{
        base::{engine::Engine, error::EngineError, reading::Reading},
        write::{
            change::readable,
            writer::{Draft, Revision, Writer},
        },
    },
    git::Repository,
    markdown::{Merge, locate::Located, merge},
};

/// A document that both sides changed, or one removed and the other changed.
pub(in crate::engine) struct MergeRequest<'a> {
    pub(in crate::engine) located: &'a Located,
    /// The text both began with.
    pub(in crate::engine) base: Option<&'a Reading>,
    /// The text of the database.
    pub(in crate::engine) ours: Option<Sha256>,
    /// The other text; `None` where it was removed.
    pub(in crate::engine) theirs: Option<&'a Reading>,
    /// The revision it comes from; `None` for a file.
    pub(in crate::engine) revision: Option<&'a str>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum MergeOutcome {
    /// The database has what both sides made of it.
    Merged,
    /// Both sides changed the same places: a person decides.
    Clashed,
}

impl Engine {
    /// The text that a file's edit began with, where this place has no base for it: the newest one in HEAD's history
    /// that the log knows.
    pub(in crate::engine) fn base_in_history(&self, located: &Located) -> Result<Option<Reading>, EngineError> {
        let Some(head) = self.repository()?.map(Repository::head).transpose()?.flatten() else { return Ok(None) };
        Ok(self.known_ancestors(head, std::slice::from_ref(located))?.pop().flatten())
    }
}

impl Writer<'_> {
    /// Merges a document, as an entry of its own. Where the sides clash, nothing but the conflict is recorded.
    pub(in crate::engine) fn merge_document(
        &mut self,
        request: &MergeRequest<'_>,
    ) -> Result<MergeOutcome, EngineError> {
        let path = &request.located.path;
        let merged = self.merged(request)?;
        if !merged.clashes.is_empty() {
            for one in [request.base, request.theirs].into_iter().flatten() {
                self.write.put_blob(&one.sha, &one.text)?;
            }
            // A file clashes again at the next look; what another place had would be gone.
            let open = self.write.store().conflict(self.engine.mirror_id(), path)?;
            if request.revision.is_none() && open.is_some_and(|open| open.revision.is_some()) {
                return Ok(MergeOutcome::Clashed);
            }
            self.write.put_conflict(
                self.engine.mirror_id(),
                &Conflict {
                    path: path.clone(),
                    base: request.base.map(|base| base.sha.clone()),
                    ours: request.ours.clone(),
                    theirs: request.theirs.map(|theirs| theirs.sha.clone()),
                    revision: request.revision.map(str::to_owned),
                    at: instant(self.now),
                },
            )?;
            return Ok(MergeOutcome::Clashed);
        }
        let new = merged.text.map(|text| readable(path.as_str(), text)).transpose()?;
        let revisions = vec![Revision { located: request.located.clone(), new }];
        let draft = Draft { entity: request.located.entity.clone(), action: Action::Merge, reason: None, revisions };
        match request.theirs {
            Some(theirs) => self.record_merge(draft, theirs)?,
            None => self.record(draft)?,
        };
        Ok(MergeOutcome::Merged)
    }

    fn merged<'a>(&self, request: &MergeRequest<'a>) -> Result<Merge, EngineError> {
        let ours = match &request.ours {
            Some(sha) => self.write.store().blob(sha)?,
            None => None,
        };
        let text = |reading: Option<&'a Reading>| reading.map(|reading| reading.text.as_str());
        Ok(merge(text(request.base), ours.as_deref(), text(request.theirs)))
    }
}
