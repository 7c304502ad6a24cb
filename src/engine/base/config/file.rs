//! The text of `bos.toml`: which settings stand in it and where, and how one of them is written. Reads no file.

use std::ops::Range;

use toml_edit::{Document, Item, Value};

use crate::{
    domain::{
        config::{Config, Given, Key, Source},
        diagnostic::{Code, Problem},
    },
    engine::base::wording::{choices, quoted},
};

/// Applies the settings in the text. Everything that cannot be used is reported, and leaves its setting as it was.
pub(super) fn read(text: &str, config: &mut Config) -> Vec<Problem> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![not_toml(text, &error)],
    };
    let mut problems = Vec::new();
    for (name, item) in document.iter() {
        let at = key_span(&document, name).start;
        let Some(key) = Key::parse(name) else {
            let help = choices(name, Key::ALL.map(Key::as_str));
            problems.push(problem(text, at, format!("the key {} is not known", quoted(name)), help));
            continue;
        };
        let source = Source::File { line: place(text, at).0 };
        let found = given(item);
        if !found.as_ref().is_some_and(|given| config.set(key, given, source)) {
            let value = item.span().unwrap_or(at..at);
            let message = format!("`{name}` cannot be {}", quoted(text.get(value.clone()).unwrap_or_default()));
            let fault = found.and_then(|given| Config::fault(key, &given)).map(|fault| format!("{fault}; "));
            let help = format!("{}use {}", fault.unwrap_or_default(), key.expected());
            problems.push(problem(text, value.start, message, help));
        }
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

/// The text with a setting as given; without it for `None`. All else keeps its bytes.
///
/// # Errors
/// The text is no TOML.
pub(super) fn write(text: &str, name: &str, given: Option<&Given>) -> Result<String, Problem> {
    let document = Document::parse(text).map_err(|error| not_toml(text, &error))?;
    let standing = document.get(name).and_then(Item::span).map(|value| (key_span(&document, name), value));
    let (range, with) = match (standing, given) {
        (Some((_, value)), Some(given)) => (value, toml(given)),
        (Some((key, value)), None) => (lines_of(text, key.start..value.end), String::new()),
        (None, None) => return Ok(text.to_owned()),
        (None, Some(given)) => {
            let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let lead = if text.is_empty() || text.ends_with('\n') { "" } else { newline };
            (text.len()..text.len(), format!("{lead}{name} = {}{newline}", toml(given)))
        }
    };
    let mut new = text.to_owned();
    new.replace_range(range, &with);
    Ok(new)
}

/// Whether a key stands in the text.
pub(super) fn has(text: &str, name: &str) -> bool {
    Document::parse(text).is_ok_and(|document| document.contains_key(name))
}

fn key_span(document: &Document<&str>, name: &str) -> Range<usize> {
    document.as_table().get_key_value(name).and_then(|(key, _)| key.span()).unwrap_or_default()
}

fn given(item: &Item) -> Option<Given> {
    match item.as_value()? {
        Value::String(text) => Some(Given::Text(text.value().clone())),
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().map(Given::List)
        }
        _ => None,
    }
}

/// A value as the file holds it.
fn toml(given: &Given) -> String {
    match given {
        Given::Text(text) => Value::from(text.as_str()).to_string(),
        Given::List(items) => Value::from_iter(items.iter().map(String::as_str)).to_string(),
    }
}

/// The whole lines that hold this range.
fn lines_of(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[range.end..].find('\n').map_or(text.len(), |newline| range.end + newline + 1);
    start..end
}

fn not_toml(text: &str, error: &toml_edit::TomlError) -> Problem {
    let at = error.span().map_or(0, |span| span.start);
    let message = format!("this is not TOML: {}", error.message().trim().replace('\n', "; "));
    problem(text, at, message, "write one `key = \"value\"` on each line".to_owned())
}

fn problem(text: &str, at: usize, message: String, help: String) -> Problem {
    let (line, column) = place(text, at);
    Problem { code: Code::BadConfig, line: Some(line), column: Some(column), message, help }
}

