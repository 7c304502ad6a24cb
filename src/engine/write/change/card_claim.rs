//! Claiming a card: one compare-and-swap in one transaction, so that one of two racers wins.

use super::{
    card_new::one_line,
    edit::Documents,
    target::{Outcome, Target},
};
use crate::{
    domain::{
        action::Action,
        claim::Claim,
        duration::Duration,
        entity::Entity,
        entry::instant,
        id::Id,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claiming {
    /// Take it, if nobody else has it: for this time, or for that of the settings.
    Take(Option<i64>),
    /// Extend it for this time from now.
    Renew(i64),
    /// Give it back.
    Release,
    /// End the claim of somebody else, with a reason.
    Break(String),
}

impl Writer<'_> {
    pub(super) fn claim(&mut self, target: &Target, claiming: &Claiming) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let fields = &documents.primary.reading.fields;
        let actor = self.session.actor()?.as_str().to_owned();
        let held = Claim::read(fields).filter(|claim| claim.holds_at(self.now));
        let foreign = held.as_ref().filter(|claim| claim.by != actor);
        let why = match claiming {
            Claiming::Break(why) => Some(one_line("the reason", why)?),
            Claiming::Take(_) | Claiming::Renew(_) | Claiming::Release => None,
        };
        if let (Some(claim), None) = (foreign, &why) {
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
            Claiming::Take(None) => self.taken(fields, &actor, self.usual_time()?),
            Claiming::Take(time) => self.taken(fields, &actor, *time),
            Claiming::Renew(time) => self.taken(fields, &actor, Some(*time)),
            Claiming::Break(_) if foreign.is_none() => Vec::new(),
            Claiming::Break(_) => release(fields),
        };
        let entity = Entity::Card(id);
        let changed = self.record_claim(&entity, documents, edits, why)?;
        Ok(Outcome::of(entity, changed))
    }

    /// Takes over the claim of somebody else for the usual time; whether there was one.
    pub(super) fn take_over(&mut self, id: &Id, documents: Documents, why: &str) -> Result<bool, EngineError> {
        let fields = &documents.primary.reading.fields;
        let actor = self.session.actor()?.as_str().to_owned();
        let Some(claim) = Claim::read(fields).filter(|claim| claim.by != actor && claim.holds_at(self.now)) else {
            return Ok(false);
        };
        let why = one_line("the reason", why)?;
        let edits = self.taken(fields, &actor, self.usual_time()?);
        self.warnings.push(format!("{id} was claimed by {}; it is yours now", claim.by));
        self.record_claim(&Entity::Card(id.clone()), documents, edits, Some(why))
    }

    /// Records another claim; with a reason it replaces that of somebody else.
    fn record_claim(
        &mut self,
        entity: &Entity,
        documents: Documents,
        edits: Vec<Edit>,
        why: Option<String>,
    ) -> Result<bool, EngineError> {
        let revisions = self.revise(documents, edits, None)?;
        self.breaks_claims = why.is_some();
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Claim, reason: why, revisions });
        self.breaks_claims = false;
        Ok(entry?.is_some())
    }

    fn usual_time(&self) -> Result<Option<i64>, EngineError> {
        Ok(self.session.config()?.claim_time.as_ref().map(Duration::seconds))
    }

    fn taken(&self, fields: &Fields, actor: &str, time: Option<i64>) -> Vec<Edit> {
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
