//! `bos status`.

use crate::{
    cli::{
        args::Global,
        error::CliError,
        json,
        sanitize::sanitize,
        ui::{CAUTION, GOOD, Ui},
    },
    domain::state::State,
};

/// Show how database, files and git stand, document by document
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let report = engine.status()?;
    let database = engine.workspace().database.display().to_string();
    if ui.json {
        ui.document(&json::status(&report, &database))?;
        return Ok(0);
    }
    let total: u64 = report.counts.values().sum();
    if report.documents.is_empty() {
        let text = ui.paint(GOOD, &format!("All {total} documents are in sync."));
        ui.line(&text)?;
    }
    for state in State::ALL.into_iter().filter(|state| *state != State::InSync) {
        let paths: Vec<&str> =
            report.documents.iter().filter(|(_, found)| *found == state).map(|(path, _)| path.as_str()).collect();
        if paths.is_empty() {
            continue;
        }
        let title = ui.paint(CAUTION, &format!("{} ({})", state.as_str(), paths.len()));
        ui.line(&format!("{title}  {}", meaning(state)))?;
        for path in paths {
            ui.line(&format!("  {}", sanitize(path)))?;
        }
    }
    if engine.workspace().git.is_some() {
        let exported = report
            .last_export
            .as_deref()
            .map_or("never exported".to_owned(), |oid| format!("at {}", &oid[..oid.len().min(12)]));
        ui.line(&format!("branch {}: {exported}, {} log entries to go", report.branch, report.ahead))?;
    }
    if global.verbose {
        ui.line(&format!("log {}", report.log_id))?;
    }
    Ok(0)
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Invalid => "cannot be read: bos validate",
        State::Conflict => "a conflict waits for a person",
        State::InSync => "",
        State::Stale => "an old checkout, not an edit: bos export PATH, or bos import PATH --theirs",
        State::Ahead => "the database is ahead: bos export",
        State::Untracked => "new file: bos import",
        State::Behind => "edited by hand: bos import",
        State::Missing => "the file is gone: bos import --prune, or bos export PATH --ours",
        State::Diverged => "both changed: bos import PATH --theirs, or bos export PATH --ours",
    }
}
