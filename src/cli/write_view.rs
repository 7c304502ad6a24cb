//! The output of a write: its warnings, and a line for each change, or the JSON of its entries.

use super::{error::CliError, lane_words, sanitize::sanitize, ui::Ui};
use crate::{
    domain::entity::Entity,
    engine::{Change, Outcome, Session, Written},
    wire,
};

/// Applies changes, all or none, and prints the result of each: a move as its two lanes, any other as `done`, or `left`
/// if nothing changed.
pub(crate) fn apply(
    session: &Session,
    ui: &mut Ui,
    changes: &[Change],
    (done, left): (&str, &str),
) -> Result<u8, CliError> {
    let (outcomes, written) = session.apply(changes)?;
    keep(ui, &outcomes);
    print(ui, &outcomes, &written, (done, left))
}

/// Prints the results of changes.
pub(crate) fn print(
    ui: &mut Ui,
    outcomes: &[Outcome],
    written: &Written,
    (done, left): (&str, &str),
) -> Result<u8, CliError> {
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&wire::Write::from(written))?;
        return Ok(0);
    }
    for outcome in outcomes {
        let id = match &outcome.entity {
            stage @ Entity::StageDoc { .. } => stage.id(),
            other => other.owner().to_string(),
        };
        match &outcome.moved {
            Some((from, to)) if outcome.changed => {
                ui.line(&format!("{id}  {} -> {}", sanitize(lane_words::shown_text(from)), lane_words::shown(*to)))?
            }
            Some((_, to)) => ui.line(&format!("{id}  is in {} already", lane_words::shown(*to)))?,
            None => {
                let word = match (&outcome.entity, outcome.created, outcome.changed) {
                    (Entity::Comment { .. }, ..) => "commented",
                    (_, true, _) => "created",
                    (_, false, true) => done,
                    (_, false, false) => left,
                };
                ui.line(&format!("{id}  {}", sanitize(word)))?;
            }
        }
        for path in &outcome.made {
            ui.line(&format!("  made {path}"))?;
        }
    }
    Ok(0)
}

/// Applies a change that creates something, and prints only its new ID.
pub(crate) fn make(session: &Session, ui: &mut Ui, change: Change) -> Result<u8, CliError> {
    let (outcome, written) = session.apply_one(change)?;
    keep(ui, std::slice::from_ref(&outcome));
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&wire::Write::from(&written))?;
    } else {
        ui.line(outcome.id().as_str())?;
    }
    Ok(0)
}

/// Applies a change of keys, and prints which keys changed.
pub(crate) fn set(session: &Session, ui: &mut Ui, change: Change) -> Result<u8, CliError> {
    let (outcome, written) = session.apply_one(change)?;
    keep(ui, std::slice::from_ref(&outcome));
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&wire::Write::from(&written))?;
        return Ok(0);
    }
    let id = outcome.id();
    match written.entries.last().filter(|_| outcome.changed) {
        Some(entry) => {
            let keys: Vec<&str> = entry.facts.changes.iter().map(|(key, _)| key).collect();
            ui.line(&format!("{id}  {}", sanitize(&keys.join(", "))))?;
        }
        None => ui.line(&format!("{id}  unchanged"))?,
    }
    Ok(0)
}

/// Records what changed, in case it cannot be printed.
pub(crate) fn keep(ui: &mut Ui, outcomes: &[Outcome]) {
    let changed = outcomes.iter().filter(|outcome| outcome.changed || outcome.created);
    let done: Vec<String> = changed
        .map(|outcome| {
            let what = if outcome.created { "was made" } else { "was changed" };
            format!("{} {what}", outcome.entity.id())
        })
        .collect();
    if !done.is_empty() {
        ui.has_done(done.join(", "));
    }
}
