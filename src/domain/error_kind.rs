//! The kinds of failure that every interface distinguishes. The wording belongs to the errors themselves.

/// Why a request failed; determines the exit code of the CLI and, later, the status of other interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request itself is malformed.
    Usage,
    /// Something the request names does not exist.
    NotFound,
    /// The content breaks a rule; nothing was written.
    Invalid,
    /// The actor is not allowed to do this; nothing was written.
    Denied,
    /// The request is based on an outdated state.
    Conflict,
    /// Another writer held the database for longer than the timeout.
    Busy,
    /// A required resource is unavailable: a disk, a folder, git.
    Unavailable,
    /// A bug in this program.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of the exit-code table.
    pub const ALL: [Self; 8] = [
        Self::Usage,
        Self::NotFound,
        Self::Invalid,
        Self::Denied,
        Self::Conflict,
        Self::Busy,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The word used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Denied => "denied",
            Self::Conflict => "conflict",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}
