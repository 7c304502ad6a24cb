//! BOS046: the two documents of an entity agree on every key they share.

use super::{seen::Seen, spot::Spot};
use crate::{
    domain::{
        card::UPDATED_KEYS,
        change::is_date_key,
        date::normalized,
        diagnostic::{Code, Diagnostic},
        stage::Stage,
        value::FieldValue,
    },
    engine::base::wording::{list, quoted},
};

/// The disagreements between a primary document and its companion, reported at the companion.
///
/// Bookkeeping keys and keys that only the companion has are not compared.
#[must_use]
pub fn companions(user: &Seen<'_>, agent: &Seen<'_>) -> Vec<Diagnostic> {
    if !agent.reading.has_front_matter {
        return Vec::new();
    }
    let theirs = &agent.reading.fields;
    let mut keys = user
        .reading
        .fields
        .iter()
        .filter(|(key, value)| !UPDATED_KEYS.contains(key) && !agree(key, value, theirs.get(key)))
        .map(|(key, _)| key)
        .peekable();
    if keys.peek().is_none() {
        return Vec::new();
    }
    let keys: Vec<&str> = keys.collect();
    let first = keys.iter().filter_map(|key| Some((theirs.position(key)?, key))).min();
    let spot = first.map(|(_, key)| Spot::of(agent.reading, key)).unwrap_or_default();
    let name = user.located.path.as_str().rsplit('/').next().unwrap_or_default();
    let verb = if keys.len() == 1 { "differs" } else { "differ" };
    let keys: Vec<String> = keys.into_iter().map(quoted).collect();
    let message = format!("{} {verb} from {name}", list(&keys));
    let help = format!("make the two files agree; boards and lists show what {name} says");
    vec![agent.at(spot, Code::CompanionsDisagree, message, help)]
}

/// Whether two values mean the same: a missing key and an empty value, midnight UTC and the plain date, an alias and
/// its stage.
fn agree(key: &str, ours: &FieldValue, theirs: Option<&FieldValue>) -> bool {
    let Some(theirs) = theirs else { return ours.items().is_empty() };
    if ours == theirs || (ours.items().is_empty() && theirs.items().is_empty()) {
        return true;
    }
    let (Some(ours), Some(theirs)) = (ours.as_text(), theirs.as_text()) else { return false };
    if key == "Stage" {
        return Stage::parse(ours).is_some_and(|stage| Stage::parse(theirs) == Some(stage));
    }
    is_date_key(key) && normalized(ours).is_some_and(|date| normalized(theirs) == Some(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rules::testing::{located, reading, spell};

    fn told(user: &str, agent: &str) -> String {
        let (user_place, agent_place) = (located("cards/A-1.user.md"), located("cards/A-1.agent.md"));
        let (user, agent) = (reading(user), reading(agent));
        let seen = |located, reading| Seen { located, reading };
        spell(&companions(&seen(&user_place, &user), &seen(&agent_place, &agent)))
    }

    #[test]
    fn names_every_key_that_differs() {
        let user = "---\nLane: Done\nTitle: A\nOwner: Ada\nUpdated: 2026-01-01\n---\n";
        insta::assert_snapshot!(told(user, "---\nTitle: B\nLane: Planned\nUpdated: 2026-02-02\n---\n"), @"
        BOS046 cards/A-1.agent.md:2:8: `Lane`, `Title` and `Owner` differ from A-1.user.md
            make the two files agree; boards and lists show what A-1.user.md says
        ");
        insta::assert_snapshot!(told("---\nLane: Done\n---\n", "---\nStatus: Active\n---\n"), @"
        BOS046 cards/A-1.agent.md: `Lane` differs from A-1.user.md
            make the two files agree; boards and lists show what A-1.user.md says
        ");
    }

    #[test]
    fn style_bookkeeping_and_keys_of_its_own_do_not_matter() {
        let user = "---\nTags: [a, b]\nCreated: 2026-01-01\nOwner:\nStage: Planned\nUpdated: 2026-01-01\n---\n";
        let agent = "---\nStatus: x\nTags:\n  - a\n  - \"b\"\nCreated: '2026-01-01T00:00:00.000Z'\nStage: plan\nLast-updated: 2026-02-02\n---\n";
        assert_eq!(told(user, agent), "");
        assert_eq!(told(user, "no front matter"), "");
    }
}
