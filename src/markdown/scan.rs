//! The line scanner: finds the spans of top-level keys, values and list items in a block mapping. It decodes keys but
//! does not interpret values. One pass, linear time.

use std::borrow::Cow;
use std::ops::Range;

use super::flow;
use super::scalar::unescape;

/// A top-level key with its value. All ranges are byte ranges in the whole document.
#[derive(Debug)]
pub(super) struct Entry<'t> {
    pub(super) key: Cow<'t, str>,
    /// Line in the file, counted from 1.
    pub(super) line: u32,
    /// The key's own lines, from its first to the last one of its value, with their line endings.
    pub(super) lines: Range<usize>,
    /// The offset after the colon.
    pub(super) colon: usize,
    pub(super) value: Value,
}

/// A value: its outermost style and its span.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) style: Style,
    /// The value without anchor, tag, trailing comment or final newline; for a block, from its first character to the
    /// end of its last line; empty for a null without text.
    pub(super) span: Range<usize>,
    /// The first anchor or tag, or the alias if the value is one.
    pub(super) property: Option<Property>,
    /// The items of a list, in order.
    pub(super) items: Vec<Item>,
}

/// One item of a list.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) style: Style,
    pub(super) span: Range<usize>,
    pub(super) property: Option<Property>,
    /// For a block list: the item's own lines.
    pub(super) lines: Range<usize>,
}

/// The style in which a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Empty,
    Plain,
    Single,
    Double,
    Literal,
    Folded,
    BlockList,
    FlowList,
    /// An alias, or a mapping in either style.
    Other,
}

/// An anchor, tag or alias, and its offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) kind: PropertyKind,
    pub(super) at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PropertyKind {
    Anchor,
    Tag,
    Alias,
}

/// Front matter without top-level lines to point at, or in a form that this scanner does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unmapped {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

type Result<T> = std::result::Result<T, Unmapped>;

/// Scans the top-level entries of the YAML in `text[yaml]`.
pub(super) fn scan(text: &str, yaml: Range<usize>) -> Result<Vec<Entry<'_>>> {
    let mut scanner = Scanner { text: &text[..yaml.end], line: Line::before(yaml.start) };
    if let Some(at) = odd_break(&text[yaml.clone()]) {
        return Err(Unmapped { at: yaml.start + at, what: "an unusual line break" });
    }
    let mut entries = Vec::new();
    let mut root = None;
    while let Some(line) = scanner.peek_content() {
        scanner.line = line;
        if *root.get_or_insert(line.indent) != line.indent {
            return Err(Unmapped { at: line.first(), what: "a line that is indented unlike the first key" });
        }
        entries.push(scanner.entry()?);
    }
    Ok(entries)
}

/// The first line break that YAML 1.1 or libyaml recognises but editors do not show, or a byte order mark.
pub(super) fn odd_break(yaml: &str) -> Option<usize> {
    let bytes = yaml.as_bytes();
    if bytes.is_ascii() && !bytes.contains(&b'\r') {
        return None;
    }
    yaml.char_indices()
        .find(|(at, c)| match c {
            '\r' => bytes.get(at + 1) != Some(&b'\n'),
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
            _ => false,
        })
        .map(|(at, _)| at)
}

/// One line of the text.
#[derive(Debug, Clone, Copy)]
struct Line {
    number: u32,
    start: usize,
    /// The number of spaces before the first other character.
    indent: usize,
    /// The offset before the line ending.
    end: usize,
    next: usize,
}

impl Line {
    fn before(start: usize) -> Self {
        Self { number: 1, start, indent: 0, end: start, next: start }
    }

    fn first(&self) -> usize {
        self.start + self.indent
    }
}

struct Scanner<'t> {
    /// The text up to the end of the YAML.
    text: &'t str,
    /// The line being read; after a value, its last line.
    line: Line,
}

