//! Claiming a card: one compare-and-swap in one transaction, so of two who race one has it.

use super::{Outcome, Target};
use crate::{
    domain::{
        action::Action,
        claim::Claim,
        entity::Entity,
        entry::instant,
        lane::Lane,
        value::{FieldValue, Fields},
    },
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Writer},
    },
    markdown::Edit,
};

/// What to do with the claim on a card. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claiming {
    /// Take it, where nobody else has it: until it is given back, or for a time.
    Take(Option<i64>),
    /// Keep it for another time from now.
    Renew(i64),
    /// Give it back.
    Release,
}

impl Writer<'_> {
    pub(super) fn claim(&mut self, target: &Target, claiming: Claiming) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let fields = &documents.primary.reading.fields;
        let actor = self.engine.actor()?.as_str().to_owned();
        let held = Claim::read(fields).filter(|claim| claim.holds_at(self.now));
        if let Some(claim) = held.as_ref().filter(|claim| claim.by != actor) {
            return Err(EngineError::Claimed { id: id.to_string(), by: claim.by.clone(), until: claim.until.clone() });
        }
        let archived = documents.primary.located.archived;
        let edits = match claiming {
            Claiming::Release => release(fields),
            Claiming::Renew(_) if Claim::read(fields).is_none_or(|claim| claim.by != actor) => {
                return Err(EngineError::NotClaimed { id: id.to_string() });
            }
            Claiming::Take(_) if archived || is_over(fields) => return Err(EngineError::Over { id: id.to_string() }),
            Claiming::Take(None) if held.is_some() => Vec::new(),
            Claiming::Take(time) => self.take(fields, &actor, time),
            Claiming::Renew(time) => self.take(fields, &actor, Some(time)),
        };
        let entity = Entity::Card(id);
        let revisions = self.revise(documents, edits, None)?;
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Claim, reason: None, revisions })?;
        Ok(Outcome::of(entity, entry.is_some()))
    }

    fn take(&self, fields: &Fields, actor: &str, time: Option<i64>) -> Vec<Edit> {
        let [by, until] = Claim::KEYS.map(str::to_owned);
        let mut edits = vec![Edit::Set { key: by, value: FieldValue::Str(actor.to_owned()) }];
        match time {
            Some(seconds) => {
                let end = instant(self.now.saturating_add(seconds));
                edits.push(Edit::Set { key: until, value: FieldValue::Source(end) });
            }
            None if fields.get(&until).is_some() => edits.push(Edit::Unset { key: until }),
            None => {}
        }
        edits
    }
}

fn release(fields: &Fields) -> Vec<Edit> {
    let held = Claim::KEYS.into_iter().filter(|key| fields.get(key).is_some());
    held.map(|key| Edit::Unset { key: key.to_owned() }).collect()
}

/// Whether there is nothing left to work on.
fn is_over(fields: &Fields) -> bool {
    matches!(fields.text("Lane").and_then(Lane::parse), Some(Lane::Done | Lane::Reflected))
}
