//! What a merge could not settle: three versions of one document, waiting for a person.

use super::{doc_path::DocPath, hash::Sha256, state::Found};

/// An open conflict between the database and a place that holds files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The document.
    pub path: DocPath,
    /// The text both began with; `None` where there was none.
    pub base: Option<Sha256>,
    /// The text of the database; `None` where it was removed.
    pub ours: Option<Sha256>,
    /// The other text; `None` where it was removed.
    pub theirs: Option<Sha256>,
    /// The revision that holds the other text, as it was asked for; `None` where it is the file's.
    pub revision: Option<String>,
    /// When it was found, an instant in UTC.
    pub at: String,
}

impl Conflict {
    /// Whether it still is what it was: once either side has changed, the next import decides anew.
    #[must_use]
    pub fn stands(&self, file: Found<'_>, database: Option<&Sha256>) -> bool {
        let theirs = match file {
            _ if self.revision.is_some() => true,
            Found::Nothing => self.theirs.is_none(),
            Found::Text(sha) => self.theirs.as_ref() == Some(sha),
            Found::Unreadable => false,
        };
        theirs && self.ours.as_ref() == database
    }
}
