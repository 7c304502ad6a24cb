//! A full YAML read of front matter, through `serde_yaml`: every value, no source positions.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::scalar::{Context, Quote, render};
use crate::domain::diagnostic::{Code, Problem};
use crate::domain::value::FieldValue;

/// The maximum number of values in one front matter, with aliases expanded.
const MAX_NODES: usize = 100_000;
/// The maximum nesting depth.
const MAX_DEPTH: usize = 64;
/// The maximum number of bytes that aliases may add to the size of the front matter.
const MAX_ADDED_BYTES: usize = 1 << 20;
/// The worst growth of an escape: `\L` has two bytes and reads as three, so none more than doubles.
const MAX_BYTES_A_BYTE: usize = 2;
/// libyaml takes time proportional to open brackets times tokens; beyond this the text is rejected unread.
const MAX_BRACKETS_TIMES_BYTES: usize = 1 << 27;
/// The YAML starts on the second line of the file.
const LINES_BEFORE: usize = 1;

/// A YAML value, without tags and with aliases expanded.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(String),
    Str(String),
    Seq(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self, Self::Seq(_) | Self::Map(_))
    }

    /// The field value if the source text is not known: numbers and nested values as YAML prints them.
    pub(super) fn into_field(self) -> FieldValue {
        match self {
            Self::Null => FieldValue::Source(String::new()),
            Self::Bool(value) => FieldValue::Bool(value),
            Self::Str(text) => FieldValue::Str(text),
            Self::Seq(items) if items.iter().all(Self::is_scalar) => {
                FieldValue::List(items.into_iter().map(Self::into_text).collect())
            }
            other => FieldValue::Source(other.to_string()),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Str(text) => text,
            other => other.to_string(),
        }
    }
}

