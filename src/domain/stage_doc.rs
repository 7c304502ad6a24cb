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

/// The allowed values of `Type`, the usual one first.
pub const TYPES: [&str; 3] = ["Stage", "StageDoc", "Stage-Doc"];

/// One stage of one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageDoc {
    /// The card's ID, from the folder.
    pub card: Id,
    /// The canonical stage.
    pub stage: Stage,
    /// The audience of the primary document.
    pub audience: Audience,
    /// `Created`, else the time of the first log entry.
    pub created: String,
    /// The latest date under any spelling of `Updated`, else `created`.
    pub updated: String,
    /// The path of the primary document.
    pub path: DocPath,
    /// The hash of its current text.
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
