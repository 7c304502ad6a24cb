//! Proposing a lane for a card, and accepting what was proposed.

use super::{
    card_move::Move,
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, entity::Entity, lane::Lane, value::FieldValue},
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Writer},
    },
    markdown::Edit,
};

const KEY: &str = "Proposed-Lane";

impl Writer<'_> {
    pub(super) fn propose(
        &mut self,
        target: &Target,
        lane: Lane,
        reason: Option<String>,
    ) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        if documents.primary.reading.fields.text("Lane") == Some(lane.as_str()) {
            let moved = Some((lane.as_str().to_owned(), lane));
            return Ok(Outcome { moved, ..Outcome::of(Entity::Card(id), false) });
        }
        let edits = vec![Edit::Set { key: KEY.to_owned(), value: FieldValue::Str(lane.as_str().to_owned()) }];
        let entity = Entity::Card(id);
        let revisions = self.revise(documents, edits, None)?;
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Propose, reason, revisions })?;
        Ok(Outcome::of(entity, entry.is_some()))
    }

    /// Takes hand edits of everything the move to the proposed lane looks at.
    pub(super) fn prepare_accept(&mut self, target: &Target) -> Result<(), EngineError> {
        self.prepare_card(&target.id)?;
        let Some(id) = self.view().card_if_any(&target.id)? else { return Ok(()) };
        let documents = self.documents(&Entity::Card(id))?;
        match documents.primary.reading.fields.text(KEY).and_then(Lane::parse) {
            Some(lane) => self.prepare_move(target, &Move::to(lane)),
            None => Ok(()),
        }
    }

    /// Moves a card to the lane that was proposed for it.
    pub(super) fn accept(&mut self, target: &Target, reason: Option<String>) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let Some(lane) = documents.primary.reading.fields.text(KEY).and_then(Lane::parse) else {
            return Err(EngineError::NothingProposed { id: id.to_string() });
        };
        if documents.primary.reading.fields.text("Lane") != Some(lane.as_str()) {
            return self.move_to(&id, documents, &Move { reason, ..Move::to(lane) }, Action::Accept);
        }
        // It went there in the meantime: only the key of the proposal is left.
        let entity = Entity::Card(id);
        let revisions = self.revise(documents, vec![Edit::Unset { key: KEY.to_owned() }], None)?;
        self.record(Draft { entity: entity.clone(), action: Action::Accept, reason, revisions })?;
        Ok(Outcome { moved: Some((lane.as_str().to_owned(), lane)), ..Outcome::of(entity, false) })
    }
}
