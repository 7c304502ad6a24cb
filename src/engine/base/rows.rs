//! Writing rows: what an entity's row becomes, and which of several files of one stage has it.

use super::{error::EngineError, projection::Row};
use crate::{
    domain::{entity::Entity, id::Id},
    markdown::locate::{Located, Place, locate},
    store::{DocumentRow, Txn},
};

/// Writes an entity's row, or removes it where it should have none.
pub(in crate::engine) fn put_row(write: &Txn, entity: &Entity, row: Option<Row>) -> Result<(), EngineError> {
    match (row, entity) {
        (Some(Row::Card(row)), _) => write.put_card(&row)?,
        (Some(Row::Idea(row)), _) => write.put_idea(&row)?,
        (Some(Row::StageDoc(row)), _) => write.put_stage_doc(&row)?,
        (None, Entity::Card(id)) => write.remove_card(id)?,
        (None, Entity::Idea(id)) => write.remove_idea(id)?,
        (None, Entity::StageDoc { card, stage }) => write.remove_stage_doc(card, stage)?,
        (None, Entity::Comment { .. } | Entity::Note { .. }) => {}
    }
    Ok(())
}

/// Where two spellings claim one stage and audience, the canonical one has it and the other is a note.
pub(in crate::engine) fn settle_spellings(write: &Txn, card: &Id, entity: &Entity) -> Result<(), EngineError> {
    let mut claims: Vec<(Located, DocumentRow)> = Vec::new();
    for row in write.documents_below(card)? {
        if let Place::Document(located) = locate(&row.path)
            && &located.entity == entity
        {
            claims.push((located, row));
        }
    }
    let assigned = assign(&claims.iter().map(|(located, _)| located).collect::<Vec<_>>());
    for ((_, row), entity) in claims.iter().zip(assigned) {
        if row.entity != entity {
            write.put_document(&DocumentRow { entity, ..row.clone() })?;
        }
    }
    Ok(())
}

/// What each of several files of one stage belongs to: one file an audience has the stage, the canonical spelling
/// first, then the first by path; the others are notes of the card.
pub(in crate::engine) fn assign(claims: &[&Located]) -> Vec<Entity> {
    claims
        .iter()
        .map(|located| {
            let rank = |other: &&Located| (!other.canonical, other.path.clone());
            let best = claims.iter().filter(|other| other.audience == located.audience).min_by_key(|other| rank(other));
            match (&located.entity, best) {
                (Entity::StageDoc { card, .. }, Some(best)) if best.path != located.path => Entity::Note {
                    card: card.clone(),
                    name: located.path.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
                },
                (entity, _) => entity.clone(),
            }
        })
        .collect()
}
