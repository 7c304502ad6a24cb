//! IDs of cards and ideas: `BRIK-001`, `BRIK-ENG-0001`, `BRIK-OPP-0002`, `SCAN-BRIK-001`. An idea without one uses the
//! name of its file as its ID: `rye-bread`.

use std::fmt;

/// The maximum length of a name used as an ID, in bytes.
const LONGEST_NAME: usize = 100;

/// A validated ID: upper-case segments joined by `-`, the last a number of 1 to 9 digits; or the name of an idea.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// Parses an ID in its exact spelling; `None` if it is not valid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, number) = text.rsplit_once('-')?;
        let number_ok = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        (text.len() <= 64 && number_ok && prefix.split('-').all(is_code)).then(|| Self(text.to_owned()))
    }

    /// Parses the ID of an idea: one like those of cards, or a name of letters, digits, `-`, `_`, `.` and spaces. A
    /// text that would be an ID in upper case is not accepted as a name, since it could be mistaken for another idea's
    /// ID.
    #[must_use]
    pub fn of_idea(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| {
            let is_word = |c: char| c.is_alphanumeric();
            let is_plain = text.chars().all(|c| is_word(c) || matches!(c, '-' | '_' | '.' | ' '));
            let ends = text.starts_with(is_word) && text.ends_with(is_word);
            let is_id = Self::parse(&text.to_uppercase()).is_some();
            (text.len() <= LONGEST_NAME && is_plain && ends && !is_id).then(|| Self(text.to_owned()))
        })
    }

    /// Whether it is a name, without prefix and number.
    #[must_use]
    pub fn is_name(&self) -> bool {
        Self::parse(&self.0).is_none()
    }

    /// The IDs that a person may have meant, best first: any case, then with more or fewer leading zeros, last as the
    /// name of an idea.
    pub fn meant(typed: &str) -> impl Iterator<Item = Self> {
        let exact = Self::parse(&typed.to_ascii_uppercase());
        let (prefix, number) = exact.as_ref().map_or(("", 0), |id| (id.prefix(), id.number()));
        let padded = (1..=9).map(|width| format!("{prefix}-{number:0width$}"));
        let mut others: Vec<Self> = padded.filter_map(|text| Self::parse(&text)).collect();
        others.dedup();
        others.retain(|other| Some(other) != exact.as_ref());
        let names = [typed.to_owned(), typed.to_lowercase()];
        let mut names: Vec<Self> = names.iter().filter_map(|name| Self::of_idea(name)).collect();
        names.retain(Self::is_name);
        names.dedup();
        exact.into_iter().chain(others).chain(names)
    }

    /// The ID as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Everything before the number: `BRIK-ENG`; empty for a name.
    #[must_use]
    pub fn prefix(&self) -> &str {
        if self.is_name() {
            return "";
        }
        self.0.rsplit_once('-').map_or("", |(prefix, _)| prefix)
    }

    /// The number at the end; 0 for a name.
    #[must_use]
    pub fn number(&self) -> u64 {
        if self.is_name() {
            return 0;
        }
        self.0.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    /// The business in the prefix, empty for a name; the IDs of scanned ideas (`SCAN-BRIK-001`) have it second.
    #[must_use]
    pub fn business(&self) -> &str {
        let mut segments = self.prefix().split('-');
        match (segments.next(), segments.next()) {
            (Some("SCAN"), Some(business)) => business,
            (Some(business), _) => business,
            (None, _) => "",
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `text` is a valid business code: an upper-case letter, then upper-case letters and digits.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.len() <= 20
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_may_lack_zeros_and_capitals() {
        let meant = |typed: &str| Id::meant(typed).map(|id| id.to_string()).collect::<Vec<_>>();
        assert_eq!(meant("brik-eng-12")[..3], ["BRIK-ENG-12", "BRIK-ENG-012", "BRIK-ENG-0012"]);
        assert_eq!(meant("Brik-0012")[..3], ["BRIK-0012", "BRIK-12", "BRIK-012"]);
        assert_eq!(meant("brik-123456789"), ["BRIK-123456789"]);
        assert_eq!(meant("a-B"), ["a-B", "a-b"]);
        assert!(meant("").is_empty() && meant("-a").is_empty() && meant("../a").is_empty());
    }

    #[test]
    fn an_idea_may_have_a_name_for_an_id() {
        for name in ["rye-bread", "Rye bread", "più pane", "notes.2026_a", "A-ENG-x1", "BRIK", "1"] {
            let id = Id::of_idea(name).unwrap();
            assert!(id.is_name(), "{name}");
            assert_eq!((id.as_str(), id.prefix(), id.number(), id.business()), (name, "", 0, ""));
            assert_eq!(Id::parse(name), None);
        }
        assert!(!Id::of_idea("BRIK-OPP-0001").unwrap().is_name());
        let long = "a".repeat(LONGEST_NAME + 1);
        for none in
            ["", "brik-opp-1", "brik-1", ".a", "-a", "_a", "a.", "a/b", "a,b", "a\nb", "a: b", "a\u{202e}b", &long]
        {
            assert_eq!(Id::of_idea(none), None, "{none:?}");
        }
    }

    #[test]
    fn the_four_shapes() {
        for (text, prefix, number, business) in [
            ("BRIK-001", "BRIK", 1, "BRIK"),
            ("BRIK-ENG-0001", "BRIK-ENG", 1, "BRIK"),
            ("BRIK-OPP-0012", "BRIK-OPP", 12, "BRIK"),
            ("SCAN-BRIK-001", "SCAN-BRIK", 1, "BRIK"),
        ] {
            let id = Id::parse(text).unwrap();
            assert_eq!((id.prefix(), id.number(), id.business()), (prefix, number, business));
        }
        for bad in ["", "BRIK", "brik-1", "BRIK-", "-1", "BRIK--1", "BRIK-1a", "../X-1", "B/X-1", "BRIK-ENG-1234567890"]
        {
            assert!(Id::parse(bad).is_none(), "{bad}");
        }
    }
}
