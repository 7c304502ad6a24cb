//! Blocking a card in its lane, and unblocking it.

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

const BLOCKED: &str = "Blocked";
const REASON: &str = "Blocked-Reason";

impl Writer<'_> {
    /// Marks a card as blocked. It keeps its lane, so that the board shows how far it was.
    pub(super) fn block(&mut self, target: &Target, reason: Option<&str>) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let mut edits = vec![Edit::Set { key: BLOCKED.to_owned(), value: FieldValue::Bool(true) }];
        if let Some(reason) = reason {
            let reason = super::card_new::one_line("the reason", reason)?;
            edits.push(Edit::Set { key: REASON.to_owned(), value: FieldValue::Str(reason) });
        }
        let entity = Entity::Card(id);
        let revisions = self.revise(documents, edits, None)?;
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Block, reason: None, revisions })?;
        Ok(Outcome::of(entity, entry.is_some()))
    }

    /// Unblocks a card. One in the lane Blocked goes back to the lane it came from.
    pub(super) fn unblock(&mut self, target: &Target) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let fields = &documents.primary.reading.fields;
        let was_false = self.was_not_blocked(&id)?;
        let keys = [BLOCKED, REASON].into_iter().filter(|key| fields.get(key).is_some_and(blocks));
        let cleared = |key: &str| match key {
            BLOCKED if was_false => Edit::Set { key: key.to_owned(), value: FieldValue::Bool(false) },
            _ => Edit::Unset { key: key.to_owned() },
        };
        let mut edits: Vec<Edit> = keys.map(cleared).collect();
        let entity = Entity::Card(id.clone());
        let mut outcome = Outcome::of(entity.clone(), true);
        if fields.text("Lane") == Some(Lane::Blocked.as_str()) {
            let Some(lane) = self.entered_blocked(&id)?.and_then(|(_, before)| before) else {
                return Err(EngineError::NoWayBack { id: id.to_string() });
            };
            let request = Move::to(lane);
            for edit in self.lane_edits(&id, fields, Lane::Blocked.as_str(), &request)? {
                edits.retain(|other| other.key() != edit.key());
                edits.push(edit);
            }
            outcome.moved = Some((Lane::Blocked.as_str().to_owned(), lane));
        }
        let revisions = self.revise(documents, edits, None)?;
        let entry = self.record(Draft { entity, action: Action::Unblock, reason: None, revisions })?;
        Ok(Outcome { changed: entry.is_some(), ..outcome })
    }
}

/// Whether a value of one of the keys says that the card is blocked: `Blocked: false` says it is not.
pub(super) fn blocks(value: &FieldValue) -> bool {
    match value {
        FieldValue::Bool(blocked) => *blocked,
        FieldValue::Str(text) => !text.eq_ignore_ascii_case("false"),
        _ => true,
    }
}
