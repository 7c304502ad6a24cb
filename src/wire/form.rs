//! List items in the requested form: in full or in brief, with front matter keys under `fields`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::value::Picked;

/// How much of each item a list shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    /// Only what identifies it.
    pub(crate) brief: bool,
    /// Front matter keys to include, under `fields`.
    pub(crate) keys: &'a [String],
}

/// Front matter keys as spelled in the file, with values of the types that YAML gives them.
pub(super) type Fields = Map<String, Value>;

impl Form<'_> {
    /// The `fields` of an item; `picked` has the values of the keys.
    pub(super) fn fields(&self, picked: &[Option<Picked>]) -> Option<Fields> {
        let values = picked.iter().map(|value| value.as_ref().map_or(Value::Null, |value| value.typed.clone()));
        (!self.keys.is_empty()).then(|| self.keys.iter().cloned().zip(values).collect())
    }
}

/// An item in full or in brief.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Item<F, B> {
    /// The full item.
    Full(F),
    /// The brief item, with `--brief`.
    Brief(B),
}