/// Prints flow style.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::Str(text) => f.write_str(&render(text, Quote::Plain, Context::Flow)),
            Self::Seq(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    let key = render(key, Quote::Plain, Context::Flow);
                    write!(f, "{}{key}: {value}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Reads the top-level pairs of a mapping in file order; duplicate keys are returned twice.
///
/// # Errors
/// `YamlSyntax`, `NotAMapping` or `TooComplex`, with line and column in the file.
pub(super) fn read_pairs(yaml: &str) -> Result<Vec<(String, Node)>, Problem> {
    let mut brackets = yaml.match_indices(['[', '{']);
    if let Some((at, _)) = brackets.nth(MAX_BRACKETS_TIMES_BYTES / yaml.len().max(1)) {
        let before = &yaml[..at];
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1 + LINES_BEFORE;
        return Err(too_complex(Bound::Brackets, u32::try_from(line).ok(), u32::try_from(column).ok()));
    }
    let mut bounds = Bounds::of(yaml, MAX_NODES);
    match bounds.read(yaml) {
        Ok(Node::Map(pairs)) => Ok(pairs),
        Ok(Node::Null) => Ok(Vec::new()),
        Ok(_) => Err(not_a_mapping(yaml)),
        Err(error) if error.to_string().starts_with("repetition limit exceeded") => {
            // The parser's own limit error has no position; rereading with our limit just below it gives one.
            let mut nearer = Bounds::of(yaml, MAX_NODES - bounds.nodes_left - 1);
            Err(nearer.read(yaml).map_or_else(|error| describe(&error, nearer.exceeded), |_| describe(&error, None)))
        }
        Err(error) => Err(describe(&error, bounds.exceeded)),
    }
}

fn not_a_mapping(yaml: &str) -> Problem {
    let is_content = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let line = yaml.lines().position(|line| is_content(&line)).unwrap_or(0);
    Problem {
        code: Code::NotAMapping,
        line: u32::try_from(line + 1 + LINES_BEFORE).ok(),
        column: Some(1),
        message: "the front matter is not a mapping of keys to values".to_owned(),
        help: "write one `Key: value` on each line".to_owned(),
    }
}

fn describe(error: &serde_yaml::Error, exceeded: Option<Bound>) -> Problem {
    let place = error.location();
    let line = place.as_ref().and_then(|place| u32::try_from(place.line() + LINES_BEFORE).ok());
    let column = place.as_ref().and_then(|place| u32::try_from(place.column()).ok());
    let message = error.to_string();
    let exceeded = exceeded.or_else(|| {
        let of_parser =
            [("repetition limit exceeded", Bound::Values), ("recursion limit exceeded", Bound::Depth)].into_iter();
        of_parser.filter(|(told, _)| message.starts_with(told)).map(|(_, bound)| bound).next()
    });
    if let Some(bound) = exceeded {
        return too_complex(bound, line, column);
    }
    // The position is reported separately, and libyaml's counts from the first line of the YAML.
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    Problem {
        code: Code::YamlSyntax,
        line,
        column,
        message: format!("not valid YAML: {message}"),
        help: "quote values that hold `: `, ` #`, or begin with a special character".to_owned(),
    }
}

fn too_complex(bound: Bound, line: Option<u32>, column: Option<u32>) -> Problem {
    let message = match bound {
        Bound::Brackets => "the front matter is too large for the brackets that it holds".to_owned(),
        Bound::Depth => format!("the front matter nests deeper than {MAX_DEPTH} levels, aliases expanded"),
        Bound::Values => format!("the front matter holds more than {MAX_NODES} values, or aliases that expand too far"),
        Bound::Bytes => format!("the aliases of the front matter expand to more than {} KiB", MAX_ADDED_BYTES >> 10),
    };
    let help = "keep front matter flat, and write repeated values out".to_owned();
    Problem { code: Code::TooComplex, line, column, message, help }
}

/// The limit that a front matter exceeds.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Brackets,
    Depth,
    Values,
    Bytes,
}

/// The remaining limits, checked before a value is copied, because a short alias can expand to any number of values.
struct Bounds {
    nodes_left: usize,
    bytes_left: usize,
    exceeded: Option<Bound>,
}

impl Bounds {
    fn of(yaml: &str, nodes_left: usize) -> Self {
        let bytes_left = yaml.len().saturating_mul(MAX_BYTES_A_BYTE).saturating_add(MAX_ADDED_BYTES);
        Self { nodes_left, bytes_left, exceeded: None }
    }

    fn read(&mut self, yaml: &str) -> Result<Node, serde_yaml::Error> {
        NodeSeed { bounds: self, depth: 0 }.deserialize(serde_yaml::Deserializer::from_str(yaml))
    }

    fn exceed<E: serde::de::Error>(&mut self, bound: Bound) -> E {
        self.exceeded = Some(bound);
        E::custom("too complex")
    }

    fn text<E: serde::de::Error>(&mut self, text: &str) -> Result<String, E> {
        match self.bytes_left.checked_sub(text.len()) {
            Some(left) => self.bytes_left = left,
            None => return Err(self.exceed(Bound::Bytes)),
        }
        Ok(text.to_owned())
    }
}

struct NodeSeed<'b> {
    bounds: &'b mut Bounds,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(self.bounds.exceed(Bound::Depth));
        }
        match self.bounds.nodes_left.checked_sub(1) {
            Some(left) => self.bounds.nodes_left = left,
            None => return Err(self.bounds.exceed(Bound::Values)),
        }
        deserializer.deserialize_any(self)
    }
}

/// A mapping key, always read as text.
struct KeySeed<'b>(&'b mut Bounds);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        self.0.text(key)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Number(value.to_string()))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Node, E> {
        self.bounds.text(value).map(Node::Str)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(NodeSeed { bounds: self.bounds, depth: self.depth + 1 })? {
            items.push(item);
        }
        Ok(Node::Seq(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed(self.bounds))? {
            let value = map.next_value_seed(NodeSeed { bounds: self.bounds, depth: self.depth + 1 })?;
            pairs.push((key, value));
        }
        Ok(Node::Map(pairs))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node, A::Error> {
        let (_, content) = data.variant::<String>()?;
        content.newtype_variant_seed(self)
    }
}
