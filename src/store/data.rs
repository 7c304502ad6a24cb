//! Addresses of primary documents, for reads of single keys. Boards and lists do not need them.

use rusqlite::OptionalExtension as _;

use super::{error::StoreError, snapshot::Snapshot};
use crate::domain::{entity::Entity, hash::Sha256};

impl Snapshot {
    /// The hash of an entity's primary document; `None` if the entity has no row.
    pub fn primary_of(&self, entity: &Entity) -> Result<Option<Sha256>, StoreError> {
        let card = "SELECT sha256 FROM business_os_cards WHERE id = ?1";
        let idea = "SELECT sha256 FROM business_os_ideas WHERE id = ?1";
        let stage_doc = "SELECT sha256 FROM business_os_stage_docs WHERE id = ?1";
        let (table, sql) = match entity {
            Entity::Card(_) => ("business_os_cards", card),
            Entity::Idea(_) => ("business_os_ideas", idea),
            Entity::StageDoc { .. } => ("business_os_stage_docs", stage_doc),
            Entity::Comment { .. } | Entity::Note { .. } => return Ok(None),
        };
        let key = entity.id();
        let text: Option<String> =
            self.connection.prepare_cached(sql)?.query_row([&key], |row| row.get(0)).optional()?;
        let Some(text) = text else { return Ok(None) };
        let odd = || StoreError::Row { table, key, what: format!("{text:?} is no SHA-256") };
        Sha256::parse(&text).ok_or_else(odd).map(Some)
    }
}
