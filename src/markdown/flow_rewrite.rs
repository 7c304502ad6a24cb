//! Changes a flow-style list item by item, keeping its layout. Used only by the rewriter.

use super::kept::Kept;
use super::rewrite::{Splice, line_end};
use super::scalar::{Context, Quote, render};
use super::scan::{Item, Value};

/// A flow-style list on one line.
pub(super) fn render_list(items: &[String], wish: Quote) -> String {
    let items: Vec<_> = items.iter().map(|item| render(item, wish, Context::Flow)).collect();
    format!("[{}]", items.join(", "))
}

/// Changes the items of the flow list `value` to `new`, which is not empty.
pub(super) fn list(text: &str, value: &Value, new: &[String], kept: &Kept, wish: Quote, newline: &str) -> Vec<Splice> {
    let Some(last) = kept.is_old_kept.iter().rposition(|is_kept| *is_kept) else {
        return vec![Splice { range: value.span.clone(), with: render_list(new, wish) }];
    };
    let layout = Layout { text, value, newline };
    let mut splices = Vec::new();
    for (index, _) in kept.is_old_kept.iter().enumerate().take(last).filter(|(_, is_kept)| !**is_kept) {
        splices.push(layout.remove_before_another(index));
    }
    let is_tail_removed_inline = layout.remove_tail(last, &mut splices);
    let mut pending = Vec::new();
    for (item, old) in new.iter().zip(&kept.old_of_new) {
        match old {
            Some(old) => splices.extend(pending.drain(..).map(|item: String| layout.insert_before(*old, &item))),
            None => pending.push(render(item, wish, Context::Flow)),
        }
    }
    if !pending.is_empty() {
        layout.append(last, &pending, is_tail_removed_inline, &mut splices);
    }
    splices
}

struct Layout<'t> {
    text: &'t str,
    value: &'t Value,
    newline: &'t str,
}

impl Layout<'_> {
    fn item(&self, index: usize) -> &Item {
        &self.value.items[index]
    }

    /// The indentation of an item that is the first on its line.
    fn indent(&self, index: usize) -> Option<&str> {
        let start = self.item(index).span.start;
        let line_start = self.text[..start].rfind('\n')? + 1;
        let indent = &self.text[line_start..start];
        (line_start > self.value.span.start && indent.trim_matches([' ', '\t']).is_empty()).then_some(indent)
    }

    /// The offset after the comma that follows an item, which may be after blanks, line breaks and comments.
    fn comma_end(&self, index: usize) -> Option<usize> {
        let mut at = self.item(index).span.end;
        loop {
            let rest = &self.text[at..self.value.span.end];
            at += rest.len() - rest.trim_start().len();
            match self.text.as_bytes()[at] {
                b',' => return Some(at + 1),
                b'#' => at = line_end(self.text, at),
                _ => return None,
            }
        }
    }

    /// The start of the line after an item that has its line to itself, apart from a comma and a comment.
    fn own_line_end(&self, index: usize) -> Option<usize> {
        self.indent(index)?;
        let end = line_end(self.text, self.item(index).span.end);
        let after = self.comma_end(index).unwrap_or(self.item(index).span.end);
        let rest = self.text.get(after..end)?.trim_start_matches([' ', '\t']);
        let next = end + self.text[end..].find('\n')? + 1;
        ((rest.is_empty() || rest.starts_with('#')) && end < self.value.span.end).then_some(next)
    }

    fn remove_line(&self, index: usize) -> Option<Splice> {
        let start = self.item(index).span.start - self.indent(index)?.len();
        Some(Splice { range: start..self.own_line_end(index)?, with: String::new() })
    }

    fn remove_to_comma(&self, index: usize) -> Splice {
        let span = &self.item(index).span;
        Splice { range: span.start..self.comma_end(index).unwrap_or(span.end), with: String::new() }
    }

    /// Removes an item that is followed by a kept one.
    fn remove_before_another(&self, index: usize) -> Splice {
        if let Some(line) = self.remove_line(index) {
            return line;
        }
        let next = self.item(index + 1).span.start;
        let span = &self.item(index).span;
        if self.text[span.end..next].contains('\n') {
            return self.remove_to_comma(index);
        }
        Splice { range: span.start..next, with: String::new() }
    }

    /// Removes every item after `last`; returns whether that was a single cut that included the comma after `last`.
    fn remove_tail(&self, last: usize, splices: &mut Vec<Splice>) -> bool {
        let count = self.value.items.len();
        let tail = self.item(last).span.end..self.item(count - 1).span.end;
        if !self.text[tail.clone()].contains('\n') {
            splices.push(Splice { range: tail, with: String::new() });
            return true;
        }
        splices.extend(
            (last + 1..count).map(|index| self.remove_line(index).unwrap_or_else(|| self.remove_to_comma(index))),
        );
        false
    }

    fn insert_before(&self, index: usize, item: &str) -> Splice {
        let at = self.item(index).span.start;
        let gap = self.indent(index).map_or(" ".to_owned(), |indent| format!("{}{indent}", self.newline));
        Splice { range: at..at, with: format!("{item},{gap}") }
    }

    /// Adds items after `last`, the last item that stays.
    fn append(&self, last: usize, items: &[String], is_line_unchanged: bool, splices: &mut Vec<Splice>) {
        let end = self.item(last).span.end;
        let is_last = last + 1 == self.value.items.len();
        let line = self.own_line_end(last).filter(|_| is_last || !is_line_unchanged);
        let Some((indent, line)) = self.indent(last).zip(line) else {
            splices.push(Splice { range: end..end, with: items.iter().map(|item| format!(", {item}")).collect() });
            return;
        };
        let has_comma = self.comma_end(last).is_some();
        if !has_comma {
            splices.push(Splice { range: end..end, with: ",".to_owned() });
        }
        let mut lines = items.iter().map(|item| format!("{indent}{item},{}", self.newline)).collect::<String>();
        if !has_comma {
            let comma = lines.len() - self.newline.len() - 1;
            lines.remove(comma);
        }
        splices.push(Splice { range: line..line, with: lines });
    }
}
