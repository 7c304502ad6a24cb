//! What is a person's own: claimed, owned, due soon, and what waits for an answer or for a card of theirs.

use super::{Engine, clock::Clock, error::EngineError};
use crate::domain::{
    card::{Card, UNASSIGNED},
    date::{days_between, leading_date},
    lane::Lane,
    one_of::OneOf,
    query::Query,
};

/// Due within so many days is due soon.
const SOON: i64 = 7;

/// What is a person's own.
#[derive(Debug, Clone)]
pub struct Me {
    /// Who.
    pub actor: String,
    /// Cards with a claim of this person that still holds.
    pub claimed: Vec<Card>,
    /// Other open cards whose owner this person is.
    pub owned: Vec<Card>,
    /// Of all those, what is late or due within a week, the earliest first.
    pub due: Vec<Card>,
    /// Cards that wait for this person, and what for.
    pub waiting: Vec<(Card, Waiting)>,
}

/// Why a card waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// A lane is proposed for a card that is theirs, or nobody's.
    Proposal(String),
    /// It depends on open cards of theirs.
    Dependency(Vec<String>),
}

impl Engine {
    /// What is the actor's own.
    pub fn me(&self) -> Result<Me, EngineError> {
        let actor = self.actor()?.as_str().to_owned();
        let now = self.clock.seconds();
        let today = Clock::local(now).0;
        let claims = self.store.claims()?;
        let is_me = |name: &str| name.eq_ignore_ascii_case(&actor);
        let is_claimed =
            |card: &Card| claims.get(card.id.as_str()).is_some_and(|claim| is_me(&claim.by) && claim.holds_at(now));
        let open: Vec<Card> = self.cards(&Query::default())?.into_iter().filter(is_open).collect();
        let is_mine = |card: &Card| is_claimed(card) || is_me(&card.owner);
        let mine: Vec<&Card> = open.iter().filter(|card| is_mine(card)).collect();
        let mut due: Vec<Card> = mine.iter().filter(|card| is_due(card, &today)).map(|card| (*card).clone()).collect();
        due.sort_by(|a, b| a.due.cmp(&b.due));
        let proposals = open.iter().filter(|card| is_me(&card.owner) || card.owner == UNASSIGNED).filter_map(|card| {
            let lane = card.proposed_lane.as_ref()?;
            Some((card.clone(), Waiting::Proposal(lane.clone())))
        });
        let dependents = open.iter().filter(|card| !is_mine(card)).filter_map(|card| {
            let is_own = |id: &&String| mine.iter().any(|own| own.id.as_str() == id.as_str());
            let on: Vec<String> = card.dependencies.iter().filter(is_own).cloned().collect();
            (!on.is_empty()).then(|| (card.clone(), Waiting::Dependency(on)))
        });
        Ok(Me {
            waiting: proposals.chain(dependents).collect(),
            claimed: mine.iter().filter(|card| is_claimed(card)).map(|card| (*card).clone()).collect(),
            owned: mine.iter().filter(|card| !is_claimed(card)).map(|card| (*card).clone()).collect(),
            due,
            actor,
        })
    }
}

/// Whether anything is left to do.
fn is_open(card: &Card) -> bool {
    !matches!(card.lane, OneOf::Known(Lane::Done | Lane::Reflected))
}

fn is_due(card: &Card, today: &str) -> bool {
    let days = card.due.as_deref().and_then(leading_date).and_then(|due| days_between(today, due));
    days.is_some_and(|days| days <= SOON)
}
