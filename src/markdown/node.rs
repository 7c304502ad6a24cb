//! A full YAML read of front matter, through `serde_yaml`: every value, no source positions.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::scalar::{Context, Quote, render};
use crate::domain::diagnostic::{Code, Problem};
use crate::domain::value::FieldValue;

/// The most values one front matter may hold, aliases expanded.
const MAX_NODES: usize = 100_000;
/// The deepest nesting allowed.
const MAX_DEPTH: usize = 64;
/// libyaml takes time in proportion to open brackets times tokens; more than this is refused unread.
const MAX_BRACKETS_TIMES_BYTES: usize = 1 << 27;
/// YAML starts on the second line of the file.
const LINES_BEFORE: usize = 1;

/// A YAML value, tags dropped and aliases expanded.
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

    /// The field value where the source text is not known: numbers and nested values as YAML writes them.
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

/// Flow style.
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

/// Reads the top-level pairs of a mapping in file order; a key that occurs twice is there twice.
///
/// # Errors
/// `YamlSyntax`, `NotAMapping` or `TooComplex`, with line and column in the file.
pub(super) fn read_pairs(yaml: &str) -> Result<Vec<(String, Node)>, Problem> {
    let brackets = yaml.bytes().filter(|b| matches!(b, b'[' | b'{')).count();
    if brackets.saturating_mul(yaml.len()) > MAX_BRACKETS_TIMES_BYTES {
        return Err(too_complex(None, None));
    }
    let mut bounds = Bounds { nodes: 0, exceeded: false };
    let seed = NodeSeed { bounds: &mut bounds, depth: 0 };
    match seed.deserialize(serde_yaml::Deserializer::from_str(yaml)) {
        Ok(Node::Map(pairs)) => Ok(pairs),
        Ok(Node::Null) => Ok(Vec::new()),
        Ok(_) => Err(not_a_mapping(yaml)),
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

fn describe(error: &serde_yaml::Error, bounds_exceeded: bool) -> Problem {
    let place = error.location();
    let line = place.as_ref().and_then(|place| u32::try_from(place.line() + LINES_BEFORE).ok());
    let column = place.as_ref().and_then(|place| u32::try_from(place.column()).ok());
    let message = error.to_string();
    if bounds_exceeded
        || message.starts_with("repetition limit exceeded")
        || message.starts_with("recursion limit exceeded")
    {
        return too_complex(line, column);
    }
    // The place is in its own fields; libyaml's own counts from the first line of the YAML.
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    Problem {
        code: Code::YamlSyntax,
        line,
        column,
        message: format!("not valid YAML: {message}"),
        help: "quote values that hold `: `, ` #`, or begin with a special character".to_owned(),
    }
}

fn too_complex(line: Option<u32>, column: Option<u32>) -> Problem {
    Problem {
        code: Code::TooComplex,
        line,
        column,
        message: format!(
            "the front matter nests deeper than {MAX_DEPTH} levels or holds more than {MAX_NODES} values, aliases expanded"
        ),
        help: "keep front matter flat, and write repeated values out".to_owned(),
    }
}

struct Bounds {
    nodes: usize,
    exceeded: bool,
}

struct NodeSeed<'b> {
    bounds: &'b mut Bounds,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for NodeSeed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.bounds.nodes += 1;
        if self.bounds.nodes > MAX_NODES || self.depth > MAX_DEPTH {
            self.bounds.exceeded = true;
            return Err(D::Error::custom("too complex"));
        }
        deserializer.deserialize_any(self)
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

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Str(value.to_owned()))
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
        while let Some(key) = map.next_key::<String>()? {
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
