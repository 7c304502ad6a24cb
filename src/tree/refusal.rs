//! Why something in a tree was not opened or not written.

use std::io::{self, ErrorKind};

/// What was found in the way. Paths are relative to the root of the tree, with `/`.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The path, or a folder on the way to it, is a link.
    #[error("{path} is a symbolic link, and links are not followed")]
    Link {
        /// Where the link is.
        path: String,
    },
    /// A folder, a pipe, a device.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// Where it is.
        path: String,
    },
    /// Something else where a folder should be.
    #[error("{path} is not a folder")]
    NotAFolder {
        /// Where it is.
        path: String,
    },
    /// A part of the path is a name that git keeps for itself, on this or another file system.
    #[error("{path} is a place that git keeps for itself")]
    OfGit {
        /// Where it would be.
        path: String,
    },
    /// The file is larger than what is read.
    #[error("{path} has {bytes} bytes, which is too large")]
    TooLarge {
        /// Where it is.
        path: String,
        /// Its size.
        bytes: u64,
    },
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// What was opened or written.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

impl TreeError {
    /// Whether it means that nothing has the path: it is not there, or below something that is no folder.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::NotAFolder { .. } => true,
            Self::Io { source, .. } => source.kind() == ErrorKind::NotFound,
            _ => false,
        }
    }
}
