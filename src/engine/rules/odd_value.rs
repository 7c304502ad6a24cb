//! BOS036: the values of known keys have the expected type.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        key::{Holds, holds},
        value::{FieldValue, is_null},
    },
    engine::base::wording::quoted,
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if matches!(seen.located.entity, Entity::Note { .. }) {
        return;
    }
    for (key, value) in seen.reading.fields.iter() {
        let known = holds(key);
        let fault = match value {
            _ if known == Some(Holds::Flag) => not_bool(value),
            _ if known == Some(Holds::List) => not_list(key, value),
            FieldValue::Str(_) | FieldValue::Bool(_) => None,
            _ if known == Some(Holds::Text) => not_text(key, value),
            _ => None,
        };
        if let Some((message, help)) = fault {
            found.push(seen.about(key, Code::OddValue, message, help));
        }
    }
}

/// The name of a value's type if it is not a scalar; `None` for scalars.
pub(super) fn kind(value: &FieldValue) -> Option<&'static str> {
    match value {
        FieldValue::List(_) => Some("a list"),
        // A value kept as source is a number, null or nested; only nested ones contain one of these.
        FieldValue::Source(source) if source.starts_with("- ") || source.contains(['[', '{', ':', '\n']) => {
            Some("a nested value")
        }
        _ => None,
    }
}

fn not_bool(value: &FieldValue) -> Option<(String, String)> {
    match value {
        FieldValue::Bool(_) => None,
        FieldValue::Source(source) if is_null(source) => None,
        other => {
            let message = format!("`Blocked` is {}, neither true nor false", shown(other));
            Some((message, "write `true` or `false`, without quotes; anything else counts as false".to_owned()))
        }
    }
}

fn not_list(key: &str, value: &FieldValue) -> Option<(String, String)> {
    match value {
        FieldValue::List(_) => None,
        FieldValue::Source(source) if is_null(source) => None,
        other => {
            let items = other.as_text().map(str::trim).filter(|text| is_plain(text)).unwrap_or("one, two");
            let message = format!("`{key}` is {} where a list is expected", shown(other));
            Some((message, format!("write it as a list: `{key}: [{items}]`")))
        }
    }
}

fn not_text(key: &str, value: &FieldValue) -> Option<(String, String)> {
    let kind = kind(value)?;
    let message = format!("`{key}` is {kind} where one text is expected");
    Some((message, "write one text, in quotes where it begins with a bracket or holds a colon".to_owned()))
}

/// Whether a text can be written in a flow list without quotes.
fn is_plain(text: &str) -> bool {
    text.starts_with(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | ','))
}

fn shown(value: &FieldValue) -> String {
    match kind(value) {
        Some(kind) => kind.to_owned(),
        None => quoted(value.as_text().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn kinds_that_are_not_read() {
        let text = "---\nTitle: [a, b]\nOwner: {name: Ada}\nTags: single\nDependencies: {a: 1}\nBlocked: 'yes'\n---\n";
        insta::assert_snapshot!(told("cards/A-1.user.md", text), @"
        BOS036 cards/A-1.user.md:2:8: `Title` is a list where one text is expected
            write one text, in quotes where it begins with a bracket or holds a colon
        BOS036 cards/A-1.user.md:3:8: `Owner` is a nested value where one text is expected
            write one text, in quotes where it begins with a bracket or holds a colon
        BOS036 cards/A-1.user.md:4:7: `Tags` is `single` where a list is expected
            write it as a list: `Tags: [single]`
        BOS036 cards/A-1.user.md:5:15: `Dependencies` is a nested value where a list is expected
            write it as a list: `Dependencies: [one, two]`
        BOS036 cards/A-1.user.md:6:10: `Blocked` is `yes`, neither true nor false
            write `true` or `false`, without quotes; anything else counts as false
        ");
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nLane:\n  - Inbox\nPriority:\n  - - P1\n---\n"), @"
        BOS036 cards/A-1.user.md:2:1: `Lane` is a list where one text is expected
            write one text, in quotes where it begins with a bracket or holds a colon
        BOS036 cards/A-1.user.md:4:1: `Priority` is a nested value where one text is expected
            write one text, in quotes where it begins with a bracket or holds a colon
        ");
    }

    #[test]
    fn nothing_and_numbers_pass() {
        let text = "---\nTitle: 2026\nOwner:\nTags: ~\nDependencies: []\nBlocked:\nBudget: {a: 1}\n---\n";
        assert_eq!(told("cards/A-1.user.md", text), "");
    }
}
