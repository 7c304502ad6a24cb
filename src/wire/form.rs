//! The items of every list in the form that was asked for: in full or in brief, with front matter keys under `fields`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::domain::value::Picked;

/// How much of each item a list shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    /// Only what names it.
    pub(crate) brief: bool,
    /// These front matter keys too, under `fields`.
    pub(crate) keys: &'a [String],
}

/// Front matter keys as the file spells them, each with the type that YAML gives it.
pub(super) type Fields = Map<String, Value>;

impl Form<'_> {
    /// The `fields` of an item; `picked` are the values of the keys.
    pub(super) fn fields(&self, picked: &[Option<Picked>]) -> Option<Fields> {
        let values = picked.iter().map(|value| value.as_ref().map_or(Value::Null, |value| value.typed.clone()));
        (!self.keys.is_empty()).then(|| self.keys.iter().cloned().zip(values).collect())
    }
}

/// An item in full or, with `--brief`, by what names it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Item<F, B> {
    /// All of it.
    Full(F),
    /// With `--brief`.
    Brief(B),
}
