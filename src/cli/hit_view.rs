//! A search hit as text: what was found, and below it an excerpt. In a pipe nothing is truncated.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{
    board_view::cut,
    error::CliError,
    sanitize::sanitize,
    ui::{BOLD, DIM, Ui},
};
use crate::{
    domain::audience::Audience,
    engine::{Hit, Snippet},
};

const INDENT: usize = 4;

/// A piece of text, and whether it is a match.
type Piece = (String, bool);

/// Prints a hit.
pub(crate) fn print(ui: &mut Ui, hit: &Hit) -> Result<(), CliError> {
    let width = ui.width().unwrap_or(usize::MAX);
    let id = hit.entity.id();
    let id = sanitize(&id);
    let room = width.saturating_sub(id.width() + 2).max(20);
    let found = pieces(&hit.snippet);
    // If the excerpt is the title, the title is not repeated.
    let is_title = hit.snippet.text == hit.title;
    let title = if is_title { fit(found.clone(), room) } else { vec![(cut(&sanitize(&hit.title), room), false)] };
    let mut line = format!("{}  {}", ui.paint(BOLD, &id), painted(ui, &title));
    if hit.audience == Some(Audience::Agent) {
        ui.paint_onto(&mut line, DIM, "  (for agents)");
    }
    ui.line(line.trim_end())?;
    if is_title || found.is_empty() {
        return Ok(());
    }
    let text = painted(ui, &fit(found, width.saturating_sub(INDENT).max(20)));
    ui.line(&format!("{:INDENT$}{text}", ""))
}

fn painted(ui: &Ui, pieces: &[Piece]) -> String {
    let mut line = String::new();
    for (text, is_hit) in pieces {
        if *is_hit {
            ui.paint_onto(&mut line, BOLD, text);
        } else {
            line.push_str(text);
        }
    }
    line
}

/// The excerpt split into pieces, sanitized for the terminal.
fn pieces(snippet: &Snippet) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    let text = |from: usize, to: usize| -> String { snippet.text.chars().skip(from).take(to - from).collect() };
    for (from, to) in &snippet.marks {
        pieces.push((text(at, *from), false));
        pieces.push((text(*from, *to), true));
        at = *to;
    }
    pieces.push((text(at, usize::MAX), false));
    pieces.iter_mut().for_each(|(text, _)| *text = sanitize(text).into_owned());
    pieces.retain(|(text, _)| !text.is_empty());
    pieces
}

/// The pieces truncated to a width in columns such that the first match is visible.
fn fit(mut pieces: Vec<Piece>, width: usize) -> Vec<Piece> {
    if pieces.iter().map(|(text, _)| text.width()).sum::<usize>() <= width {
        return pieces;
    }
    if let Some((lead, false)) = pieces.first_mut() {
        *lead = cut_front(lead, width / 2);
    }
    if pieces.iter().map(|(text, _)| text.width()).sum::<usize>() <= width {
        return pieces;
    }
    let (mut kept, mut room) = (Vec::new(), width);
    for (text, is_hit) in pieces {
        let columns = text.width();
        if columns >= room {
            kept.push((cut(&text, room.min(columns - 1)), is_hit));
            break;
        }
        room -= columns;
        kept.push((text, is_hit));
    }
    kept
}

/// The end of a text that fits in `width` columns, with an ellipsis if anything was cut off.
fn cut_front(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut room = width.saturating_sub(1);
    let kept = text.char_indices().rev().take_while(|(_, c)| {
        let columns = c.width().unwrap_or(0);
        let fits = columns <= room;
        room = room.saturating_sub(columns);
        fits
    });
    let start = kept.last().map_or(text.len(), |(at, _)| at);
    format!("…{}", &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(text: &str, marks: &[(usize, usize)], width: usize) -> String {
        let pieces = fit(pieces(&Snippet { text: text.to_owned(), marks: marks.to_vec() }), width);
        let line: String = pieces.iter().map(|(text, _)| text.as_str()).collect();
        assert!(line.width() <= width, "{line}");
        pieces.iter().map(|(text, is_hit)| if *is_hit { format!("<{text}>") } else { text.clone() }).collect()
    }

    #[test]
    fn a_hit_is_seen_however_narrow_the_terminal() {
        let text = "…bake more on Saturdays, or lease a second oven and sleep longer on Sundays";
        let marks = [(43, 47), (52, 57)];
        assert_eq!(
            fitted(text, &marks, 80),
            "…bake more on Saturdays, or lease a second <oven> and <sleep> longer on Sundays"
        );
        insta::assert_snapshot!(fitted(text, &marks, 40), @"… or lease a second <oven> and <sleep> long…");
        insta::assert_snapshot!(fitted(text, &marks, 20), @"…a second <oven> and <…>");
        insta::assert_snapshot!(fitted("日本語 オーブン 日本語", &[(4, 8)], 12), @"…本語 <オー…>");
    }

    #[test]
    fn a_hit_is_safe_for_a_terminal() {
        assert_eq!(fitted("a\u{1b}[31m\u{202e} red hat", &[(8, 11)], 80), "a[31m <red> hat");
    }
}
