//! How messages show what documents say, and how help names what they might mean.

use crate::domain::suggest::nearest;

/// The longest value a message shows, in characters.
const SHOWN: usize = 60;

/// A value in backquotes: its first line, cut where it is long.
pub(in crate::engine) fn quoted(value: &str) -> String {
    let line = value.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("`{}…`", &line[..end]),
        None if line.len() < value.trim().len() => format!("`{line}…`"),
        None => format!("`{line}`"),
    }
}

/// Up to this number, all words that would do are named.
const MANY: usize = 12;

/// How many of more are named.
const FEW: usize = 5;

/// What a typed word most likely means, and the words there are: all of a few, or the first of many.
pub(in crate::engine) fn choices<'a>(typed: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let all: Vec<&str> = known.clone().into_iter().collect();
    match (nearest(typed, known), all.as_slice()) {
        (_, [only]) => format!("write `{only}`"),
        (Some(nearest), all) => format!("did you mean `{nearest}`? It is one of {}", named(all)),
        (None, all) => format!("write one of {}", named(all)),
    }
}

fn named(all: &[&str]) -> String {
    match all.get(..FEW) {
        Some(first) if all.len() > MANY => format!("{} and {} others", first.join(", "), all.len() - FEW),
        _ => all.join(", "),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(in crate::engine) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut() {
        assert_eq!(quoted(" short "), "`short`");
        assert_eq!(quoted("two\nlines"), "`two…`");
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
    }

    #[test]
    fn choices_start_with_the_nearest() {
        assert_eq!(choices("Plannd", ["Inbox", "Planned"]), "did you mean `Planned`? It is one of Inbox, Planned");
        assert_eq!(choices("Someday", ["Inbox", "Planned"]), "write one of Inbox, Planned");
        assert_eq!(choices("Someday", ["Inbox"]), "write `Inbox`");
        let many: Vec<String> = (100..600).map(|number| format!("B{number}")).collect();
        let told = choices("B5999", many.iter().map(String::as_str));
        assert_eq!(told, "did you mean `B599`? It is one of B100, B101, B102, B103, B104 and 495 others");
    }

    #[test]
    fn lists_read_as_a_sentence() {
        assert_eq!(list(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
    }
}
