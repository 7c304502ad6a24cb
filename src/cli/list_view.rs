//! Lists as text: a table that fits the terminal, plain columns in a pipe.

use comfy_table::{ContentArrangement, Table, presets};

use super::{args::as_of, error::CliError, sanitize::sanitize, ui::Ui};
use crate::engine::Moment;

/// Prints rows under headings; all text is sanitized here.
pub(crate) fn print<const N: usize>(ui: &mut Ui, headings: [&str; N], rows: Vec<[String; N]>) -> Result<(), CliError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match ui.width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    table.set_header(headings);
    for row in rows {
        table.add_row(row.map(|cell| sanitize(&cell).into_owned()));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.lines() {
        ui.line(line.trim_end())?;
    }
    Ok(())
}

/// Says that a list is as of a point in the past.
pub(crate) fn heading(ui: &mut Ui, at: Option<&Moment>) -> Result<(), CliError> {
    match at {
        Some(moment) => ui.line(&format!("{}\n", as_of(moment))),
        None => Ok(()),
    }
}

/// Says that a list was cut, and how.
pub(crate) fn cut_note(ui: &mut Ui, shown: usize, total: usize) -> Result<(), CliError> {
    if shown < total {
        ui.flush()?;
        ui.note(&format!("{shown} of {total} shown (--limit)"));
    }
    Ok(())
}
