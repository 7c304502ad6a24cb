//! Edits made by hand in the files of what is about to be changed: they are taken before the change.

use super::writer::{Draft, Revision, Writer};
use crate::{
    domain::{action::Action, doc_path::DocPath, id::Id, state::State},
    engine::base::{error::EngineError, reading::Reading, tracked_document::TrackedDocument},
    markdown::locate::{Located, Place, locate},
    store::MirrorDocument,
};

impl Writer<'_> {
    /// Takes hand edits of these documents first, each entity as an entry of its own. A file that cannot be read, or
    /// that diverged, refuses the write.
    pub(in crate::engine) fn take_hand_edits(&mut self, id: &Id, paths: &[DocPath]) -> Result<(), EngineError> {
        let view = self.view();
        if view.is_in_memory() {
            return Ok(());
        }
        let mut refused: Vec<(State, String)> = Vec::new();
        let mut taken: Vec<(Located, TrackedDocument, Reading)> = Vec::new();
        for path in paths {
            let Place::Document(located) = locate(path) else { continue };
            match view.state_of(path)? {
                (State::Behind | State::Untracked, Some(reading)) => {
                    taken.push((located, view.tracked_document(path)?, *reading))
                }
                (state @ (State::Invalid | State::Diverged | State::Conflict), _) => {
                    refused.push((state, path.to_string()));
                }
                _ => {}
            }
        }
        if let Some((state, _)) = refused.first() {
            let unreadable = |(_, path): &(State, String)| view.bad_file(&DocPath::parse(path)?);
            if let Some(error) = refused.iter().find_map(unreadable) {
                return Err(error);
            }
            let paths = refused.iter().map(|(_, path)| path.clone()).collect();
            return Err(EngineError::FilesDiffer { id: id.to_string(), state: *state, paths });
        }
        if taken.is_empty() {
            return Ok(());
        }
        taken.sort_by(|a, b| a.0.entity.cmp(&b.0.entity));
        let probe = view.caching_probe();
        while let Some((first, ..)) = taken.first() {
            let entity = first.entity.clone();
            let group: Vec<_> = taken.extract_if(.., |(located, ..)| located.entity == entity).collect();
            let mut acting = None;
            let (mut revisions, mut notes) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
            for (located, known, reading) in group {
                let charged = self.charge(&entity, &located.path, &reading);
                let commit = charged.commit.map(|commit| commit.to_string());
                acting.get_or_insert(charged);
                let sha = Some(reading.sha.clone());
                let stat = probe.stat(&located.path);
                let (base, diagnostics) = (sha.clone(), None);
                notes.push(MirrorDocument { base, file: sha, stat, diagnostics, commit, ..known.mirrored });
                revisions.push(Revision { located, new: Some(reading) });
            }
            self.acting = acting;
            let recorded = self.record(Draft { entity, action: Action::Import, reason: None, revisions });
            self.acting = None;
            recorded?;
            let position = Some(self.seq());
            notes.into_iter().try_for_each(|note| self.note(&MirrorDocument { position, ..note }))?;
        }
        self.start_batch();
        Ok(())
    }
}
