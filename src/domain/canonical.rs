//! Canonical JSON (RFC 8785 restricted to strings, integers below 2^53, booleans, null, arrays, objects):
//! each value has exactly one text, so that it can be hashed.

use serde_json::Value;

/// The canonical text of `value`; keys are sorted by their UTF-16 code units. The value must not contain floats.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (i, (key, value)) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(value, out);
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
        Value::String(text) => write_string(text, out),
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Writes a string as JSON; most strings need no escape.
pub(super) fn write_string(text: &str, out: &mut String) {
    if text.bytes().any(|byte| byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        out.push_str(&Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
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
