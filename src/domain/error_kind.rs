//! The kinds of failure every interface tells apart. Wording lives with the errors themselves.

/// Why a request failed; decides the exit code of the CLI and, later, the status of other interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request itself is malformed.
    Usage,
    /// What it names does not exist.
    NotFound,
    /// Its content breaks a rule; nothing was written.
    Invalid,
    /// The actor may not do it; nothing was written.
    Denied,
    /// It is based on something that has moved on.
    Conflict,
    /// Another writer holds the database past the timeout.
    Busy,
    /// Something it needs cannot be reached: a disk, a folder, git.
    Unavailable,
    /// A defect in this program.
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
