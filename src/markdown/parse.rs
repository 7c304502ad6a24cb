//! Reading a document: front matter into fields, and where the body is.

use std::collections::HashMap;
use std::ops::Range;

use super::core_schema::{Kind, resolve};
use super::flat;
use super::node::{self, Node};
use super::scan::{Entry, PropertyKind, Style, Value, scan};
use super::split::{Split, split};
use crate::domain::diagnostic::{Code, Problem};
use crate::domain::value::{FieldValue, Fields};

/// One document as read: its fields, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'t> {
    /// The front matter's keys and values in file order; empty without front matter.
    pub fields: Fields,
    text: &'t str,
    split: Split,
    /// The line of each field; `None` where the scanner could not follow the YAML.
    lines: Option<Vec<u32>>,
}

impl<'t> Document<'t> {
    /// Everything after the front matter, byte for byte; the whole text (without its byte order mark) when there is none.
    #[must_use]
    pub fn body(&self) -> &'t str {
        &self.text[self.split.body.clone()]
    }

    /// Where the body is in the text, in bytes.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.split.body.clone()
    }

    /// Whether there is front matter, even an empty one.
    #[must_use]
    pub fn has_front_matter(&self) -> bool {
        self.split.has_front_matter()
    }

    /// The line of `key` in the file, from 1; `None` for a key that is absent or whose place is not known.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<u32> {
        let index = self.fields.position(key)?;
        self.lines.as_ref()?.get(index).copied()
    }

    /// Whether every field has its place in the text, so that it can be edited there.
    pub(super) fn is_mapped(&self) -> bool {
        self.lines.is_some()
    }
}

/// Reads a document.
///
/// Values follow YAML 1.2's core schema; see [`FieldValue`] for what is kept as its source text. Takes time in
/// proportion to the text, whatever it holds, and never panics. Size, NUL bytes and encoding are the caller's to check.
///
/// # Errors
/// `UnclosedFrontMatter`, `YamlSyntax`, `NotAMapping`, `DuplicateKey` or `TooComplex`, with their place in the file.
pub fn parse(text: &str) -> Result<Document<'_>, Problem> {
    let split = split(text)?;
    match flat::read(&text[split.yaml.clone()]) {
        Some((pairs, lines)) => Ok(Document { fields: Fields::new(pairs), text, split, lines: Some(lines) }),
        None => read_fully(text, split),
    }
}

/// As [`parse`], always with the full YAML parser.
///
/// # Errors
/// As [`parse`].
pub(super) fn parse_fully(text: &str) -> Result<Document<'_>, Problem> {
    read_fully(text, split(text)?)
}

fn read_fully(text: &str, split: Split) -> Result<Document<'_>, Problem> {
    let nodes = node::read_pairs(&text[split.yaml.clone()])?;
    let entries = scan(text, split.yaml.clone()).ok();
    let mapped = entries.as_ref().and_then(|entries| Some((entries, fields_of(text, &nodes, entries)?)));
    if let Some((first, second)) = first_duplicate(&nodes) {
        let lines = mapped.map(|(entries, _)| (entries[first].line, entries[second].line));
        return Err(duplicate_key(&nodes[first].0, lines));
    }
    let (pairs, lines) = match mapped {
        Some((entries, values)) => {
            let lines = entries.iter().map(|entry| entry.line).collect();
            (nodes.into_iter().map(|(key, _)| key).zip(values).collect(), Some(lines))
        }
        None => (nodes.into_iter().map(|(key, node)| (key, node.into_field())).collect(), None),
    };
    Ok(Document { fields: Fields::new(pairs), text, split, lines })
}

/// The indexes of the first key that repeats and of its repetition.
fn first_duplicate(nodes: &[(String, Node)]) -> Option<(usize, usize)> {
    let mut seen = HashMap::with_capacity(nodes.len());
    nodes.iter().enumerate().find_map(|(index, (key, _))| seen.insert(key.as_str(), index).map(|first| (first, index)))
}

