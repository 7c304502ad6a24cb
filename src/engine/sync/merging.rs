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
pub(in crate::engine) struct Meeting<'a> {
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
pub(in crate::engine) enum Met {
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
    pub(in crate::engine) fn meet(&mut self, meeting: &Meeting<'_>) -> Result<Met, EngineError> {
        let path = &meeting.located.path;
        let merged = self.merged(meeting)?;
        if !merged.clashes.is_empty() {
            for one in [meeting.base, meeting.theirs].into_iter().flatten() {
                self.write.put_blob(&one.sha, &one.text)?;
            }
            // A file clashes again at the next look; what another place had would be gone.
            let open = self.write.store().conflict(self.engine.mirror_id(), path)?;
            if meeting.revision.is_none() && open.is_some_and(|open| open.revision.is_some()) {
                return Ok(Met::Clashed);
            }
            self.write.put_conflict(
                self.engine.mirror_id(),
                &Conflict {
                    path: path.clone(),
                    base: meeting.base.map(|base| base.sha.clone()),
                    ours: meeting.ours.clone(),
                    theirs: meeting.theirs.map(|theirs| theirs.sha.clone()),
                    revision: meeting.revision.map(str::to_owned),
                    at: instant(self.now),
                },
            )?;
            return Ok(Met::Clashed);
        }
        let new = merged.text.map(|text| readable(path.as_str(), text)).transpose()?;
        let revisions = vec![Revision { located: meeting.located.clone(), new }];
        let draft = Draft { entity: meeting.located.entity.clone(), action: Action::Merge, reason: None, revisions };
        match meeting.theirs {
            Some(theirs) => self.record_merge(draft, theirs)?,
            None => self.record(draft)?,
        };
        Ok(Met::Merged)
    }

    fn merged<'a>(&self, meeting: &Meeting<'a>) -> Result<Merge, EngineError> {
        let ours = match &meeting.ours {
            Some(sha) => self.write.store().blob(sha)?,
            None => None,
        };
        let text = |reading: Option<&'a Reading>| reading.map(|reading| reading.text.as_str());
        Ok(merge(text(meeting.base), ours.as_deref(), text(meeting.theirs)))
    }
}
