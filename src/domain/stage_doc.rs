//! A stage doc as lists show it.

use super::{
    audience::Audience,
    card::{Source, created_and_updated},
    doc_path::DocPath,
    hash::Sha256,
    id::Id,
    stage::Stage,
    value::Fields,
};

/// What `Type` may be, the usual word first.
pub const TYPES: [&str; 3] = ["Stage", "StageDoc", "Stage-Doc"];

/// One stage of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDoc {
    /// The card, from the folder.
    pub card: Id,
    /// The stage, canonical.
    pub stage: Stage,
    /// The audience of the primary document.
    pub audience: Audience,
    /// `Created`, else the first log entry's time.
    pub created: String,
    /// The latest spelling of `Updated`, else `created`.
    pub updated: String,
    /// The primary document.
    pub path: DocPath,
    /// Its current text.
    pub sha256: Sha256,
}

impl StageDoc {
    /// Reads a stage doc from its primary document.
    #[must_use]
    pub fn read(card: &Id, stage: &Stage, audience: Audience, fields: &Fields, source: &Source<'_>) -> Self {
        let (created, updated) = created_and_updated(fields, source.first_seen);
        Self {
            card: card.clone(),
            stage: stage.clone(),
            audience,
            created,
            updated,
            path: source.path.clone(),
            sha256: source.sha256.clone(),
        }
    }
}
