//! Spans inside a flow collection (`[a, b]`), which may span several lines. Used only by the scanner.

use std::ops::Range;

use super::scan::{Item, Property, PropertyKind, Style, Unmapped, quoted_end};

/// Reads the flow collection that opens at `open`: the offset after its closing bracket, and its direct items.
pub(super) fn scan(text: &str, open: usize) -> Result<(usize, Vec<Item>), Unmapped> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut items = Vec::new();
    let mut item: Option<Range<usize>> = None;
    let mut is_pair = false;
    // The last byte that was not blank or part of a comment, anchor or tag; `x` stands for any byte of plain text.
    let mut last = b',';
    let mut at = open;
    while let Some(byte) = bytes.get(at).copied() {
        let start = at;
        at += 1;
        let begins_scalar = matches!(last, b'[' | b'{' | b',' | b':' | b'?');
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            b'#' if matches!(bytes[start - 1], b' ' | b'\t' | b'\n') => {
                at = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
                continue;
            }
            b'&' | b'!' if begins_scalar => {
                at = text[start..]
                    .find([' ', '\t', '\r', '\n', ',', '[', ']', '{', '}'])
                    .map_or(text.len(), |end| start + end);
                item.get_or_insert(start..at).end = at;
                continue;
            }
            b'"' | b'\'' if begins_scalar => {
                at = quoted_end(text, start).ok_or(Unmapped { at: start, what: "a quote that is never closed" })?;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => {}
        }
        let is_mark = match byte {
            b':' => is_followed_by_gap(bytes, start) || matches!(last, b'"' | b'\''),
            b'?' => begins_scalar && is_followed_by_gap(bytes, start),
            _ => false,
        };
        last = match byte {
            b':' | b'?' if !is_mark => b'x',
            b'"' | b'\'' if !begins_scalar => b'x',
            _ => byte,
        };
        let is_outer_bracket = start == open || depth == 0;
        let ends_item = is_outer_bracket || (byte == b',' && depth == 1);
        if !ends_item {
            is_pair |= depth == 1 && is_mark;
            item.get_or_insert(start..at).end = at;
        } else if let Some(span) = item.take() {
            items.push(describe(text, span, is_pair));
            is_pair = false;
        }
        if depth == 0 {
            return Ok((at, items));
        }
    }
    Err(Unmapped { at: open, what: "a bracket that is never closed" })
}

fn is_followed_by_gap(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']' | b'{' | b'}'))
}

fn describe(text: &str, span: Range<usize>, is_pair: bool) -> Item {
    let first = text.as_bytes()[span.start];
    let kind = match first {
        b'&' => Some(PropertyKind::Anchor),
        b'!' => Some(PropertyKind::Tag),
        b'*' => Some(PropertyKind::Alias),
        _ => None,
    };
    let style = match first {
        _ if is_pair => Style::Other,
        b'"' => Style::Double,
        b'\'' => Style::Single,
        b'[' => Style::FlowList,
        b'{' | b'*' => Style::Other,
        _ => Style::Plain,
    };
    let property = kind.map(|kind| Property { kind, at: span.start });
    Item { style, lines: span.clone(), span, property }
}
