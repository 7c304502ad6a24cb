//! The flow metrics of a board, from the versions of its cards.

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

/// The flow metrics of a board, and the period they cover.
#[derive(Debug, Clone)]
pub struct Stats {
    /// The metrics.
    pub figures: FlowMetrics,
    /// The cards in the lane In progress, oldest first.
    pub in_progress: Vec<InProgress>,
    /// The last log entry they include.
    pub seq: u64,
    /// When the log began, in Unix seconds; `None` if it is empty.
    pub began: Option<i64>,
    /// The end of the period: now, in Unix seconds.
    pub now: i64,
}

/// A card in the lane In progress, and its age.
#[derive(Debug, Clone)]
pub struct InProgress {
    /// The card.
    pub card: Card,
    /// How long it has been in progress.
    pub age: Age,
}

/// What has been read of one card so far.
#[derive(Default)]
struct Collected {
    stays: Vec<Stay>,
    /// The entry that began the newest of them.
    last: u64,
    /// The creation date in the document of the newest version.
    created: String,
}

impl View<'_> {
    /// The metrics of one business or of all, over the given number of ISO weeks up to the current one. Requires a view
    /// that includes the past.
    pub fn stats(&self, business: Option<&str>, weeks: usize) -> Result<Stats, EngineError> {
        let head = self.store.head()?;
        let first = self.store.entries_between(1, 1)?.pop();
        let now = self.core.clock.seconds().max(head.timestamp);
        let began = first.as_ref().map(|first| first.facts.timestamp);
        // What the first import found existed before the log.
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