fn duplicate_key(key: &str, lines: Option<(u32, u32)>) -> Problem {
    let places = lines.map(|(first, second)| format!(", on line {first} and on line {second}")).unwrap_or_default();
    Problem {
        code: Code::DuplicateKey,
        line: lines.map(|(_, second)| second),
        column: lines.map(|_| 1),
        message: format!("the key `{key}` occurs twice{places}"),
        help: "keep one of the two".to_owned(),
    }
}

/// The values where parser and scanner agree on every key, its kind and its plain text; `None` where they do not.
fn fields_of(text: &str, nodes: &[(String, Node)], entries: &[Entry<'_>]) -> Option<Vec<FieldValue>> {
    if nodes.len() != entries.len() {
        return None;
    }
    let mut values = Vec::with_capacity(nodes.len());
    for ((key, node), entry) in nodes.iter().zip(entries) {
        if *key != entry.key {
            return None;
        }
        values.push(value_of(text, node, &entry.value)?);
    }
    Some(values)
}

fn value_of(text: &str, node: &Node, value: &Value) -> Option<FieldValue> {
    let source = &text[value.span.clone()];
    let as_source = || FieldValue::Source(source.trim().to_owned());
    match value.property.map(|property| property.kind) {
        Some(PropertyKind::Alias) => return Some(node.clone().into_field()),
        Some(PropertyKind::Tag) if node.is_scalar() => {
            return Some(match node {
                Node::Null | Node::Number(_) => as_source(),
                other => other.clone().into_field(),
            });
        }
        _ => {}
    }
    Some(match (node, value.style) {
        (Node::Null, Style::Empty) => FieldValue::Source(String::new()),
        (node, Style::Plain) if node.is_scalar() => plain_value(source, node)?,
        (Node::Str(text), Style::Single | Style::Double | Style::Literal | Style::Folded) => {
            FieldValue::Str(text.clone())
        }
        (Node::Seq(nodes), Style::BlockList | Style::FlowList) if nodes.len() == value.items.len() => {
            if !nodes.iter().all(Node::is_scalar) {
                return Some(as_source());
            }
            let texts = nodes
                .iter()
                .zip(&value.items)
                .map(|(node, item)| item_text(&text[item.span.clone()], node, item.style, item.property.is_some()));
            FieldValue::List(texts.collect::<Option<_>>()?)
        }
        (Node::Seq(_) | Node::Map(_), Style::Other) => as_source(),
        _ => return None,
    })
}

fn plain_value(source: &str, node: &Node) -> Option<FieldValue> {
    if source.contains('\n') {
        return matches!(node, Node::Str(_)).then(|| node.clone().into_field());
    }
    let kind = resolve(source);
    let agrees = match (node, kind) {
        (Node::Null, Kind::Null) => true,
        (Node::Bool(theirs), Kind::Bool(ours)) => *theirs == ours,
        // serde_yaml reads some YAML 1.1 numbers too (`0b1`), which the core schema takes as text.
        (Node::Number(_), Kind::Number | Kind::Str) => true,
        // It takes numbers with leading zeros as text, which the core schema does not.
        (Node::Str(text), Kind::Number | Kind::Str) => text == source,
        _ => false,
    };
    agrees.then(|| match kind {
        Kind::Bool(value) => FieldValue::Bool(value),
        Kind::Str => FieldValue::Str(source.to_owned()),
        Kind::Null | Kind::Number => FieldValue::Source(source.to_owned()),
    })
}

fn item_text(source: &str, node: &Node, style: Style, has_property: bool) -> Option<String> {
    match (node, style) {
        (Node::Str(text), Style::Plain) if !has_property && !source.contains('\n') => {
            (text == source).then(|| text.clone())
        }
        (Node::Str(text), _) => Some(text.clone()),
        (Node::Null, Style::Empty) => Some(String::new()),
        (_, Style::Plain) => Some(source.to_owned()),
        (node, _) if has_property => Some(node.to_string()),
        _ => None,
    }
}
