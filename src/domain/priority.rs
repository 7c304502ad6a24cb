//! Priorities, with P0 the most urgent.

use super::one_of::OneOf;

/// How urgent a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Priority(u8);

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 6] = [Self(0), Self(1), Self(2), Self(3), Self(4), Self(5)];
    /// The priority of a card that does not name one.
    pub const DEFAULT: Self = Self(2);
    /// The rank of an unknown priority, after all others.
    pub const UNKNOWN_RANK: u8 = 6;

    /// The priority with exactly this spelling: `P0` to `P5`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text)
    }

    /// The priority a person means: any case.
    #[must_use]
    pub fn from_argument(text: &str) -> Option<Self> {
        Self::parse(&text.trim().to_ascii_uppercase())
    }

    /// Reads the value of a document's `Priority` key.
    #[must_use]
    pub fn read(text: &str) -> OneOf<Self> {
        Self::parse(text).map_or_else(|| OneOf::Other(text.to_owned()), OneOf::Known)
    }

    /// `P0` to `P5`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        ["P0", "P1", "P2", "P3", "P4", "P5"][usize::from(self.0)]
    }

    /// Its rank, 0 to 5; lower is more urgent.
    #[must_use]
    pub fn rank(self) -> u8 {
        self.0
    }
}
