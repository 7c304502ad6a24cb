//! Line-scoped edits of a document's text. Every result is verified by a full parse before it is returned.

use std::collections::HashMap;

use super::edit_error::EditError;
use super::kept::Kept;
use super::parse::{Document, parse, parse_fully};
use super::rewrite::{Rewrite, Splice, new_entry};
use super::scan::{Entry, Item, Property, PropertyKind, Unmapped, scan};
use super::split::{Split, newline_of, split};
use crate::domain::diagnostic::{Code, Problem};
use crate::domain::value::{FieldValue, Fields, is_null};

/// One change to a document. Setting a key to its present value changes no byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Sets the value of `key`; a missing key is added after the last one.
    ///
    /// A [`FieldValue::Source`] is written verbatim (one line of YAML) and reads back as whatever it means:
    /// `Source("2026-01-01")` writes a plain date, which reads back as a string.
    Set { key: String, value: FieldValue },
    /// Appends an item to a list unless it contains the item; a missing or null key becomes a list.
    Append { key: String, item: String },
    /// Removes every occurrence of an item from a list.
    Remove { key: String, item: String },
    /// Removes a key and its lines.
    Unset { key: String },
    /// Replaces everything after the front matter.
    Body(String),
}

impl Edit {
    /// The key it changes; `None` for the body.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Set { key, .. } | Self::Append { key, .. } | Self::Remove { key, .. } | Self::Unset { key } => {
                Some(key)
            }
            Self::Body(_) => None,
        }
    }
}

/// Applies `edits` in order and returns the new text.
///
/// Laws: without edits the text is returned unchanged; the result reads back, with a full parse, as exactly the fields,
/// key order and body that the edits ask for; lines of unchanged keys keep their bytes.
///
/// # Errors
/// An edit cannot be made within these laws; see [`EditError`].
pub fn edit(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    if edits.is_empty() {
        return Ok(text.to_owned());
    }
    let before = parse(text).map_err(|problem| unreadable(text, problem))?;
    let mut draft = Draft::of(text, &before);
    for change in edits {
        draft.apply(change)?;
    }
    if draft.text != text {
        draft.verify(text, &before, edits)?;
    }
    Ok(draft.text)
}

/// The value that is read back once this one is written; `None` for source text that is not one value on one line.
fn read_back(value: &FieldValue) -> Option<FieldValue> {
    let FieldValue::Source(source) = value else { return Some(value.clone()) };
    if source.contains(['\n', '\r']) {
        return None;
    }
    let text = format!("---\nk: {source}\n---\n");
    let mut entries = scan(&text, split(&text).ok()?.yaml).ok()?;
    let end = entries.pop().filter(|_| entries.is_empty())?.value.span.end;
    let is_whole = source.is_empty() || text[end..] == *"\n---\n";
    parse_fully(&text).ok().filter(|_| is_whole)?.fields.get("k").cloned()
}

/// The text being edited, and the content it must read back as.
struct Draft {
    text: String,
    fields: Vec<(String, FieldValue)>,
    body: String,
    is_mapped: bool,
}

impl Draft {
    fn of(text: &str, before: &Document<'_>) -> Self {
        Self {
            text: text.to_owned(),
            fields: before.fields.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect(),
            body: before.body().to_owned(),
            is_mapped: before.is_mapped(),
        }
    }

    fn apply(&mut self, change: &Edit) -> Result<(), EditError> {
        match change {
            Edit::Set { key, value } => self.set(key, value),
            Edit::Append { key, item } => match self.list(key)? {
                Some(items) if items.contains(item) => Ok(()),
                items => {
                    let mut items = items.cloned().unwrap_or_default();
                    items.push(item.clone());
                    self.set(key, &FieldValue::List(items))
                }
            },
            Edit::Remove { key, item } => match self.list(key)? {
                Some(items) if items.contains(item) => {
                    let items = items.iter().filter(|other| *other != item).cloned().collect();
                    self.set(key, &FieldValue::List(items))
                }
                _ => Ok(()),
            },
            Edit::Unset { key } => self.unset(key),
            Edit::Body(body) => self.set_body(body),
        }
    }

