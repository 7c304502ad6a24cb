//! What a change is about, and what became of it.

use crate::domain::{doc_path::DocPath, entity::Entity, id::Id, lane::Lane};

/// What a change is about, and what its caller has seen of it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The ID of a card or an idea, as typed.
    pub id: String,
    /// The text the caller looked at, as a SHA-256.
    pub expect: Option<String>,
    /// Why the claim of somebody else is taken over, where there is one; else it stands in the way.
    pub take_over: Option<String>,
}

impl Target {
    /// A card or an idea as it is now, whoever has claimed it in the way.
    #[must_use]
    pub fn of(id: &str) -> Self {
        Self { id: id.to_owned(), expect: None, take_over: None }
    }
}

/// What became of one change.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What it was about; for one that made something, what was made.
    pub entity: Entity,
    /// Whether anything is different now.
    pub changed: bool,
    /// Whether it was not there before.
    pub created: bool,
    /// Of a card that went to another lane: from where, as written, and to which.
    pub moved: Option<(String, Lane)>,
    /// Documents made on the way, such as the stage doc that a lane asks for.
    pub made: Vec<DocPath>,
}

impl Outcome {
    /// Nothing but whether it changed.
    pub(super) fn of(entity: Entity, changed: bool) -> Self {
        Self { entity, changed, created: false, moved: None, made: Vec::new() }
    }

    /// Something new.
    pub(super) fn created(entity: Entity) -> Self {
        Self { created: true, ..Self::of(entity, true) }
    }

    /// The ID of the card or idea.
    #[must_use]
    pub fn id(&self) -> &Id {
        self.entity.owner()
    }
}
