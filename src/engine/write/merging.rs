//! Combining what the database and another place made of one document: a merge, or a recorded conflict. A
//! conflict belongs to the document and the place; it ends when a person settles it, or when both agree.

use std::collections::BTreeSet;

use super::{
    change::readable,
    writer::{Draft, Revision, Writer},
};
use crate::{
    domain::{
        action::Action,
        conflict::{Conflict, Other},
        doc_path::DocPath,
        entry::instant,
        hash::Sha256,
    },
    engine::base::{error::EngineError, projection::stored, reading::Reading, view::View},
    git::Repository,
    markdown::{
        Merge,
        locate::{Located, Place, locate},
        merge,
    },
};

/// A document that both sides changed, or one removed and the other changed.
pub(in crate::engine) struct MergeRequest<'a> {
    pub(in crate::engine) located: &'a Located,
    /// The text that both started from.
    pub(in crate::engine) base: Option<&'a Reading>,
    /// The text of the database.
    pub(in crate::engine) ours: Option<Sha256>,
    /// The other text; `None` where it was removed.
    pub(in crate::engine) theirs: Option<&'a Reading>,
    /// Whether the common start was taken: only then does the database have all of theirs after the merge.
    pub(in crate::engine) is_whole: bool,
    /// The place that holds it.
    pub(in crate::engine) with: &'a Other,
    /// The commit that holds it, if it is not a file of the work tree.
    pub(in crate::engine) commit: Option<&'a str>,
}

/// The outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum MergeOutcome {
    /// The database has the result of both sides.
    Merged,
    /// Both sides changed the same place: a person decides.
    Clashed,
}

impl View<'_> {
    /// The text that a file's edit began with, where this place has no base for it: the newest one in HEAD's history
    /// that the log knows.
    pub(in crate::engine) fn base_in_history(&self, located: &Located) -> Result<Option<Reading>, EngineError> {
        let Some(head) = self.repository()?.map(Repository::head).transpose()?.flatten() else { return Ok(None) };
        match self.known_ancestors(head, std::slice::from_ref(located))?.pop().flatten() {
            Some(ancestor) => Ok(Some(ancestor)),
            None => self.known_ancestor_elsewhere(head, located),
        }
    }

    /// A merge of the other text of a conflict into the current text of the database.
    pub(in crate::engine) fn remerged(&self, conflict: &Conflict) -> Result<Merge, EngineError> {
        let ours = self.store.document_sha(&conflict.path)?;
        self.merged(&conflict.path, [conflict.base.as_ref(), ours.as_ref(), conflict.theirs.as_ref()])
    }

    fn merged(&self, path: &DocPath, texts: [Option<&Sha256>; 3]) -> Result<Merge, EngineError> {
        let text = |sha: Option<&Sha256>| -> Result<Option<String>, EngineError> {
            let reading = sha.map_or(Ok(None), |sha| stored(&self.store, path, sha))?;
            Ok(reading.map(|reading| reading.text))
        };
        let [base, ours, theirs] = texts;
        let (base, ours, theirs) = (text(base)?, text(ours)?, text(theirs)?);
        Ok(merge(base.as_deref(), ours.as_deref(), theirs.as_deref()))
    }
}

