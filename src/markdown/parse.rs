//! Parses a document: front matter into fields, and the range of the body.

use std::collections::HashMap;
use std::ops::Range;

use super::core_schema::{Kind, resolve};
use super::flat;
use super::node::{self, Node};
use super::scan::{Entry, PropertyKind, Style, Value, scan};
use super::split::{Split, split};
use crate::domain::diagnostic::{Code, Problem};
use crate::domain::value::{FieldValue, Fields};

/// A parsed document: its fields and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'t> {
    /// The keys and values of the front matter in file order; empty if there is none.
    pub fields: Fields,
    text: &'t str,
    split: Split,
    /// The line of each field; `None` if the scanner could not follow the YAML.
    lines: Option<Vec<u32>>,
}

impl<'t> Document<'t> {
    /// Everything after the front matter, byte for byte; without front matter the whole text except its byte order
    /// mark.
    #[must_use]
    pub fn body(&self) -> &'t str {
        &self.text[self.split.body.clone()]
    }

    /// The byte range of the body in the text.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.split.body.clone()
    }

    /// Whether there is front matter, even if empty.
    #[must_use]
    pub fn has_front_matter(&self) -> bool {
        self.split.has_front_matter()
    }

    /// The line of `key` in the file, counted from 1; `None` if the key is absent or its position is unknown.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<u32> {
        let index = self.fields.position(key)?;
        self.lines.as_ref()?.get(index).copied()
    }

    /// Whether the position of every field is known, so that fields can be edited.
    pub(super) fn is_mapped(&self) -> bool {
        self.lines.is_some()
    }
}

/// Parses a document.
///
/// Values follow YAML 1.2's core schema; see [`FieldValue`] for what is kept as source text. Takes time linear in the
/// length of any text, and never panics. Checking size, NUL bytes and encoding is up to the caller.
///
/// # Errors
/// `UnclosedFrontMatter`, `YamlSyntax`, `NotAMapping`, `DuplicateKey` or `TooComplex`, with their position in the file.
pub fn parse(text: &str) -> Result<Document<'_>, Problem> {
    let split = split(text)?;
    match flat::read(&text[split.yaml.clone()]) {
        Some((pairs, lines)) => Ok(Document { fields: Fields::new(pairs), text, split, lines: Some(lines) }),
        None => read_fully(text, split),
    }
}

/// Like [`parse`], always with the full YAML parser.
///
/// # Errors
/// The same as for [`parse`].
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

/// The indexes of the first duplicate key and its earlier occurrence, the earlier one first.
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

/// The values, if parser and scanner agree on every key, its kind and its plain text; otherwise `None`.
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
        // serde_yaml also reads some YAML 1.1 numbers (`0b1`), which are text in the core schema.
        (Node::Number(_), Kind::Number | Kind::Str) => true,
        // It reads numbers with leading zeros as text, which are numbers in the core schema.
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
