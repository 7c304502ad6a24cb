//! Working an idea out: it is marked, and its file leaves the inbox for `ideas/worked`.

use super::{
    idea_convert::card_of,
    idea_convert::worked_path,
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, entity::Entity, value::FieldValue},
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Writer},
    },
    markdown::Edit,
};

impl Writer<'_> {
    pub(super) fn work_idea(&mut self, target: &Target) -> Result<Outcome, EngineError> {
        let (id, documents) = self.idea(target)?;
        let fields = &documents.primary.reading.fields;
        if let Some(card) = card_of(fields) {
            return Err(EngineError::Converted { id: id.to_string(), card });
        }
        if fields.text("Status") == Some("dropped") {
            return Err(EngineError::Dropped { id: id.to_string() });
        }
        let edits = vec![Edit::Set { key: "Status".to_owned(), value: FieldValue::Str("worked".to_owned()) }];
        let revisions = self.revise_and_relocate(&id, documents, edits, worked_path)?;
        let entity = Entity::Idea(id);
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Work, reason: None, revisions })?;
        Ok(Outcome::of(entity, entry.is_some()))
    }
}
