//! Canonical JSON (RFC 8785 restricted to strings, integers below 2^53, booleans, null, arrays, objects):
//! one text for one value, so that it can be hashed.

use serde_json::Value;

/// The canonical text of `value`; keys are sorted by their UTF-16 code units. The caller uses no floats.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(&Value::String(key.clone()), out);
                out.push(':');
                write(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_sort_by_utf16_and_strings_escape_as_in_rfc_8785() {
        let value = json!({"\u{e000}": 1, "\u{10000}": 2, "b": [true, null], "a": "\u{1f}\n\"\\\u{7f}é"});
        assert_eq!(
            canonical(&value),
            "{\"a\":\"\\u001f\\n\\\"\\\\\u{7f}é\",\"b\":[true,null],\"\u{10000}\":2,\"\u{e000}\":1}"
        );
    }
}
