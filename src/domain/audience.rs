//! Whom a document is written for.

/// The audience in a file name: `.user.md` for people, `.agent.md` for agents, none for notes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// `.user.md`, the primary document of its entity.
    User,
    /// `.agent.md`, the companion; it is the primary document if there is no other.
    Agent,
}

impl Audience {
    /// The word used in file names, the database and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Agent => "agent",
        }
    }

    /// The audience with this word; `None` if there is none.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "agent" => Some(Self::Agent),
            _ => None,
        }
    }
}
