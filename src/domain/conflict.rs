//! What a merge could not settle: three versions of one document that wait for a person's decision.

use super::{doc_path::DocPath, hash::Sha256, state::Found};

/// An open conflict between the database and another place that holds the document. A document may have several, each
/// with a different place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The document.
    pub path: DocPath,
    /// The place that holds the other text.
    pub with: Other,
    /// The common base; `None` if there was none.
    pub base: Option<Sha256>,
    /// The database's text; `None` if the document was removed there.
    pub ours: Option<Sha256>,
    /// The other text; `None` if the document was removed there.
    pub theirs: Option<Sha256>,
    /// The commit that holds the other text, if known.
    pub commit: Option<String>,
    /// When it was detected, an instant in UTC.
    pub at: String,
}

/// Another place that holds documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Other {
    /// A file of the work tree; its path differs from the document's if the database has moved the document.
    File(DocPath),
    /// A branch, by its short name, or a commit.
    Revision(String),
}

/// The name of the work tree among the places.
const FILE: &str = "file";

impl Other {
    /// A branch by its short name, or a commit.
    #[must_use]
    pub fn revision(name: &str) -> Self {
        // Git writes a branch as `heads/<name>` when its short name is ambiguous.
        Self::Revision(if name == FILE { format!("heads/{name}") } else { name.to_owned() })
    }

    /// The name shown to people: `file`, or the branch or commit.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::File(_) => FILE,
            Self::Revision(name) => name,
        }
    }
}

impl Conflict {
    /// The name of the other place among those of the document: `file`, the path of a file that is elsewhere than the
    /// document, or the branch or commit.
    #[must_use]
    pub fn place(&self) -> &str {
        match &self.with {
            Other::File(file) if *file != self.path => file.as_str(),
            with => with.name(),
        }
    }

    /// Whether it still applies to a place: once either side has changed, the next import decides again. One with a
    /// branch or commit applies to every place that has the text from there, whatever the database has by now.
    #[must_use]
    pub fn stands(&self, file: Found<'_>, database: Option<&Sha256>) -> bool {
        let theirs = match file {
            Found::Nothing => self.theirs.is_none(),
            Found::Text(sha) => self.theirs.as_ref() == Some(sha),
            Found::Unreadable => false,
        };
        theirs && (matches!(self.with, Other::Revision(_)) || self.ours.as_ref() == database)
    }
}
