//! A conflict as text: the two sides of each clash, beside each other or, on a narrow terminal, below each other.

use unicode_width::UnicodeWidthStr as _;

use super::{
    board_view::cut,
    error::CliError,
    sanitize::sanitize,
    ui::{BOLD, DIM, Ui},
};
use crate::{domain::conflict::Other, engine::OpenConflict};

/// The minimum width for two readable columns.
const NARROWEST: usize = 60;

/// Prints all clashes in one document.
pub(crate) fn print(ui: &mut Ui, open: &OpenConflict) -> Result<(), CliError> {
    let theirs = open.conflict.with.name();
    let heading = ui.paint(BOLD, &sanitize(open.conflict.path.as_str()));
    let with = match &open.conflict.with {
        Other::File(file) if *file == open.conflict.path => "its file".into(),
        _ => sanitize(open.conflict.place()),
    };
    ui.line(&format!("{heading}  with {with}"))?;
    for clash in &open.clashes {
        ui.text("\n")?;
        let place = ui.paint(BOLD, &sanitize(&clash.place.to_string()));
        ui.line(&format!("  {place}"))?;
        if let Some(base) = &clash.base {
            let base = ui.paint(DIM, &format!("was {}", sanitize(base.trim_end()).replace('\n', "\n      ")));
            ui.line(&format!("  {base}"))?;
        }
        let sides = [("database", &clash.ours), (theirs, &clash.theirs)];
        let lines = sides.map(|(name, side)| column(name, side.as_deref()));
        match ui.width().filter(|width| *width >= NARROWEST) {
            Some(width) => beside(ui, &lines, width)?,
            None => lines.iter().flatten().try_for_each(|line| ui.line(&format!("  {line}")))?,
        }
    }
    Ok(())
}

/// One side: its name, followed by its text.
fn column(name: &str, side: Option<&str>) -> Vec<String> {
    let text = side.map_or_else(|| "(removed)".to_owned(), sanitize_lines);
    let mut lines = vec![format!("{}:", sanitize(name))];
    lines.extend(text.lines().map(|line| format!("  {line}")));
    lines
}

fn sanitize_lines(text: &str) -> String {
    text.lines().map(|line| sanitize(line).into_owned()).collect::<Vec<_>>().join("\n")
}

fn beside(ui: &mut Ui, [left, right]: &[Vec<String>; 2], width: usize) -> Result<(), CliError> {
    let room = (width - 5) / 2;
    for index in 0..left.len().max(right.len()) {
        let side = |lines: &[String]| lines.get(index).map(|line| cut(line, room)).unwrap_or_default();
        let (left, right) = (side(left), side(right));
        let padding = " ".repeat(room.saturating_sub(left.width()));
        ui.line(format!("  {left}{padding} | {right}").trim_end())?;
    }
    Ok(())
}
