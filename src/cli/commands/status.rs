//! `bos status`.

use crate::{
    cli::{
        FINDINGS,
        args::Global,
        error::CliError,
        sanitize::sanitize,
        ui::{BOLD, CAUTION, GOOD, Ui},
    },
    domain::state::State,
    engine::StatusReport,
    wire,
};

/// Show how database, files and git differ, document by document
///
/// Examples:
///   bos status
///   bos status --all         in every work tree of the repository
///   bos status --check       for a CI job: exit code 1 where anything differs
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Show every work tree of this repository
    #[arg(long)]
    all: bool,
    /// Exit 1 if any document is out of sync
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_compare(ui)?;
    let report = session.view()?.status()?;
    let everywhere = if args.all { Some(session.status_everywhere()?) } else { None };
    let differs = everywhere.as_ref().map_or_else(
        || !report.documents.is_empty(),
        |places| places.iter().any(|place| !place.report.documents.is_empty()),
    );
    let code = if args.check && differs { FINDINGS } else { 0 };
    let database = session.workspace().database.display().to_string();
    if ui.json {
        ui.document(&wire::Status::new(&report, &database, everywhere.as_deref()))?;
        return Ok(code);
    }
    match &everywhere {
        None => documents(ui, &report)?,
        Some(places) => {
            for place in places {
                let root = ui.paint(BOLD, &sanitize(&place.root.display().to_string()));
                ui.line(&root)?;
                documents(ui, &place.report)?;
            }
        }
    }
    if session.workspace().git.is_some() {
        let exported = report
            .last_export
            .as_deref()
            .map_or("never exported".to_owned(), |oid| format!("at {}", &oid[..oid.len().min(12)]));
        let entries = if report.ahead == 1 { "entry" } else { "entries" };
        ui.line(&format!("branch {}: {exported}, {} log {entries} to go", report.branch, report.ahead))?;
    }
    if global.verbose {
        ui.line(&format!("log {}", report.log_id))?;
    }
    Ok(code)
}

fn documents(ui: &mut Ui, report: &StatusReport) -> Result<(), CliError> {
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
    if !report.conflicts.is_empty() {
        let title = ui.paint(CAUTION, &format!("conflict with a branch ({})", report.conflicts.len()));
        ui.line(&format!("{title}  both changed the same: bos conflicts"))?;
        for (path, place) in &report.conflicts {
            ui.line(&format!("  {}  with {}", sanitize(path.as_str()), sanitize(place)))?;
        }
    }
    if !report.unread.is_empty() {
        let title = ui.paint(CAUTION, &format!("unread ({})", report.unread.len()));
        ui.line(&format!("{title}  fits no pattern"))?;
        for found in &report.unread {
            ui.line(&format!("  {}: {}", sanitize(&found.path), sanitize(&found.help)))?;
        }
    }
    Ok(())
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Invalid => "cannot be read: bos validate",
        State::Conflict => "both changed the same: bos conflicts",
        State::InSync => "",
        State::Stale => "an old checkout, not an edit: bos export PATH, or bos import PATH --theirs",
        State::Ahead => "the database is ahead: bos export",
        State::Untracked => "new file: bos import",
        State::Behind => "edited by hand: bos import",
        State::Missing => "the file is gone: bos import --prune, or bos export PATH --ours",
        State::Diverged => "both changed: bos import merges what it can",
    }
}
