//! `bos.me/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::card::Card;
use crate::{
    domain::card,
    engine::{Me, Waiting},
};

/// `bos.me/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Mine<'a> {
    actor: &'a str,
    /// The number of cards claimed or owned.
    total: usize,
    claimed: Vec<Card<'a>>,
    owned: Vec<Card<'a>>,
    due: Vec<Card<'a>>,
    waiting: Vec<WaitingCard<'a>>,
}

/// A card that waits for this person.
#[derive(Debug, Serialize, JsonSchema)]
struct WaitingCard<'a> {
    card: Card<'a>,
    /// The proposed lane that needs an answer.
    proposed_lane: Option<&'a str>,
    /// The cards it depends on that are not done.
    depends_on: &'a [String],
}

impl<'a> From<&'a Me> for Mine<'a> {
    fn from(me: &'a Me) -> Self {
        let cards = |cards: &'a [card::Card]| cards.iter().map(Card::from).collect();
        let waiting = me.waiting.iter().map(|(card, why)| {
            let (proposed_lane, depends_on) = match why {
                Waiting::Proposal(lane) => (Some(lane.as_str()), &[][..]),
                Waiting::Dependency(on) => (None, on.as_slice()),
            };
            WaitingCard { card: Card::from(card), proposed_lane, depends_on }
        });
        Self {
            actor: &me.actor,
            total: me.claimed.len() + me.owned.len(),
            claimed: cards(&me.claimed),
            owned: cards(&me.owned),
            due: cards(&me.due),
            waiting: waiting.collect(),
        }
    }
}
