//! What an import does about a document whose file is gone.

use super::importer::Importer;
use crate::{
    domain::{
        action::Action,
        state::{Age, Found, State},
    },
    engine::{
        base::{error::EngineError, look::Look, survey::Known, walk::Walked},
        write::writer::{Draft, Revision},
    },
    markdown::locate::{Place, locate},
};

impl Importer<'_, '_> {
    /// A known document that the walk did not come by.
    pub(super) fn see_absent(&mut self, known: &Known) -> Result<(), EngineError> {
        let Place::Document(located) = locate(known.path()) else { return Ok(()) };
        match self.looker.look(known.path(), None) {
            Look::Nothing => self.absent(known),
            look => self.see(Walked::Document(located), Some(known.clone()), look),
        }
    }

    /// A document without a file.
    pub(super) fn absent(&mut self, known: &Known) -> Result<(), EngineError> {
        // Its file may have moved, and its document with it, earlier in this import.
        let database = self.writer.write.store().document_sha(known.path())?;
        let known = Known { database, ..known.clone() };
        let state = known.sighting(Found::Nothing).state(|| Ok::<_, EngineError>(Age::Edit))?;
        if known.conflict.is_some() && (self.options.theirs || state != State::Conflict) {
            self.writer.write.forget_conflict(self.writer.engine.mirror_id(), known.path())?;
        }
        let removes = match state {
            State::Missing => self.options.prune,
            State::Conflict if self.options.theirs => true,
            State::Conflict => {
                self.report.conflicts.push(known.path().clone());
                return Ok(());
            }
            State::Diverged if !self.options.theirs => return self.meet_absence(&known),
            State::Diverged => self.options.theirs,
            State::Ahead => self.options.theirs && known.mirrored.base.is_some(),
            State::InSync => {
                let mirror = self.writer.engine.mirror_id();
                return Ok(self.writer.write.forget_mirror_document(mirror, known.path())?);
            }
            _ => return Ok(()),
        };
        match (removes, state) {
            (true, _) => self.remove(&known),
            (false, State::Missing) => {
                self.report.missing.push(known.path().clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn remove(&mut self, known: &Known) -> Result<(), EngineError> {
        let Place::Document(located) = locate(known.path()) else { return Ok(()) };
        self.report.removed += 1;
        let mirror = self.writer.engine.mirror_id();
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
        Ok(self.writer.write.forget_mirror_document(mirror, known.path())?)
    }
}
