//! BOS044: stage docs, comments and notes belong to a card that exists.

use super::{Tree, spot::Spot};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    entity::Entity,
};

pub(super) fn check(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    for facts in tree.facts {
        let (what, card) = match &facts.entity {
            Entity::Card(_) | Entity::Idea(_) => continue,
            Entity::StageDoc { card, .. } => ("stage doc", card),
            Entity::Comment { card, .. } => ("comment", card),
            Entity::Note { card, .. } => ("note", card),
        };
        if !tree.has_card(card.as_str()) {
            let message = format!("the {what} lies in the folder of {card}, but there is no such card");
            let help = format!("write the card {card}.user.md, or move the file to the folder of its card");
            found.push(facts.at(Spot::default(), Code::StageWithoutCard, message, help));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told_of_tree;

    #[test]
    fn an_idea_is_no_card() {
        let files = [
            ("cards/A-1.agent.md", "---\n---\n"),
            ("cards/A-1/plan.user.md", "---\n---\n"),
            ("cards/A-2/plan.user.md", "---\n---\n"),
            ("cards/A-3/comments/1.md", "hi"),
            ("cards/A-3/note.md", "hi"),
            ("cards/KNOWN-1/note.md", "hi"),
            ("ideas/inbox/A-2.user.md", "---\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree(&files), @"
        BOS044 cards/A-2/plan.user.md: the stage doc lies in the folder of A-2, but there is no such card
            write the card A-2.user.md, or move the file to the folder of its card
        BOS044 cards/A-3/comments/1.md: the comment lies in the folder of A-3, but there is no such card
            write the card A-3.user.md, or move the file to the folder of its card
        BOS044 cards/A-3/note.md: the note lies in the folder of A-3, but there is no such card
            write the card A-3.user.md, or move the file to the folder of its card
        ");
    }
}
