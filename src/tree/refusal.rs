//! Why something in a tree was not opened or written.

use std::io::{self, ErrorKind};

/// What prevented access. Paths are relative to the root of the tree, with `/`.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The path, or a folder in it, is a symbolic link.
    #[error("{path} is a symbolic link, and links are not followed")]
    Link {
        /// The path of the link.
        path: String,
    },
    /// It is not a regular file but a folder, a pipe or a device.
    #[error("{path} is not a regular file")]
    NotAFile {
        /// Its path.
        path: String,
    },
    /// There is something other than a folder where a folder is needed.
    #[error("{path} is not a folder")]
    NotAFolder {
        /// Its path.
        path: String,
    },
    /// A component of the path is a name that git reserves, on this or another file system.
    #[error("{path} is a place that git keeps for itself")]
    OfGit {
        /// The path that would be used.
        path: String,
    },
    /// The file exceeds the size limit.
    #[error("{path} has {bytes} bytes, which is too large")]
    TooLarge {
        /// Its path.
        path: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// The system reported an error.
    #[error("{path}: {source}")]
    Io {
        /// The path that was opened or written.
        path: String,
        /// The system's error.
        source: io::Error,
    },
}

impl TreeError {
    /// Whether it means that nothing exists at the path: it is missing, or its parent is not a folder.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        match self {
            Self::NotAFolder { .. } => true,
            Self::Io { source, .. } => source.kind() == ErrorKind::NotFound,
            _ => false,
        }
    }
}