impl<'t> Scanner<'t> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn line_after(&self, line: &Line) -> Option<Line> {
        let start = line.next;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let (end, next) = match rest.find('\n') {
            Some(newline) => (start + newline, start + newline + 1),
            None => (self.text.len(), self.text.len()),
        };
        let end = if end > start && self.byte(end - 1) == Some(b'\r') { end - 1 } else { end };
        let indent = rest.bytes().take_while(|b| *b == b' ').count();
        Some(Line { number: line.number + 1, start, indent, end, next })
    }

    /// The next line that is not blank.
    fn peek_text(&self) -> Option<Line> {
        let mut line = self.line_after(&self.line)?;
        while self.skip_blanks(line.start, line.end) == line.end {
            line = self.line_after(&line)?;
        }
        Some(line)
    }

    /// The next line that is not blank and not just a comment.
    fn peek_content(&self) -> Option<Line> {
        let mut line = self.line_after(&self.line)?;
        loop {
            let at = self.skip_blanks(line.start, line.end);
            if at < line.end && self.byte(at) != Some(b'#') {
                return Some(line);
            }
            line = self.line_after(&line)?;
        }
    }

    fn skip_blanks(&self, from: usize, end: usize) -> usize {
        (from..end).find(|at| !matches!(self.byte(*at), Some(b' ' | b'\t'))).unwrap_or(end)
    }

    fn is_blank_or_end(&self, at: usize, end: usize) -> bool {
        at >= end || matches!(self.byte(at), Some(b' ' | b'\t'))
    }

    fn is_dash(&self, line: &Line) -> bool {
        self.byte(line.first()) == Some(b'-')
            && line.first() < line.end
            && self.is_blank_or_end(line.first() + 1, line.end)
    }

    fn entry(&mut self) -> Result<Entry<'t>> {
        let first = self.line;
        let (key, colon) = self.key(first.first(), first.end)?;
        let value = self.value(colon, first.indent, Parent::Key)?;
        Ok(Entry { key, line: first.number, lines: first.start..self.line.next, colon, value })
    }

    /// Reads a key that starts at `at`; returns its text and the offset after its colon.
    fn key(&self, at: usize, end: usize) -> Result<(Cow<'t, str>, usize)> {
        let refuse = |what| Err(Unmapped { at, what });
        match self.byte(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let close = match quoted_end(self.text, at) {
                    Some(close) if close <= end => close,
                    _ => return refuse("a quoted key that does not end on its line"),
                };
                let inner = &self.text[at + 1..close - 1];
                let key = match quote {
                    b'\'' if inner.contains('\'') => Cow::Owned(inner.replace("''", "'")),
                    b'"' if inner.contains('\\') => match unescape(inner) {
                        Some(key) => Cow::Owned(key),
                        None => return refuse("an unknown escape in a key"),
                    },
                    _ => Cow::Borrowed(inner),
                };
                let colon = self.skip_blanks(close, end);
                if self.byte(colon) != Some(b':') || colon >= end || !self.is_blank_or_end(colon + 1, end) {
                    return refuse("a quoted text that is not a key");
                }
                Ok((key, colon + 1))
            }
            Some(b'[' | b'{') => refuse("a mapping or list in flow style"),
            Some(b'&' | b'*' | b'!') => refuse("an anchor, alias or tag before a key"),
            Some(b'\t') => refuse("a tab in the indentation"),
            Some(b'?' | b'-' | b':') if self.is_blank_or_end(at + 1, end) => {
                refuse("a key that is not written as `Key: value`")
            }
            Some(b'|' | b'>' | b'%' | b'@' | b'`' | b',' | b']' | b'}') => {
                refuse("a character that cannot begin a key")
            }
            _ if matches!(&self.text[at..end], text if text.starts_with("---") || text.starts_with("...")) => {
                refuse("a document marker")
            }
            _ => {
                let line = &self.text.as_bytes()[at..end];
                for (offset, byte) in line.iter().enumerate() {
                    let next_is_blank = matches!(line.get(offset + 1), None | Some(b' ' | b'\t'));
                    match byte {
                        b':' if next_is_blank => {
                            let key = self.text[at..at + offset].trim_end_matches([' ', '\t']);
                            return Ok((Cow::Borrowed(key), at + offset + 1));
                        }
                        b'#' if offset > 0 && matches!(line[offset - 1], b' ' | b'\t') => break,
                        _ => {}
                    }
                }
                refuse("a line that is not written as `Key: value`")
            }
        }
    }

    /// Reads the value that starts after `at` on the current line and may continue below, indented deeper than
    /// `indent`.
    fn value(&mut self, at: usize, indent: usize, parent: Parent) -> Result<Value> {
        let (mut property, from) = self.properties(at);
        let mut from = from;
        if self.is_line_rest_empty(from) {
            let Some(below) = self.peek_content().filter(|line| self.belongs_below(line, indent, parent)) else {
                return Ok(Value { style: Style::Empty, span: at..at, property, items: Vec::new() });
            };
            self.line = below;
            if self.is_dash(&below) {
                return self.block_list(indent, parent, property);
            }
            if self.is_nested(below.first(), below.end) {
                return Ok(self.nested(below.first(), indent, property));
            }
            let (below_property, below_from) = self.properties(below.first());
            if self.is_line_rest_empty(below_from) {
                return Err(Unmapped { at: below.first(), what: "an anchor or tag on a line of its own" });
            }
            property = property.or(below_property);
            from = below_from;
        } else if parent == Parent::Dash && self.is_nested(from, self.line.end) {
            return Ok(self.nested(from, indent, property));
        }
        let (style, span, items) = match self.byte(from) {
            Some(b'*') => {
                property = Some(Property { kind: PropertyKind::Alias, at: from });
                let end = self.word_end(from);
                self.finish_line(end)?;
                (Style::Other, from..end, Vec::new())
            }
            Some(b'|') => (Style::Literal, self.block_scalar(from, indent)?, Vec::new()),
            Some(b'>') => (Style::Folded, self.block_scalar(from, indent)?, Vec::new()),
            Some(quote @ (b'"' | b'\'')) => {
                let end =
                    quoted_end(self.text, from).ok_or(Unmapped { at: from, what: "a quote that is never closed" })?;
                self.finish_line(end)?;
                (if quote == b'"' { Style::Double } else { Style::Single }, from..end, Vec::new())
            }
            Some(open @ (b'[' | b'{')) => {
                let (end, items) = flow::scan(self.text, from)?;
                self.finish_line(end)?;
                if open == b'[' { (Style::FlowList, from..end, items) } else { (Style::Other, from..end, Vec::new()) }
            }
            _ => (Style::Plain, self.plain(from, indent)?, Vec::new()),
        };
        Ok(Value { style, span, property, items })
    }

    /// The first anchor or tag at `at`, and the offset after all of them.
    fn properties(&self, at: usize) -> (Option<Property>, usize) {
        let mut first = None;
        let mut at = self.skip_blanks(at, self.line.end);
        loop {
            let kind = match self.byte(at) {
                Some(b'&') => PropertyKind::Anchor,
                Some(b'!') => PropertyKind::Tag,
                _ => return (first, at),
            };
            // A tag takes precedence, because it decides how the text is read.
            first = first.filter(|found: &Property| found.kind == PropertyKind::Tag).or(Some(Property { kind, at }));
            at = self.skip_blanks(self.word_end(at), self.line.end);
        }
    }

    fn word_end(&self, at: usize) -> usize {
        (at..self.line.end).find(|at| matches!(self.byte(*at), Some(b' ' | b'\t'))).unwrap_or(self.line.end)
    }

    fn is_line_rest_empty(&self, at: usize) -> bool {
        at >= self.line.end || self.byte(at) == Some(b'#')
    }

    fn belongs_below(&self, line: &Line, indent: usize, parent: Parent) -> bool {
        line.indent > indent || (line.indent == indent && parent == Parent::Key && self.is_dash(line))
    }

    /// Whether a list or mapping rather than a scalar begins at `at`.
    fn is_nested(&self, at: usize, end: usize) -> bool {
        let starts_block = matches!(self.byte(at), Some(b'-' | b'?')) && self.is_blank_or_end(at + 1, end);
        starts_block || self.key(at, end).is_ok()
    }

    /// Takes every line indented deeper, including comments, as one value.
    fn nested(&mut self, from: usize, indent: usize, property: Option<Property>) -> Value {
        while let Some(line) = self.peek_text().filter(|line| line.indent > indent) {
            self.line = line;
        }
        Value { style: Style::Other, span: from..self.line.end, property, items: Vec::new() }
    }

    fn block_list(&mut self, indent: usize, parent: Parent, property: Option<Property>) -> Result<Value> {
        let dashes = self.line.indent;
        let start = self.line.first();
        let mut items = Vec::new();
        loop {
            let first = self.line;
            let value = self.value(first.first() + 1, dashes, Parent::Dash)?;
            items.push(Item {
                style: value.style,
                span: value.span,
                property: value.property,
                lines: first.start..self.line.next,
            });
            match self.peek_content().filter(|line| self.belongs_below(line, indent, parent)) {
                Some(line) if line.indent == dashes && self.is_dash(&line) => self.line = line,
                Some(line) => {
                    return Err(Unmapped { at: line.first(), what: "a line that does not fit the list above" });
                }
                None => break,
            }
        }
        Ok(Value { style: Style::BlockList, span: start..self.line.end, property, items })
    }

    fn block_scalar(&mut self, from: usize, indent: usize) -> Result<Range<usize>> {
        let refuse = Err(Unmapped { at: from, what: "an unusual block scalar header" });
        let mut explicit = None;
        let mut keeps = false;
        let mut at = from + 1;
        loop {
            match self.byte(at).filter(|_| at < self.line.end) {
                Some(b'+') => keeps = true,
                Some(b'-') => {}
                Some(digit @ b'1'..=b'9') => explicit = Some(indent + usize::from(digit - b'0')),
                None | Some(b' ' | b'\t') => break,
                Some(_) => return refuse,
            }
            at += 1;
        }
        if !self.is_line_rest_empty(self.skip_blanks(at, self.line.end)) {
            return refuse;
        }
        let mut content = explicit;
        let mut last = self.line;
        let mut line = self.line;
        while let Some(next) = self.line_after(&line) {
            let is_blank = next.first() == next.end;
            if !is_blank {
                if next.indent <= indent || next.indent < *content.get_or_insert(next.indent) {
                    break;
                }
                last = next;
            } else if keeps {
                last = next;
            }
            line = next;
        }
        self.line = last;
        // Without content, only a comment may follow the header.
        Ok(from..if last.start > from { last.end } else { at })
    }

    fn plain(&mut self, from: usize, indent: usize) -> Result<Range<usize>> {
        let (mut end, mut is_commented) = self.plain_on_line(from)?;
        while !is_commented {
            let Some(line) = self.peek_text().filter(|line| line.indent > indent) else { break };
            if self.byte(self.skip_blanks(line.start, line.end)) == Some(b'#') {
                break;
            }
            self.line = line;
            (end, is_commented) = self.plain_on_line(line.first())?;
        }
        Ok(from..end)
    }

    /// The end of the plain text on the current line, and whether a comment follows it.
    fn plain_on_line(&self, from: usize) -> Result<(usize, bool)> {
        let line = &self.text.as_bytes()[from..self.line.end];
        let mut end = line.len();
        for (offset, byte) in line.iter().enumerate() {
            match byte {
                b':' if matches!(line.get(offset + 1), None | Some(b' ' | b'\t')) => {
                    return Err(Unmapped { at: from + offset, what: "a colon inside a value" });
                }
                b'#' if offset > 0 && matches!(line[offset - 1], b' ' | b'\t') => {
                    end = offset;
                    break;
                }
                _ => {}
            }
        }
        let text = self.text[from..from + end].trim_end_matches([' ', '\t']);
        Ok((from + text.len(), end < line.len()))
    }

    /// Makes the line that contains `end` the current one; only a comment may follow on it.
    fn finish_line(&mut self, end: usize) -> Result<()> {
        while end > self.line.end {
            self.line = self.line_after(&self.line).ok_or(Unmapped { at: end, what: "an unusual line ending" })?;
        }
        let at = self.skip_blanks(end, self.line.end);
        if at < self.line.end && (self.byte(at) != Some(b'#') || at == end) {
            return Err(Unmapped { at, what: "text after a value" });
        }
        Ok(())
    }
}

