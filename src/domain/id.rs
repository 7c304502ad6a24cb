//! IDs of cards and ideas: `BRIK-001`, `BRIK-ENG-0001`, `BRIK-OPP-0002`, `SCAN-BRIK-001`.

use std::fmt;

/// A checked ID: upper-case segments joined by `-`, the last a number of 1 to 9 digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// Reads an ID, spelled exactly; `None` when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, number) = text.rsplit_once('-')?;
        let number_ok = (1..=9).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        (text.len() <= 64 && number_ok && prefix.split('-').all(is_code)).then(|| Self(text.to_owned()))
    }

    /// The IDs that a person may mean: in any case, and with fewer or more zeros before the number than it has.
    pub fn meant(typed: &str) -> impl Iterator<Item = Self> {
        let exact = Self::parse(&typed.to_ascii_uppercase());
        let (prefix, number) = exact.as_ref().map_or(("", 0), |id| (id.prefix(), id.number()));
        let padded = (1..=9).map(|width| format!("{prefix}-{number:0width$}"));
        let mut others: Vec<Self> = padded.filter_map(|text| Self::parse(&text)).collect();
        others.dedup();
        others.retain(|other| Some(other) != exact.as_ref());
        exact.into_iter().chain(others)
    }

    /// The ID as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All before the number: `BRIK-ENG`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(prefix, _)| prefix)
    }

    /// The number at the end.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).unwrap_or(0)
    }

    /// The business the prefix names; the ideas of a scan (`SCAN-BRIK-001`) name it second.
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

/// Whether `text` can be the code of a business: an upper-case letter, then upper-case letters and digits.
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
        assert!(meant("brik").is_empty() && meant("").is_empty() && meant("a-b").is_empty());
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
