//! BOS024: cards, ideas and stage docs identify themselves in front matter; comments and notes need none.

use super::{seen::Seen, spot::Spot};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    entity::Entity,
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if seen.reading.has_front_matter {
        return;
    }
    let (what, first_lines) = match &seen.located.entity {
        Entity::Card(id) => ("card", format!("`Type: Card` and `ID: {id}`")),
        Entity::Idea(id) if id.is_name() => ("idea", "`Type: Idea`".to_owned()),
        Entity::Idea(id) => ("idea", format!("`Type: Idea` and `ID: {id}`")),
        Entity::StageDoc { card, stage } => ("stage doc", format!("`Stage: {}` and `Card-ID: {card}`", stage.as_str())),
        Entity::Comment { .. } | Entity::Note { .. } => return,
    };
    let message = format!("the {what} has no front matter");
    let help = format!("begin the file with a line `---`, then {first_lines}, then another `---`");
    found.push(seen.at(Spot::TOP, Code::NoFrontMatter, message, help));
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn only_notes_and_comments_may_lack_it() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "# Hi\n"), @"
        BOS024 cards/A-1.user.md:1: the card has no front matter
            begin the file with a line `---`, then `Type: Card` and `ID: A-1`, then another `---`
        ");
        insta::assert_snapshot!(told("cards/A-1/plan.user.md", ""), @"
        BOS024 cards/A-1/plan.user.md:1: the stage doc has no front matter
            begin the file with a line `---`, then `Stage: plan` and `Card-ID: A-1`, then another `---`
        ");
        assert_eq!(told("cards/A-1.user.md", "---\n---\n"), "");
        assert_eq!(told("cards/A-1/note.md", "# Hi\n"), "");
        assert_eq!(told("cards/A-1/comments/1.md", "Hi\n"), "");
    }
}
