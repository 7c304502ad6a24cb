//! What an import does where file and database both changed, and where a file moved meanwhile.

use super::importer::{Importer, Taken};
use crate::{
    domain::{action::Action, conflict::Other, doc_path::DocPath, entity::Entity, hash::Sha256, state::Age},
    engine::{
        base::{
            arrival::Arrival, error::EngineError, file_probe::Probed, projection::stored, reading::Reading,
            tracked_document::TrackedDocument,
        },
        write::{
            merging::{MergeOutcome, MergeRequest},
            writer::{Draft, Revision},
        },
    },
    markdown::locate::{Located, Place, locate},
    store::MirrorDocument,
};

impl Importer<'_, '_> {
    /// Merges a file that changed on both sides. The file's text is the base from then on: what the merge made beyond it
    /// is for the next export to write.
    pub(super) fn merge_document(&mut self, taken: &Taken) -> Result<(), EngineError> {
        self.flush()?;
        let base = match &taken.known.mirrored.base {
            Some(base) => self.text(&taken.located.path, Some(base))?,
            None => self.writer.view().base_in_history(&taken.located)?,
        };
        let moved = if taken.known.database.is_none() { self.moved_to(&taken.located)? } else { None };
        let ours = moved.as_ref().map(|(_, ours)| ours).or(taken.known.database.as_ref());
        let base = match (&base, ours) {
            (Some(base), Some(ours)) => self.sure_base(taken, &taken.known, (base, ours))?,
            _ => None,
        }
        .or(base);
        let with = Other::File(taken.located.path.clone());
        let request = match &moved {
            // The document went elsewhere in the database, such as to the archive: the edit follows it.
            Some((located, ours)) => MergeRequest {
                located,
                base: base.as_ref(),
                ours: Some(ours.clone()),
                theirs: Some(&taken.reading),
                is_whole: true,
                with: &with,
                commit: None,
            },
            None => MergeRequest {
                located: &taken.located,
                base: base.as_ref(),
                ours: taken.known.database.clone(),
                theirs: Some(&taken.reading),
                is_whole: true,
                with: &with,
                commit: None,
            },
        };
        self.writer.acting = self.charge(taken);
        let met = self.writer.merge_document(&request);
        self.writer.acting = None;
        match met {
            Err(error) => self.leave(&taken.located.path, error),
            Ok(MergeOutcome::Merged) => {
                self.report.merged += 1;
                self.remember(taken, self.position_taken(&taken.known.mirrored)?)
            }
            Ok(MergeOutcome::Clashed) => {
                self.report.conflicts.push(taken.located.path.clone());
                self.remember_file(taken)
            }
        }
    }

    /// The part of its base that a file's edit certainly began with, if that is not all of it and makes a difference.
    /// Whoever says that the file wins has looked at it.
    fn sure_base(
        &self,
        taken: &Taken,
        known: &TrackedDocument,
        (base, ours): (&Reading, &Sha256),
    ) -> Result<Option<Reading>, EngineError> {
        if self.options.theirs {
            return Ok(None);
        }
        self.writer.view().sure_base((known, &taken.located.path), (base, ours), &taken.reading)
    }

    /// Where the database has the document of a file now, and its text there.
    fn moved_to(&self, located: &Located) -> Result<Option<(Located, Sha256)>, EngineError> {
        for row in self.writer.write.documents_of(&located.entity)? {
            if row.audience == located.audience
                && row.path != located.path
                && let Place::Document(moved) = locate(&row.path)
            {
                return Ok(Some((moved, row.sha256)));
            }
        }
        Ok(None)
    }

    /// A text that the database has, read.
    pub(super) fn text(&self, path: &DocPath, sha: Option<&Sha256>) -> Result<Option<Reading>, EngineError> {
        sha.map_or(Ok(None), |sha| stored(&self.writer.write, path, sha))
    }

    /// A file that is gone, of a document that changed in the database.
    pub(super) fn meet_absence(&mut self, known: &TrackedDocument) -> Result<(), EngineError> {
        let Place::Document(located) = locate(known.path()) else { return Ok(()) };
        let base = self.text(known.path(), known.mirrored.base.as_ref())?;
        let (base, ours) = (base.as_ref(), known.database.clone());
        let with = &Other::File(located.path.clone());
        self.writer.merge_document(&MergeRequest {
            located: &located,
            base,
            ours,
            theirs: None,
            is_whole: true,
            with,
            commit: None,
        })?;
        self.report.conflicts.push(known.path().clone());
        Ok(())
    }

    /// The text that an edited file began with, where git has put it back to where its document was before.
    pub(super) fn edited_before_it_moved(&self, taken: &Taken) -> Result<Option<Reading>, EngineError> {
        let (view, located) = (self.writer.view(), &taken.located);
        if self.writer.is_filling() || self.writer.session.workspace.git.is_none() {
            return Ok(None);
        }
        for row in self.writer.write.documents_of(&located.entity)? {
            let known = view.tracked_document(&row.path)?;
            if row.audience == located.audience
                && row.path != located.path
                && known.was_here()
                && matches!(self.probe.probe(&row.path, None), Probed::Nothing)
                && let Some(began) = view.began_before_it_moved(&known, located, &taken.reading)?
            {
                return Ok(Some(began));
            }
        }
        Ok(None)
    }

