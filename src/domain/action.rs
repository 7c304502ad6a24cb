//! What an entry of the log says was done: the command that asked for the change.

use std::fmt::{self, Display};

/// What was done to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// A proposed lane was taken up.
    Accept,
    /// A card left the board.
    Archive,
    /// Something stands in the way.
    Block,
    /// Somebody took a card for a time, or let it go.
    Claim,
    /// A comment was made.
    Comment,
    /// A card was made of an idea.
    Convert,
    /// It was made here.
    Create,
    /// A card was taken away, with all that was attached to it.
    Delete,
    /// An idea was given up.
    Drop,
    /// Its text was changed in an editor.
    Edit,
    /// It came from a file or a commit, also a removal.
    Import,
    /// What file and database had both changed was brought together.
    Merge,
    /// A card changed its lane.
    Move,
    /// A lane was proposed.
    Propose,
    /// It got another ID, since another clone had given out the same.
    Renumber,
    /// A person settled a conflict.
    Resolve,
    /// Front matter or body were changed.
    Set,
    /// The database's text was put back upon a file's.
    Settle,
    /// A card came back to the board.
    Unarchive,
    /// Nothing stands in the way any more.
    Unblock,
    /// Earlier entries were taken back.
    Undo,
    /// An idea was worked out, and left the inbox.
    Work,
}

impl Action {
    /// Every action, in the order of the words.
    pub const ALL: [Self; 22] = [
        Self::Accept,
        Self::Archive,
        Self::Block,
        Self::Claim,
        Self::Comment,
        Self::Convert,
        Self::Create,
        Self::Delete,
        Self::Drop,
        Self::Edit,
        Self::Import,
        Self::Merge,
        Self::Move,
        Self::Propose,
        Self::Renumber,
        Self::Resolve,
        Self::Set,
        Self::Settle,
        Self::Unarchive,
        Self::Unblock,
        Self::Undo,
        Self::Work,
    ];

    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Archive => "archive",
            Self::Block => "block",
            Self::Claim => "claim",
            Self::Comment => "comment",
            Self::Convert => "convert",
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Drop => "drop",
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Merge => "merge",
            Self::Move => "move",
            Self::Propose => "propose",
            Self::Renumber => "renumber",
            Self::Resolve => "resolve",
            Self::Set => "set",
            Self::Settle => "settle",
            Self::Unarchive => "unarchive",
            Self::Unblock => "unblock",
            Self::Undo => "undo",
            Self::Work => "work",
        }
    }

    /// The action that a word of the log names.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

impl Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_stand_in_order() {
        let words = Action::ALL.map(Action::as_str);
        assert_eq!(words.map(Action::parse), Action::ALL.map(Some));
        assert!(words.is_sorted());
        assert_eq!(Action::parse("Import"), None);
    }
}
