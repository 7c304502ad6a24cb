//! The cards that concern a person: claimed, owned, due soon, or waiting for their answer or for one of their cards.

use super::lists::odd;
use crate::{
    domain::{
        card::{BoardLine, Card, CardView, UNASSIGNED},
        date::{days_between, leading_date},
        lane::Lane,
        lang::Lang,
    },
    engine::base::{clock::Clock, error::EngineError, view::View},
    store::Scope,
};
use std::collections::HashSet;

/// How many days ahead count as soon.
const SOON: i64 = 7;

/// The cards that concern a person.
#[derive(Debug, Clone)]
pub struct Me {
    /// The person.
    pub actor: String,
    /// Cards that this person holds a claim on.
    pub claimed: Vec<Card>,
    /// Other open cards that this person owns.
    pub owned: Vec<Card>,
    /// Those of the above that are overdue or due within a week, earliest first.
    pub due: Vec<Card>,
    /// Cards that wait for this person, with the reason.
    pub waiting: Vec<(Card, Waiting)>,
}

/// Why a card waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// A lane is proposed for a card that this person owns or that has no owner.
    Proposal(String),
    /// The card depends on open cards of this person.
    Dependency(Vec<String>),
}

impl View<'_> {
    /// The cards that concern the actor, with titles in the given language if there are any.
    pub fn me(&self, lang: Option<&Lang>) -> Result<Me, EngineError> {
        let actor = self.actor()?.as_str().to_owned();
        let now = self.core.clock.seconds();
        let today = Clock::local(now).0;
        let holders = self.holders(None)?;
        let is_me = |name: &str| name.eq_ignore_ascii_case(&actor);
        let is_claimed = |id: &str| holders.get(id).is_some_and(|claim| is_me(&claim.by));
        let (mut mine, mut proposed, mut dependent) = (Vec::new(), Vec::new(), Vec::new());
        // Only cards that may be listed are read in full.
        self.store.each_card(Scope::Everything, false, None, |view| {
            let Some(view) = self.readable(view)? else { return Ok(()) };
            let is_mine = is_me(view.line.owner) || is_claimed(view.line.id);
            let is_asked =
                view.line.proposed_lane.is_some() && (is_me(view.line.owner) || view.line.owner == UNASSIGNED);
            let depends = view.dependencies_json != "[]" && !is_mine;
            if !is_open(view.line.lane) || !(is_mine || is_asked || depends) {
                return Ok(());
            }
            let line = BoardLine { claim: holders.get(view.line.id), ..view.line };
            let card = CardView { line, ..view }.to_card().map_err(|what| odd(view.line.id, what));
            let Some(card) = self.readable(card)? else { return Ok(()) };
            if is_asked {
                proposed.push(card.clone());
            }
            if is_mine {
                mine.push(card);
            } else if depends {
                dependent.push(card);
            }
            Ok::<_, EngineError>(())
        })?;
        let mut due: Vec<Card> = mine.iter().filter(|card| is_due(card, &today)).cloned().collect();
        due.sort_by(|a, b| a.due.cmp(&b.due));
        let proposals = proposed.into_iter().filter_map(|card| {
            let lane = card.proposed_lane.clone()?;
            Some((card, Waiting::Proposal(lane)))
        });
        let own: HashSet<&str> = mine.iter().map(|card| card.id.as_str()).collect();
        let dependents = dependent.into_iter().filter_map(|card| {
            let on: Vec<String> = card.dependencies.iter().filter(|id| own.contains(id.as_str())).cloned().collect();
            (!on.is_empty()).then_some((card, Waiting::Dependency(on)))
        });
        let mut waiting: Vec<(Card, Waiting)> = proposals.chain(dependents).collect();
        let shown = mine.iter_mut().chain(&mut due).chain(waiting.iter_mut().map(|(card, _)| card));
        for card in shown.filter(|_| lang.is_some()) {
            if let Some(title) = self.translated(lang, card.id.as_str())? {
                card.title = title;
            }
        }
        let (claimed, owned) = mine.into_iter().partition(|card| is_claimed(card.id.as_str()));
        Ok(Me { actor, claimed, owned, due, waiting })
    }
}

/// Whether the lane is one of unfinished cards.
fn is_open(lane: &str) -> bool {
    !matches!(Lane::parse(lane), Some(Lane::Done | Lane::Reflected))
}

fn is_due(card: &Card, today: &str) -> bool {
    let days = card.due.as_deref().and_then(leading_date).and_then(|due| days_between(today, due));
    days.is_some_and(|days| days <= SOON)
}
