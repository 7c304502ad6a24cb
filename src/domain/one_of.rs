//! A value from a closed set, or the odd text that stood in its place. Odd values are kept, never dropped.

/// What a document says where a known word is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOf<T> {
    /// One of the words.
    Known(T),
    /// Something else, as written.
    Other(String),
}

impl<T: Copy> OneOf<T> {
    /// The known value, if it is one.
    #[must_use]
    pub fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Other(_) => None,
        }
    }
}
