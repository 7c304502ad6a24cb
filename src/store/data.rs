//! The whole of an entity as its row holds it, for reads of single keys. Boards and lists do without.

use std::collections::HashMap;

use rusqlite::OptionalExtension as _;
use serde_json::Value;

use super::{connection::Store, error::StoreError};
use crate::domain::{entity::Entity, value::FieldValue};

/// Keys of the row that are no front matter keys.
const ADDED: [&str; 3] = ["content", "filePath", "fileSha"];

impl Store {
    /// The front matter of an entity's primary document; `None` where the entity has no row.
    pub fn data_of(&self, entity: &Entity) -> Result<Option<HashMap<String, FieldValue>>, StoreError> {
        let card = "SELECT data_json FROM business_os_cards WHERE id = ?1";
        let idea = "SELECT data_json FROM business_os_ideas WHERE id = ?1";
        let stage_doc = "SELECT data_json FROM business_os_stage_docs WHERE id = ?1";
        let (table, sql) = match entity {
            Entity::Card(_) => ("business_os_cards", card),
            Entity::Idea(_) => ("business_os_ideas", idea),
            Entity::StageDoc { .. } => ("business_os_stage_docs", stage_doc),
            Entity::Comment { .. } | Entity::Note { .. } => return Ok(None),
        };
        let id = entity.id();
        let text: Option<String> =
            self.connection.prepare_cached(sql)?.query_row([&id], |row| row.get(0)).optional()?;
        let Some(text) = text else { return Ok(None) };
        let odd = |what: String| StoreError::Row { table, key: id.clone(), what };
        let data: HashMap<String, Value> = serde_json::from_str(&text).map_err(|error| odd(error.to_string()))?;
        let fields = data.into_iter().filter(|(key, _)| !ADDED.contains(&key.as_str()));
        let read = |(key, value)| match field(&value) {
            Some(value) => Ok((key, value)),
            None => Err(odd(format!("{key} holds {value}"))),
        };
        fields.map(read).collect::<Result<_, _>>().map(Some)
    }
}

fn field(value: &Value) -> Option<FieldValue> {
    Some(match value {
        Value::Bool(value) => FieldValue::Bool(*value),
        Value::String(text) => FieldValue::Str(text.clone()),
        Value::Array(items) => {
            FieldValue::List(items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()?)
        }
        Value::Null | Value::Number(_) | Value::Object(_) => return None,
    })
}
