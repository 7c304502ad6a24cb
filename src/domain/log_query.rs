//! Which entries of the log somebody asks for.

use super::id::Id;

/// The order of the log with the newest entry first.
pub const NEWEST: &str = "newest";
/// The order of the log with the oldest entry first.
pub const OLDEST: &str = "oldest";

/// Filters of the log; an empty one lets everything pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Only those about this card or idea and what is attached to it.
    pub id: Option<Id>,
    /// Only what this person ran, in any case.
    pub actor: Option<String>,
    /// Only what this person asked for, in any case.
    pub initiator: Option<String>,
    /// Only those about this kind of entity: `card`, `idea`, `stage_doc`, `comment`, `note`.
    pub entity: Option<String>,
    /// Only this action, in any case.
    pub action: Option<String>,
    /// Only those about this business.
    pub business: Option<String>,
    /// Only those from this time on, Unix seconds.
    pub since: Option<i64>,
    /// Only those up to this time, Unix seconds.
    pub until: Option<i64>,
    /// Only those after this number.
    pub after: Option<u64>,
    /// At most so many, the first of the order.
    pub limit: Option<usize>,
    /// The oldest first, in place of the newest.
    pub oldest_first: bool,
    /// Of those that pass only what follows this number in the order: the next page.
    pub beyond: Option<u64>,
}

/// What of an entry tells whether it passes, without its payload.
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
    /// Whether an entry passes by its kind, action and people. ID, business and time are the database's to select.
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

    /// Whether it asks for no more than an ID and a number of entries.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self { id: self.id.clone(), limit: self.limit, ..Self::default() }
    }
}

impl LogLine<'_> {
    /// The ID of the card or idea the entry is about, or to which its entity is attached.
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
