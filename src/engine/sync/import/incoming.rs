//! One version of a document out of a commit: taken as it is, merged, or left, wherever the database has the document.

use super::revision::Intake;
use crate::{
    domain::{action::Action, conflict::Other, doc_path::DocPath, entity::Entity, hash::Sha256, state::Found},
    engine::{
        base::{error::EngineError, file_probe::Probed, projection::stored, reading::Reading},
        rules,
        write::{
            merging::{MergeOutcome, MergeRequest},
            writer::{Draft, Revision},
        },
    },
    git::CommitId,
    markdown::locate::{Located, Place, locate},
};

/// What a commit holds at a place.
pub(super) struct IncomingDocument<'a> {
    pub(super) located: Located,
    pub(super) theirs: Option<Reading>,
    pub(super) base: Option<Reading>,
    /// Whether the base was taken, too.
    pub(super) is_whole: bool,
    /// The branch or the commit it was taken out of.
    pub(super) with: &'a Other,
}

impl Intake<'_, '_> {
    /// Takes one version of a document, unless it has to be left alone, which is said.
    pub(super) fn take_or_leave(&mut self, version: IncomingDocument<'_>, commit: CommitId) -> Result<(), EngineError> {
        let path = version.located.path.clone();
        let Err(error) = self.take(version, commit) else { return Ok(()) };
        let Some(found) = rules::left_alone(&path, &error) else { return Err(error) };
        self.report.failed += 1;
        self.report.diagnostics.push(found);
        self.left.insert(path);
        Ok(())
    }

    /// Takes one version of a document: as it is where the database has what it began with, else merged.
    pub(super) fn take(&mut self, version: IncomingDocument<'_>, commit: CommitId) -> Result<(), EngineError> {
        let IncomingDocument { located, theirs, mut base, is_whole, with } = version;
        let path = located.path.clone();
        if theirs.as_ref().map_or(Ok(false), |theirs| self.is_in_conflict_here(&path, theirs))? {
            self.report.conflicts.push(path);
            return Ok(());
        }
        let mut ours = self.writer.write.document_sha(&path)?;
        if ours.is_none()
            && theirs.is_some()
            && let Some(elsewhere) = self.moved_from(&located, commit)?
        {
            if base.is_some() {
                let timeline = self.writer.view().timeline(&elsewhere.path)?;
                if theirs.as_ref().is_some_and(|theirs| timeline.knows(&theirs.sha)) {
                    self.report.unchanged += 1;
                    return self.went_on(&elsewhere.path, with, theirs, commit);
                }
                // The database moved it, such as to the archive: the edit follows it.
                return self.take(IncomingDocument { located: elsewhere, theirs, base, is_whole, with }, commit);
            }
            // What they made of it, they made of what they moved.
            base = self.writer.view().known_ancestors(commit, std::slice::from_ref(&elsewhere))?.pop().flatten();
            self.move_along(&elsewhere, &located)?;
            ours = self.writer.write.document_sha(&path)?;
        }
        if ours.is_some() && base.is_none() {
            base = self.writer.view().known_ancestor_elsewhere(commit, &located)?;
        }
        if ours.is_none()
            && theirs.is_some()
            && let Some(rival) = self.rival(&located)?
        {
            self.report.failed += 1;
            self.report.diagnostics.push(rules::duplicate_id(&path, located.entity.owner().as_str(), &rival));
            return Ok(());
        }
        let is_other = ours.is_some() && base.is_none() && self.writer.write.was_made_here(&located.entity)?;
        if is_other && matches!(located.entity, Entity::Card(_) | Entity::Idea(_)) {
            let new = self.writer.renumber(&located.entity)?;
            self.report.renumbered.push((located.entity.owner().clone(), new));
            ours = None;
        }
        let untouched = ours == base.as_ref().map(|base| base.sha.clone());
        if ours == theirs.as_ref().map(|theirs| theirs.sha.clone()) {
            self.report.unchanged += 1;
            return self.went_on(&path, with, theirs, commit);
        }
        if untouched {
            let count = match (&ours, &theirs) {
                (None, _) => &mut self.report.imported,
                (Some(_), Some(_)) => &mut self.report.updated,
                (Some(_), None) => &mut self.report.removed,
            };
            let (entity, revisions) = (located.entity.clone(), vec![Revision { located, new: theirs.clone() }]);
            let kind = entity.kind();
            self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
            *count += 1;
            *self.report.taken.entry(kind).or_default() += 1;
            return self.went_on(&path, with, theirs, commit);
        }
        let commit = commit.to_string();
        let (base, theirs, commit) = (base.as_ref(), theirs.as_ref(), Some(commit.as_str()));
        let request = MergeRequest { located: &located, base, ours, theirs, is_whole, with, commit };
        match self.writer.merge_document(&request)? {
            MergeOutcome::Merged => self.report.merged += 1,
            MergeOutcome::Clashed => self.report.conflicts.push(path),
        }
        Ok(())
    }

