//! What an import does about a document whose file is gone.

use std::collections::HashSet;

use super::{Prune, importer::Importer};
use crate::{
    domain::{
        action::Action,
        doc_path::DocPath,
        state::{Age, Found, State},
    },
    engine::{
        base::{error::EngineError, file_probe::Probed, tracked_document::TrackedDocument, walk::Walked},
        write::writer::{Draft, Revision},
    },
    markdown::locate::{Place, locate},
    store::MirrorDocument,
};

impl Importer<'_, '_> {
    /// Of documents that the walk did not come by, those that nobody removed.
    pub(super) fn elsewhere(&self, absent: &[&TrackedDocument]) -> Result<HashSet<DocPath>, EngineError> {
        let is_gone = |known: &&&TrackedDocument| {
            known.was_here() && matches!(self.probe.probe(known.path(), None), Probed::Nothing)
        };
        let paths: Vec<&DocPath> = absent.iter().filter(is_gone).map(|known| known.path()).collect();
        self.writer.view().elsewhere(&paths)
    }

    /// A known document that the walk did not come by.
    pub(super) fn see_absent(&mut self, known: &TrackedDocument) -> Result<(), EngineError> {
        let Place::Document(located) = locate(known.path()) else { return Ok(()) };
        match self.probe.probe(known.path(), None) {
            // Nobody removed it. Taken along by a file that moved, it may be nowhere by now.
            Probed::Nothing
                if self.elsewhere.contains(known.path()) && self.writer.write.document_sha(known.path())?.is_some() =>
            {
                self.saw_nothing(known)
            }
            Probed::Nothing => self.absent(known, false),
            look => self.see(Walked::Document(located), Some(known.clone()), look),
        }
    }

    /// There is no file to be seen, whatever this place stands at.
    fn saw_nothing(&self, known: &TrackedDocument) -> Result<(), EngineError> {
        let MirrorDocument { file, diagnostics, .. } = &known.mirrored;
        if file.is_none() && diagnostics.is_none() {
            return Ok(());
        }
        self.writer.note(&MirrorDocument { file: None, stat: None, diagnostics: None, ..known.mirrored.clone() })
    }

    /// A document without a file; `has_arrived` once it was told where the place stands with it.
    pub(super) fn absent(&mut self, known: &TrackedDocument, has_arrived: bool) -> Result<(), EngineError> {
        // Its file may have moved, and its document with it, earlier in this import.
        let database = self.writer.write.document_sha(known.path())?;
        let known = TrackedDocument { database, ..known.clone() };
        if !has_arrived {
            self.saw_nothing(&known)?;
        }
        if !has_arrived && self.writer.view().may_be_ours(&known, None)? {
            self.suspect_gone(&known);
            return Ok(());
        }
        let state = known.sync_input(Found::Nothing).state(|| Ok::<_, EngineError>(Age::Edit))?;
        if known.conflict.is_some() && (self.options.theirs || state != State::Conflict) {
            self.writer.write.forget_file_conflict(self.writer.session.mirror_id(), known.path())?;
        }
        let removes = match state {
            State::Missing => {
                self.gone.push(known);
                return Ok(());
            }
            State::Conflict if self.options.theirs => true,
            State::Conflict => {
                self.report.conflicts.push(known.path().clone());
                return Ok(());
            }
            State::Diverged if !self.options.theirs => return self.meet_absence(&known),
            State::Diverged => self.options.theirs,
            State::Ahead if has_arrived => {
                let position = known.mirrored.position;
                return self.writer.note(&MirrorDocument { position, ..MirrorDocument::unknown(known.path().clone()) });
            }
            State::InSync if known.mirrored.base.is_some() || known.mirrored.file.is_some() => {
                // Where nobody has removed the file, the removal has not come either: an older export may bring it yet.
                let position = match self.elsewhere.contains(known.path()) {
                    true => None,
                    false => Some(self.writer.view().timeline(known.path())?.last(None, 0)),
                };
                return self.writer.note(&MirrorDocument { position, ..MirrorDocument::unknown(known.path().clone()) });
            }
            _ => return Ok(()),
        };
        if removes { self.remove(&known) } else { Ok(()) }
    }

    /// A document whose file is gone, and nothing says why.
    pub(super) fn missing(&mut self, known: &TrackedDocument) -> Result<(), EngineError> {
        if self.options.prune != Prune::No {
            return self.remove(known);
        }
        self.report.missing.push(known.path().clone());
        Ok(())
    }

    fn remove(&mut self, known: &TrackedDocument) -> Result<(), EngineError> {
        let Place::Document(located) = locate(known.path()) else { return Ok(()) };
        self.report.removed += 1;
        self.report.pruned.push(known.path().clone());
        let draft = Draft {
            entity: located.entity.clone(),
            action: Action::Import,
            reason: None,
            revisions: vec![Revision { located, new: None }],
        };
        // Nothing says that a file was deleted but whoever runs this.
        self.writer.insists = true;
        let recorded = self.writer.record(draft);
        self.writer.insists = self.options.theirs;
        recorded?;
        self.writer.note_absence(known.path())
    }
}
