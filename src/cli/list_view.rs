//! Lists as text: a table that fits the terminal, plain columns in a pipe.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};

use unicode_width::UnicodeWidthStr as _;

use super::{args::as_of, board_view::cut, error::CliError, sanitize::sanitize, shape::Shape, ui::Ui};
use crate::engine::Moment;

/// A column of at most this width is never broken.
const SHORT: u16 = 16;

/// Prints rows under headings; all text is sanitized here.
pub(crate) fn print<const N: usize>(ui: &mut Ui, headings: [&str; N], rows: Vec<[String; N]>) -> Result<(), CliError> {
    table(ui, &headings, rows.into_iter().map(Vec::from).collect())
}

/// Prints rows as the shape asks for: under headings with those of its keys after the usual ones, or a short line each.
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

/// Prints each row on a line of its own, without headings; on a terminal what does not fit is cut.
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
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(clean(headings));
    for row in rows {
        table.add_row(clean(row));
    }
    let widths = table.column_max_content_widths();
    for (column, width) in table.column_iter_mut().zip(widths) {
        column.set_padding((0, 2));
        // Only what is long is broken: an ID over two lines can be neither read nor copied.
        if width <= SHORT {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.lines().try_for_each(|line| ui.line(line.trim_end()))
}

/// Rows of as many cells each as lines, column under column.
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

/// Says that a list is as of a point in the past.
pub(crate) fn heading(ui: &mut Ui, at: Option<&Moment>) -> Result<(), CliError> {
    match at {
        Some(moment) => ui.line(&format!("{}\n", as_of(moment))),
        None => Ok(()),
    }
}

/// Says that a list of these things was cut, and how, or that there are none.
pub(crate) fn count_note(ui: &mut Ui, things: &str, shown: usize, total: usize) -> Result<(), CliError> {
    if total == 0 {
        ui.note(&format!("there are no {things} to show"));
    } else if shown < total {
        ui.flush()?;
        ui.note(&format!("{shown} of {total} shown (--limit)"));
    }
    Ok(())
}
