//! The text of the catalogue with a business added or changed. Reads no file. All else keeps its bytes, and the new text
//! reads back as exactly what was asked for, or it is not given out.

use serde_json::{Map, Value};

use super::json_text::{Container, line_start};

/// A change of one key of a business.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) enum Edit {
    Set(String, Value),
    Unset(String),
    Add(String, String),
    Remove(String, String),
}

/// Why a text cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A business, or a key of it, stands there twice.
    #[error("`{0}` stands there twice")]
    Twice(String),
    /// An item for a key that holds no list of texts.
    #[error("`{0}` is no list of texts")]
    NoList(String),
    /// The result would not be what was asked for.
    #[error("the result would not be what was asked for")]
    Unsafe,
}

const LIST: &str = "businesses";

/// The text with another business at the end of the list.
pub(in crate::engine) fn with_business(text: &str, business: &Map<String, Value>) -> Result<String, Refusal> {
    let mut expected: Value = serde_json::from_str(text).map_err(|_| Refusal::Unsafe)?;
    let root = Container::at(text, 0).ok_or(Refusal::Unsafe)?;
    let list = root.below(text, LIST).ok_or_else(|| Refusal::Twice(LIST.to_owned()))?;
    let mut new = text.to_owned();
    match list.elements.last() {
        Some(last) => {
            let like = Container::at(text, last.value.start).ok_or(Refusal::Unsafe)?;
            let first = like.elements.first().ok_or(Refusal::Unsafe)?;
            let element = match (line_start(text, first.whole.start), line_start(text, like.whole.end - 1)) {
                (Some(before), Some(after)) => over_lines(business, before, after),
                _ => inline(business),
            };
            list.push(&mut new, &element, None);
        }
        None => {
            let (end, step) = frame(text, &root);
            let (item, key) = (format!("{end}{step}"), format!("{end}{step}{step}"));
            let element = over_lines(business, &key, &item);
            list.push(&mut new, &element, Some((&item, &end)));
        }
    }
    let businesses = expected.get_mut(LIST).and_then(Value::as_array_mut).ok_or(Refusal::Unsafe)?;
    businesses.push(Value::Object(business.clone()));
    proven(new, &expected)
}

/// The text with changes of a business that it lists.
pub(in crate::engine) fn with_changes(text: &str, code: &str, edits: &[Edit]) -> Result<String, Refusal> {
    let mut expected: Value = serde_json::from_str(text).map_err(|_| Refusal::Unsafe)?;
    let businesses = expected.get_mut(LIST).and_then(Value::as_array_mut).ok_or(Refusal::Unsafe)?;
    let is_meant = |business: &Value| business.get("id").and_then(Value::as_str) == Some(code);
    let mut found = businesses.iter().enumerate().filter(|(_, business)| is_meant(business));
    let (Some((index, _)), None) = (found.next(), found.next()) else { return Err(Refusal::Twice(code.to_owned())) };
    let business = businesses[index].as_object_mut().ok_or(Refusal::Unsafe)?;
    let mut new = text.to_owned();
    for edit in edits {
        let list = Container::at(&new, 0).and_then(|root| root.below(&new, LIST));
        let list = list.ok_or_else(|| Refusal::Twice(LIST.to_owned()))?;
        let object = Container::at(&new, list.elements.get(index).ok_or(Refusal::Unsafe)?.value.start);
        change(&mut new, &object.ok_or(Refusal::Unsafe)?, business, edit)?;
    }
    proven(new, &expected)
}

/// Makes one change in the text, and in what it should read as.
fn change(
    text: &mut String,
    object: &Container,
    business: &mut Map<String, Value>,
    edit: &Edit,
) -> Result<(), Refusal> {
    let (Edit::Set(key, _) | Edit::Unset(key) | Edit::Add(key, _) | Edit::Remove(key, _)) = edit;
    let standing: Vec<usize> = (0..object.elements.len()).filter(|at| object.elements[*at].name == *key).collect();
    let at = match standing[..] {
        [] => None,
        [at] => Some(at),
        _ => return Err(Refusal::Twice(key.clone())),
    };
    let items = |business: &Map<String, Value>| match business.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => Ok(Some(items.clone())),
        Some(_) => Err(Refusal::NoList(key.clone())),
    };
    match edit {
        Edit::Set(_, value) => {
            put(text, object, at, key, value);
            business.insert(key.clone(), value.clone());
        }
        Edit::Unset(_) => {
            if let Some(at) = at {
                object.remove(text, at);
                business.shift_remove(key);
            }
        }
        Edit::Add(_, item) => match items(business)? {
            Some(items) if items.iter().any(|known| known == item) => {}
            Some(mut items) => {
                let list = at.and_then(|at| Container::at(text, object.elements[at].value.start));
                list.ok_or(Refusal::Unsafe)?.push(text, &Value::from(item.as_str()).to_string(), None);
                items.push(Value::from(item.as_str()));
                business.insert(key.clone(), Value::Array(items));
            }
            None => {
                let value = Value::from(vec![item.as_str()]);
                put(text, object, at, key, &value);
                business.insert(key.clone(), value);
            }
        },
        Edit::Remove(_, item) => {
            let Some(mut items) = items(business)? else { return Ok(()) };
            let Some(index) = items.iter().position(|known| known == item) else { return Ok(()) };
            let list = at.and_then(|at| Container::at(text, object.elements[at].value.start));
            list.ok_or(Refusal::Unsafe)?.remove(text, index);
            items.remove(index);
            business.insert(key.clone(), Value::Array(items));
        }
    }
    Ok(())
}