    /// Updates an open conflict with the same place to what that place has now.
    fn went_on(
        &mut self,
        path: &DocPath,
        with: &Other,
        theirs: Option<Reading>,
        commit: CommitId,
    ) -> Result<(), EngineError> {
        let Some(open) = self.writer.open_with(path, with)? else { return Ok(()) };
        if let Some(theirs) = &theirs {
            self.writer.write.put_blob(&theirs.sha, &theirs.text)?;
        }
        self.writer.go_on(&open, theirs.map(|theirs| theirs.sha), Some(&commit.to_string()))
    }

    /// The part of the text that an edit certainly began with, if that is not all of it and makes a difference;
    /// otherwise the text itself.
    pub(super) fn sure_base(
        &self,
        located: &Located,
        base: Option<Reading>,
        theirs: Option<&Reading>,
        commit: CommitId,
    ) -> Result<Option<Reading>, EngineError> {
        let shared = match (&base, theirs, self.ours(located, commit)?) {
            (Some(base), Some(theirs), Some(ours)) => {
                self.writer.view().shared_with_origins(&located.path, (base, &[]), &ours, (theirs, None))?
            }
            _ => None,
        };
        Ok(shared.or(base))
    }

    /// What the database has of a document of the commit, wherever it has it.
    fn ours(&self, located: &Located, commit: CommitId) -> Result<Option<Sha256>, EngineError> {
        if let Some(ours) = self.writer.write.document_sha(&located.path)? {
            return Ok(Some(ours));
        }
        let elsewhere = self.moved_from(located, commit)?;
        elsewhere.map_or(Ok(None), |elsewhere| Ok(self.writer.write.document_sha(&elsewhere.path)?))
    }

    /// Where the database has a document that the commit has elsewhere now: the same card or idea, for the same readers.
    pub(super) fn moved_from(&self, located: &Located, commit: CommitId) -> Result<Option<Located>, EngineError> {
        for row in self.writer.write.documents_of(&located.entity)? {
            let git_path = self.writer.session.workspace.git_path(row.path.as_str());
            if row.audience == located.audience
                && self.repository.blob_at(commit, &git_path)?.is_none()
                && let Place::Document(old) = locate(&row.path)
            {
                return Ok(Some(old));
            }
        }
        Ok(None)
    }

    /// Moves a document to another place as it is.
    fn move_along(&mut self, old: &Located, new: &Located) -> Result<(), EngineError> {
        let store = &self.writer.write;
        let Some(sha) = store.document_sha(&old.path)? else { return Ok(()) };
        let reading = stored(store, &old.path, &sha)?;
        let revisions =
            vec![Revision { located: old.clone(), new: None }, Revision { located: new.clone(), new: reading }];
        let entity = new.entity.clone();
        self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
        Ok(())
    }

    /// The document that has the ID, or the place, that a new one claims.
    fn rival(&self, located: &Located) -> Result<Option<DocPath>, EngineError> {
        let store = &self.writer.write;
        let other = match &located.entity {
            Entity::Card(id) => Entity::Idea(id.clone()),
            Entity::Idea(id) => Entity::Card(id.clone()),
            _ => return Ok(None),
        };
        let mut rows = store.documents_of(&other)?;
        rows.extend(store.documents_of(&located.entity)?.into_iter().filter(|row| row.audience == located.audience));
        Ok(rows.into_iter().map(|row| row.path).find(|path| *path != located.path))
    }

    /// Whether a text is what a file of this place is in conflict with: to commit it decides nothing.
    fn is_in_conflict_here(&self, path: &DocPath, theirs: &Reading) -> Result<bool, EngineError> {
        let view = self.writer.view();
        let known = view.tracked_document(path)?;
        let stands = known.sync_input(Found::Text(&theirs.sha)).conflict;
        Ok(stands && matches!(view.file_probe().probe(path, None), Probed::Read(file, _) if file.sha == theirs.sha))
    }
}
