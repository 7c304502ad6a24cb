//! The front matter keys that mean something here: the one registry. Any other key is allowed, kept, and means nothing.

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

/// [`meant`] among other names than those of front matter. A name that starts with another letter, or is much longer or
/// shorter, is passed over before anything is compared: this is asked of every key of every document.
#[must_use]
pub fn meant_of<'n>(key: &str, names: &[&'n str]) -> Option<&'n str> {
    if names.contains(&key) {
        return None;
    }
    let typed = plain(key);
    let alike = names.iter().filter(|name| may_be(&typed, name)).map(|name| (*name, plain(name)));
    let near = alike.filter_map(|(name, known)| distance(&typed, &known).map(|distance| (distance, name)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

/// Whether a name is worth a comparison with what was typed, which is [`plain`] already.
fn may_be(typed: &str, name: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
    first(typed) == first(name) && typed.len().abs_diff(name.len()) <= 4
}

/// How far a word is from the known one that it is a slip of: 0 where they are the same, else with a letter too many,
/// too few, or two letters swapped; in a longer word also with another letter.
fn distance(typed: &str, known: &str) -> Option<usize> {
    if typed == known {
        return Some(0);
    }
    let (length, other) = (known.chars().count(), typed.chars().count());
    if length <= 3 || length.abs_diff(other) > 2 {
        return None;
    }
    let swapped = || {
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().collect();
            letters.sort_unstable();
            letters
        };
        sorted(typed) == sorted(known)
    };
    let distance = strsim::damerau_levenshtein(typed, known);
    let slip = distance <= if length > 8 { 2 } else { 1 } && (length > 5 || other != length || swapped());
    slip.then_some(distance)
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
