//! Cards as rows of a list: the usual columns, the brief ones, and those of front matter keys.

use super::{
    error::CliError,
    lane_words, list_view,
    shape::{Picked, Shape, shown},
    ui::Ui,
};
use crate::domain::{card::Card, one_of::OneOf, priority::Priority};

/// Prints cards in the requested shape; `picked` has the values of its keys for each card.
pub(crate) fn print<'a>(
    ui: &mut Ui,
    cards: impl Iterator<Item = &'a Card>,
    shape: &Shape,
    picked: &[Picked],
) -> Result<(), CliError> {
    let cards: Vec<&Card> = cards.collect();
    // Few cards have a claim or a proposed lane, so these columns appear only if some card has one.
    let has_claims = cards.iter().any(|card| card.claim.is_some());
    let has_proposals = cards.iter().any(|card| card.proposed_lane.is_some());
    let mut headings = vec!["ID", "LANE", "PRI", "OWNER", "DUE", "TITLE"];
    headings.extend(has_claims.then_some("CLAIMED BY"));
    headings.extend(has_proposals.then_some("PROPOSED"));
    let rows = cards.iter().zip(picked).map(|(card, picked)| {
        let (id, title) = (card.id.to_string(), card.title.clone());
        let (lane, priority) = (word(&card.lane, lane_words::shown), word(&card.priority, Priority::as_str));
        let mut row = if shape.is_brief() {
            vec![id, lane, priority, title]
        } else {
            vec![id, lane, priority, card.owner.clone(), card.due.clone().unwrap_or_default(), title]
        };
        let holder = || card.claim.as_ref().map(|claim| claim.by.clone()).unwrap_or_default();
        row.extend(has_claims.then(holder));
        row.extend(
            has_proposals
                .then(|| card.proposed_lane.as_deref().map(lane_words::shown_text).unwrap_or_default().to_owned()),
        );
        row.extend(picked.iter().map(|value| shown(value.as_ref())));
        row
    });
    list_view::print_shaped(ui, shape, &headings, rows.collect())
}

fn word<T: Copy>(value: &OneOf<T>, name: impl Fn(T) -> &'static str) -> String {
    match value {
        OneOf::Known(value) => name(*value).to_owned(),
        OneOf::Other(other) => other.clone(),
    }
}
