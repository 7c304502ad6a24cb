//! Who ran a write and who asked for it. A name cannot forge a trailer or a terminal escape.

use super::text::is_unprintable;

/// A checked name: 1 to 100 characters, no control or bidirectional characters, none of `, = < >`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(String);

/// Why a name was rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActorError {
    /// The name is empty or only white space.
    #[error("a name of an actor is empty")]
    Empty,
    /// More than 100 characters.
    #[error("a name of an actor has {length} characters, more than 100")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// It contains a character that could forge a trailer or reorder text.
    #[error("a name of an actor holds the character {character:?}, which is not allowed")]
    Character {
        /// The first such character.
        character: char,
    },
}

impl Actor {
    /// Validates a name; surrounding white space is removed.
    pub fn parse(name: &str) -> Result<Self, ActorError> {
        let name = name.trim();
        let length = name.chars().count();
        if length == 0 {
            return Err(ActorError::Empty);
        }
        if length > 100 {
            return Err(ActorError::TooLong { length });
        }
        match name.chars().find(|c| is_unprintable(*c) || matches!(c, ',' | '=' | '<' | '>')) {
            Some(character) => Err(ActorError::Character { character }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The actor whose name is not known.
    #[must_use]
    pub fn unknown() -> Self {
        Self("unknown".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_forge_a_trailer() {
        assert!(Actor::parse("Pete").is_ok());
        assert_eq!(Actor::parse(" Zoë van Dam ").map(|a| a.as_str().to_owned()), Ok("Zoë van Dam".to_owned()));
        for bad in ["", "  ", "a\nAudit: b", "a=b", "a,b", "<a>", "a\u{202E}b", &"x".repeat(101)] {
            assert!(Actor::parse(bad).is_err(), "{bad:?}");
        }
    }
}
