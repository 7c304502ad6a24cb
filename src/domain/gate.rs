//! What a move does about a stage doc that its lane asks for and the card does not have.

/// How strict a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The missing stage doc is made from a template.
    Template,
    /// The move is refused, also where the stage doc still is its template.
    Strict,
}

impl Gate {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Template, Self::Strict];

    /// The word in settings and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Strict => "strict",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.as_str() == text)
    }
}