    /// The document that had its file elsewhere until this one appeared.
    pub(super) fn moved_from(&self, located: &Located) -> Result<Option<TrackedDocument>, EngineError> {
        if self.writer.is_filling() {
            return Ok(None);
        }
        for row in self.writer.write.documents_of(&located.entity)? {
            let known = self.writer.view().tracked_document(&row.path)?;
            if row.audience == located.audience
                && row.path != located.path
                && known.was_here()
                && matches!(self.probe.probe(&row.path, None), Probed::Nothing)
            {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// What is known of a document whose file was moved, where there is more to it than the move and an edit of what the
    /// database has: the database has changed meanwhile, or what was moved is an export that came home or an old
    /// checkout, of which nothing is an edit.
    pub(super) fn moved_with_more(
        &self,
        old: TrackedDocument,
        taken: &Taken,
    ) -> Result<Option<TrackedDocument>, EngineError> {
        let view = self.writer.view();
        let mut moved = old;
        if view.may_be_ours(&moved, Some(&taken.reading.sha))?
            && let arrival = (Arrival { known: &moved, file: Some(&taken.reading), at: &taken.located.path })
            && let Some(arrived) = view.arrivals(&[arrival])?.pop()
        {
            if let Some(joined) = &arrived.joined {
                self.writer.write.put_blob(&joined.sha, &joined.text)?;
            }
            moved = moved.moved_on(&arrived);
            if arrived.age != Age::Edit {
                moved.mirrored.base = Some(taken.reading.sha.clone());
            }
        }
        let is_edit = moved.mirrored.base == moved.database && !self.may_have_begun_with_another(taken, &moved)?;
        Ok(Some(moved).filter(|_| !is_edit))
    }

    /// Whether an edit of what the database has may have begun with another text, and takes more upon this one.
    pub(super) fn may_have_begun_with_another(
        &self,
        taken: &Taken,
        known: &TrackedDocument,
    ) -> Result<bool, EngineError> {
        if self.writer.is_filling() || self.options.theirs {
            return Ok(false);
        }
        self.writer.view().may_have_begun_with_another((known, &taken.located.path), &taken.reading)
    }

    /// What is attached to a card, and lies elsewhere in the database, where this place never had its file.
    pub(super) fn same_without_file(&self, located: &Located) -> Result<Option<TrackedDocument>, EngineError> {
        if self.writer.is_filling() || matches!(located.entity, Entity::Card(_) | Entity::Idea(_)) {
            return Ok(None);
        }
        for row in self.writer.write.documents_of(&located.entity)? {
            let known = self.writer.view().tracked_document(&row.path)?;
            if row.audience == located.audience
                && row.path != located.path
                && known.mirrored.base.is_none()
                && matches!(self.probe.probe(&row.path, None), Probed::Nothing)
            {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Whether a path is in the folder of the card that it belongs to, as the database has it.
    pub(super) fn lies_with_its_card(&self, located: &Located) -> Result<bool, EngineError> {
        let card = Entity::Card(located.entity.owner().clone());
        let lies_with = |card: &DocPath| {
            let folder =
                card.as_str().rsplit_once('/').map(|(folder, _)| format!("{folder}/{}/", located.entity.owner()));
            folder.is_some_and(|folder| located.path.as_str().starts_with(&folder))
        };
        Ok(self.writer.write.documents_of(&card)?.iter().any(|row| lies_with(&row.path)))
    }

    /// Moves a document to where its file is now, and merges what both sides made of it.
    pub(super) fn take_along(&mut self, old: TrackedDocument, taken: Taken) -> Result<(), EngineError> {
        let Place::Document(from) = locate(old.path()) else { return Ok(()) };
        let current = self.text(old.path(), old.database.as_ref())?;
        let revisions =
            vec![Revision { located: from, new: None }, Revision { located: taken.located.clone(), new: current }];
        let entity = taken.located.entity.clone();
        self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
        self.writer.note_absence(old.path())?;
        let MirrorDocument { base, position, file, .. } = old.mirrored;
        let mirrored = MirrorDocument { base, position, file, ..taken.known.mirrored };
        let known = TrackedDocument { mirrored, database: old.database, conflict: None };
        if known.mirrored.base.as_ref() == Some(&taken.reading.sha) {
            return self.remember_file(&Taken { known, arrived: Some(Age::Edit), ..taken });
        }
        self.merge_document(&Taken { known, ..taken })
    }

    /// Takes along what is attached to cards whose file was moved, and that this place has no file of to move.
    pub(super) fn take_attached_along(&mut self) -> Result<(), EngineError> {
        let (session, probe, elsewhere) = (self.writer.session, self.probe, &self.elsewhere);
        let mirror = session.mirror_id();
        self.writer.take_attached_along(0, |write, path| {
            let mirrored = write.mirror_document(mirror, path)?;
            let was_here = mirrored.base.is_some() || mirrored.file.is_some();
            let has_file = !matches!(probe.probe(path, None), Probed::Nothing);
            Ok(!has_file && (!was_here || elsewhere.contains(path)))
        })
    }
}
