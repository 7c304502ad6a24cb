//! An object of a JSON export: keys are taken one by one, and those not taken are kept.

use std::collections::HashSet;

use serde_json::{Map, Value, value::RawValue};

use super::Fault;
use crate::{domain::value::FieldValue, markdown::of_json};

/// An object, and the line it begins on.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) line: usize,
    fields: Map<String, Value>,
}

/// The objects of an array, or of a sequence of JSON texts.
pub(super) fn records(text: &str) -> Result<Vec<Record>, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let fault = |error: &serde_json::Error| Fault::at(error.line(), format!("not JSON as expected: {error}"));
    if text.trim_start().starts_with('[') {
        let raw: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| fault(&error))?;
        return raw.into_iter().map(|raw| Record::read(raw.get(), line_of(text, raw.get()))).collect();
    }
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let mut records = Vec::new();
    while let Some(raw) = values.next().transpose().map_err(|error| fault(&error))? {
        records.push(Record::read(raw.get(), line_of(text, raw.get()))?);
    }
    Ok(records)
}

/// The line on which a part of a text begins.
fn line_of(text: &str, part: &str) -> usize {
    let at = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()
}

impl Record {
    fn read(text: &str, line: usize) -> Result<Self, Fault> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Ok(Self { line, fields }),
            _ => Err(Fault::at(line, "an object is expected here")),
        }
    }

    pub(super) fn of(value: Value, line: usize) -> Option<Self> {
        match value {
            Value::Object(fields) => Some(Self { line, fields }),
            _ => None,
        }
    }

    pub(super) fn take(&mut self, key: &str) -> Value {
        self.fields.shift_remove(key).unwrap_or_default()
    }

    /// A text or a number; `None` for any other value and for a missing one.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let found = match self.take(key) {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        found.filter(|text| !text.trim().is_empty())
    }

    pub(super) fn is_true(&mut self, key: &str) -> bool {
        self.take(key) == Value::Bool(true)
    }

    pub(super) fn needed(&mut self, key: &str) -> Result<String, Fault> {
        self.text(key).ok_or_else(|| Fault::at(self.line, format!("`{key}` is missing")))
    }

    /// The objects in a list.
    pub(super) fn list(&mut self, key: &str) -> Vec<Self> {
        let Value::Array(values) = self.take(key) else { return Vec::new() };
        values.into_iter().filter_map(|value| Self::of(value, self.line)).collect()
    }

    /// One text from each object in a list.
    pub(super) fn each(&mut self, key: &str, part: &str) -> Vec<String> {
        self.list(key).into_iter().filter_map(|mut one| one.text(part)).collect()
    }

    /// The values that were not taken, with keys that begin with `program`.
    pub(super) fn rest(self, program: &str) -> Vec<(String, FieldValue)> {
        let mut seen = HashSet::new();
        let named = self.fields.into_iter().filter_map(|(key, value)| Some((key_name(program, &key), field(value)?)));
        named.filter(|(key, _)| seen.insert(key.clone())).collect()
    }
}

/// The front matter key for a JSON key: `stateReason` and `state_reason` become `Github-State-Reason`.
pub(super) fn key_name(program: &str, key: &str) -> String {
    let mut name = program.to_owned();
    let mut begins = true;
    let mut before = ' ';
    for c in key.chars() {
        if !c.is_ascii_alphanumeric() {
            begins = true;
        } else {
            if begins || (c.is_ascii_uppercase() && before.is_ascii_lowercase()) {
                name.push('-');
                name.push(c.to_ascii_uppercase());
            } else {
                name.push(c);
            }
            begins = false;
        }
        before = c;
    }
    if name.len() == program.len() { format!("{name}-Field") } else { name }
}

/// Adds a value under a key of its own: one that is taken already gets a number.
pub(super) fn add_key(keys: &mut Vec<(String, FieldValue)>, key: &str, value: FieldValue) {
    let is_taken = |name: &String| keys.iter().any(|(taken, _)| taken == name);
    let numbered = (2..).map(|number| format!("{key}-{number}"));
    let free = std::iter::once(key.to_owned()).chain(numbered).find(|name| !is_taken(name));
    keys.extend(free.map(|name| (name, value)));
}

/// A front matter value; `None` for an empty one.
pub(super) fn field(value: Value) -> Option<FieldValue> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(FieldValue::Bool(value)),
        Value::Number(number) => Some(FieldValue::Source(number.to_string())),
        Value::String(text) => (!text.is_empty()).then_some(FieldValue::Str(text)),
        Value::Array(items) if items.is_empty() => None,
        Value::Object(map) if map.is_empty() => None,
        Value::Array(items) if items.iter().all(|item| scalar(item).is_some()) => {
            Some(FieldValue::List(items.iter().filter_map(scalar).collect()))
        }
        other => Some(of_json(&other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_know_their_lines() {
        let lines = |text: &str| records(text).map(|found| found.iter().map(|one| one.line).collect::<Vec<_>>());
        assert_eq!(lines("[\n  {\"a\": 1},\n\n  {}\n]"), Ok(vec![2, 4]));
        assert_eq!(lines("{}\n{\"a\":\n1}\n{}"), Ok(vec![1, 2, 4]));
        assert_eq!(lines("[\n{},\n5]").unwrap_err(), Fault::at(3, "an object is expected here"));
        assert_eq!(lines("[\n{},\n").unwrap_err().line, 3);
    }

    #[test]
    fn what_nobody_took_is_kept() {
        let mut record =
            records(r#"{"id":1,"stateReason":"x","n":2.5,"l":["a",1],"o":{"b":[]},"e":[],"":true,"Zoë":""}"#)
                .unwrap()
                .remove(0);
        assert_eq!(record.needed("id"), Ok("1".to_owned()));
        let rest: Vec<String> = record.rest("P").into_iter().map(|(key, value)| format!("{key} {value:?}")).collect();
        insta::assert_snapshot!(rest.join("\n"), @r#"
        P-State-Reason Str("x")
        P-N Source("2.5")
        P-L List(["a", "1"])
        P-O Source("{b: []}")
        P-Field Bool(true)
        "#);
    }
}
