//! BOS021: the `ID` of a card or idea equals the ID in its file name, which takes precedence; it may be omitted.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
    },
    engine::base::wording::quoted,
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    let (Entity::Card(id) | Entity::Idea(id)) = &seen.located.entity else { return };
    let Some(other) = seen.text("ID").filter(|other| *other != id.as_str()) else { return };
    let message = format!("`ID` says {}, the file name {id}", quoted(other));
    let help = format!("the file name decides: write `ID: {id}`, or rename the file");
    found.push(seen.about("ID", Code::IdMismatch, message, help));
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn the_file_name_decides() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nID: A-2\n---\n"), @"
        BOS021 cards/A-1.user.md:2:5: `ID` says `A-2`, the file name A-1
            the file name decides: write `ID: A-1`, or rename the file
        ");
        assert_eq!(told("cards/A-1.user.md", "---\nID: \"A-1\"\n---\n"), "");
        assert_eq!(told("cards/A-1/note.md", "---\nID: A-2\n---\n"), "");
    }
}
