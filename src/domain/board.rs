//! A board: cards grouped by lane, the unknown lane last. The usual order within a lane is that of the database's
//! index.

use super::{
    card::Card,
    lane::Lane,
    order::Order,
    page::{Cursor, Page, Part, page, page_of_sorted},
};

/// The cards of one lane, in board order.
#[derive(Debug, Clone)]
pub struct Group {
    /// The lane; `None` for cards whose lane is unknown.
    pub lane: Option<Lane>,
    /// The number of cards without any limit.
    pub count: usize,
    /// The cards, up to the limit.
    pub cards: Vec<Card>,
    /// The number of cards after them.
    pub more: usize,
    /// The cursor of the lane's next page; `None` on the last page.
    pub next: Option<Cursor>,
}

/// Which part of each lane a board shows, and in which order.
#[derive(Debug, Clone, Copy, Default)]
pub struct BoardPage<'a> {
    /// The order within a lane.
    pub order: Order,
    /// Only cards after this cursor, and only in its lane.
    pub after: Option<&'a Cursor>,
    /// At most this many cards per lane.
    pub limit: Option<usize>,
}

impl BoardPage<'_> {
    /// The order's name in cursors, so that a cursor of a lane is not accepted by a list.
    #[must_use]
    pub fn name(order: Order) -> String {
        format!("lane {}", order.as_str())
    }

    /// Whether every lane is shown from its beginning, in the usual order.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        self.order == Order::Usual && self.after.is_none()
    }

    /// Whether the lane is shown: without a cursor all are, otherwise only the cursor's.
    #[must_use]
    pub fn shows(&self, lane: Option<Lane>) -> bool {
        self.after.is_none_or(|cursor| cursor.keys().first() == Some(&rank(lane).to_string()))
    }

    /// The cursor of the page that follows this card.
    #[must_use]
    pub fn cursor(&self, card: &Card) -> Cursor {
        Cursor::at(&Self::name(self.order), &self.position(card))
    }

    fn position(&self, card: &Card) -> Vec<Part> {
        let lane = Part::Up(rank(card.lane.known()).to_string());
        std::iter::once(lane).chain(self.order.of_card_in_lane(card)).collect()
    }

    fn of_lane(&self, lane: Option<Lane>, cards: Vec<Card>) -> Group {
        let count = cards.len();
        if !self.shows(lane) {
            return Group { lane, count, cards: Vec::new(), more: 0, next: None };
        }
        let name = Self::name(self.order);
        let position = |card: &Card| self.position(card);
        let Page { items, more, next, .. } = if self.order == Order::Usual {
            page_of_sorted(cards, &name, position, self.after, self.limit)
        } else {
            page(cards, &name, position, self.after, self.limit)
        };
        Group { lane, count, cards: items, more, next }
    }
}

fn rank(lane: Option<Lane>) -> u8 {
    lane.map_or(Lane::UNKNOWN_RANK, Lane::rank)
}

/// Groups cards, given in board order, by lane; the unknown lane is left out if it is empty.
#[must_use]
pub fn into_lanes(cards: Vec<Card>, page: &BoardPage<'_>) -> Vec<Group> {
    let mut lanes: Vec<(Option<Lane>, Vec<Card>)> =
        Lane::ALL.into_iter().map(Some).chain([None]).map(|lane| (lane, Vec::new())).collect();
    for card in cards {
        lanes[usize::from(rank(card.lane.known()))].1.push(card);
    }
    lanes.retain(|(lane, cards)| lane.is_some() || !cards.is_empty());
    lanes.into_iter().map(|(lane, cards)| page.of_lane(lane, cards)).collect()
}
