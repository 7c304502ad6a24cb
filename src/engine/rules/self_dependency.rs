//! BOS041: nothing depends on itself.

use super::{facts::dependencies, seen::Seen};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    entity::Entity,
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    let (Entity::Card(id) | Entity::Idea(id)) = &seen.located.entity else { return };
    if dependencies(&seen.reading.fields).any(|other| other == id.as_str()) {
        let help = format!("take {id} out of its own `Dependencies`");
        found.push(seen.about("Dependencies", Code::SelfDependency, format!("{id} depends on itself"), help));
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn told_once() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nDependencies: [A-2, A-1, A-1]\n---\n"), @"
        BOS041 cards/A-1.user.md:2:15: A-1 depends on itself
            take A-1 out of its own `Dependencies`
        ");
        assert_eq!(told("cards/A-1.user.md", "---\nDependencies: [A-2]\n---\n"), "");
    }
}
