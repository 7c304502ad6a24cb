//! The registry of front matter keys that this program understands. Other keys are allowed, kept and ignored.

/// The type of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One text.
    Text,
    /// A list of texts.
    List,
    /// True or false.
    Flag,
    /// A calendar date; for bookkeeping keys, text may follow it.
    Date,
    /// An instant.
    Instant,
}

/// Every known key and the type of its value.
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

/// Keys that every card should have: each has a default, but other programs may not know it.
pub const OF_EVERY_CARD: [&str; 5] = ["Type", "Lane", "Priority", "Owner", "ID"];

/// The type of a key's value; `None` for an unknown key or spelling.
#[must_use]
pub fn holds(key: &str) -> Option<Holds> {
    KEYS.into_iter().find(|(known, _)| *known == key).map(|(_, holds)| holds)
}

/// The known key that an unknown one most likely stands for: another case, another separator, or a typo. Words that
/// merely look alike, such as `Line` and `Lane`, are not typos.
#[must_use]
pub fn meant(key: &str) -> Option<&'static str> {
    if key.starts_with("Title-") || key.starts_with("content-") {
        return None;
    }
    meant_of(key, &KEYS.map(|(name, _)| name))
}

/// Like [`meant`], but for names other than front matter keys. A name with a different first letter or a very different
/// length is rejected before any comparison, because this runs for every key of every document.
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

/// Whether a name is worth comparing with the typed text, which has already passed through [`plain`].
fn may_be(typed: &str, name: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_ascii_lowercase());
    first(typed) == first(name) && typed.len().abs_diff(name.len()) <= 4
}

/// The edit distance of a typo from a known word: 0 if equal; otherwise one letter added, dropped or swapped, and in
/// longer words also replaced. `None` if it is more than that.
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
