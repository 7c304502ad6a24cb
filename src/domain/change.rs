//! The meaning of a change: which keys it touched, with values only for keys that hold nothing private.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    date::leading_date,
    value::{FieldValue, Fields},
};

/// The key under which a change of the body is recorded.
pub const BODY: &str = "content";

/// For each key, its values before and after, or `None` if only the key is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes(BTreeMap<String, Option<(Value, Value)>>);

impl Changes {
    /// What changed between two versions of a document, each given as fields and body; `None` if the document does not
    /// exist in that version.
    ///
    /// For a created or removed document, only the keys with recorded values are listed; its text shows the others.
    #[must_use]
    pub fn between(old: Option<(&Fields, &str)>, new: Option<(&Fields, &str)>) -> Self {
        let mut changes = BTreeMap::new();
        let both = old.is_some() && new.is_some();
        let empty = Fields::default();
        let (old_fields, old_body) = old.unwrap_or((&empty, ""));
        let (new_fields, new_body) = new.unwrap_or((&empty, ""));
        let keys = old_fields.iter().map(|(key, _)| key).chain(new_fields.iter().map(|(key, _)| key));
        for key in keys {
            let (from, to) = (old_fields.get(key), new_fields.get(key));
            if from == to || changes.contains_key(key) {
                continue;
            }
            match (recorded(key, from), recorded(key, to)) {
                (Some(from), Some(to)) => changes.insert(key.to_owned(), Some((from, to))),
                _ if both => changes.insert(key.to_owned(), None),
                _ => None,
            };
        }
        if both && old_body != new_body {
            changes.entry(BODY.to_owned()).or_insert(None);
        }
        Self(changes)
    }

    /// Adds the keys of `other` that are not present yet.
    pub fn merge(&mut self, other: Self) {
        for (key, change) in other.0 {
            self.0.entry(key).or_insert(change);
        }
    }

    /// The keys with their values, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&(Value, Value)>)> {
        self.0.iter().map(|(key, change)| (key.as_str(), change.as_ref()))
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The JSON form: `{"Lane":{"from":"Inbox","to":"Planned"},"Title":{}}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let entries = self.0.iter().map(|(key, change)| {
            let change = change.as_ref().map_or_else(|| json!({}), |(from, to)| json!({"from": from, "to": to}));
            (key.clone(), change)
        });
        Value::Object(entries.collect::<Map<_, _>>())
    }

    /// Parses the JSON form; `None` if the value does not have it.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let mut changes = BTreeMap::new();
        for (key, change) in value.as_object()? {
            let change = change.as_object()?;
            let pair = match (change.get("from"), change.get("to"), change.len()) {
                (Some(from), Some(to), 2) => Some((from.clone(), to.clone())),
                (None, None, 0) => None,
                _ => return None,
            };
            changes.insert(key.clone(), pair);
        }
        Some(Self(changes))
    }
}

/// The recorded form of a value: `None` if only the key may be recorded. The keys are listed here and not in the
/// registry of keys, because every entry of every log was written with this list and is verified against it.
fn recorded(key: &str, value: Option<&FieldValue>) -> Option<Value> {
    let absent = || value.is_none_or(|value| value.items().is_empty());
    match key {
        "Lane" | "Priority" | "Owner" => match value {
            Some(FieldValue::Str(text)) => Some(Value::String(text.clone())),
            _ => absent().then_some(Value::Null),
        },
        "Tags" | "Dependencies" => match value {
            Some(FieldValue::List(items)) => Some(json!(items)),
            _ => absent().then_some(Value::Null),
        },
        "Blocked" => match value {
            Some(FieldValue::Bool(blocked)) => Some(Value::Bool(*blocked)),
            _ => absent().then_some(Value::Null),
        },
        _ if is_date_key(key) => match value.and_then(FieldValue::as_text) {
            Some(text) => leading_date(text).map(|date| Value::String(date.to_owned())),
            None => absent().then_some(Value::Null),
        },
        _ => None,
    }
}

/// Whether a key holds a date, judged by its name.
#[must_use]
pub fn is_date_key(key: &str) -> bool {
    matches!(key, "Created" | "Updated" | "Last-updated" | "Last-Updated") || key.ends_with("-Date")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, FieldValue)]) -> Fields {
        Fields::new(pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
    }

    fn text(text: &str) -> FieldValue {
        FieldValue::Str(text.to_owned())
    }

    #[test]
    fn private_text_is_recorded_by_name_only() {
        let old = fields(&[("Lane", text("Inbox")), ("Title", text("secret"))]);
        let new =
            fields(&[("Lane", text("Planned")), ("Title", text("other")), ("Updated", text("2026-01-02 (private)"))]);
        let changes = Changes::between(Some((&old, "a")), Some((&new, "b")));
        assert_eq!(
            changes.to_json().to_string(),
            r#"{"Lane":{"from":"Inbox","to":"Planned"},"Title":{},"Updated":{"from":null,"to":"2026-01-02"},"content":{}}"#
        );
        assert_eq!(Changes::from_json(&changes.to_json()), Some(changes));
    }

    #[test]
    fn a_new_document_records_where_it_starts() {
        let new = fields(&[("Title", text("x")), ("Lane", text("Inbox")), ("Blocked", FieldValue::Bool(true))]);
        let changes = Changes::between(None, Some((&new, "body")));
        assert_eq!(
            changes.to_json().to_string(),
            r#"{"Blocked":{"from":null,"to":true},"Lane":{"from":null,"to":"Inbox"}}"#
        );
    }
}