/// Line and column, from 1; columns count characters.
fn place(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..text.floor_char_boundary(at)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> String {
        let problems = read(text, &mut Config::default()).into_iter();
        let lines = problems.map(|problem| {
            let place = format!("{}:{}", problem.line.unwrap(), problem.column.unwrap());
            format!("{} {place} {}\n    {}", problem.code.as_str(), problem.message, problem.help)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn settings_are_read_with_their_lines() {
        let mut config = Config::default();
        let text =
            "# ours\n\ngate = \"strict\" # and no less\nagents = [\n  \"Claude\", # one\n  'Codex',\n]\nowner='Zoë'\n";
        assert_eq!(read(text, &mut config), []);
        let lines: Vec<_> = Key::ALL.map(|key| (key.as_str(), config.source(key))).into();
        assert!(lines.contains(&("gate", Source::File { line: 3 })), "{lines:?}");
        assert!(lines.contains(&("agents", Source::File { line: 4 })), "{lines:?}");
        assert!(lines.contains(&("owner", Source::File { line: 8 })), "{lines:?}");
        assert!(lines.contains(&("branch", Source::Default)), "{lines:?}");
        assert_eq!(config.value(Key::Agents).unwrap().to_text(), "Claude, Codex");
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_its_place() {
        insta::assert_snapshot!(told("gate = \"strct\"\nowner = 3\nbrnch = \"x\"\nagents = [\"a\", 1]\n[card]\nid = 1\n"), @r#"
        BOS051 1:8 `gate` cannot be `"strct"`
            use template or strict
        BOS051 2:9 `owner` cannot be `3`
            use a name on one line
        BOS051 3:1 the key `brnch` is not known
            did you mean `branch`? It is one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes
        BOS051 4:10 `agents` cannot be `["a", 1]`
            use a list of names of actors, each of at most 100 characters and without , = < >
        BOS051 5:2 the key `card` is not known
            write one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes
        "#);
        insta::assert_snapshot!(told("gate = strict\n"), @r#"
        BOS051 1:8 this is not TOML: string values must be quoted, expected literal string
            write one `key = "value"` on each line
        "#);
        insta::assert_snapshot!(told("é = 1\n"), @r#"
        BOS051 1:1 this is not TOML: invalid unquoted key, expected letters, numbers, `-`, `_`
            write one `key = "value"` on each line
        "#);
        insta::assert_snapshot!(told("gate = \"strict\"\ngate = \"strict\"\n"), @r#"
        BOS051 2:1 this is not TOML: duplicate key
            write one `key = "value"` on each line
        "#);
        insta::assert_snapshot!(told("card-id = \"BRIK-{0000}\"\n"), @r#"
        BOS051 1:11 `card-id` cannot be `"BRIK-{0000}"`
            use a pattern like {business}-ENG-{0000}
        "#);
    }

    fn text(value: &str) -> Given {
        Given::Text(value.to_owned())
    }

    #[test]
    fn only_the_setting_itself_is_written() {
        let before = "\u{feff}# ours\r\ngate = \"template\"  # soft\r\n\r\n# who\r\nowner = 'Nora'";
        let after = write(before, "gate", Some(&text("strict"))).unwrap();
        assert_eq!(after, before.replace("\"template\"", "\"strict\""));
        let after = write(before, "language", Some(&text("it"))).unwrap();
        assert_eq!(after, format!("{before}\r\nlanguage = \"it\"\r\n"));
        assert_eq!(write(before, "gate", None).unwrap(), before.replace("gate = \"template\"  # soft\r\n", ""));
        assert_eq!(write(before, "branch", None).unwrap(), before);
        let list = "agents = [\n  \"a\", # one\n]\n";
        assert_eq!(write(list, "agents", None).unwrap(), "");
        let two = Given::List(vec!["a".to_owned(), "b \"c\"".to_owned()]);
        assert_eq!(write(list, "agents", Some(&two)).unwrap(), "agents = [\"a\", 'b \"c\"']\n");
        assert!(write("gate = strict", "owner", Some(&text("Nora"))).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(owner in "\\PC{1,20}", before in prop::sample::select(vec!["", "# c", "gate = 'strict'\n"])) {
            let written = write(before, "owner", Some(&text(&owner))).unwrap();
            let mut config = Config::default();
            let problems = read(&written, &mut config);
            let mut expected = Config::default();
            if expected.set(Key::Owner, &text(&owner), Source::Environment) {
                prop_assert_eq!(problems, []);
                prop_assert_eq!(config.owner, expected.owner);
            } else {
                prop_assert_eq!(problems.len(), 1);
            }
            let without = write(&written, "owner", None).unwrap();
            prop_assert_eq!(without.trim_end(), before.trim_end());
        }
    }
}
