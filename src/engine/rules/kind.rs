//! BOS035: `Type` matches the file's place; it may be omitted.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        idea::KINDS,
        stage_doc::TYPES,
    },
    engine::base::wording::{choices, quoted},
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    let (what, known): (_, &[&str]) = match &seen.located.entity {
        Entity::Card(_) => ("a card", &["Card"]),
        Entity::Idea(_) => ("an idea", &KINDS),
        Entity::StageDoc { .. } => ("a stage doc", &TYPES),
        Entity::Comment { .. } | Entity::Note { .. } => return,
    };
    let Some(kind) = seen.text("Type").filter(|kind| !known.contains(kind)) else { return };
    let message = format!("`Type` says {}, but the file lies where {what} does", quoted(kind));
    let help = choices(kind, known.iter().copied());
    found.push(seen.about("Type", Code::UnexpectedType, message, help));
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn the_place_decides() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nType: card\n---\n"), @"
        BOS035 cards/A-1.user.md:2:7: `Type` says `card`, but the file lies where a card does
            write `Card`
        ");
        insta::assert_snapshot!(told("ideas/inbox/A-1.user.md", "---\nType: Card\n---\n"), @"
        BOS035 ideas/inbox/A-1.user.md:2:7: `Type` says `Card`, but the file lies where an idea does
            write one of Idea, Opportunity
        ");
        for fits in ["Stage", "StageDoc", "Stage-Doc", "", "~"] {
            assert_eq!(told("cards/A-1/plan.user.md", &format!("---\nType: {fits}\n---\n")), "");
        }
    }
}
