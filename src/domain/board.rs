//! A board: cards in lanes, the unknown lane last. The order within a lane is the database's index.

use super::{card::Card, lane::Lane};

/// The cards of one lane, in board order.
#[derive(Debug, Clone)]
pub struct Group {
    /// The lane; `None` for cards in an unknown one.
    pub lane: Option<Lane>,
    /// How many there are before any limit.
    pub count: usize,
    /// The cards, at most the limit.
    pub cards: Vec<Card>,
}

/// Puts cards, which come in board order, into all lanes; the unknown lane only when it has cards.
#[must_use]
pub fn into_lanes(cards: Vec<Card>, limit: Option<usize>) -> Vec<Group> {
    let mut groups: Vec<Group> =
        Lane::ALL.into_iter().map(Some).chain([None]).map(|lane| Group { lane, count: 0, cards: Vec::new() }).collect();
    for card in cards {
        let rank = card.lane.known().map_or(Lane::UNKNOWN_RANK, Lane::rank);
        let group = &mut groups[usize::from(rank)];
        group.count += 1;
        if limit.is_none_or(|limit| group.cards.len() < limit) {
            group.cards.push(card);
        }
    }
    groups.retain(|group| group.lane.is_some() || group.count > 0);
    groups
}
