//! Rewrites one key's own lines for a new value, keeping its style. Decides bytes only; verifies nothing.

use std::ops::Range;

use super::flow_rewrite;
use super::kept::Kept;
use super::scalar::{Context, Quote, is_date_like, render, render_block};
use super::scan::{Entry, Style};
use super::split::newline_of;
use crate::domain::value::FieldValue;

/// A replacement of a byte range; the ranges of one rewrite do not overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) range: Range<usize>,
    pub(super) with: String,
}

/// The lines of a new key, with a final newline.
pub(super) fn new_entry(text: &str, entries: &[Entry<'_>], key: &str, value: &FieldValue) -> String {
    let newline = newline_of(text);
    let indent = root_indent(text, entries);
    // A key at the start of a line must not look like a document marker.
    let key = render(key, Quote::Plain, Context::Block);
    let value = match value {
        FieldValue::List(items) if !items.is_empty() && !prefers_flow(entries) => {
            block_items(items, &format!("{indent}  "), newline, Quote::Plain)
        }
        value => match inline_text(value, Quote::Plain) {
            text if text.is_empty() => text,
            text => format!(" {text}"),
        },
    };
    format!("{indent}{key}:{value}{newline}")
}

/// Computes the new bytes of one entry.
pub(super) struct Rewrite<'t> {
    text: &'t str,
    entries: &'t [Entry<'t>],
    entry: &'t Entry<'t>,
    newline: &'static str,
}

