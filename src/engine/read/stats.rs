//! The figures of a board, from the versions of its cards.

use std::collections::HashMap;

use crate::{
    domain::{
        action::Action,
        calendar::Calendar,
        card::Card,
        flow::{Age, FlowMetrics},
        id::Id,
        lane_history::{LaneHistory, Stay},
    },
    engine::base::{clock::Clock, error::EngineError, view::View},
};

/// The figures of a board, and how far back they go.
#[derive(Debug, Clone)]
pub struct Stats {
    /// The figures.
    pub figures: FlowMetrics,
    /// The cards in the lane In progress, the oldest first.
    pub in_progress: Vec<InProgress>,
    /// The entry they go up to.
    pub seq: u64,
    /// When the log began, Unix seconds; `None` for an empty one.
    pub began: Option<i64>,
    /// Until when they go: now, Unix seconds.
    pub now: i64,
}

/// A card in the lane In progress, and for how long.
#[derive(Debug, Clone)]
pub struct InProgress {
    /// The card.
    pub card: Card,
    /// Since when.
    pub age: Age,
}

/// What was read of one card so far.
#[derive(Default)]
struct Collected {
    stays: Vec<Stay>,
    /// The newest of them.
    last: u64,
    /// When the document of the newest says that the card was made.
    created: String,
}

impl View<'_> {
    /// The figures of one business, or of all, over so many ISO weeks up to this one. The view is one that looks back.
    pub fn stats(&self, business: Option<&str>, weeks: usize) -> Result<Stats, EngineError> {
        let head = self.store.head()?;
        let first = self.store.entries_between(1, 1)?.pop();
        let now = self.core.clock.seconds().max(head.timestamp);
        let began = first.as_ref().map(|first| first.facts.timestamp);
        // What the first import found had been there before the log.
        let import = first.filter(|first| first.facts.action == Action::Import).map(|first| first.facts.batch);
        let lives = self.lives(business, import)?;
        let calendar = Calendar::new(Clock::zone(), began.unwrap_or(now), now, weeks);
        let figures = FlowMetrics::of(&lives, &calendar);
        let mut in_progress = Vec::with_capacity(figures.in_progress.len());
        for age in &figures.in_progress {
            let card = match Id::parse(&age.card) {
                Some(id) => self.store.card(&id)?,
                None => None,
            };
            in_progress.extend(card.map(|card| InProgress { card, age: age.clone() }));
        }
        Ok(Stats { figures, in_progress, seq: head.seq, began, now })
    }

    fn lives(&self, business: Option<&str>, import: Option<u64>) -> Result<Vec<LaneHistory>, EngineError> {
        let mut cards: HashMap<String, Collected> = HashMap::new();
        self.store.each_stay(business, |card, created, stay| {
            let collected = match cards.get_mut(card) {
                Some(collected) => collected,
                None => cards.entry(card.to_owned()).or_default(),
            };
            if collected.last <= stay.seq {
                collected.last = stay.seq;
                created.clone_into(&mut collected.created);
            }
            collected.stays.push(stay);
        })?;
        let lives = cards.into_iter();
        Ok(lives.filter_map(|(card, of)| LaneHistory::of(&card, &of.created, of.stays, import)).collect())
    }
}
