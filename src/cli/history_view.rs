//! The history of a card as text: its entries, with changed values and lines.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    args::minute,
    board_view::{cut, wrap},
    detail_view::{because, entry_head, heading, shown},
    error::CliError,
    sanitize::sanitize,
    ui::{DIM, GONE, GOOD, Ui},
};
use crate::engine::{BodyChange, Committed, Fate, FieldChange, History, Told, ToldDocument};

/// Aligns with the time in the entry's line.
const INDENT: &str = "       ";
/// The maximum width of a value in columns.
const VALUE: usize = 60;
/// How many lines of a new document are shown unless `verbose`.
const LINES: usize = 10;

/// Prints the history; `verbose` shows new documents completely, and hashes.
pub(crate) fn print(ui: &mut Ui, history: &History, verbose: bool) -> Result<(), CliError> {
    heading(ui, history.id.as_str(), history.title.as_deref().unwrap_or_default())?;
    for commit in history.commits.iter().flatten() {
        ui.text("\n")?;
        committed(ui, commit, verbose)?;
    }
    for told in &history.entries {
        ui.text("\n")?;
        let head = entry_head(&told.entry, Some(history.id.as_str())) + &because(&told.entry);
        ui.line(&sanitize(&head))?;
        if verbose {
            ui.line(&format!("{INDENT}{}", told.entry.hash))?;
        }
        fields(ui, told)?;
        told.documents.iter().try_for_each(|document| self::document(ui, document, verbose))?;
    }
    Ok(())
}

/// Prints a commit before the first entry, with its abbreviated ID in place of an entry's number.
fn committed(ui: &mut Ui, told: &Committed, verbose: bool) -> Result<(), CliError> {
    let commit = told.commit.get(..if verbose { told.commit.len() } else { 12 }).unwrap_or(&told.commit);
    ui.line(&sanitize(&format!("  {commit}  {}  {}  {}", minute(told.at), told.author, told.subject)))?;
    let is_new = told.fields.values().all(|change| change.from == Value::Null);
    if is_new {
        start(ui, &told.fields)?;
    } else {
        changes(ui, &told.fields)?;
    }
    told.documents.iter().try_for_each(|document| self::document(ui, document, verbose))
}

/// Prints the first values of a document, on one line if the terminal is wide enough.
fn start(ui: &mut Ui, fields: &BTreeMap<String, FieldChange>) -> Result<(), CliError> {
    let start = fields.iter().filter(|(_, change)| change.to != Value::Null);
    let start: Vec<String> = start.map(|(key, change)| format!("{}: {}", sanitize(key), short(&change.to))).collect();
    let lines = match ui.width() {
        Some(width) => wrap(&start.join(", "), width.saturating_sub(INDENT.len())),
        None => vec![start.join(", ")],
    };
    lines.iter().filter(|line| !line.is_empty()).try_for_each(|line| ui.line(&format!("{INDENT}{line}")))
}

fn changes(ui: &mut Ui, fields: &BTreeMap<String, FieldChange>) -> Result<(), CliError> {
    for (key, FieldChange { from, to }) in fields {
        ui.line(&format!("{INDENT}{}: {} -> {}", sanitize(key), short(from), short(to)))?;
    }
    Ok(())
}

fn short(value: &Value) -> String {
    cut(&sanitize(&shown(value)), VALUE)
}

fn fields(ui: &mut Ui, told: &Told) -> Result<(), CliError> {
    if told.entry.facts.only_removes() {
        return Ok(());
    }
    if told.entry.facts.only_adds() {
        start(ui, &told.fields)
    } else {
        changes(ui, &told.fields)?;
        let mut erased = told.erased.iter();
        erased.try_for_each(|key| ui.line(&format!("{INDENT}{} changed; the text was erased", sanitize(key))))
    }
}

fn document(ui: &mut Ui, document: &ToldDocument, verbose: bool) -> Result<(), CliError> {
    let path = match &document.fate {
        Fate::New => format!("new {}", document.path),
        Fate::Changed if document.body == BodyChange::None => return Ok(()),
        Fate::Changed => document.path.to_string(),
        Fate::Moved(from) => format!("moved {from} -> {}", document.path),
        Fate::Removed => format!("removed {}", document.path),
    };
    let path = ui.paint(DIM, &sanitize(&path));
    ui.line(&format!("{INDENT}{path}"))?;
    match (&document.body, &document.fate) {
        (BodyChange::Unreadable, _) => ui.line(&format!("{INDENT}  the text cannot be read")),
        (BodyChange::Erased, _) => ui.line(&format!("{INDENT}  the text was erased")),
        (BodyChange::None, _) | (_, Fate::Removed) => Ok(()),
        (BodyChange::Diff(diff), Fate::New) => new_body(ui, diff, verbose),
        (BodyChange::Diff(diff), _) => diff.lines().try_for_each(|line| diff_line(ui, line)),
    }
}

/// Prints the first lines of a new body, without the blank lines around it.
fn new_body(ui: &mut Ui, diff: &str, verbose: bool) -> Result<(), CliError> {
    let lines: Vec<&str> = diff.lines().filter(|line| line.starts_with('+')).collect();
    let is_text = |line: &&str| line.trim() != "+";
    let first = lines.iter().position(is_text).unwrap_or(lines.len());
    let end = lines.iter().rposition(is_text).map_or(first, |last| last + 1);
    let shown = if verbose { end - first } else { (end - first).min(LINES) };
    lines[first..first + shown].iter().try_for_each(|line| diff_line(ui, line))?;
    match end - first - shown {
        0 => Ok(()),
        1 => ui.line(&format!("{INDENT}  1 more line (-v)")),
        more => ui.line(&format!("{INDENT}  {more} more lines (-v)")),
    }
}

fn diff_line(ui: &mut Ui, line: &str) -> Result<(), CliError> {
    let text = sanitize(line).trim_end().to_owned();
    let painted = match line.chars().next() {
        Some('+') => ui.paint(GOOD, &text),
        Some('-') => ui.paint(GONE, &text),
        Some('@' | '\\') => ui.paint(DIM, &text),
        _ => text,
    };
    ui.line(format!("{INDENT}  {painted}").trim_end())
}
