//! What is a person's own: claimed, owned, due soon, and what waits for an answer or for a card of theirs.

use std::collections::HashSet;

use crate::{
    domain::{
        card::{BoardLine, Card, CardView, UNASSIGNED},
        date::{days_between, leading_date},
        lane::Lane,
        lang::Lang,
    },
    engine::base::{clock::Clock, error::EngineError, view::View},
    store::{Scope, StoreError},
};

/// Due within so many days is due soon.
const SOON: i64 = 7;

/// What is a person's own.
#[derive(Debug, Clone)]
pub struct Me {
    /// The person.
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

impl View<'_> {
    /// What is the actor's own; titles in this language, where there are any.
    pub fn me(&self, lang: Option<&Lang>) -> Result<Me, EngineError> {
        let actor = self.actor()?.as_str().to_owned();
        let now = self.core.clock.seconds();
        let today = Clock::local(now).0;
        let holders = self.holders(None)?;
        let is_me = |name: &str| name.eq_ignore_ascii_case(&actor);
        let is_claimed = |id: &str| holders.get(id).is_some_and(|claim| is_me(&claim.by));
        let (mut mine, mut proposed, mut dependent) = (Vec::new(), Vec::new(), Vec::new());
        // Of all the cards there are, only those are read in full that may be told.
        self.store.each_card(Scope::Everything, false, None, |view| {
            let is_mine = is_me(view.line.owner) || is_claimed(view.line.id);
            let is_asked =
                view.line.proposed_lane.is_some() && (is_me(view.line.owner) || view.line.owner == UNASSIGNED);
            let depends = view.dependencies_json != "[]" && !is_mine;
            if !is_open(view.line.lane) || !(is_mine || is_asked || depends) {
                return Ok(());
            }
            let line = BoardLine { claim: holders.get(view.line.id), ..view.line };
            let card = CardView { line, ..*view }.to_card().map_err(|what| StoreError::Row {
                table: "business_os_cards",
                key: view.line.id.to_owned(),
                what,
            })?;
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

/// Whether anything is left to do.
fn is_open(lane: &str) -> bool {
    !matches!(Lane::parse(lane), Some(Lane::Done | Lane::Reflected))
}

fn is_due(card: &Card, today: &str) -> bool {
    let days = card.due.as_deref().and_then(leading_date).and_then(|due| days_between(today, due));
    days.is_some_and(|days| days <= SOON)
}
