//! BOS020: an ID belongs to one card or one idea, with one file per audience. The first path keeps it.

use super::{Tree, facts::Facts};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    doc_path::DocPath,
    entity::Entity,
};

/// The finding for a file whose ID is taken by another file.
#[must_use]
pub fn duplicate_id(path: &DocPath, id: &str, other: &DocPath) -> Diagnostic {
    Diagnostic {
        code: Code::DuplicateId,
        path: path.to_string(),
        line: None,
        column: None,
        message: format!("{other} has the ID {id} already"),
        help: "give one of the two another ID, or delete the one that is not wanted".to_owned(),
    }
}

pub(super) fn check(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    let claims = tree.facts.iter().filter(|facts| matches!(facts.entity, Entity::Card(_) | Entity::Idea(_)));
    let mut claims: Vec<&Facts> = claims.collect();
    claims.sort_by_key(|facts| (facts.entity.owner(), &facts.path));
    for claims in claims.chunk_by(|a, b| a.entity.owner() == b.entity.owner()) {
        let mut holders: Vec<&Facts> = Vec::new();
        for facts in claims {
            match holders.iter().find(|holder| holder.entity != facts.entity || holder.audience == facts.audience) {
                Some(holder) => found.push(duplicate_id(&facts.path, facts.entity.owner().as_str(), &holder.path)),
                None => holders.push(facts),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told_of_tree;

    #[test]
    fn companions_share_an_id_and_nobody_else() {
        let files = [
            ("cards/A-1.agent.md", "---\n---\n"),
            ("cards/A-1.user.md", "---\n---\n"),
            ("cards/A-2.user.md", "---\n---\n"),
            ("ideas/inbox/A-1.user.md", "---\n---\n"),
            ("cards/archive/A-1.user.md", "---\n---\n"),
            ("cards/archive/2025/A-2.agent.md", "---\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree(&files), @"
        BOS020 cards/archive/A-1.user.md: docs/business-os/cards/A-1.user.md has the ID A-1 already
            give one of the two another ID, or delete the one that is not wanted
        BOS020 ideas/inbox/A-1.user.md: docs/business-os/cards/A-1.agent.md has the ID A-1 already
            give one of the two another ID, or delete the one that is not wanted
        ");
    }
}
