//! A front matter value as this program understands it. Pure data, independent of YAML syntax.

use std::collections::HashMap;

use serde_json::Value;

/// The value of one front matter key.
///
/// Read as YAML 1.2 core with one restriction: dates and text such as `82%` are strings, and anything other than a
/// string, a bool or a list of scalars (numbers, null, nested maps) is kept as its source text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldValue {
    /// A string, unquoted and unescaped.
    Str(String),
    /// `true` or `false`.
    Bool(bool),
    /// A list of scalars, each as its text.
    List(Vec<String>),
    /// The source text of any other value, as written; empty for a key without a value.
    Source(String),
}

impl FieldValue {
    /// The text of a scalar; `None` for lists, and for a null (`~`, `null`, nothing).
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Source(text) if is_null(text) => None,
            Self::Source(text) => Some(text),
            Self::List(_) => None,
        }
    }

    /// The items of a list; a scalar counts as a list of one, null as an empty list.
    #[must_use]
    pub fn items(&self) -> Vec<&str> {
        match self {
            Self::List(items) => items.iter().map(String::as_str).collect(),
            other => other.as_text().into_iter().collect(),
        }
    }
}

/// A value shown in a list because its key was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Picked {
    /// The value.
    pub value: FieldValue,
    /// The value as JSON, with the type that YAML gives it.
    pub typed: Value,
}

/// Whether a plain YAML scalar is null (YAML 1.2 core, section 10.3.2).
#[must_use]
pub fn is_null(plain: &str) -> bool {
    matches!(plain, "" | "~" | "null" | "Null" | "NULL")
}

/// Above this number of keys, an index is faster than searching them in turn.
const MANY: usize = 32;

/// The front matter of one document: keys and values in file order, without duplicate keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fields {
    pairs: Vec<(String, FieldValue)>,
    /// The index of each key, if there are many; the number of keys is not limited.
    places: Option<HashMap<String, usize>>,
}

impl Fields {
    /// Builds from pairs in file order; the caller guarantees that no key repeats.
    #[must_use]
    pub fn new(pairs: Vec<(String, FieldValue)>) -> Self {
        let is_many = pairs.len() > MANY;
        let places = || pairs.iter().enumerate().map(|(index, (key, _))| (key.clone(), index)).collect();
        let places = is_many.then(places);
        Self { pairs, places }
    }

    /// The index of a key in file order, from 0.
    #[must_use]
    pub fn position(&self, key: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.get(key).copied(),
            None => self.pairs.iter().position(|(known, _)| known == key),
        }
    }

    /// The value of `key`, in exactly this spelling.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&FieldValue> {
        self.position(key).map(|index| &self.pairs[index].1)
    }

    /// The text of a scalar under `key`, trimmed; `None` if it is absent, null, blank or a list.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_text().map(str::trim).filter(|t| !t.is_empty())
    }

    /// The items of a list under `key`; empty if absent.
    #[must_use]
    pub fn items(&self, key: &str) -> Vec<&str> {
        self.get(key).map(FieldValue::items).unwrap_or_default()
    }

    /// Keys and values in file order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue)> {
        self.pairs.iter().map(|(k, v)| (k.as_str(), v))
    }

    /// The number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}
