//! One card, idea or stage doc as text: its keys, body, files and history.

use super::{
    args::{as_of, minute},
    board_view::cut,
    error::CliError,
    lane_words,
    sanitize::sanitize,
    ui::{BOLD, CAUTION, DIM, Ui},
};
use crate::{
    domain::{
        entry::Entry,
        state::State,
        value::{FieldValue, Fields},
    },
    engine::{DocumentState, Moment, Session},
};

/// The title line.
pub(crate) fn heading(ui: &mut Ui, id: &str, title: &str) -> Result<(), CliError> {
    let text = ui.paint(BOLD, format!("{id}  {}", sanitize(title)).trim_end());
    ui.line(&text)
}

/// The line below the title that says which point in the past is shown.
pub(crate) fn past(ui: &mut Ui, at: Option<&Moment>) -> Result<(), CliError> {
    match at {
        Some(moment) => ui.line(&format!("  {}", as_of(moment))),
        None => Ok(()),
    }
}

/// Every key with its value, in file order, aligned.
pub(crate) fn fields(ui: &mut Ui, fields: &Fields) -> Result<(), CliError> {
    let widest = fields.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0).min(24);
    for (key, value) in fields.iter() {
        let text = match value {
            FieldValue::List(items) => items.join(", "),
            other => other.as_text().unwrap_or_default().to_owned(),
        };
        let text = lane_words::explained(key, text);
        let key = sanitize(key);
        let padded = format!("{key:widest$}");
        let line = format!("  {}  {}", ui.paint(DIM, &padded), sanitize(&text));
        ui.line(line.trim_end())?;
    }
    Ok(())
}

/// The body, line by line, sanitized for the terminal.
pub(crate) fn body(ui: &mut Ui, body: &str) -> Result<(), CliError> {
    let body = body.trim_matches(['\n', '\r']);
    if body.is_empty() {
        return Ok(());
    }
    ui.text("\n")?;
    for line in body.lines() {
        ui.line(sanitize(line).trim_end())?;
    }
    Ok(())
}

/// The documents, the primary first, with the hash for `--expect`, and a remark if file and database differ.
pub(crate) fn documents(ui: &mut Ui, documents: &[DocumentState]) -> Result<(), CliError> {
    section(ui, "Files")?;
    for (index, document) in documents.iter().enumerate() {
        let remark = match document.state {
            None | Some(State::InSync) => String::new(),
            Some(State::Ahead) => "  the database is ahead: bos export".to_owned(),
            Some(State::Behind) => "  edited by hand: bos import".to_owned(),
            Some(State::Missing) => "  the file is gone: bos import --prune, or bos export PATH --ours".to_owned(),
            Some(State::Invalid) => "  the file cannot be read: bos validate".to_owned(),
            Some(state) => format!("  {}: bos status", state.as_str()),
        };
        let remark = ui.paint(CAUTION, &remark);
        ui.line(&format!("  {}{remark}", sanitize(document.path.as_str())))?;
        if index == 0 {
            let sha = ui.paint(DIM, document.sha256.as_str());
            ui.line(&format!("    sha256 {sha}"))?;
        }
    }
    Ok(())
}

/// The latest entries about it, newest first.
pub(crate) fn history(ui: &mut Ui, id: &str, entries: &[Entry]) -> Result<(), CliError> {
    if entries.is_empty() {
        return Ok(());
    }
    section(ui, "Log")?;
    let width = ui.width().unwrap_or(usize::MAX);
    entries.iter().try_for_each(|entry| ui.line(&cut(&format!("  {}", entry_line(entry, Some(id))), width)))
}

/// A heading within the output.
pub(crate) fn section(ui: &mut Ui, title: &str) -> Result<(), CliError> {
    ui.text("\n")?;
    let title = ui.paint(BOLD, title);
    ui.line(&title)
}

/// An entry on one line: number, UTC time, actor, action and changes; an entity with the ID `about` is not named.
pub(crate) fn entry_line(entry: &Entry, about: Option<&str>) -> String {
    let facts = &entry.facts;
    let mut text = entry_head(entry, about);
    let changes: Vec<String> = facts
        .changes
        .iter()
        .map(|(key, change)| match change {
            Some((from, to)) => format!("{key}: {} -> {}", shown(from), shown(to)),
            None => key.to_owned(),
        })
        .collect();
    // Keys of a first import are in the documents, and those of a removal are gone; here they would only be noise.
    if !changes.is_empty() && !facts.only_adds() && !facts.only_removes() {
        text += &format!("  ({})", changes.join(", "));
    }
    text += &because(entry);
    sanitize(&text).into_owned()
}

/// The start of that line: number, UTC time, actor and action. Not sanitized yet.
pub(crate) fn entry_head(entry: &Entry, about: Option<&str>) -> String {
    let facts = &entry.facts;
    let who = if facts.actor == facts.initiator {
        facts.actor.clone()
    } else {
        format!("{} for {}", facts.actor, facts.initiator)
    };
    let id = facts.subject.id();
    let name = about
        .map_or(id.as_str(), |about| id.strip_prefix(about).map_or(id.as_str(), |rest| rest.trim_start_matches('/')));
    let at = minute(facts.timestamp);
    format!("{:>5}  {at}  {who}  {} {name}", facts.seq, facts.action).trim_end().to_owned()
}

/// The end of that line: what an undo reverts, and the reason if there is one. Not sanitized yet.
pub(crate) fn because(entry: &Entry) -> String {
    let facts = &entry.facts;
    let mut text = String::new();
    if !facts.undoes.is_empty() {
        let batches: Vec<String> = facts.undoes.iter().map(ToString::to_string).collect();
        text += &format!("  taking back {}", batches.join(", "));
    }
    if let Some(reason) = &facts.reason {
        text += &format!("  because {reason}");
    }
    text
}

/// A recorded value as text.
pub(crate) fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns success, unless one of the files cannot be read; then what was shown is the last readable text.
pub(crate) fn finish(session: &Session, ui: &mut Ui, documents: &[DocumentState]) -> Result<u8, CliError> {
    ui.flush()?;
    let unreadable = documents.iter().filter(|document| document.state == Some(State::Invalid));
    match unreadable.filter_map(|document| session.bad_file(&document.path)).next() {
        Some(error) => Err(error.into()),
        None => Ok(0),
    }
}
