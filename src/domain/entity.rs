//! What a document belongs to: the things that have a history of their own.

use super::{id::Id, stage::Stage};

/// A thing with a history; each log entry is about one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Entity {
    /// A card on a board.
    Card(Id),
    /// An idea, in the inbox or worked; its ID is the file's name if that does not contain an ID.
    Idea(Id),
    /// One stage of a card.
    StageDoc {
        /// The card.
        card: Id,
        /// The canonical stage.
        stage: Stage,
    },
    /// One comment on a card.
    Comment {
        /// The card.
        card: Id,
        /// The file name.
        name: String,
    },
    /// A file attached to a card.
    Note {
        /// The card.
        card: Id,
        /// The file name.
        name: String,
    },
}

impl Entity {
    /// The words for all kinds.
    pub const KINDS: [&str; 5] = ["card", "idea", "stage_doc", "comment", "note"];

    /// The word used in the log, the database and JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Card(_) => "card",
            Self::Idea(_) => "idea",
            Self::StageDoc { .. } => "stage_doc",
            Self::Comment { .. } => "comment",
            Self::Note { .. } => "note",
        }
    }

    /// The identifier within its kind: an ID, or `<card>/<stage>`, `<card>/comments/<file>`, `<card>/<file>`.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Card(id) | Self::Idea(id) => id.as_str().to_owned(),
            Self::StageDoc { card, stage } => format!("{card}/{}", stage.as_str()),
            Self::Comment { card, name } => format!("{card}/comments/{name}"),
            Self::Note { card, name } => format!("{card}/{name}"),
        }
    }

    /// The card or idea itself, or the card it is attached to.
    #[must_use]
    pub fn owner(&self) -> &Id {
        match self {
            Self::Card(id) | Self::Idea(id) => id,
            Self::StageDoc { card, .. } | Self::Comment { card, .. } | Self::Note { card, .. } => card,
        }
    }

    /// The inverse of [`Entity::kind`] and [`Entity::id`]; `None` if they name no entity.
    #[must_use]
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        match kind {
            "card" => Some(Self::Card(Id::parse(id)?)),
            "idea" => Some(Self::Idea(Id::of_idea(id)?)),
            _ => {
                let (card, name) = id.split_once('/')?;
                let card = Id::parse(card)?;
                match kind {
                    "stage_doc" => Some(Self::StageDoc { card, stage: Stage::parse(name)? }),
                    "comment" => Some(Self::Comment { card, name: name.strip_prefix("comments/")?.to_owned() }),
                    "note" => Some(Self::Note { card, name: name.to_owned() }),
                    _ => None,
                }
            }
        }
    }
}
