//! The rules that documents are checked against, one per file, and their registry. Pure: all input is passed in.

mod bad_date;
mod business;
mod cards_missing;
mod companions;
mod dependencies;
mod duplicate_id;
mod facts;
mod front_matter;
mod id;
mod keys;
mod kind;
mod lane;
mod left_alone;
mod odd_value;
mod place;
mod priority;
mod seen;
mod self_dependency;
mod spot;
mod stage_twice;
mod status;
#[cfg(test)]
mod testing;

use std::collections::HashSet;

pub use companions::companions;
pub use duplicate_id::duplicate_id;
pub use facts::Facts;
pub use left_alone::left_alone;
pub use seen::Seen;

use crate::domain::{audience::Audience, diagnostic::Diagnostic, entity::Entity};

/// A rule about one document.
type DocumentRule = fn(&Seen<'_>, &mut Vec<Diagnostic>);

/// A rule across documents.
type TreeRule = fn(&Tree<'_>, &mut Vec<Diagnostic>);

const DOCUMENT_RULES: &[DocumentRule] = &[
    front_matter::check,
    kind::check,
    id::check,
    place::check,
    lane::check,
    priority::check,
    status::check,
    bad_date::check,
    odd_value::check,
    keys::near,
    self_dependency::check,
];

const TREE_RULES: &[TreeRule] = &[
    duplicate_id::check,
    business::check,
    dependencies::unknown,
    dependencies::cycles,
    cards_missing::check,
    stage_twice::check,
];

/// Applies the rules to one document.
#[must_use]
pub fn document(seen: &Seen<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in DOCUMENT_RULES {
        rule(seen, &mut found);
    }
    found
}

/// Applies the rules to all documents of one entity, and compares companions.
#[must_use]
pub fn entity(seen: &[Seen<'_>]) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = seen.iter().flat_map(document).collect();
    found.extend(seen.iter().filter_map(keys::missing));
    // If two spellings claim a stage, the canonical one wins.
    let of = |audience| {
        let claims = seen.iter().filter(move |seen| seen.located.audience == Some(audience));
        claims.min_by_key(|seen| !seen.located.canonical)
    };
    if let (Some(user), Some(agent)) = (of(Audience::User), of(Audience::Agent)) {
        found.extend(companions(user, agent));
    }
    found
}

/// Applies the rules across documents. `is_known` says whether a card or idea exists outside `facts`.
#[must_use]
pub fn tree(facts: &[Facts], is_known: &dyn Fn(&str) -> bool) -> Vec<Diagnostic> {
    let tree = Tree::new(facts, is_known);
    let mut found = Vec::new();
    for rule in TREE_RULES {
        rule(&tree, &mut found);
    }
    found
}

/// All documents, prepared for rules across documents.
struct Tree<'a> {
    facts: &'a [Facts],
    cards: HashSet<&'a str>,
    ideas: HashSet<&'a str>,
    is_known: &'a dyn Fn(&str) -> bool,
}

impl<'a> Tree<'a> {
    fn new(facts: &'a [Facts], is_known: &'a dyn Fn(&str) -> bool) -> Self {
        let (mut cards, mut ideas) = (HashSet::new(), HashSet::new());
        for facts in facts {
            match &facts.entity {
                Entity::Card(id) => cards.insert(id.as_str()),
                Entity::Idea(id) => ideas.insert(id.as_str()),
                _ => false,
            };
        }
        Self { facts, cards, ideas, is_known }
    }

    fn has_card(&self, id: &str) -> bool {
        self.cards.contains(id) || (self.is_known)(id)
    }

    fn has_card_or_idea(&self, id: &str) -> bool {
        self.ideas.contains(id) || self.has_card(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_canonical_spelling_of_a_stage_has_the_companion() {
        let documents = ["Planned.user.md", "plan.user.md", "plan.agent.md"].map(|name| {
            let owner = if name.starts_with("Planned") { "Ben" } else { "Ada" };
            let text = format!("---\nStage: plan\nOwner: {owner}\n---\n");
            (testing::located(&format!("cards/A-1/{name}")), testing::reading(&text))
        });
        let seen = documents.each_ref().map(|(located, reading)| Seen { located, reading });
        assert_eq!(testing::spell(&entity(&seen)), "");
        insta::assert_snapshot!(testing::spell(&entity(&[seen[0], seen[2]])), @"
        BOS046 cards/A-1/plan.agent.md:3:8: `Owner` differs from Planned.user.md
            make the two files agree; boards and lists show what Planned.user.md says
        ");
    }
}