impl Writer<'_> {
    /// Merges a document, as an entry of its own. If the sides clash, only the conflict is recorded.
    pub(in crate::engine) fn merge_document(
        &mut self,
        request: &MergeRequest<'_>,
    ) -> Result<MergeOutcome, EngineError> {
        for one in [request.base, request.theirs].into_iter().flatten() {
            self.write.put_blob(&one.sha, &one.text)?;
        }
        let (base, theirs) = (request.base.map(|base| &base.sha), request.theirs.map(|theirs| &theirs.sha));
        let open = self.open_with(&request.located.path, request.with)?;
        let merged = self.view().merged(&request.located.path, [base, request.ours.as_ref(), theirs])?;
        if merged.clashes.is_empty() {
            let new = merged.text.map(|text| readable(request.located.path.as_str(), text)).transpose()?;
            self.record_met(request.located, new, request.theirs.filter(|_| request.is_whole))?;
            match open {
                Some(open) => self.go_on(&open, theirs.cloned(), request.commit)?,
                None => self.forget_with_file(request.with)?,
            }
            return Ok(MergeOutcome::Merged);
        }
        // An edit of the other text of an open conflict started where that text started.
        let begun = open.filter(|open| open.theirs.is_some() && open.theirs.as_ref() == base);
        let base = match &begun {
            Some(open) => open.base.clone(),
            None => base.cloned(),
        };
        let conflict = Conflict {
            path: request.located.path.clone(),
            with: request.with.clone(),
            base,
            ours: request.ours.clone(),
            theirs: theirs.cloned(),
            commit: request.commit.map(str::to_owned),
            at: instant(self.now),
        };
        self.write.put_conflict(self.session.mirror_id(), &conflict)?;
        if begun.is_some() && self.end_if_agreed(&conflict)? {
            return Ok(MergeOutcome::Merged);
        }
        Ok(MergeOutcome::Clashed)
    }

    /// Notes that the place of an open conflict now has another text.
    pub(in crate::engine) fn go_on(
        &mut self,
        open: &Conflict,
        theirs: Option<Sha256>,
        commit: Option<&str>,
    ) -> Result<(), EngineError> {
        let ours = self.write.document_sha(&open.path)?;
        let conflict = Conflict { theirs, ours, commit: commit.map(str::to_owned), ..open.clone() };
        self.write.put_conflict(self.session.mirror_id(), &conflict)?;
        self.end_if_agreed(&conflict).map(|_| ())
    }

    /// The open conflict about a document with a branch or a commit. That with a file is always decided anew, from the
    /// text that the file has.
    pub(in crate::engine) fn open_with(&self, path: &DocPath, with: &Other) -> Result<Option<Conflict>, EngineError> {
        let Other::Revision(_) = with else { return Ok(None) };
        let open = self.write.revision_conflicts(path)?;
        Ok(open.into_iter().find(|open| open.with == *with))
    }

    fn forget_with_file(&self, with: &Other) -> Result<(), EngineError> {
        match with {
            Other::File(file) => Ok(self.write.forget_file_conflict(self.session.mirror_id(), file)?),
            Other::Revision(_) => Ok(()),
        }
    }

    /// Ends the conflicts with branches and commits in which nothing clashes any more.
    pub(in crate::engine) fn end_agreed_conflicts(&mut self) -> Result<(), EngineError> {
        let before = self.acting.take();
        self.acting = Some(self.by_the_person());
        let ended = self.end_agreed(|_| true);
        self.acting = before;
        ended
    }

    /// The same, of the documents that were recorded so far.
    pub(super) fn end_conflicts_of_recorded(&mut self) -> Result<(), EngineError> {
        if self.entries.is_empty() || self.is_filling() {
            return Ok(());
        }
        let touched: BTreeSet<DocPath> = self
            .entries
            .iter()
            .flat_map(|entry| entry.facts.documents.iter().map(|touched| touched.path.clone()))
            .collect();
        for conflict in self.write.conflicts(self.session.mirror_id())? {
            // A conflict with a file goes on against what the database has now.
            if conflict.with == Other::File(conflict.path.clone())
                && touched.contains(&conflict.path)
                && !self.view().remerged(&conflict)?.clashes.is_empty()
            {
                let ours = self.write.document_sha(&conflict.path)?;
                self.write.put_conflict(self.session.mirror_id(), &Conflict { ours, ..conflict })?;
            }
        }
        self.end_agreed(|path| touched.contains(path))
    }

    fn end_agreed(&mut self, concerns: impl Fn(&DocPath) -> bool) -> Result<(), EngineError> {
        for conflict in self.write.conflicts(self.session.mirror_id())? {
            if matches!(conflict.with, Other::Revision(_)) && concerns(&conflict.path) {
                self.end_if_agreed(&conflict)?;
            }
        }
        Ok(())
    }

    /// Takes the rest of a conflict if nothing clashes any more; whether it has ended.
    fn end_if_agreed(&mut self, conflict: &Conflict) -> Result<bool, EngineError> {
        let merged = self.view().remerged(conflict)?;
        let Place::Document(located) = locate(&conflict.path) else { return Ok(false) };
        if !merged.clashes.is_empty() {
            return Ok(false);
        }
        let theirs = match &conflict.theirs {
            Some(sha) => stored(&self.write, &conflict.path, sha)?,
            None => None,
        };
        let new = merged.text.map(|text| readable(conflict.path.as_str(), text)).transpose()?;
        let ours = self.write.document_sha(&conflict.path)?;
        let is_known = match &conflict.theirs {
            Some(theirs) => self.view().timeline(&conflict.path)?.knows(theirs),
            None => true,
        };
        if !is_known || new.as_ref().map(|new| &new.sha) != ours.as_ref() {
            self.record_met(&located, new, theirs.as_ref())?;
        }
        self.write.forget_conflict(self.session.mirror_id(), &conflict.path, &conflict.with)?;
        Ok(true)
    }

    fn record_met(
        &mut self,
        located: &Located,
        new: Option<Reading>,
        theirs: Option<&Reading>,
    ) -> Result<(), EngineError> {
        let revisions = vec![Revision { located: located.clone(), new }];
        let draft = Draft { entity: located.entity.clone(), action: Action::Merge, reason: None, revisions };
        match theirs {
            Some(theirs) => self.record_merge(draft, theirs)?,
            None => self.record(draft)?,
        };
        Ok(())
    }
}
