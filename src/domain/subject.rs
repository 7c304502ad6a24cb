//! What an entry of the log is about.

use super::{entity::Entity, id::Id};

/// What an entry is about: an entity with documents, or something without any, which another version of the program
/// may know more about. Its entries are kept, shown and proved like all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A card, an idea, or what is attached to a card.
    Entity(Entity),
    /// Something that has no documents.
    Other {
        /// Its kind, none of [`Entity::KINDS`].
        kind: String,
        /// Its identifier within the kind.
        id: String,
    },
}

impl Subject {
    /// The subject with this kind and identifier; `None` for an identifier that no entity of the kind can have, and where
    /// one is empty.
    #[must_use]
    pub fn parse(kind: &str, id: &str) -> Option<Self> {
        match Entity::parse(kind, id) {
            Some(entity) => Some(Self::Entity(entity)),
            None if Entity::KINDS.contains(&kind) || kind.is_empty() || id.is_empty() => None,
            None => Some(Self::Other { kind: kind.to_owned(), id: id.to_owned() }),
        }
    }

    /// The word for its kind in the log, the database and JSON.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Entity(entity) => entity.kind(),
            Self::Other { kind, .. } => kind,
        }
    }

    /// Its identifier within its kind.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Entity(entity) => entity.id(),
            Self::Other { id, .. } => id.clone(),
        }
    }

    /// The entity, where it is one.
    #[must_use]
    pub fn entity(&self) -> Option<&Entity> {
        match self {
            Self::Entity(entity) => Some(entity),
            Self::Other { .. } => None,
        }
    }

    /// The card or idea that it is, or is attached to.
    #[must_use]
    pub fn owner(&self) -> Option<&Id> {
        self.entity().map(Entity::owner)
    }
}

impl PartialEq<Entity> for Subject {
    fn eq(&self, other: &Entity) -> bool {
        self.entity() == Some(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_log_is_about_is_read_and_named_as_it_was() {
        for (kind, id) in [("card", "BRIK-ENG-0001"), ("comment", "BRIK-ENG-0001/comments/a.md"), ("token", "ci")] {
            let subject = Subject::parse(kind, id).unwrap();
            assert_eq!((subject.kind(), subject.id().as_str()), (kind, id));
            assert_eq!(subject.owner().is_some(), kind != "token");
        }
        for (kind, id) in [("card", "no ID"), ("stage_doc", "BRIK-ENG-0001"), ("", "ci"), ("token", "")] {
            assert_eq!(Subject::parse(kind, id), None);
        }
    }
}