/// The kind of parent a value has, which decides whether dashes at the same indent belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parent {
    Key,
    Dash,
}

/// The offset after the closing quote of the quoted scalar that opens at `at`.
pub(super) fn quoted_end(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let mut at = at + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if byte == quote && quote == b'\'' && bytes.get(at + 1) == Some(&b'\'') => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The style, value and own lines of each key.
    fn spans(yaml: &str) -> Vec<(Style, &str, &str)> {
        let entries = scan(yaml, 0..yaml.len()).unwrap();
        entries.into_iter().map(|entry| (entry.value.style, &yaml[entry.value.span], &yaml[entry.lines])).collect()
    }

    #[test]
    fn blank_lines_belong_to_a_block_scalar_only_if_it_keeps_them() {
        assert_eq!(
            spans("A: |\n  a\n\n  b\n\nB: |+\n  c\n\nC: >-\nD: |\n\n"),
            [
                (Style::Literal, "|\n  a\n\n  b", "A: |\n  a\n\n  b\n"),
                (Style::Literal, "|+\n  c\n", "B: |+\n  c\n\n"),
                (Style::Folded, ">-", "C: >-\n"),
                (Style::Literal, "|", "D: |\n"),
            ]
        );
    }

    #[test]
    fn values_end_before_comments_and_the_next_key() {
        assert_eq!(
            spans(
                "A: a # c\n# c\nB: 'b\n b'  # c\nC:\n- x\n# c\n- y # c\n  # c\nD:\n  k: 1\n  # in D\n# c\nE: p\n  q\n\n  r\nF: [a, # c\n  b]\n"
            ),
            [
                (Style::Plain, "a", "A: a # c\n"),
                (Style::Single, "'b\n b'", "B: 'b\n b'  # c\n"),
                (Style::BlockList, "- x\n# c\n- y # c", "C:\n- x\n# c\n- y # c\n"),
                (Style::Other, "k: 1\n  # in D", "D:\n  k: 1\n  # in D\n"),
                (Style::Plain, "p\n  q\n\n  r", "E: p\n  q\n\n  r\n"),
                (Style::FlowList, "[a, # c\n  b]", "F: [a, # c\n  b]\n"),
            ]
        );
    }

    #[test]
    fn flow_items_end_before_blanks_commas_and_comments() {
        let yaml = "A: [ a b , 'c, d', \"]\" # ]\n  , e?'f, g:h, {k: v}, 'i': j, &x l]\n";
        let entries = scan(yaml, 0..yaml.len()).unwrap();
        let items: Vec<_> = entries[0].value.items.iter().map(|item| (item.style, &yaml[item.span.clone()])).collect();
        assert_eq!(
            items,
            [
                (Style::Plain, "a b"),
                (Style::Single, "'c, d'"),
                (Style::Double, "\"]\""),
                (Style::Plain, "e?'f"),
                (Style::Plain, "g:h"),
                (Style::Other, "{k: v}"),
                (Style::Other, "'i': j"),
                (Style::Plain, "&x l"),
            ]
        );
    }

    #[test]
    fn what_has_no_lines_of_its_own_is_not_mapped() {
        for yaml in [
            "{a: 1}\n",
            "? a\n: b\n",
            "- a\n",
            "&a k: v\n",
            "a: 1\n  b: 2\nc\n",
            "a: b\u{2028}\n",
            "a: 1\n...\n",
            "a: 'x\n",
            " a: 1\nb: 2\n",
            "a: &x\n  &y\n  z\n",
        ] {
            assert!(scan(yaml, 0..yaml.len()).is_err(), "{yaml:?}");
        }
    }
}
