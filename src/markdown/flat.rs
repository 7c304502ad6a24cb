//! The fast reader for plain front matter: one key per line and simple lists, in one pass. It returns exactly what the
//! full parser would, or declines; it never guesses.

use std::borrow::Cow;

use super::core_schema::{Kind, resolve};
use crate::domain::value::FieldValue;

/// With more keys, finding duplicates would need an index, which the full parser has.
const MAX_KEYS: usize = 64;

/// Keys with values and lines, or `None` if the full parser has to read the text.
pub(super) type Flat = Option<(Vec<(String, FieldValue)>, Vec<u32>)>;

/// Reads the YAML between the fences; its first line is line 2 of the file.
pub(super) fn read(yaml: &str) -> Flat {
    if !has_ordinary_characters(yaml) {
        return None;
    }
    let mut pairs: Vec<(String, FieldValue)> = Vec::with_capacity(16);
    let mut lines = Vec::with_capacity(16);
    let mut rest = Lines { yaml, number: 1 };
    while let Some(line) = rest.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = rest.number;
        let (key, after) = split_key(line)?;
        if pairs.len() == MAX_KEYS || pairs.iter().any(|(known, _)| known == key) {
            return None;
        }
        let value = if after.is_empty() { below(&mut rest)? } else { inline(after)? };
        pairs.push((key.to_owned(), value));
        lines.push(number);
    }
    Some((pairs, lines))
}

/// Iterates over lines, without line endings and trailing spaces.
struct Lines<'y> {
    yaml: &'y str,
    /// The number in the file of the line returned last.
    number: u32,
}

impl<'y> Lines<'y> {
    fn peek(&self) -> Option<&'y str> {
        if self.yaml.is_empty() {
            return None;
        }
        let end = self.yaml.find('\n').unwrap_or(self.yaml.len());
        let line = &self.yaml[..end];
        Some(line.strip_suffix('\r').unwrap_or(line).trim_end_matches(' '))
    }

    fn next(&mut self) -> Option<&'y str> {
        let line = self.peek()?;
        self.number += 1;
        self.yaml = self.yaml.find('\n').map_or("", |newline| &self.yaml[newline + 1..]);
        Some(line)
    }
}

/// Whether there is no control character, no tab, no line break but `\n` and `\r\n`, and nothing that libyaml rejects.
fn has_ordinary_characters(yaml: &str) -> bool {
    let bytes = yaml.as_bytes();
    let is_ordinary = |b: &u8| (0x20..0x7f).contains(b) || *b == b'\n';
    if bytes.iter().fold(true, |all, b| all & is_ordinary(b)) {
        return true;
    }
    yaml.char_indices().all(|(at, c)| match c {
        '\r' => bytes.get(at + 1) == Some(&b'\n'),
        '\n' | ' '..='~' => true,
        c => super::scalar::is_inline(c),
    })
}

/// The key and the trimmed text after its colon; `None` if the line is not that plain.
fn split_key(line: &str) -> Option<(&str, &str)> {
    if !line.as_bytes()[0].is_ascii_alphanumeric() {
        return None;
    }
    let colon = line.bytes().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')))?;
    let after = line[colon..].strip_prefix(':')?;
    if !after.is_empty() && !after.starts_with(' ') {
        return None;
    }
    Some((&line[..colon], after.trim_start_matches(' ')))
}

/// The value of a key with nothing after its colon: the list on the lines below, or null.
fn below(rest: &mut Lines<'_>) -> Option<FieldValue> {
    let mut items = Vec::new();
    let mut indent = None;
    while let Some(line) = rest.peek() {
        let trimmed = line.trim_start_matches(' ');
        if trimmed.is_empty() || trimmed.starts_with('#') {
            rest.next();
            continue;
        }
        let spaces = line.len() - trimmed.len();
        let Some(item) = trimmed.strip_prefix("- ") else {
            // A line that is not a new key needs the full parser.
            if spaces > 0 || trimmed.starts_with('-') {
                return None;
            }
            break;
        };
        if *indent.get_or_insert(spaces) != spaces {
            return None;
        }
        items.push(scalar(item.trim_start_matches(' '))?.into_owned());
        rest.next();
    }
    Some(if indent.is_some() { FieldValue::List(items) } else { FieldValue::Source(String::new()) })
}

fn inline(text: &str) -> Option<FieldValue> {
    if let Some(list) = text.strip_prefix('[') {
        return flow_list(list.strip_suffix(']')?);
    }
    let value = scalar(text)?;
    if text.starts_with(['"', '\'']) {
        return Some(FieldValue::Str(value.into_owned()));
    }
    Some(match resolve(text) {
        Kind::Bool(value) => FieldValue::Bool(value),
        Kind::Str => FieldValue::Str(value.into_owned()),
        Kind::Null | Kind::Number => FieldValue::Source(value.into_owned()),
    })
}

fn flow_list(inner: &str) -> Option<FieldValue> {
    if inner.contains(['"', '\'', '[', ']', '{', '}', '#', ':', '?']) {
        return None;
    }
    let inner = inner.trim_matches(' ');
    if inner.is_empty() {
        return Some(FieldValue::List(Vec::new()));
    }
    let items = inner.split(',').map(|item| Some(scalar(item.trim_matches(' '))?.into_owned()));
    items.collect::<Option<Vec<_>>>().map(FieldValue::List)
}

/// The text of a scalar that fills the rest of its line; `None` if the full parser has to read it.
fn scalar(text: &str) -> Option<Cow<'_, str>> {
    match text.as_bytes().first()? {
        b'\'' => {
            let inner = text[1..].strip_suffix('\'')?;
            if !inner.contains('\'') {
                return Some(Cow::Borrowed(inner));
            }
            let unescaped = inner.replace("''", "\n");
            (!unescaped.contains('\'')).then(|| Cow::Owned(unescaped.replace('\n', "'")))
        }
        b'"' => {
            let inner = text[1..].strip_suffix('"')?;
            (!inner.contains(['"', '\\'])).then_some(Cow::Borrowed(inner))
        }
        first => {
            let may_begin = first.is_ascii_alphanumeric()
                || *first >= 0x80
                || matches!(first, b'.' | b'+' | b'~' | b'/' | b'(' | b'$' | b'_');
            let is_simple =
                may_begin && !text.ends_with(':') && !has_after(text, b':', b' ') && !has_after(text, b' ', b'#');
            is_simple.then_some(Cow::Borrowed(text))
        }
    }
}

fn has_after(text: &str, first: u8, second: u8) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0] == first && pair[1] == second)
}