/// Replaces the value of a member, or adds one.
fn put(text: &mut String, object: &Container, at: Option<usize>, key: &str, value: &Value) {
    match at {
        Some(at) => text.replace_range(object.elements[at].value.clone(), &spaced(value)),
        None => object.push(text, &member(key, value), None),
    }
}

fn proven(text: String, expected: &Value) -> Result<String, Refusal> {
    match serde_json::from_str::<Value>(&text) {
        Ok(found) if found == *expected => Ok(text),
        _ => Err(Refusal::Unsafe),
    }
}

/// The line break with the white space before the closing bracket of the list, and one step further in.
fn frame(text: &str, root: &Container) -> (String, String) {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let first = root.elements.first().and_then(|first| line_start(text, first.whole.start));
    match first.map(|space| space.trim_start_matches(['\r', '\n'])) {
        Some(step) if !step.is_empty() => (format!("{newline}{step}"), step.to_owned()),
        _ => (newline.to_owned(), "  ".to_owned()),
    }
}

fn member(key: &str, value: &Value) -> String {
    format!("{}: {}", Value::from(key), spaced(value))
}

fn inline(business: &Map<String, Value>) -> String {
    let members: Vec<String> = business.iter().map(|(key, value)| member(key, value)).collect();
    format!("{{{}}}", members.join(", "))
}

fn over_lines(business: &Map<String, Value>, before: &str, after: &str) -> String {
    let members: Vec<String> = business.iter().map(|(key, value)| format!("{before}{}", member(key, value))).collect();
    format!("{{{}{after}}}", members.join(","))
}

