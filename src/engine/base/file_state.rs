//! How one document of this place stands.

use super::{engine::Engine, error::EngineError, look::Look, reading::Reading};
use crate::domain::{
    doc_path::DocPath,
    state::{Found, State},
};

impl Engine {
    /// How one document stands now, and the text of its file where that was read. One whose file is elsewhere, and not
    /// removed, needs nothing.
    pub(in crate::engine) fn state_of(&self, path: &DocPath) -> Result<(State, Option<Box<Reading>>), EngineError> {
        let known = self.known(path)?;
        let look = match self.glance().look(path, Some(&known.mirrored)) {
            Look::Same(Some(sha)) if known.sighting(Found::Text(&sha)).is_in_sync() => {
                return Ok((State::InSync, None));
            }
            Look::Same(Some(_)) => self.glance().look(path, None),
            look => look,
        };
        match look {
            Look::Nothing => {
                let (known, age) = self.arrived(known, None)?;
                let state = known.sighting(Found::Nothing).state(|| Ok::<_, EngineError>(age))?;
                let needs_nothing = known.was_here()
                    && matches!(state, State::Missing | State::Diverged)
                    && self.elsewhere(&[path])?.contains(path);
                Ok((if needs_nothing { State::InSync } else { state }, None))
            }
            Look::Same(_) | Look::Unreadable(..) => Ok((State::Invalid, None)),
            Look::Read(reading, _) if known.refuses(&reading.sha) => Ok((State::Invalid, None)),
            Look::Read(reading, _) => {
                let (known, age) = self.arrived(known, Some(&reading))?;
                let state = known.sighting(Found::Text(&reading.sha)).state(|| Ok::<_, EngineError>(age))?;
                Ok((state, Some(reading)))
            }
        }
    }
}
