//! An idea as lists show it.

use super::{
    card::{Source, business, created_and_updated, owned, title},
    doc_path::DocPath,
    hash::Sha256,
    id::Id,
    value::Fields,
};

/// The statuses that the program knows; others are kept, with a warning.
pub const STATUSES: [&str; 4] = ["raw", "worked", "converted", "dropped"];

/// The allowed values of an idea's `Type`, the usual one first.
pub const KINDS: [&str; 2] = ["Idea", "Opportunity"];

/// The folder an idea lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// `ideas/inbox/`.
    Inbox,
    /// `ideas/worked/`.
    Worked,
}

impl Location {
    /// The folder's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Worked => "worked",
        }
    }

    /// The location with this folder name; `None` if there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "inbox" => Some(Self::Inbox),
            "worked" => Some(Self::Worked),
            _ => None,
        }
    }
}

/// One idea. Defaults are filled in here and never written to the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idea {
    /// Its ID, from the file name; the name itself if it is not an ID.
    pub id: Id,
    /// `Business`, else the business in the ID's prefix; empty if there is neither.
    pub business: String,
    /// `Type`: `Idea` or `Opportunity`.
    pub kind: Option<String>,
    /// `Status`, as written.
    pub status: Option<String>,
    /// `Priority`, as written.
    pub priority: Option<String>,
    /// The folder.
    pub location: Location,
    /// `Title`, else the first H1, else the ID.
    pub title: String,
    /// `Tags`.
    pub tags: Vec<String>,
    /// `Created` or `Created-Date`, else the time of the first log entry.
    pub created: String,
    /// The latest date under any spelling of `Updated`, else `created`.
    pub updated: String,
    /// `Card-ID`: the card it became.
    pub card_id: Option<String>,
    /// Whether it lies below an `archive` folder.
    pub archived: bool,
    /// The path of the primary document.
    pub path: DocPath,
    /// The hash of its current text.
    pub sha256: Sha256,
}

impl Idea {
    /// Reads an idea from its primary document.
    #[must_use]
    pub fn read(id: &Id, location: Location, fields: &Fields, body: &str, source: &Source<'_>) -> Self {
        let (created, updated) = created_and_updated(fields, source.first_seen);
        let text = |key| fields.text(key).map(str::to_owned);
        Self {
            id: id.clone(),
            business: business(id, fields),
            kind: text("Type"),
            status: text("Status"),
            priority: text("Priority"),
            location,
            title: title(id, fields, body),
            tags: owned(fields.items("Tags")),
            created,
            updated,
            card_id: text("Card-ID"),
            archived: source.archived,
            path: source.path.clone(),
            sha256: source.sha256.clone(),
        }
    }
}
