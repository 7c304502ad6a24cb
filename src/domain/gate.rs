//! What a move does if the card lacks the stage doc that its new lane requires.

/// How strict a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// The missing stage doc is created from a template.
    Template,
    /// The move is refused, even if the stage doc exists but is still the unchanged template.
    Strict,
}

impl Gate {
    /// Both, the default first.
    pub const ALL: [Self; 2] = [Self::Template, Self::Strict];

    /// The word used in settings and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Strict => "strict",
        }
    }

    /// The gate with this word; `None` if there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gate| gate.as_str() == text)
    }
}
