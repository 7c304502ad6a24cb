//! Front matter as JSON, with the types that YAML gives its values.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use super::core_schema::{Kind, resolve};
use super::node::{self, Node};
use super::split::split;
use crate::domain::value::{FieldValue, Fields};

/// The fields of a text with their types. What JSON cannot hold (`.inf`, numbers of more than 64 bits) remains text.
#[must_use]
pub fn typed(text: &str, fields: &Fields) -> Map<String, Value> {
    // Nearly all documents contain only texts; other types need the full parser.
    let mut nodes = None;
    let mut node = |key: &str| {
        let nodes = nodes.get_or_insert_with(|| nodes_of(text));
        nodes.remove(key)
    };
    let value = |(key, field): (&str, &FieldValue)| {
        let value = match field {
            FieldValue::Str(text) => Value::String(text.clone()),
            FieldValue::Bool(value) => Value::Bool(*value),
            FieldValue::Source(source) => match resolve(source) {
                Kind::Null => Value::Null,
                Kind::Number => number(source),
                Kind::Bool(_) | Kind::Str => node(key).map_or_else(|| Value::String(source.clone()), json),
            },
            FieldValue::List(items) if items.iter().all(|item| resolve(item) == Kind::Str) => strings(items),
            FieldValue::List(items) => match node(key) {
                Some(Node::Seq(nodes)) if nodes.len() == items.len() => {
                    nodes.into_iter().zip(items).map(|(node, item)| item_of(node, item)).collect()
                }
                _ => strings(items),
            },
        };
        (key.to_owned(), value)
    };
    fields.iter().map(value).collect()
}

fn nodes_of(text: &str) -> HashMap<String, Node> {
    let yaml = split(text).ok().and_then(|split| text.get(split.yaml));
    yaml.and_then(|yaml| node::read_pairs(yaml).ok()).unwrap_or_default().into_iter().collect()
}

fn strings(items: &[String]) -> Value {
    items.iter().cloned().map(Value::String).collect()
}

/// An item of a list of scalars; `text` is the item as written.
fn item_of(node: Node, text: &str) -> Value {
    match node {
        Node::Number(_) if resolve(text) == Kind::Number => number(text),
        Node::Number(_) => Value::String(text.to_owned()),
        other => json(other),
    }
}

fn json(node: Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(value) => Value::Bool(value),
        Node::Number(text) => number(&text),
        Node::Str(text) => Value::String(text),
        Node::Seq(items) => items.into_iter().map(json).collect(),
        Node::Map(pairs) => pairs.into_iter().map(|(key, value)| (key, json(value))).collect(),
    }
}

/// The field value of a JSON value. Anything but a string or list of strings is written as one line of YAML.
#[must_use]
pub fn of_json(json: &Value) -> FieldValue {
    let strings = |items: &[Value]| items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
    match json {
        Value::String(text) => FieldValue::Str(text.clone()),
        Value::Bool(value) => FieldValue::Bool(*value),
        Value::Array(items) => match strings(items) {
            Some(items) => FieldValue::List(items),
            None => FieldValue::Source(node_of(json).to_string()),
        },
        Value::Null | Value::Number(_) | Value::Object(_) => FieldValue::Source(node_of(json).to_string()),
    }
}

fn node_of(json: &Value) -> Node {
    match json {
        Value::Null => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Number(number) => Node::Number(number.to_string()),
        Value::String(text) => Node::Str(text.clone()),
        Value::Array(items) => Node::Seq(items.iter().map(node_of).collect()),
        Value::Object(map) => Node::Map(map.iter().map(|(key, value)| (key.clone(), node_of(value))).collect()),
    }
}

/// A number of the core schema as JSON; text if JSON cannot hold it.
fn number(text: &str) -> Value {
    let whole = match (text.strip_prefix("0x"), text.strip_prefix("0o")) {
        (Some(digits), _) => u64::from_str_radix(digits, 16).ok().map(Number::from),
        (_, Some(digits)) => u64::from_str_radix(digits, 8).ok().map(Number::from),
        _ => text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok(),
    };
    let is_whole =
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-')) && !text.contains(['e', 'E']);
    let fraction = || text.parse::<f64>().ok().filter(|_| !is_whole).and_then(Number::from_f64);
    whole.or_else(fraction).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::of_json;
    use crate::markdown::{Edit, edit, parse};

    fn typed(yaml: &str) -> String {
        let text = format!("---\n{yaml}\n---\n");
        serde_json::to_string(&super::typed(&text, &parse(&text).unwrap().fields)).unwrap()
    }

    #[test]
    fn values_keep_the_types_of_the_core_schema() {
        for (yaml, json) in [
            ("k: 12", "12"),
            ("k: +12", "12"),
            ("k: -1.50", "-1.5"),
            ("k: 1e3", "1000.0"),
            ("k: 0x1F", "31"),
            ("k: 0o17", "15"),
            ("k: 18446744073709551615", "18446744073709551615"),
            ("k: 99999999999999999999999", "\"99999999999999999999999\""),
            ("k: .inf", "\".inf\""),
            ("k: '12'", "\"12\""),
            ("k: 2026-01-01", "\"2026-01-01\""),
            ("k: 0b1", "\"0b1\""),
            ("k:", "null"),
            ("k: ~", "null"),
            ("k: true", "true"),
            ("k: [a, 'true', true, 7, '7', ~]", "[\"a\",\"true\",true,7,\"7\",null]"),
            ("k:\n  - 1\n  - 0b1\n  - x", "[1,\"0b1\",\"x\"]"),
            ("k: {a: 1, b: [x, {c: null}]}", "{\"a\":1,\"b\":[\"x\",{\"c\":null}]}"),
            ("k:\n  a: 1\n  b:\n    - x", "{\"a\":1,\"b\":[\"x\"]}"),
            ("k: [[1, 2], [3]]", "[[1,2],[3]]"),
            ("k: !!str 5", "\"5\""),
            ("k: |-\n  two\n  lines", "\"two\\nlines\""),
        ] {
            assert_eq!(typed(yaml), format!("{{\"k\":{json}}}"), "{yaml}");
        }
        for json in [
            r#""12""#,
            "12",
            "-1.5",
            "1e300",
            "true",
            "null",
            r#"["a","1","true",""]"#,
            r#"["a",1,true,null,"null","~"]"#,
            r##"{"a":1,"b":["x: y",{"c":null,"":"# no"}],"key: odd":"1"}"##,
            "[]",
            "{}",
            "[[],{}]",
            r#"{"a":"two\nlines é 茶"}"#,
        ] {
            for before in ["a: 1\nk: 2\nz: 3", "k: [x, y]", "k:\n  - x\n", "k: {a: b}", "a: 1"] {
                let value: Value = serde_json::from_str(json).unwrap();
                let change = Edit::Set { key: "k".to_owned(), value: of_json(&value) };
                let text = edit(&format!("---\n{before}\n---\n"), &[change]).unwrap();
                let read = super::typed(&text, &parse(&text).unwrap().fields);
                assert_eq!(read["k"], value, "{json} over {before}:\n{text}");
            }
        }
        assert_eq!(typed("a: &x {n: 1}\nb: *x"), r#"{"a":{"n":1},"b":{"n":1}}"#);
    }
}
