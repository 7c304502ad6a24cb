//! The JSON Schema of a kind, generated from its type.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{KINDS, Kind, tag};

/// `bos.schemas/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Kinds {
    total: usize,
    kinds: Vec<KindLine>,
}

/// One kind of document.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KindLine {
    /// The argument of `bos schema`.
    pub(crate) name: &'static str,
    /// The document's `schema` value.
    pub(crate) schema: String,
    /// What the document contains.
    pub(crate) about: &'static str,
}

impl Kinds {
    /// All kinds.
    pub(crate) fn all() -> Self {
        let kinds = KINDS.iter().map(|kind| KindLine { name: kind.name, schema: tag(kind.name), about: kind.about });
        Self { total: KINDS.len(), kinds: kinds.collect() }
    }

    /// A line for each kind.
    pub(crate) fn lines(&self) -> &[KindLine] {
        &self.kinds
    }
}

/// The schema of documents of this kind. Keys may be added without a new version, so additional ones are allowed.
pub(super) fn of<T: Kind>(about: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut body = generator.into_root_schema_for::<T>().to_value();
    let mut document = Map::new();
    let Some(object) = body.as_object_mut() else { return body };
    document.insert("$schema".to_owned(), object.remove("$schema").unwrap_or_default());
    document.insert("title".to_owned(), json!(tag(T::NAME)));
    document.insert("description".to_owned(), json!(about));
    document.insert("type".to_owned(), json!("object"));
    let mut properties = Map::new();
    properties.insert("schema".to_owned(), json!({"const": tag(T::NAME)}));
    properties.extend(object.remove("properties").and_then(|own| own.as_object().cloned()).unwrap_or_default());
    let notes = "Notes for people beside the answer; absent if there are none.";
    properties.insert("notes".to_owned(), json!({"description": notes, "type": "array", "items": {"type": "string"}}));
    document.insert("properties".to_owned(), Value::Object(properties));
    let own = object.remove("required").and_then(|own| own.as_array().cloned()).unwrap_or_default();
    document.insert("required".to_owned(), [vec![json!("schema")], own].concat().into());
    for (key, value) in std::mem::take(object) {
        document.entry(key).or_insert(value);
    }
    Value::Object(document)
}
