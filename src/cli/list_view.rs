//! Lists as text: a table that fits the terminal, or plain columns in a pipe.

use unicode_width::UnicodeWidthStr as _;

use super::{args::as_of, board_view::cut, error::CliError, sanitize::sanitize, shape::Shape, ui::Ui};
use crate::engine::Moment;

/// Columns up to this width are never truncated.
const SHORT: usize = 16;

/// The gap between two columns.
const GAP: usize = 2;

/// Prints rows under headings; sanitizes all text.
pub(crate) fn print<const N: usize>(ui: &mut Ui, headings: [&str; N], rows: Vec<[String; N]>) -> Result<(), CliError> {
    table(ui, &headings, rows.into_iter().map(Vec::from).collect())
}

/// Prints rows in the requested shape: under headings, with columns for its keys at the end, or as brief lines.
pub(crate) fn print_shaped(
    ui: &mut Ui,
    shape: &Shape,
    headings: &[&str],
    rows: Vec<Vec<String>>,
) -> Result<(), CliError> {
    if shape.is_brief() {
        return print_brief(ui, rows);
    }
    let headings: Vec<&str> = headings.iter().copied().chain(shape.fields.iter().map(String::as_str)).collect();
    table(ui, &headings, rows)
}

/// Prints each row on one line without headings, truncated to the terminal's width.
pub(crate) fn print_brief(ui: &mut Ui, rows: Vec<Vec<String>>) -> Result<(), CliError> {
    let width = ui.width().unwrap_or(usize::MAX);
    columns(&rows).try_for_each(|line| ui.line(&cut(&line, width)))
}

fn table(ui: &mut Ui, headings: &[&str], mut rows: Vec<Vec<String>>) -> Result<(), CliError> {
    if rows.is_empty() {
        return Ok(());
    }
    let headings = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let Some(width) = ui.width() else {
        rows.insert(0, headings);
        return columns(&rows).try_for_each(|line| ui.line(&line));
    };
    let clean = |row: Vec<String>| row.iter().map(|cell| sanitize(cell).into_owned()).collect::<Vec<_>>();
    let headings = clean(headings);
    let rows: Vec<Vec<String>> = rows.into_iter().map(clean).collect();
    narrow(&headings, &rows, width).iter().try_for_each(|line| ui.line(line))
}

/// Rows as lines of at most this width: long cells are truncated, and if that is not enough, a row takes two lines.
fn narrow(headings: &[String], rows: &[Vec<String>], width: usize) -> Vec<String> {
    let all = || std::iter::once(headings).chain(rows.iter().map(Vec::as_slice));
    let mut widths = vec![0; headings.len()];
    for row in all() {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(cell.width());
        }
    }
    let main = (0..widths.len()).max_by_key(|column| widths[*column]).unwrap_or(0);
    let total = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    // A truncated ID cannot be read or copied, so only long columns are shortened, the longest first.
    while total(&widths) > width {
        let Some(longest) = widths.iter_mut().filter(|width| **width > SHORT).max() else { break };
        *longest -= 1;
    }
    if total(&widths) <= width {
        return all().map(|row| joined(row.iter().zip(&widths).map(|(cell, width)| fitted(cell, *width)))).collect();
    }
    let two = |row: &Vec<String>| {
        let first = row.first().filter(|_| main > 0).map(|id| format!("{id}  ")).unwrap_or_default();
        let room = width.saturating_sub(first.width()).max(2);
        let others = row.iter().enumerate().filter(|(column, cell)| *column > 0 && *column != main && !cell.is_empty());
        let others = others.map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join("  ");
        let title = format!("{first}{}", shortened(&row[main], room));
        let second = (!others.is_empty()).then(|| format!("  {}", cut(&others, width.saturating_sub(2))));
        std::iter::once(title).chain(second)
    };
    rows.iter().flat_map(two).collect()
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let line = cells.collect::<Vec<_>>().join("  ");
    line.trim_end().to_owned()
}

/// A cell truncated or padded to its column's width.
fn fitted(cell: &str, width: usize) -> String {
    let shown = shortened(cell, width);
    let missing = width.saturating_sub(shown.width());
    shown + &" ".repeat(missing)
}

/// The text truncated to a width: prose keeps its beginning, a path its end.
fn shortened(text: &str, width: usize) -> String {
    if text.width() <= width || text.contains(' ') || !text.contains('/') {
        return cut(text, width);
    }
    let backwards = |text: &str| text.chars().rev().collect::<String>();
    backwards(&cut(&backwards(text), width))
}

/// Rows of equal length as lines with aligned columns.
fn columns(rows: &[Vec<String>]) -> impl Iterator<Item = String> {
    let mut widest = vec![0; rows.first().map_or(0, Vec::len)];
    for row in rows {
        for (widest, cell) in widest.iter_mut().zip(row) {
            *widest = (*widest).max(sanitize(cell).width());
        }
    }
    rows.iter().map(move |row| {
        let mut line = String::new();
        for (cell, widest) in row.iter().zip(&widest) {
            let cell = sanitize(cell);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', widest - cell.width() + 2));
        }
        line.truncate(line.trim_end().len());
        line
    })
}

/// Prints which point in the past a list shows.
pub(crate) fn heading(ui: &mut Ui, at: Option<&Moment>) -> Result<(), CliError> {
    match at {
        Some(moment) => ui.line(&format!("{}\n", as_of(moment))),
        None => Ok(()),
    }
}

/// Notes that a list was truncated, and how, or that it is empty.
pub(crate) fn count_note(ui: &mut Ui, things: &str, shown: usize, total: usize) -> Result<(), CliError> {
    if total == 0 {
        ui.note(&format!("there are no {things} to show"));
    } else if shown < total {
        ui.flush()?;
        ui.note(&format!("{shown} of {total} shown (--limit)"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(width: usize) -> String {
        let row = |cells: [&str; 6]| cells.map(str::to_owned).to_vec();
        let headings = row(["ID", "LANE", "PRI", "OWNER", "DUE", "TITLE"]);
        let rows = [
            row(["SHOP-ENG-0001", "Fact-finding", "P1", "Unassigned", "2026-12-04", "A deck oven, bought or leased?"]),
            row(["SHOP-ENG-0002", "Inbox", "P0", "Nora", "", "Bags"]),
        ];
        narrow(&headings, &rows, width).join("\n")
    }

    #[test]
    fn titles_are_cut_and_never_broken() {
        insta::assert_snapshot!(table(80), @"
        ID             LANE          PRI  OWNER       DUE         TITLE
        SHOP-ENG-0001  Fact-finding  P1   Unassigned  2026-12-04  A deck oven, bought o…
        SHOP-ENG-0002  Inbox         P0   Nora                    Bags
        ");
        insta::assert_snapshot!(table(60), @"
        SHOP-ENG-0001  A deck oven, bought or leased?
          Fact-finding  P1  Unassigned  2026-12-04
        SHOP-ENG-0002  Bags
          Inbox  P0  Nora
        ");
        insta::assert_snapshot!(table(40), @"
        SHOP-ENG-0001  A deck oven, bought or l…
          Fact-finding  P1  Unassigned  2026-12…
        SHOP-ENG-0002  Bags
          Inbox  P0  Nora
        ");
        for width in 20..120 {
            assert!(table(width).lines().all(|line| line.width() <= width), "{width}:\n{}", table(width));
        }
        assert_eq!(shortened("docs/business-os/cards/A-1/plan.user.md", 20), "…ds/A-1/plan.user.md");
    }
}
