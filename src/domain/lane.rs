//! The seven lanes of a board, and the stage doc each requires.

use super::{one_of::OneOf, stage::Stage};

/// A column of the board, in board order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Not looked at yet.
    Inbox,
    /// Being investigated.
    FactFinding,
    /// Ready to build.
    Planned,
    /// Being built.
    InProgress,
    /// Waiting for something.
    Blocked,
    /// Built.
    Done,
    /// Reviewed after completion.
    Reflected,
}

impl Lane {
    /// Every lane, in board order.
    pub const ALL: [Self; 7] =
        [Self::Inbox, Self::FactFinding, Self::Planned, Self::InProgress, Self::Blocked, Self::Done, Self::Reflected];

    /// The spelling in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "Inbox",
            Self::FactFinding => "Fact-finding",
            Self::Planned => "Planned",
            Self::InProgress => "In progress",
            Self::Blocked => "Blocked",
            Self::Done => "Done",
            Self::Reflected => "Reflected",
        }
    }

    /// The lane with exactly this spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.as_str() == text)
    }

    /// The lane a person means: any case, with `-`, `_` or a space between words.
    #[must_use]
    pub fn from_argument(text: &str) -> Option<Self> {
        let folded = fold(text);
        Self::ALL.into_iter().find(|lane| fold(lane.as_str()) == folded)
    }

    /// Reads the value of a document's `Lane` key.
    #[must_use]
    pub fn read(text: &str) -> OneOf<Self> {
        Self::parse(text).map_or_else(|| OneOf::Other(text.to_owned()), OneOf::Known)
    }

    /// The position on the board, from 0.
    #[must_use]
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The rank of the group "Unknown lane", after all lanes.
    pub const UNKNOWN_RANK: u8 = 7;

    /// The stage doc that a card in this lane should have.
    #[must_use]
    pub fn stage_doc(self) -> Option<Stage> {
        match self {
            Self::FactFinding => Some(Stage::fact_find()),
            Self::Planned => Some(Stage::plan()),
            Self::InProgress => Some(Stage::build()),
            Self::Reflected => Some(Stage::reflect()),
            Self::Inbox | Self::Blocked | Self::Done => None,
        }
    }
}

pub(super) fn fold(text: &str) -> String {
    text.trim().chars().map(|c| if matches!(c, '_' | ' ') { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_take_any_case_and_separator() {
        for text in ["in-progress", "In progress", "IN_PROGRESS", " in progress "] {
            assert_eq!(Lane::from_argument(text), Some(Lane::InProgress), "{text}");
        }
        assert_eq!(Lane::from_argument("doing"), None);
        assert_eq!(Lane::parse("in progress"), None);
    }
}
