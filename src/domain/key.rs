//! The front matter keys that mean something here: the one registry. Any other key is allowed, kept, and means nothing.

use super::suggest::nearest;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One text.
    Text,
    /// A list of texts.
    List,
    /// True or false.
    Flag,
    /// A calendar date; a bookkeeping one may have more after it.
    Date,
    /// An instant.
    Instant,
}

/// Every key there is, and what it holds.
const KEYS: [(&str, Holds); 26] = [
    ("Type", Holds::Text),
    ("ID", Holds::Text),
    ("Title", Holds::Text),
    ("Business", Holds::Text),
    ("Lane", Holds::Text),
    ("Priority", Holds::Text),
    ("Owner", Holds::Text),
    ("Status", Holds::Text),
    ("Tags", Holds::List),
    ("Dependencies", Holds::List),
    ("Due-Date", Holds::Date),
    ("Created", Holds::Date),
    ("Created-Date", Holds::Date),
    ("Updated", Holds::Date),
    ("Last-updated", Holds::Date),
    ("Last-Updated", Holds::Date),
    ("Completed-Date", Holds::Date),
    ("Blocked", Holds::Flag),
    ("Blocked-Reason", Holds::Text),
    ("Proposed-Lane", Holds::Text),
    ("Claimed-By", Holds::Text),
    ("Claimed-Until", Holds::Instant),
    ("Stage", Holds::Text),
    ("Card-ID", Holds::Text),
    ("Idea-ID", Holds::Text),
    ("Author", Holds::Text),
];

/// Keys that every card has; what is missing has a default, which others may not know.
pub const OF_EVERY_CARD: [&str; 5] = ["Type", "Lane", "Priority", "Owner", "ID"];

/// What a key holds; `None` for one that is not known, or not in this spelling.
#[must_use]
pub fn holds(key: &str) -> Option<Holds> {
    KEYS.into_iter().find(|(known, _)| *known == key).map(|(_, holds)| holds)
}

/// The known key that an unknown one is most likely meant to be: in another case, with another separator, or with a slip
/// of the finger. Words that only look alike, such as `Line` and `Lane`, are no slips.
#[must_use]
pub fn meant(key: &str) -> Option<&'static str> {
    if key.starts_with("Title-") || key.starts_with("content-") {
        return None;
    }
    meant_of(key, &KEYS.map(|(name, _)| name))
}

/// [`meant`] among other names than those of front matter.
#[must_use]
pub fn meant_of<'n>(key: &str, names: &[&'n str]) -> Option<&'n str> {
    if names.contains(&key) {
        return None;
    }
    let plain = plain(key);
    if let Some(same) = names.iter().find(|name| self::plain(name) == plain) {
        return Some(same);
    }
    nearest(key, names.iter().copied()).filter(|name| is_slip(&plain, &self::plain(name)))
}

/// Whether one word is the other with a letter too many, too few, or two letters swapped; in a longer word also with
/// another letter.
fn is_slip(typed: &str, known: &str) -> bool {
    let (long, length) = (known.chars().count() > 5, known.chars().count());
    let same_start = typed.chars().next() == known.chars().next();
    let swapped = || {
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        sorted(typed) == sorted(known)
    };
    let other_length = typed.chars().count() != length;
    length > 3
        && same_start
        && strsim::damerau_levenshtein(typed, known) <= if length > 8 { 2 } else { 1 }
        && (long || other_length || swapped())
}

fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_a_word_of_its_own() {
        for (typed, known) in [
            ("Prioritty", "Priority"),
            ("priority", "Priority"),
            ("PRIORITY", "Priority"),
            ("due_date", "Due-Date"),
            ("dueDate", "Due-Date"),
            ("Tag", "Tags"),
            ("Lnae", "Lane"),
            ("Ownr", "Owner"),
            ("id", "ID"),
            ("Dependancies", "Dependencies"),
            ("Titel", "Title"),
            ("blocked reason", "Blocked-Reason"),
        ] {
            assert_eq!(meant(typed), Some(known), "{typed}");
        }
        for own in [
            "Line",
            "Lang",
            "State",
            "Plan-Link",
            "Created-By",
            "Updated-By",
            "Estimate",
            "Title-it",
            "content-it",
            "Source",
            "Last-Progress",
            "Size",
            "Note",
            "Role",
            "X",
            "Plan-Created",
            "Feature-Slug",
            "Domain",
            "Due",
            "Completed",
        ] {
            assert_eq!(meant(own), None, "{own}");
        }
        for (known, holds_it) in KEYS {
            assert_eq!((meant(known), holds(known)), (None, Some(holds_it)));
        }
    }
}
