//! Patterns for the IDs of new cards and ideas: `{business}-ENG-{0000}`. Does not assign numbers.

use super::id::Id;

/// The placeholder for the business code.
const BUSINESS: &str = "{business}";

/// A business code of the maximum length.
const LONGEST_BUSINESS: &str = "AAAAAAAAAAAAAAAAAAAA";

/// The largest number an ID can have.
const LARGEST_NUMBER: u64 = 999_999_999;

/// A pattern that yields a valid ID for every business and every number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPattern {
    /// The text between the business and the dash before the number: `-ENG`, or empty.
    middle: String,
    /// The minimum number of digits.
    width: usize,
}

impl IdPattern {
    /// The default for cards: `{business}-ENG-{0000}`.
    #[must_use]
    pub fn of_cards() -> Self {
        Self { middle: "-ENG".to_owned(), width: 4 }
    }

    /// The default for ideas: `{business}-OPP-{0000}`.
    #[must_use]
    pub fn of_ideas() -> Self {
        Self { middle: "-OPP".to_owned(), width: 4 }
    }

    /// Parses a pattern; `None` if it does not begin with the business or would yield invalid IDs.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (middle, number) = text.strip_prefix(BUSINESS)?.rsplit_once('-')?;
        let zeros = number.strip_prefix('{')?.strip_suffix('}')?;
        let pattern = Self { middle: middle.to_owned(), width: zeros.len() };
        let fits = !zeros.is_empty()
            && zeros.bytes().all(|digit| digit == b'0')
            && [1, LARGEST_NUMBER].into_iter().all(|number| pattern.id(LONGEST_BUSINESS, number).is_some());
        fits.then_some(pattern)
    }

    /// The part of a business's IDs before the number: `BRIK-ENG`.
    #[must_use]
    pub fn prefix(&self, business: &str) -> String {
        format!("{business}{}", self.middle)
    }

    /// The ID with this number; `None` if it is not valid, such as past the largest number.
    #[must_use]
    pub fn id(&self, business: &str, number: u64) -> Option<Id> {
        Id::parse(&format!("{business}{}-{number:0width$}", self.middle, width = self.width))
    }
}

impl std::fmt::Display for IdPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{BUSINESS}{}-{{{}}}", self.middle, "0".repeat(self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_give_ids() {
        for (text, id) in [
            ("{business}-ENG-{0000}", "BRIK-ENG-0007"),
            ("{business}-{0}", "BRIK-7"),
            ("{business}-T2-X-{000}", "BRIK-T2-X-007"),
        ] {
            let pattern = IdPattern::parse(text).unwrap();
            assert_eq!(pattern.to_string(), text);
            assert_eq!(pattern.id("BRIK", 7).unwrap().as_str(), id);
            assert_eq!(pattern.id("BRIK", 7).unwrap().prefix(), pattern.prefix("BRIK"));
        }
        assert_eq!(IdPattern::of_cards().id("BRIK", 123_456).unwrap().as_str(), "BRIK-ENG-123456");
        assert!(IdPattern::of_ideas().id("BRIK", 1_000_000_000).is_none());
    }

    #[test]
    fn what_could_give_no_id_is_refused() {
        let long = format!("{{business}}-{}-{{0000}}", "A".repeat(20));
        assert!(IdPattern::parse(&long).is_some());
        let too_long = format!("{{business}}-{}-{}-{{0000}}", "A".repeat(20), "A".repeat(20));
        for bad in [
            "",
            "{business}",
            "{business}-ENG",
            "{business}-ENG-0001",
            "{business}-ENG-{}",
            "{business}-ENG-{0001}",
            "{business}-ENG-{0000000000}",
            "{business}-eng-{0000}",
            "{business}ENG-{0000}",
            "{business}--{0000}",
            "{business}-ENG{0000}",
            "ENG-{business}-{0000}",
            "{business}-ENG-{0000} ",
            "{business}/../X-{0000}",
            &too_long,
        ] {
            assert_eq!(IdPattern::parse(bad), None, "{bad}");
        }
    }
}
