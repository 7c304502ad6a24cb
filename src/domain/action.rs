//! What a log entry records as its action: the command that asked for the change.

use std::fmt::{self, Display};

/// What was done to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// A proposed lane was accepted.
    Accept,
    /// A card was archived.
    Archive,
    /// A card was marked as blocked.
    Block,
    /// Somebody claimed a card for a time, or released it.
    Claim,
    /// A comment was added.
    Comment,
    /// A card was made from an idea.
    Convert,
    /// The entity was created with this program.
    Create,
    /// A card was deleted, with everything attached to it.
    Delete,
    /// An idea was dropped.
    Drop,
    /// Its text was changed in an editor.
    Edit,
    /// A text, or a removal, came from a file or a commit.
    Import,
    /// Changes made in both file and database were merged.
    Merge,
    /// A card was moved to another lane.
    Move,
    /// A move to a lane was proposed.
    Propose,
    /// The entity got another ID, because another clone had given out the same one.
    Renumber,
    /// A person resolved a conflict.
    Resolve,
    /// Front matter or body was changed by a command.
    Set,
    /// The database's text was restored after a file's text was recorded.
    Settle,
    /// A card was taken out of the archive.
    Unarchive,
    /// A card was marked as no longer blocked.
    Unblock,
    /// Earlier entries were undone.
    Undo,
    /// An idea was marked as worked and left the inbox.
    Work,
}

impl Action {
    /// Every action, sorted by its word.
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

    /// The word used in the log.
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

    /// The action with this word; `None` if there is none.
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
