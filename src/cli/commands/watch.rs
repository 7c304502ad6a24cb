//! `bos watch`.

use crate::{
    cli::{
        args::Global,
        error::CliError,
        sanitize::sanitize,
        ui::{CAUTION, DIM, Ui},
    },
    domain::{
        diagnostic::Diagnostic,
        doc_path::{DocPath, MIRROR},
        state::State,
    },
    engine::{Clock, WatchNews, Watched, WatchedExport, WatchedImport},
    wire,
};

/// The maximum number of documents named on a line; JSON names all.
const NAMED: usize = 5;

/// Aligns the further lines of an event with the text after the time.
const INDENT: &str = "          ";

/// Keep files and database in step until you press Ctrl-C
///
/// Each saved file is imported as `bos import` would, and reported on one line. With --export, changes in the database
/// are written to the files as well, as `bos export --partial` would. What needs a person is reported once, and again
/// when its file is saved again; with --quiet nothing else is. With --json each line is an object.
///
/// Nothing is done while a git command is at work on the files, or while a merge or a rebase waits for you. You never
/// need this command: any later one finds the same edits. It is safe to stop it at any moment. On Linux, commands that
/// read ask it whether anything has changed, instead of looking at every file.
///
/// Examples:
///   bos watch
///   bos watch --export --quiet
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Write what changes in the database to the files
    #[arg(long)]
    export: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    session.watch(args.export, |news| {
        if ui.json {
            ui.record(&wire::News::from(&news))?;
        } else {
            print(ui, &news, global.quiet)?;
        }
        ui.flush()
    })?;
    Ok(0)
}

fn print(ui: &mut Ui, news: &WatchNews, quiet: bool) -> Result<(), CliError> {
    let time = ui.paint(DIM, &Clock::time_of_day(news.at));
    let head = |ui: &mut Ui, routine: bool, text: &str| {
        if routine && quiet { Ok(()) } else { ui.line(&format!("{time}  {}", sanitize(text))) }
    };
    match &news.what {
        Watched::Begun => head(ui, true, &format!("watching {MIRROR}")),
        Watched::Waiting(why) => head(ui, false, &format!("waiting: {why}")),
        Watched::Imported(import) => {
            let WatchedImport { report, documents, removed, left, diagnostics } = &**import;
            let (taken, merged, conflicts) = (report.imported + report.updated, report.merged, report.conflicts.len());
            let paths: Vec<&DocPath> = documents.iter().chain(removed).collect();
            let text = format!("imported {taken}, merged {merged}, conflicts {conflicts}{}", named(&paths));
            head(ui, left.is_empty() && diagnostics.is_empty(), &text)?;
            print_left(ui, left)?;
            diagnostics.iter().try_for_each(|found| print_found(ui, found))
        }
        Watched::Exported(WatchedExport { written, removed, left, failed }) => {
            let paths: Vec<&DocPath> = written.iter().chain(removed).collect();
            let text = format!("wrote {}, removed {}{}", written.len(), removed.len(), named(&paths));
            head(ui, left.is_empty() && failed.is_empty(), &text)?;
            print_left(ui, left)?;
            failed.iter().try_for_each(|(path, why)| {
                let what = format!("{}: {why}", short(path.as_str()));
                let word = ui.paint(CAUTION, "not written");
                ui.line(&format!("{INDENT}{word} {}", sanitize(&what)))
            })
        }
    }
}

fn print_left(ui: &mut Ui, left: &[(DocPath, State)]) -> Result<(), CliError> {
    for state in State::ALL {
        let paths: Vec<&DocPath> = left.iter().filter(|(_, other)| *other == state).map(|(path, _)| path).collect();
        if !paths.is_empty() {
            let word = ui.paint(CAUTION, state.as_str());
            ui.line(&format!("{INDENT}{word}{}{}", sanitize(&named(&paths)), hint(state)))?;
        }
    }
    Ok(())
}

fn print_found(ui: &mut Ui, found: &Diagnostic) -> Result<(), CliError> {
    let line = found.line.map(|line| format!(":{line}")).unwrap_or_default();
    let severity = ui.paint(CAUTION, found.severity().as_str());
    let what = format!("{} {}{line}: {}", found.code.as_str(), short(&found.path), found.message);
    ui.line(&format!("{INDENT}{severity} {}", sanitize(&what)))
}

/// What the user can do about it.
fn hint(state: State) -> &'static str {
    match state {
        State::Conflict => "  (bos conflicts)",
        State::Diverged => "  (bos import PATH --theirs, or bos export PATH --ours)",
        State::Stale => "  (an old checkout, not an edit: bos export PATH, or bos import PATH --theirs)",
        State::Missing => "  (bos import --prune, or bos export PATH --ours)",
        _ => "",
    }
}

fn named(paths: &[&DocPath]) -> String {
    let first: Vec<&str> = paths.iter().take(NAMED).map(|path| short(path.as_str())).collect();
    let more = match paths.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    if first.is_empty() { String::new() } else { format!(": {}{more}", first.join(", ")) }
}

/// A path without the folder that contains all documents.
fn short(path: &str) -> &str {
    path.strip_prefix(MIRROR).and_then(|below| below.strip_prefix('/')).unwrap_or(path)
}
