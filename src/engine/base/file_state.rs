//! How one document of this place stands.

use super::{error::EngineError, file_probe::Probed, reading::Reading, view::View};
use crate::domain::{
    doc_path::DocPath,
    state::{Found, State},
};

impl View<'_> {
    /// How one document stands now, and the text of its file where that was read. One whose file is elsewhere, and not
    /// removed, needs nothing.
    pub(in crate::engine) fn state_of(&self, path: &DocPath) -> Result<(State, Option<Box<Reading>>), EngineError> {
        let known = self.tracked_document(path)?;
        let look = match self.file_probe().probe(path, Some(&known.mirrored)) {
            Probed::Same(Some(sha)) if known.sync_input(Found::Text(&sha)).is_in_sync() => {
                return Ok((State::InSync, None));
            }
            Probed::Same(Some(_)) => self.file_probe().probe(path, None),
            look => look,
        };
        match look {
            Probed::Nothing => {
                let (known, age) = self.arrived(known, None)?;
                let state = known.sync_input(Found::Nothing).state(|| Ok::<_, EngineError>(age))?;
                let needs_nothing = known.was_here()
                    && matches!(state, State::Missing | State::Diverged)
                    && self.elsewhere(&[path])?.contains(path);
                Ok((if needs_nothing { State::InSync } else { state }, None))
            }
            Probed::Same(_) | Probed::Unreadable(..) => Ok((State::Invalid, None)),
            Probed::Read(reading, _) if known.refuses(&reading.sha) => Ok((State::Invalid, None)),
            Probed::Read(reading, _) => {
                let (known, age) = self.arrived(known, Some(&reading))?;
                let state = known.sync_input(Found::Text(&reading.sha)).state(|| Ok::<_, EngineError>(age))?;
                Ok(match state {
                    State::Behind if self.may_have_begun_with_another((&known, path), &reading)? => {
                        (State::Diverged, Some(reading))
                    }
                    state => (state, Some(reading)),
                })
            }
        }
    }
}
