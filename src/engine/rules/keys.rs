//! BOS037, BOS038: known keys are spelled correctly, and a card has the keys that every card should have.

use super::{seen::Seen, spot::Spot};
use crate::{
    domain::{
        audience::Audience,
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        key::{OF_EVERY_CARD, meant},
    },
    engine::base::wording::quoted,
};

/// A key that is almost a known one has no effect, which its author may not realise.
pub(super) fn near(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if matches!(seen.located.entity, Entity::Note { .. } | Entity::Comment { .. }) {
        return;
    }
    for (key, _) in seen.reading.fields.iter() {
        if let Some(known) = meant(key) {
            let message = format!("the key {} means nothing here", quoted(key));
            found.push(seen.about(key, Code::NearKey, message, format!("did you mean `{known}`?")));
        }
    }
}

/// One finding for all missing keys of a card. Its companion for agents need not repeat them.
pub(super) fn missing(seen: &Seen<'_>) -> Option<Diagnostic> {
    if !seen.is_card() || seen.located.audience != Some(Audience::User) || !seen.reading.has_front_matter {
        return None;
    }
    let fields = &seen.reading.fields;
    let missing = OF_EVERY_CARD.into_iter().filter(|key| fields.get(key).is_none());
    let missing: Vec<String> = missing.map(|key| format!("`{key}`")).collect();
    let id = seen.located.entity.id();
    (!missing.is_empty()).then(|| {
        let message = format!("{id} has no {}", missing.join(", "));
        let help = "add it; boards show a default meanwhile".to_owned();
        seen.at(Spot::TOP, Code::MissingKey, message, help)
    })
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::{
        Seen, entity,
        testing::{located, reading, spell, told},
    };

    #[test]
    fn near_misses_are_told() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nTYPE: Card\npriority: P0\nPlan-Link: x\n---\n"), @"
        BOS037 cards/A-1.user.md:2:7: the key `TYPE` means nothing here
            did you mean `Type`?
        BOS037 cards/A-1.user.md:3:11: the key `priority` means nothing here
            did you mean `Priority`?
        ");
        assert_eq!(told("cards/A-1/note.md", "---\npriority: P0\n---\n"), "");
    }

    #[test]
    fn what_every_card_has() {
        let told = |below: &str, text: &str| {
            let (located, reading) = (located(below), reading(text));
            spell(&entity(&[Seen { located: &located, reading: &reading }]))
        };
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nType: Card\nLane: Inbox\nID: A-1\n---\n"), @"
        BOS038 cards/A-1.user.md:1: A-1 has no `Priority`, `Owner`
            add it; boards show a default meanwhile
        ");
        assert_eq!(told("cards/A-1.agent.md", "---\nType: Card\n---\n"), "");
        assert_eq!(told("ideas/inbox/A-1.user.md", "---\nType: Idea\n---\n"), "");
    }
}
