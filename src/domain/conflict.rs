//! What a merge could not settle: three versions of one document, waiting for a person.

use super::{doc_path::DocPath, hash::Sha256, state::Found};

/// An open conflict between the database and another place that holds the document. One document may have several, each
/// with another place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The document.
    pub path: DocPath,
    /// The place that holds the other text.
    pub with: Other,
    /// The text both began with; `None` where there was none.
    pub base: Option<Sha256>,
    /// The text of the database; `None` where it was removed.
    pub ours: Option<Sha256>,
    /// The other text; `None` where it was removed.
    pub theirs: Option<Sha256>,
    /// The commit that holds the other text, where it is known.
    pub commit: Option<String>,
    /// When it was found, an instant in UTC.
    pub at: String,
}

/// Another place that holds documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Other {
    /// A file of the work tree; it lies elsewhere than the document where the database has moved that.
    File(DocPath),
    /// A branch, by its short name, or a commit.
    Revision(String),
}

/// How the work tree is called among the places.
const FILE: &str = "file";

impl Other {
    /// A branch by its short name, or a commit.
    #[must_use]
    pub fn revision(name: &str) -> Self {
        // As git spells a branch out whose short name means something else.
        Self::Revision(if name == FILE { format!("heads/{name}") } else { name.to_owned() })
    }

    /// What a person calls it: `file`, or the branch or the commit.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::File(_) => FILE,
            Self::Revision(name) => name,
        }
    }
}

impl Conflict {
    /// Whether it still is what it was: once either side has changed, the next import decides anew.
    #[must_use]
    pub fn stands(&self, file: Found<'_>, database: Option<&Sha256>) -> bool {
        let theirs = match file {
            Found::Nothing => self.theirs.is_none(),
            Found::Text(sha) => self.theirs.as_ref() == Some(sha),
            Found::Unreadable => false,
        };
        theirs && self.ours.as_ref() == database
    }
}
