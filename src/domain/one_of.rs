//! A value from a closed set, or the unknown text in its place. Unknown values are kept, never dropped.

/// The value of a field that should hold a known word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOf<T> {
    /// One of the known words.
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
