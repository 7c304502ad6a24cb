//! BOS040 and BOS042: the dependencies of a card exist, and form no cycle.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use super::{Tree, facts::Facts};
use crate::{
    domain::{
        audience::Audience,
        dependencies::{self, Graph},
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        id::Id,
    },
    engine::base::wording::quoted,
};

pub(super) fn unknown(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    let by_number = OnceCell::new();
    for facts in tree.facts {
        let mut told: HashSet<&str> = HashSet::new();
        for id in facts.dependencies.iter().map(String::as_str) {
            if tree.has_card_or_idea(id) || !told.insert(id) {
                continue;
            }
            let message =
                format!("{} depends on {}, which is the ID of no card or idea", facts.entity.owner(), quoted(id));
            let meant = numbered(id).and_then(|key| by_number.get_or_init(|| ids_by_number(tree)).get(&key).copied());
            let help = match meant {
                Some(id) => format!("did you mean {id}?"),
                None if Id::parse(id).is_none() => "an ID looks like SHOP-ENG-0001; write one to an item".to_owned(),
                None => "correct the ID, or take it out of `Dependencies`".to_owned(),
            };
            found.push(facts.at(facts.dependencies_at, Code::UnknownDependency, message, help));
        }
    }
}

/// The prefix and number that a text begins with, ignoring case and leading zeros: the probable meaning of `shop-eng-1
/// (the fair)`.
fn numbered(text: &str) -> Option<(String, u64)> {
    let id = Id::parse(&text.split_whitespace().next()?.to_ascii_uppercase())?;
    Some((id.prefix().to_owned(), id.number()))
}

fn ids_by_number<'a>(tree: &Tree<'a>) -> HashMap<(String, u64), &'a str> {
    let mut ids = HashMap::new();
    for id in tree.cards.iter().chain(&tree.ideas).copied() {
        if let Some(key) = numbered(id) {
            // `A-1` and `A-01` are different IDs; always choose the same one.
            ids.entry(key).and_modify(|first: &mut &str| *first = id.min(first)).or_insert(id);
        }
    }
    ids
}

pub(super) fn cycles(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    let primaries = primaries(tree.facts);
    let graph: Graph = primaries
        .iter()
        .map(|(id, facts)| {
            let others = facts.dependencies.iter().filter(|other| other != id);
            ((*id).to_owned(), others.cloned().collect())
        })
        .collect();
    for cycle in dependencies::cycles(&graph) {
        let Some(first) = cycle.first().and_then(|id| primaries.get(id.as_str())) else { continue };
        let message = format!("cards wait for each other in a circle: {}", cycle.join(" -> "));
        let help = "take one of these out of the `Dependencies` of the one before it".to_owned();
        found.push(first.at(first.dependencies_at, Code::DependencyCycle, message, help));
    }
}

/// The primary documents that have dependencies: `.user.md`, else `.agent.md`; the first of several files with one ID.
fn primaries(facts: &[Facts]) -> HashMap<&str, &Facts> {
    let mut primaries: HashMap<&str, &Facts> = HashMap::new();
    let users: HashSet<&Entity> =
        facts.iter().filter(|facts| facts.audience == Some(Audience::User)).map(|facts| &facts.entity).collect();
    for facts in facts.iter().filter(|facts| !facts.dependencies.is_empty()) {
        if facts.audience == Some(Audience::User) || !users.contains(&facts.entity) {
            let first = primaries.entry(facts.entity.owner().as_str()).or_insert(facts);
            if facts.path < first.path {
                *first = facts;
            }
        }
    }
    primaries
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told_of_tree;

    #[test]
    fn what_is_waited_for_exists() {
        let files = [
            ("cards/A-1.user.md", "---\nDependencies: [A-2, KNOWN-1, A-9, a-002, A-9]\n---\n"),
            ("cards/B-1.user.md", "---\nDependencies: the fair\n---\n"),
            ("ideas/inbox/A-2.user.md", "---\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree(&files), @"
        BOS040 cards/A-1.user.md:2:15: A-1 depends on `A-9`, which is the ID of no card or idea
            correct the ID, or take it out of `Dependencies`
        BOS040 cards/A-1.user.md:2:15: A-1 depends on `a-002`, which is the ID of no card or idea
            did you mean A-2?
        BOS040 cards/B-1.user.md:2:15: B-1 depends on `the fair`, which is the ID of no card or idea
            an ID looks like SHOP-ENG-0001; write one to an item
        ");
    }

    #[test]
    fn a_circle_is_told_once_and_a_self_reference_is_another_rule() {
        let files = [
            ("cards/A-2.user.md", "---\nDependencies: [A-3]\n---\n"),
            ("cards/A-1.user.md", "---\nTitle: x\nDependencies:\n  - A-2\n---\n"),
            ("cards/A-3.user.md", "---\nDependencies: [A-1]\n---\n"),
            ("cards/A-4.user.md", "---\nDependencies: [A-4]\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree(&files), @"
        BOS042 cards/A-1.user.md:3:1: cards wait for each other in a circle: A-1 -> A-2 -> A-3 -> A-1
            take one of these out of the `Dependencies` of the one before it
        ");
    }

    #[test]
    fn a_companion_that_differs_makes_no_circle() {
        let files = [
            ("cards/A-1.agent.md", "---\nDependencies: [A-2]\n---\n"),
            ("cards/A-1.user.md", "---\nTitle: x\n---\n"),
            ("cards/A-2.user.md", "---\nDependencies: [A-1]\n---\n"),
        ];
        assert_eq!(told_of_tree(&files), "");
    }

    #[test]
    fn of_two_files_with_one_id_the_first_path_counts() {
        let files = [
            ("ideas/inbox/A-1.user.md", "---\nDependencies: [KNOWN-1]\n---\n"),
            ("cards/A-1.user.md", "---\nDependencies: [A-2]\n---\n"),
            ("cards/A-2.user.md", "---\nDependencies: [A-1]\n---\n"),
        ];
        assert!(told_of_tree(&files).contains("A-1 -> A-2 -> A-1"));
    }
}
