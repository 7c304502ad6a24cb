//! For whom a document is written.

/// The audience in a file name: `.user.md` for people, `.agent.md` for agents, none for notes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Audience {
    /// `.user.md`, the primary document of its entity.
    User,
    /// `.agent.md`, the companion; the primary where there is no other.
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

    /// Reads the word back.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "agent" => Some(Self::Agent),
            _ => None,
        }
    }
}