    fn index_of(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|(known, _)| known == key)
    }

    /// The items under `key`; `None` if it is absent or null.
    fn list(&self, key: &str) -> Result<Option<&Vec<String>>, EditError> {
        let Some(index) = self.index_of(key) else { return Ok(None) };
        match &self.fields[index].1 {
            FieldValue::List(items) => Ok(Some(items)),
            FieldValue::Source(source) if is_null(source) => Ok(None),
            _ => {
                let (_, entries) = self.entries()?;
                let (line, column) = place(&self.text, entries[index].value.span.start);
                Err(EditError::NotAList { key: key.to_owned(), line, column })
            }
        }
    }

    fn set(&mut self, key: &str, value: &FieldValue) -> Result<(), EditError> {
        let index = self.index_of(key);
        if index.is_some_and(|index| self.fields[index].1 == *value) {
            return Ok(());
        }
        let bad_source = || EditError::BadSource {
            key: key.to_owned(),
            source_text: value.as_text().unwrap_or_default().to_owned(),
        };
        let expected = read_back(value).ok_or_else(bad_source)?;
        match index {
            Some(index) if self.fields[index].1 == expected => {}
            Some(index) => {
                let (_, entries) = self.entries()?;
                let rewrite = Rewrite::new(&self.text, &entries, index);
                let splices = match (&self.fields[index].1, value) {
                    (FieldValue::List(old), FieldValue::List(new)) if !new.is_empty() => {
                        let kept = Kept::between(old, new);
                        let changed =
                            entries[index].value.items.iter().zip(&kept.is_old_kept).filter(|(_, is_kept)| !**is_kept);
                        self.refuse_properties(&entries[index], changed.map(|(item, _)| item))?;
                        rewrite.list(new, &kept)
                    }
                    _ => {
                        self.refuse_properties(&entries[index], entries[index].value.items.iter())?;
                        rewrite.value(value)
                    }
                };
                self.splice(splices);
                self.fields[index].1 = expected;
            }
            None => {
                self.ensure_front_matter();
                let (split, entries) = self.entries()?;
                let at = entries.last().map_or(split.yaml.end, |entry| entry.lines.end);
                let lines = new_entry(&self.text, &entries, key, value);
                self.splice(vec![Splice { range: at..at, with: lines }]);
                self.fields.push((key.to_owned(), expected));
            }
        }
        Ok(())
    }

    fn unset(&mut self, key: &str) -> Result<(), EditError> {
        let Some(index) = self.index_of(key) else { return Ok(()) };
        let (_, entries) = self.entries()?;
        self.refuse_properties(&entries[index], entries[index].value.items.iter())?;
        let range = entries[index].lines.clone();
        self.splice(vec![Splice { range, with: String::new() }]);
        self.fields.remove(index);
        Ok(())
    }

    fn set_body(&mut self, body: &str) -> Result<(), EditError> {
        if self.body == body {
            return Ok(());
        }
        let split = self.split()?;
        let closing = &self.text[split.closing];
        let needs_newline = !closing.is_empty() && !closing.ends_with('\n') && !body.is_empty();
        let newline = if needs_newline { newline_of(&self.text) } else { "" };
        self.splice(vec![Splice { range: split.body, with: format!("{newline}{body}") }]);
        body.clone_into(&mut self.body);
        Ok(())
    }

    fn ensure_front_matter(&mut self) {
        if let Ok(split) = split(&self.text)
            && !split.has_front_matter()
        {
            let newline = newline_of(&self.text);
            self.text.insert_str(split.body.start, &format!("---{newline}---{newline}"));
        }
    }

    fn split(&self) -> Result<Split, EditError> {
        split(&self.text).map_err(EditError::Unreadable)
    }

    /// The present spans of all keys, one entry per field.
    fn entries(&self) -> Result<(Split, Vec<Entry<'_>>), EditError> {
        let split = self.split()?;
        let disagreement = Unmapped { at: split.yaml.start, what: "a construct whose place is not clear" };
        let mapped = scan(&self.text, split.yaml.clone());
        let is_flow_root = |at| self.text[at..].starts_with('{');
        match mapped {
            Ok(entries) if self.is_mapped && entries.len() == self.fields.len() => Ok((split, entries)),
            Err(Unmapped { at, .. }) if self.text[split.yaml.start..at].trim_start().is_empty() && is_flow_root(at) => {
                let (line, column) = place(&self.text, at);
                Err(EditError::NotABlockMapping { line, column })
            }
            other => {
                let unmapped = other.err().unwrap_or(disagreement);
                let (line, column) = place(&self.text, unmapped.at);
                Err(EditError::Unmapped { what: unmapped.what, line, column })
            }
        }
    }

    fn refuse_properties<'i>(
        &self,
        entry: &Entry<'_>,
        mut changed: impl Iterator<Item = &'i Item>,
    ) -> Result<(), EditError> {
        let Some(Property { kind, at }) = entry.value.property.or_else(|| changed.find_map(|item| item.property))
        else {
            return Ok(());
        };
        let key = entry.key.clone().into_owned();
        let (line, column) = place(&self.text, at);
        Err(match kind {
            PropertyKind::Anchor => EditError::Anchor { key, line, column },
            PropertyKind::Tag => EditError::Tag { key, line, column },
            PropertyKind::Alias => EditError::Alias { key, line, column },
        })
    }

    fn splice(&mut self, mut splices: Vec<Splice>) {
        splices.sort_by_key(|splice| (splice.range.start, splice.range.end));
        let mut text = String::with_capacity(self.text.len() + 64);
        let mut at = 0;
        for splice in &splices {
            text.push_str(&self.text[at..splice.range.start]);
            text.push_str(&splice.with);
            at = splice.range.end;
        }
        text.push_str(&self.text[at..]);
        self.text = text;
    }

    /// Verifies the law `PutGet`: the full parser reads the new text back as exactly what was asked for.
    fn verify(&self, text: &str, before: &Document<'_>, edits: &[Edit]) -> Result<(), EditError> {
        let after = parse_fully(&self.text).ok();
        let expected = Fields::new(self.fields.clone());
        let Some(after) = after.filter(|after| after.fields == expected) else {
            let keyed = edits.iter().filter_map(Edit::key);
            let changed = |key: &&str| before.fields.get(key) != expected.get(key);
            let Some(key) = keyed.clone().find(changed).or_else(|| keyed.clone().next()) else {
                return Err(EditError::UnsafeBody);
            };
            let line = before.line_of(key).unwrap_or(1);
            let written = text.lines().nth(line as usize - 1).unwrap_or_default();
            let indent = written.len() - written.trim_start_matches(' ').len();
            let column = u32::try_from(indent + 1).unwrap_or(u32::MAX);
            return Err(EditError::NotSafe { key: key.to_owned(), line, column });
        };
        if after.body() == self.body { Ok(()) } else { Err(EditError::UnsafeBody) }
    }
}

fn unreadable(text: &str, problem: Problem) -> EditError {
    match (problem.code, problem.line, problem.column) {
        (Code::NotAMapping, Some(line), Some(column)) => EditError::NotABlockMapping { line, column },
        (Code::DuplicateKey, ..) => duplicate_key(text).unwrap_or(EditError::Unreadable(problem)),
        _ => EditError::Unreadable(problem),
    }
}

fn duplicate_key(text: &str) -> Option<EditError> {
    let entries = scan(text, split(text).ok()?.yaml).ok()?;
    let mut seen = HashMap::new();
    entries.iter().find_map(|entry| {
        let first_line = seen.insert(&entry.key, entry.line)?;
        Some(EditError::DuplicateKey { key: entry.key.clone().into_owned(), first_line, line: entry.line, column: 1 })
    })
}

/// Line and column in the file, counted from 1; columns count characters.
fn place(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
    (count(before.matches('\n').count()), count(before[line_start..].chars().count()))
}
