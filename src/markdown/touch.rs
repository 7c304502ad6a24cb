//! The bookkeeping dates: edits that keep `Updated` and its other spellings current.

use super::edit::Edit;
use crate::domain::value::{FieldValue, Fields};

/// The spellings in use; the first is added to a document that has none.
pub(super) const KEYS: [&str; 3] = ["Updated", "Last-updated", "Last-Updated"];
const DATE_LENGTH: usize = "2026-11-20".len();

/// The changes to the bookkeeping dates of one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Touch {
    /// The edits that set the dates.
    pub edits: Vec<Edit>,
    /// The keys left alone because their value does not begin with a date.
    pub left: Vec<String>,
}

/// Whether a key is one of the bookkeeping dates.
#[must_use]
pub fn is_bookkeeping(key: &str) -> bool {
    KEYS.contains(&key)
}

/// Sets the bookkeeping dates that a document has, each in its present format; a primary document without any gets
/// `Updated`.
///
/// `date` is local, such as `2026-11-20`; `instant` is UTC, such as `2026-11-20T19:04:05.000Z`.
#[must_use]
pub fn touch(fields: &Fields, date: &str, instant: &str, is_primary: bool) -> Touch {
    let mut touch = Touch::default();
    for key in KEYS {
        let Some(value) = fields.get(key) else { continue };
        match value.as_text() {
            Some(text) => match redate(text, date, instant) {
                Some(new) => touch.edits.push(set(key, FieldValue::Str(new))),
                None => touch.left.push(key.to_owned()),
            },
            None if matches!(value, FieldValue::List(_)) => touch.left.push(key.to_owned()),
            None => touch.edits.push(set(key, FieldValue::Source(date.to_owned()))),
        }
    }
    if is_primary && touch.edits.is_empty() && touch.left.is_empty() {
        touch.edits.push(set(KEYS[0], FieldValue::Source(date.to_owned())));
    }
    touch
}

fn set(key: &str, value: FieldValue) -> Edit {
    Edit::Set { key: key.to_owned(), value }
}

/// A date in the format of `text`; `None` if `text` does not begin with a date.
fn redate(text: &str, date: &str, instant: &str) -> Option<String> {
    let rest = text.get(DATE_LENGTH..).filter(|_| shape(&text[..DATE_LENGTH]) == "0000-00-00")?;
    if rest.is_empty() {
        return Some(date.to_owned());
    }
    if rest.starts_with(|c: char| c.is_alphanumeric() && c != 'T') {
        return None;
    }
    let form = shape(rest);
    let whole_seconds = instant.split_once('.').map(|(seconds, _)| format!("{seconds}Z"));
    let instants = [Some(instant.to_owned()), whole_seconds];
    let same_form = instants
        .into_iter()
        .flatten()
        .find(|instant| instant.get(DATE_LENGTH..).is_some_and(|time| shape(time) == form));
    Some(same_form.unwrap_or_else(|| format!("{date}{rest}")))
}

/// The text with every digit replaced by `0`.
fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::{edit, parse};

    fn touched(yaml: &str, is_primary: bool) -> (String, Vec<String>) {
        let text = format!("---\n{yaml}---\nbody\n");
        let touch = touch(&parse(&text).unwrap().fields, "2026-11-20", "2026-11-20T19:04:05.000Z", is_primary);
        let text = edit(&text, &touch.edits).unwrap();
        (text[4..text.len() - 9].to_owned(), touch.left)
    }

    #[test]
    fn each_date_keeps_its_form() {
        let cases = [
            ("Updated: 2026-01-02\n", "Updated: 2026-11-20\n"),
            ("Updated: '2026-01-02' # c\n", "Updated: '2026-11-20' # c\n"),
            ("Last-updated: \"2026-01-02\"\n", "Last-updated: \"2026-11-20\"\n"),
            ("Last-Updated: 2026-01-23T00:00:00.000Z\n", "Last-Updated: 2026-11-20T19:04:05.000Z\n"),
            ("Updated: 2026-01-23T00:00:00Z\n", "Updated: 2026-11-20T19:04:05Z\n"),
            ("Updated: '2026-01-29 (a note, kept)'\n", "Updated: '2026-11-20 (a note, kept)'\n"),
            ("Updated: 2026-01-29 (note)\n", "Updated: 2026-11-20 (note)\n"),
            ("Updated:\n", "Updated: 2026-11-20\n"),
        ];
        for (before, after) in cases {
            assert_eq!(touched(before, true), (after.to_owned(), vec![]));
        }
    }

    #[test]
    fn every_spelling_is_set_and_none_is_added_to_them() {
        let both = touched("Last-updated: 2026-01-02\nUpdated: 2026-01-03\n", true);
        assert_eq!(both.0, "Last-updated: 2026-11-20\nUpdated: 2026-11-20\n");
    }

    #[test]
    fn a_primary_without_one_gets_a_plain_date() {
        assert_eq!(touched("ID: X\n", true).0, "ID: X\nUpdated: 2026-11-20\n");
        assert_eq!(touched("ID: X\n", false).0, "ID: X\n");
    }

    #[test]
    fn a_value_without_a_leading_date_is_left_and_reported() {
        for value in ["yesterday", "5", "2026-1-2", "2026-01-021", "[a]", "été 2026-01"] {
            let yaml = format!("Updated: {value}\n");
            assert_eq!(touched(&yaml, true), (yaml.clone(), vec!["Updated".to_owned()]));
        }
    }
}
