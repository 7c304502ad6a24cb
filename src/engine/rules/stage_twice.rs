//! BOS023: each stage has one file per audience; a file with another spelling of the same stage is kept as a note.

use std::collections::HashMap;

use super::{Tree, facts::Facts, spot::Spot};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    entity::Entity,
};

pub(super) fn check(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    let stage_docs = || tree.facts.iter().filter(|facts| matches!(facts.entity, Entity::StageDoc { .. }));
    let mut holders: HashMap<_, &Facts> = HashMap::new();
    for facts in stage_docs() {
        let holder = holders.entry((&facts.entity, facts.audience)).or_insert(facts);
        if rank(facts) < rank(holder) {
            *holder = facts;
        }
    }
    for facts in stage_docs() {
        let Some(holder) = holders.get(&(&facts.entity, facts.audience)).filter(|holder| holder.path != facts.path)
        else {
            continue;
        };
        let Entity::StageDoc { card, stage } = &facts.entity else { continue };
        let message = format!(
            "the stage {} of {card} is in {} already; this file is kept as a note",
            stage.as_str(),
            holder.path
        );
        let help = "bring the two together in one file and delete the other".to_owned();
        found.push(facts.at(Spot::default(), Code::StageSpelledTwice, message, help));
    }
}

/// The canonical spelling ranks first, then the first path.
fn rank(facts: &Facts) -> (bool, &str) {
    (!facts.canonical, facts.path.as_str())
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told_of_tree;

    #[test]
    fn the_canonical_spelling_has_the_stage() {
        let files = [
            ("cards/A-1.user.md", "---\n---\n"),
            ("cards/A-1/Planned.user.md", "---\n---\n"),
            ("cards/A-1/plan.user.md", "---\n---\n"),
            ("cards/A-1/plan.agent.md", "---\n---\n"),
            ("cards/A-1/Build.user.md", "---\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree(&files), @"
        BOS023 cards/A-1/Planned.user.md: the stage plan of A-1 is in docs/business-os/cards/A-1/plan.user.md already; this file is kept as a note
            bring the two together in one file and delete the other
        ");
    }
}
