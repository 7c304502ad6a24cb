//! Which cards a board or a list asks for.

use super::{lane::Lane, priority::Priority};

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
}
