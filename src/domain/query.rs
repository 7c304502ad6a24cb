//! Which cards a board or a list asks for, and in which language.

use super::{card::BoardLine, date::leading_date, lane::Lane, lang::Lang, priority::Priority};

/// Filters; an empty one lets everything pass.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// One business; all of them when absent.
    pub business: Option<String>,
    /// Only these lanes.
    pub lanes: Vec<Lane>,
    /// Only these priorities.
    pub priorities: Vec<Priority>,
    /// Only this owner, exactly.
    pub owner: Option<String>,
    /// Only cards with this tag.
    pub tag: Option<String>,
    /// Only cards due before this date, `2026-03-01`.
    pub due_before: Option<String>,
    /// Archived cards instead of those on the board.
    pub archived: bool,
    /// In which language titles are wanted, where there are any.
    pub lang: Option<Lang>,
    /// As it was after this entry of the log; as it is when absent.
    pub at: Option<u64>,
}

impl Query {
    /// Whether a card passes the filters. Its business and whether it is archived are the database's to select.
    #[must_use]
    pub fn lets_pass(&self, card: &BoardLine<'_>) -> bool {
        (self.lanes.is_empty() || Lane::parse(card.lane).is_some_and(|lane| self.lanes.contains(&lane)))
            && (self.priorities.is_empty()
                || Priority::parse(card.priority).is_some_and(|priority| self.priorities.contains(&priority)))
            && self.owner.as_ref().is_none_or(|owner| card.owner.eq_ignore_ascii_case(owner))
            && self.tag.as_ref().is_none_or(|tag| card.tags().contains(tag))
            && self
                .due_before
                .as_ref()
                .is_none_or(|date| card.due.and_then(leading_date).is_some_and(|due| due < date.as_str()))
    }
}