impl<'t> Rewrite<'t> {
    pub(super) fn new(text: &'t str, entries: &'t [Entry<'t>], index: usize) -> Self {
        Self { text, entries, entry: &entries[index], newline: newline_of(text) }
    }

    /// Replaces the whole value.
    pub(super) fn value(&self, value: &FieldValue) -> Vec<Splice> {
        let style = self.entry.value.style;
        match value {
            FieldValue::Str(text) if matches!(style, Style::Literal | Style::Folded) => {
                self.block_scalar(text).unwrap_or_else(|| self.inline(&inline_text(value, Quote::Plain)))
            }
            FieldValue::Str(text) if style == Style::Plain && self.stays_plain_date(text) => self.inline(text),
            FieldValue::List(items) if !items.is_empty() && !prefers_flow(self.entries) => {
                let indent = format!("{}  ", root_indent(self.text, self.entries));
                self.below(&block_items(items, &indent, self.newline, Quote::Plain))
            }
            value => self.inline(&inline_text(value, quote_of(style))),
        }
    }

    /// Changes a list item by item; `new` is not empty.
    pub(super) fn list(&self, new: &[String], kept: &Kept) -> Vec<Splice> {
        let wish = self.common_quote();
        if self.entry.value.style == Style::FlowList {
            return flow_rewrite::list(self.text, &self.entry.value, new, kept, wish, self.newline);
        }
        let items = &self.entry.value.items;
        let first = items[0].lines.start;
        let indent = &self.text[first..self.entry.value.span.start];
        let removed = items.iter().zip(&kept.is_old_kept).filter(|(_, is_kept)| !**is_kept);
        let mut splices: Vec<_> =
            removed.map(|(item, _)| Splice { range: item.lines.clone(), with: String::new() }).collect();
        let mut at = first;
        for (item, old) in new.iter().zip(&kept.old_of_new) {
            match old {
                Some(old) => at = items[*old].lines.end,
                None => splices.push(Splice {
                    range: at..at,
                    with: format!("{indent}- {}{}", render(item, wish, Context::Block), self.newline),
                }),
            }
        }
        splices
    }

    /// The quoting that all present items share; plain if they differ.
    fn common_quote(&self) -> Quote {
        let items = &self.entry.value.items;
        let first = items.first().map_or(Quote::Plain, |item| quote_of(item.style));
        if items.iter().all(|item| quote_of(item.style) == first) { first } else { Quote::Plain }
    }

    /// The end of the key's first line, before its line ending.
    fn key_line_end(&self) -> usize {
        line_end(self.text, self.entry.colon)
    }

    /// Whether a plain date stays plain; other date-like text is quoted, so that YAML 1.1 reads it as text.
    fn stays_plain_date(&self, new: &str) -> bool {
        is_date_like(&self.text[self.entry.value.span.clone()]) && is_date_like(new)
    }

    /// Writes `value` on one line in place of the present value; it is empty for null.
    fn inline(&self, value: &str) -> Vec<Splice> {
        let span = self.entry.value.span.clone();
        let colon = self.entry.colon;
        let spaced = if value.is_empty() { String::new() } else { format!(" {value}") };
        match self.shape() {
            Shape::Empty => vec![Splice { range: colon..colon, with: spaced }],
            Shape::BlockScalar { header_end, lines } => {
                vec![Splice { range: colon..header_end, with: spaced }, Splice { range: lines, with: String::new() }]
            }
            Shape::Lines => vec![
                Splice { range: colon..colon, with: spaced },
                Splice { range: self.key_line_end()..span.end, with: String::new() },
            ],
            Shape::Inline if value.is_empty() => vec![Splice { range: colon..span.end, with: String::new() }],
            Shape::Inline => vec![Splice { range: span, with: value.to_owned() }],
        }
    }

    /// Writes `lines` (each with the line ending before it) below the key in place of the present value.
    fn below(&self, lines: &str) -> Vec<Splice> {
        let span = self.entry.value.span.clone();
        let colon = self.entry.colon;
        let insert = |range: Range<usize>| Splice { range, with: lines.to_owned() };
        let remove = |range: Range<usize>| Splice { range, with: String::new() };
        match self.shape() {
            Shape::Empty => vec![insert(self.key_line_end()..self.key_line_end())],
            Shape::BlockScalar { header_end, lines } => vec![remove(colon..header_end), insert(lines)],
            Shape::Lines => vec![insert(self.key_line_end()..span.end)],
            Shape::Inline => {
                let end = line_end(self.text, span.end);
                vec![remove(colon..span.end), insert(end..end)]
            }
        }
    }

    /// Writes another text in the present literal or folded style; `None` if that style cannot hold it.
    fn block_scalar(&self, text: &str) -> Option<Vec<Splice>> {
        let Shape::BlockScalar { header_end, lines } = self.shape() else { return None };
        let old = self.text[lines.clone()].lines().find(|line| !line.trim().is_empty());
        let indent = match old {
            Some(line) => line[..line.len() - line.trim_start_matches(' ').len()].to_owned(),
            None => format!("{}  ", root_indent(self.text, self.entries)),
        };
        let indicator = if self.entry.value.style == Style::Literal { '|' } else { '>' };
        let (header, new_lines) = render_block(text, indicator, &indent, self.newline)?;
        Some(vec![
            Splice { range: self.entry.value.span.start..header_end, with: header },
            Splice { range: lines, with: new_lines },
        ])
    }

    fn shape(&self) -> Shape {
        let span = &self.entry.value.span;
        match self.entry.value.style {
            Style::Empty => Shape::Empty,
            Style::Literal | Style::Folded => {
                let header_line_end = line_end(self.text, span.start);
                let header = &self.text[span.start..header_line_end];
                let header_end = span.start + header.find([' ', '\t']).unwrap_or(header.len());
                Shape::BlockScalar { header_end, lines: header_line_end..span.end.max(header_line_end) }
            }
            Style::Other if self.text[span.start..].starts_with('{') => Shape::Inline,
            Style::BlockList | Style::Other => Shape::Lines,
            _ => Shape::Inline,
        }
    }
}

/// Where a value's bytes are, relative to its key.
enum Shape {
    Empty,
    /// From its first byte to its last, without comments.
    Inline,
    /// On the lines below the key.
    Lines,
    /// A header beside the key and lines below it; `lines` begins with the header's line ending.
    BlockScalar {
        header_end: usize,
        lines: Range<usize>,
    },
}

pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

fn root_indent<'t>(text: &'t str, entries: &[Entry<'_>]) -> &'t str {
    entries.first().map_or("", |entry| {
        let line = &text[entry.lines.start..];
        &line[..line.len() - line.trim_start_matches(' ').len()]
    })
}

fn prefers_flow(entries: &[Entry<'_>]) -> bool {
    let has = |style| entries.iter().any(|entry| entry.value.style == style);
    has(Style::FlowList) && !has(Style::BlockList)
}

fn block_items(items: &[String], indent: &str, newline: &str, wish: Quote) -> String {
    items.iter().map(|item| format!("{newline}{indent}- {}", render(item, wish, Context::Block))).collect()
}

/// A value on one line; empty for a null without text.
fn inline_text(value: &FieldValue, wish: Quote) -> String {
    match value {
        FieldValue::Str(text) => render(text, wish, Context::Block),
        FieldValue::Bool(value) => value.to_string(),
        FieldValue::List(items) => flow_rewrite::render_list(items, Quote::Plain),
        FieldValue::Source(source) => source.clone(),
    }
}

fn quote_of(style: Style) -> Quote {
    match style {
        Style::Single => Quote::Single,
        Style::Double => Quote::Double,
        _ => Quote::Plain,
    }
}
