//! Which cards or ideas a board or list shows, and in which language.

use super::{
    card::BoardLine,
    date::leading_date,
    idea::{Idea, Location},
    lane::Lane,
    lang::Lang,
    priority::Priority,
};

/// Filters of a board or list of cards; an empty query matches everything.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only this business; `None` for all.
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
    /// The preferred language of titles, used where a document has one in it.
    pub lang: Option<Lang>,
    /// The state as of this log entry; `None` for the current state.
    pub at: Option<u64>,
}

impl Query {
    /// Whether a card matches the filters. The database selects by business and archived.
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

/// Filters of a list of ideas; an empty query matches everything.
#[derive(Debug, Clone, Default)]
pub struct IdeaQuery {
    /// Only this business; `None` for all.
    pub business: Option<String>,
    /// Only these statuses, in any case; real trees contain statuses beyond the known ones.
    pub statuses: Vec<String>,
    /// Only this folder.
    pub location: Option<Location>,
    /// Only these priorities.
    pub priorities: Vec<Priority>,
    /// Only ideas with this tag.
    pub tag: Option<String>,
    /// Archived ideas instead of the others.
    pub archived: bool,
    /// The preferred language of titles, used where a document has one in it.
    pub lang: Option<Lang>,
    /// The state as of this log entry; `None` for the current state.
    pub at: Option<u64>,
}

impl IdeaQuery {
    /// Whether an idea matches the filters. The database selects by archived.
    #[must_use]
    pub fn lets_pass(&self, idea: &Idea) -> bool {
        let status = idea.status.as_deref().unwrap_or_default();
        let priority = idea.priority.as_deref().and_then(Priority::parse);
        self.business.as_ref().is_none_or(|business| idea.business == *business)
            && (self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted.eq_ignore_ascii_case(status)))
            && self.location.is_none_or(|location| idea.location == location)
            && (self.priorities.is_empty() || priority.is_some_and(|priority| self.priorities.contains(&priority)))
            && self.tag.as_ref().is_none_or(|tag| idea.tags.contains(tag))
    }
}