/// A value on one line, with spaces after commas and colons.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(spaced).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => inline(members),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;

    fn kite() -> Map<String, Value> {
        let Value::Object(map) = json!({"id": "KITE", "name": "Kites \"and\" more", "tags": ["a", "b"]}) else {
            panic!()
        };
        map
    }

    #[test]
    fn a_business_comes_last_in_the_style_of_the_others() {
        assert_snapshot!(with_business("{\n  \"businesses\": []\n}\n", &kite()).unwrap(), @r#"
        {
          "businesses": [
            {
              "id": "KITE",
              "name": "Kites \"and\" more",
              "tags": ["a", "b"]
            }
          ]
        }
        "#);
        let tabs = "{\n\t\"$schema\": \"x\",\n\t\"businesses\": [\n\t\t{\n\t\t\t\"id\": \"A\", \"odd\":  1.0\n\t\t}\n\t],\n\t\"more\": 1\n}";
        assert_eq!(
            with_business(tabs, &kite()).unwrap(),
            tabs.replace(
                "\n\t\t}\n",
                "\n\t\t},\n\t\t{\n\t\t\t\"id\": \"KITE\",\n\t\t\t\"name\": \"Kites \\\"and\\\" more\",\n\t\t\t\"tags\": [\"a\", \"b\"]\n\t\t}\n"
            )
        );
        assert_eq!(
            with_business(r#"{"businesses":[{"id":"A"}]}"#, &kite()).unwrap(),
            r#"{"businesses":[{"id":"A"}, {"id": "KITE", "name": "Kites \"and\" more", "tags": ["a", "b"]}]}"#
        );
        let windows = "{\r\n  \"businesses\": [ ]\r\n}\r\n";
        assert_eq!(with_business(windows, &kite()).unwrap().matches("\r\n").count(), 9);
        assert_eq!(with_business(windows, &kite()).unwrap().matches('\n').count(), 9);
    }

    const TEXT: &str = "{\n  \"businesses\": [\n    {\n      \"id\": \"A\",\n      \"name\" : \"\\u00e9\",\n      \"tags\": [\n        \"x\",\n        \"y\"\n      ],\n      \"apps\": [1,2]\n    },\n    {\"id\": \"B\"}\n  ]\n}\n";

    fn changed(code: &str, edits: &[Edit]) -> String {
        with_changes(TEXT, code, edits).unwrap()
    }

    #[test]
    fn only_the_bytes_of_what_changes_change() {
        let [name, tags, owner, apps] = ["name", "tags", "owner", "apps"].map(str::to_owned);
        let x = || "x".to_owned();
        assert_eq!(changed("A", &[]), TEXT);
        assert_eq!(changed("A", &[Edit::Set(name.clone(), json!("z"))]), TEXT.replace("\"\\u00e9\"", "\"z\""));
        assert_eq!(
            changed("A", &[Edit::Add(tags.clone(), "z".to_owned())]),
            TEXT.replace("\"y\"\n", "\"y\",\n        \"z\"\n")
        );
        assert_eq!(changed("A", &[Edit::Add(tags.clone(), x())]), TEXT);
        assert_eq!(changed("A", &[Edit::Remove(tags.clone(), x())]), TEXT.replace("        \"x\",\n", ""));
        assert_eq!(
            changed("A", &[Edit::Set(owner.clone(), json!("Zoë"))]),
            TEXT.replace("[1,2]\n", "[1,2],\n      \"owner\": \"Zoë\"\n")
        );
        assert_eq!(changed("A", &[Edit::Unset(apps.clone())]), TEXT.replace(",\n      \"apps\": [1,2]", ""));
        assert_eq!(
            changed("B", &[Edit::Set(owner, json!("O")), Edit::Add(tags, x())]),
            TEXT.replace("{\"id\": \"B\"}", "{\"id\": \"B\", \"owner\": \"O\", \"tags\": [\"x\"]}")
        );
        assert_eq!(with_changes(TEXT, "A", &[Edit::Add(apps.clone(), x())]), Err(Refusal::NoList(apps.clone())));
        assert_eq!(with_changes(TEXT, "A", &[Edit::Remove(name.clone(), x())]), Err(Refusal::NoList(name)));
    }

    #[test]
    fn what_stands_twice_is_left_alone() {
        let twice = r#"{"businesses": [{"id": "A"}, {"id": "A"}]}"#;
        let set = [Edit::Set("name".to_owned(), json!("z"))];
        assert_eq!(with_changes(twice, "A", &set), Err(Refusal::Twice("A".to_owned())));
        let keys = r#"{"businesses": [{"id": "A", "own": 1, "own": 2}]}"#;
        assert_eq!(
            with_changes(keys, "A", &[Edit::Set("own".to_owned(), json!(3))]),
            Err(Refusal::Twice("own".to_owned()))
        );
        let lists = r#"{"businesses": [], "businesses": [{"id": "A"}]}"#;
        assert!(with_changes(lists, "A", &set).is_err() && with_business(lists, &kite()).is_err());
    }

    proptest::proptest! {
        /// Any catalogue of any layout, with any change: the text reads back as asked, or is refused.
        #[test]
        fn put_get(
            businesses in proptest::collection::vec(("[A-C]", "[a-z\"é\\\\]{0,4}", 0..4_u8), 0..4),
            pretty in proptest::prelude::any::<bool>(),
            key in "name|tags|own",
            value in "[x-z\"\\\\]{0,3}",
        ) {
            let list: Vec<Value> = businesses.iter().map(|(id, name, tags)| {
                json!({"id": id, "name": name, "tags": (0..*tags).map(|tag| tag.to_string()).collect::<Vec<_>>()})
            }).collect();
            let all = json!({"businesses": list, "more": [1]});
            let text = if pretty { serde_json::to_string_pretty(&all) } else { serde_json::to_string(&all) }.unwrap();
            let with = with_business(&text, &kite()).unwrap();
            let mut expected = all.clone();
            expected["businesses"].as_array_mut().unwrap().push(Value::Object(kite()));
            proptest::prop_assert_eq!(serde_json::from_str::<Value>(&with).unwrap(), expected);
            let count = |code: &str| businesses.iter().filter(|(id, ..)| id == code).count();
            for edit in [
                Edit::Set(key.clone(), json!(value)),
                Edit::Unset(key.clone()),
                Edit::Add("tags".to_owned(), value.clone()),
                Edit::Remove("tags".to_owned(), "1".to_owned()),
            ] {
                let result = with_changes(&text, "A", std::slice::from_ref(&edit));
                proptest::prop_assert_eq!(result.is_ok(), count("A") == 1, "{:?}", result);
            }
        }
    }
}
