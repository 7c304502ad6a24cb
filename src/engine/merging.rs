//! Bringing together what the database and another place have made of one document: a merge, or a recorded conflict.

use super::{
    Engine,
    change::readable,
    commit::{Draft, Revision, Writer},
    error::EngineError,
    reading::Reading,
};
use crate::{
    domain::{conflict::Conflict, entry::instant, hash::Sha256},
    markdown::{Merge, locate::Located, merge},
};

/// A document that both sides changed, or one removed and the other changed.
pub(super) struct Meeting<'a> {
    pub(super) located: &'a Located,
    /// The text both began with.
    pub(super) base: Option<Sha256>,
    /// The text of the database.
    pub(super) ours: Option<Sha256>,
    /// The other text; `None` where it was removed.
    pub(super) theirs: Option<&'a Reading>,
    /// The revision it comes from; `None` for a file.
    pub(super) revision: Option<&'a str>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// The database has what both sides made of it.
    Merged,
    /// Both sides changed the same places: a person decides.
    Clashed,
}

impl Engine {
    /// The text that an edit began with, where this place has no base for it: what git put there, if the log knows it.
    pub(super) fn checked_out(&self, located: &Located) -> Result<Option<Sha256>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(None) };
        let Some(head) = repository.head()? else { return Ok(None) };
        let path = self.workspace.git_path(located.path.as_str());
        let Some(blob) = repository.blob_at(head, &path)? else { return Ok(None) };
        let sha = Sha256::of(&repository.read_blob(blob)?);
        let known = self.store.was_version(&located.entity, located.path.as_str(), &sha)?;
        Ok(known.then_some(sha))
    }
}

impl Writer<'_> {
    /// Merges a document, as an entry of its own. Where the sides clash, nothing but the conflict is recorded.
    pub(super) fn meet(&mut self, meeting: &Meeting<'_>) -> Result<Met, EngineError> {
        let path = &meeting.located.path;
        let merged = self.merged(meeting)?;
        if !merged.clashes.is_empty() {
            if let Some(theirs) = meeting.theirs {
                self.write.put_blob(&theirs.sha, &theirs.text)?;
            }
            self.write.put_conflict(
                self.engine.mirror_id(),
                &Conflict {
                    path: path.clone(),
                    base: meeting.base.clone(),
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
        let draft = Draft { entity: meeting.located.entity.clone(), action: "merge", reason: None, revisions };
        match meeting.theirs {
            Some(theirs) => self.record_merge(draft, theirs)?,
            None => self.record(draft)?,
        };
        Ok(Met::Merged)
    }

    fn merged(&self, meeting: &Meeting<'_>) -> Result<Merge, EngineError> {
        let text = |sha: &Option<Sha256>| match sha {
            Some(sha) => self.write.store().blob(sha),
            None => Ok(None),
        };
        let (base, ours) = (text(&meeting.base)?, text(&meeting.ours)?);
        Ok(merge(base.as_deref(), ours.as_deref(), meeting.theirs.map(|theirs| theirs.text.as_str())))
    }
}
