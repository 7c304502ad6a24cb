//! The items of every list in the form that was asked for: in full or in brief, with front matter keys under `fields`.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    cli::shape::{Picked, Shape},
    domain::value::FieldValue,
};

/// What is left of a card in brief.
pub(crate) const CARD: [&str; 4] = ["id", "lane", "priority", "title"];

/// What is left of an idea in brief.
pub(crate) const IDEA: [&str; 3] = ["id", "status", "title"];

/// What is left of a stage doc in brief.
pub(crate) const STAGE_DOC: [&str; 3] = ["card", "stage", "updated"];

/// What is left of a hit of a search in brief.
pub(crate) const HIT: [&str; 3] = ["entity", "id", "title"];

/// What is left of a business in brief.
pub(crate) const BUSINESS: [&str; 2] = ["id", "name"];

/// One item of a list; `picked` are the values of the shape's keys.
pub(crate) fn item(full: &impl Serialize, brief: &[&str], shape: &Shape, picked: &Picked) -> Value {
    let mut item = if shape.is_brief() { shortened(full, brief) } else { object(full) };
    if !shape.fields.is_empty() {
        let values = picked.iter().map(|value| value.as_ref().map_or(Value::Null, FieldValue::to_json));
        item.insert("fields".to_owned(), Value::Object(shape.fields.iter().cloned().zip(values).collect()));
    }
    Value::Object(item)
}

/// Only these keys of an item, in this order.
pub(crate) fn shortened(full: &impl Serialize, brief: &[&str]) -> Map<String, Value> {
    let mut full = object(full);
    let kept = brief.iter().map(|key| ((*key).to_owned(), full.remove(*key).unwrap_or_default()));
    kept.collect()
}

fn object(item: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(item) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
