//! Which log entries a caller asks for.

use super::id::Id;

/// The name of the log's order with the newest entry first.
pub const NEWEST: &str = "newest";
/// The name of the log's order with the oldest entry first.
pub const OLDEST: &str = "oldest";

/// Filters of the log; an empty query matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only entries about this card or idea and what is attached to it.
    pub id: Option<Id>,
    /// Only entries run by this actor, in any case.
    pub actor: Option<String>,
    /// Only entries asked for by this initiator, in any case.
    pub initiator: Option<String>,
    /// Only entries about this kind of entity: `card`, `idea`, `stage_doc`, `comment`, `note`.
    pub entity: Option<String>,
    /// Only entries with this action, in any case.
    pub action: Option<String>,
    /// Only entries about this business.
    pub business: Option<String>,
    /// Only entries at or after this time, in Unix seconds.
    pub since: Option<i64>,
    /// Only entries at or before this time, in Unix seconds.
    pub until: Option<i64>,
    /// Only entries after this number.
    pub after: Option<u64>,
    /// At most this many, the first in the order.
    pub limit: Option<usize>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Only matches after this number in the order: the next page.
    pub beyond: Option<u64>,
}

/// The columns of an entry that decide whether it matches, without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// The kind of entity.
    pub entity: &'a str,
    /// The identifier of the entity within its kind.
    pub entity_id: &'a str,
    /// What was done.
    pub action: &'a str,
    /// Who ran it.
    pub actor: &'a str,
    /// Who asked for it.
    pub initiator: &'a str,
}

impl LogQuery {
    /// Whether an entry matches by kind, action and people. The database selects by ID, business and time.
    #[must_use]
    pub fn lets_pass(&self, line: &LogLine<'_>) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found || wanted.eq_ignore_ascii_case(found))
        };
        is(&self.entity, line.entity)
            && is(&self.action, line.action)
            && is(&self.actor, line.actor)
            && is(&self.initiator, line.initiator)
    }

    /// The name of its order.
    #[must_use]
    pub fn order(&self) -> &'static str {
        if self.oldest_first { OLDEST } else { NEWEST }
    }

    /// Whether it restricts nothing but the ID and the number of entries.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self { id: self.id.clone(), limit: self.limit, ..Self::default() }
    }
}

impl LogLine<'_> {
    /// The ID of the card or idea that the entry is about, or to which its entity is attached.
    #[must_use]
    pub fn owner(&self) -> &str {
        self.entity_id.split('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_filter_must_let_it_pass() {
        let line =
            LogLine { entity: "stage_doc", entity_id: "A-1/plan", action: "import", actor: "Nora", initiator: "Sami" };
        let some = |text: &str| Some(text.to_owned());
        assert!(LogQuery::default().lets_pass(&line) && LogQuery::default().is_plain());
        let all = LogQuery {
            actor: some("nora"),
            initiator: some("Sami"),
            entity: some("stage_doc"),
            action: some("Import"),
            ..LogQuery::default()
        };
        assert!(all.lets_pass(&line) && !all.is_plain());
        for other in [
            LogQuery { actor: some("Sami"), ..all.clone() },
            LogQuery { initiator: some("Nora"), ..all.clone() },
            LogQuery { entity: some("card"), ..all.clone() },
            LogQuery { action: some("set"), ..all.clone() },
        ] {
            assert!(!other.lets_pass(&line), "{other:?}");
        }
        assert_eq!(line.owner(), "A-1");
    }
}
