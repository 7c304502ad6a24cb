//! What a write may not do, whichever command or import asks for it: an agent moves no card, and a claim binds everybody
//! but its holder. The one place that knows either rule; [`Writer::record`] asks it about every change.

use super::writer::{Writer, primary_order};
use crate::{
    domain::{
        action::Action, actor::Actor, card::UPDATED_KEYS, change::Changes, claim::Claim, doc_path::DocPath,
        entity::Entity, entry::Entry, id::Id, lane::Lane, value::Fields,
    },
    engine::base::{
        error::{DeniedDeed, EngineError},
        reading::Reading,
    },
    markdown::locate::{Place, locate},
    store::LogFilter,
};

/// One change of one entity, with its documents before and after.
pub(super) struct Attempt<'a> {
    pub(super) entity: &'a Entity,
    pub(super) action: Action,
    pub(super) before: &'a [(&'a DocPath, &'a Reading)],
    pub(super) after: &'a [(&'a DocPath, &'a Reading)],
    pub(super) changes: &'a Changes,
}

/// The lane of a card, and whether it is archived.
#[derive(Debug, PartialEq, Eq)]
struct BoardPosition<'a> {
    lane: &'a str,
    archived: bool,
}

/// The actions of an import, which records what has already happened and decides nothing.
const TAKING_IN: [Action; 3] = [Action::Import, Action::Merge, Action::Renumber];

/// Keys that anybody may change on a claimed card: a proposal is a request, like a comment.
const FREE: [&str; 1] = ["Proposed-Lane"];

impl Writer<'_> {
    /// Refuses what the limits of agents and the claims of others do not allow.
    pub(super) fn check_limits(&self, attempt: &Attempt<'_>) -> Result<(), EngineError> {
        let decides = self.insists || !TAKING_IN.contains(&attempt.action);
        if decides {
            self.check_claim(attempt)?;
        }
        self.check_agent(attempt, decides)
    }

    /// An agent may make a card in the inbox, and move none: neither to another lane, nor into the archive or out of
    /// it, nor off the board. What was done elsewhere is judged by who did it there, and a decision by who takes it.
    fn check_agent(&self, attempt: &Attempt<'_>, decides: bool) -> Result<(), EngineError> {
        let fills = self.is_filling() && !decides;
        if !matches!(attempt.entity, Entity::Card(_)) || attempt.action == Action::Renumber || fills {
            return Ok(());
        }
        let allowed = match (standing(attempt.before), standing(attempt.after)) {
            (None, None) => true,
            (None, Some(after)) => after == BoardPosition { lane: Lane::Inbox.as_str(), archived: false },
            (Some(before), Some(after)) => before == after,
            (Some(_), None) => false,
        };
        if allowed {
            return Ok(());
        }
        let judged: Vec<&Actor> = match &self.acting {
            _ if decides => vec![self.session.actor()?],
            Some(acting) => [&acting.actor].into_iter().chain(&acting.author).collect(),
            None => Vec::new(),
        };
        let config = self.session.config()?;
        match judged.into_iter().find(|actor| config.is_agent(actor)) {
            Some(actor) if !self.takes_back_own(attempt, actor)? => Err(EngineError::Denied {
                actor: actor.as_str().to_owned(),
                id: attempt.entity.id(),
                deed: match (attempt.before, attempt.after) {
                    ([], _) => DeniedDeed::Make,
                    (_, []) => DeniedDeed::Remove,
                    _ => DeniedDeed::Move,
                },
            }),
            _ => Ok(()),
        }
    }

    /// Whether the actor removes a card of their own: undoing one's own card moves nobody else's.
    fn takes_back_own(&self, attempt: &Attempt<'_>, actor: &Actor) -> Result<bool, EngineError> {
        if !attempt.after.is_empty() || self.undoes.is_empty() {
            return Ok(false);
        }
        for batch in &self.undoes {
            let entries = self.write.batch(*batch)?;
            let own = |entry: &crate::domain::entry::Entry| entry.facts.actor == actor.as_str();
            if !entries.iter().all(own) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A claimed card and its stage docs may be changed by the holder, and by those who act for the holder.
    fn check_claim(&self, attempt: &Attempt<'_>) -> Result<(), EngineError> {
        let held = match attempt.entity {
            Entity::Card(id) => primary(attempt.before).map(|(_, reading)| (id.clone(), Claim::read(&reading.fields))),
            // Whoever changed the card by this very command, and gave its claim back, had the right to its stage docs.
            Entity::StageDoc { card, .. } if self.changed_now(&Entity::Card(card.clone())) => None,
            Entity::StageDoc { card, .. } => Some((card.clone(), self.claim_on(card)?)),
            Entity::Idea(_) | Entity::Comment { .. } | Entity::Note { .. } => None,
        };
        match held {
            Some((_, Some(_))) if self.breaks_claims || only_asks(attempt.changes) => Ok(()),
            Some((id, Some(claim))) if attempt.action == Action::Accept && self.is_asked_for(&id, &claim)? => Ok(()),
            Some((id, Some(claim))) => self.refuse(&id, claim),
            _ => Ok(()),
        }
    }

    /// Whether the holder of a card proposed the lane: then anybody may accept it.
    fn is_asked_for(&self, card: &Id, claim: &Claim) -> Result<bool, EngineError> {
        let (_, entries) = self.write.entries(&LogFilter { id: Some(card.clone()), limit: None, until: None })?;
        let proposals = |entry: &&Entry| entry.facts.changes.iter().any(|(key, _)| FREE.contains(&key));
        Ok(entries.iter().find(proposals).is_some_and(|entry| entry.facts.actor == claim.by))
    }

    /// Refuses a card that somebody else has claimed, before it is changed.
    pub(super) fn refuse_claimed(&self, card: &Id) -> Result<(), EngineError> {
        match self.claim_on(card)? {
            Some(claim) => self.refuse(card, claim),
            None => Ok(()),
        }
    }

    /// Refuses to go on against a valid claim of somebody else.
    fn refuse(&self, card: &Id, claim: Claim) -> Result<(), EngineError> {
        let is_holder = claim.by == self.session.actor()?.as_str() || claim.by == self.session.initiator()?.as_str();
        if is_holder || !claim.holds_at(self.now) {
            return Ok(());
        }
        Err(EngineError::Claimed { id: card.to_string(), by: claim.by, until: claim.until })
    }

    fn claim_on(&self, card: &Id) -> Result<Option<Claim>, EngineError> {
        match self.documents(&Entity::Card(card.clone())) {
            Ok(documents) => Ok(Claim::read(&documents.primary.reading.fields)),
            Err(EngineError::Unknown { .. } | EngineError::Removed { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether a change is a proposal and nothing else.
fn only_asks(changes: &Changes) -> bool {
    let mut keys = changes.iter().map(|(key, _)| key).filter(|key| !UPDATED_KEYS.contains(key)).peekable();
    keys.peek().is_some() && keys.all(|key| FREE.contains(&key))
}

fn primary<'a>(documents: &[(&'a DocPath, &'a Reading)]) -> Option<(&'a DocPath, &'a Reading)> {
    documents.iter().min_by_key(|(path, _)| primary_order(path)).copied()
}

fn standing<'a>(documents: &[(&'a DocPath, &'a Reading)]) -> Option<BoardPosition<'a>> {
    let (path, reading) = primary(documents)?;
    let archived = matches!(locate(path), Place::Document(located) if located.archived);
    Some(BoardPosition { lane: lane(&reading.fields), archived })
}

fn lane(fields: &Fields) -> &str {
    fields.text("Lane").unwrap_or(Lane::Inbox.as_str())
}
