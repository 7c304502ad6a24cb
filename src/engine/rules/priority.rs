//! BOS031: a card's priority is P0 to P5; BOS036: an idea's should be.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        priority::Priority,
    },
    engine::base::wording::{choices, quoted},
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    let code = match seen.located.entity {
        Entity::Card(_) => Code::UnknownPriority,
        Entity::Idea(_) => Code::OddValue,
        _ => return,
    };
    let Some(priority) = seen.text("Priority").filter(|priority| Priority::parse(priority).is_none()) else { return };
    let message = format!("{} in `Priority` is not a priority", quoted(priority));
    let help = match Priority::from_argument(priority) {
        Some(meant) => format!("write it as `{}`", meant.as_str()),
        None => choices(priority, Priority::ALL.map(Priority::as_str)),
    };
    found.push(seen.about("Priority", code, message, help));
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn an_error_for_cards_a_warning_for_ideas() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nPriority: urgent\n---\n"), @"
        BOS031 cards/A-1.user.md:2:11: `urgent` in `Priority` is not a priority
            write one of P0, P1, P2, P3, P4, P5
        ");
        insta::assert_snapshot!(told("ideas/inbox/A-1.user.md", "---\nPriority: p1\n---\n"), @"
        BOS036 ideas/inbox/A-1.user.md:2:11: `p1` in `Priority` is not a priority
            write it as `P1`
        ");
        assert_eq!(told("cards/A-1.user.md", "---\nPriority: P5\n---\n"), "");
    }
}
