//! `bos import`.

use std::path::PathBuf;

use crate::{
    cli::{FINDINGS, args::Global, error::CliError, format, sanitize::sanitize, ui::Ui},
    engine::{self, EngineError, ImportOptions, ImportReport, Prune, Revisions, Session},
    wire,
};

/// Bring the database up to date with the files
///
/// Reads only files that changed, takes in what is new or edited, and reports everything that is wrong. One bad file
/// never stops the others. What changed in both places is merged; where both changed the same thing, the conflict waits
/// for you (bos conflicts).
///
/// Examples:
///   bos import                        everything
///   bos import --dry-run              what would happen
///   bos import docs/business-os/cards/X.user.md --theirs
///                                     the file wins over the database
///   bos import --from origin/topic    a branch, without checking it out
///   bos import --since ORIG_HEAD      what a pull brought
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files or folders; everything when left out
    paths: Vec<PathBuf>,
    /// Say what would happen; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write nothing if there is any error
    #[arg(long)]
    strict: bool,
    /// Treat files that are gone as deleted
    #[arg(long)]
    prune: bool,
    /// Prune even where more than half of all documents would go
    #[arg(long, requires = "prune")]
    yes: bool,
    /// Where file and database both changed, the file wins; needs PATHS
    #[arg(long)]
    theirs: bool,
    /// Import the documents of this commit or branch without checking it out
    #[arg(long, value_name = "REV", conflicts_with_all = ["paths", "strict", "theirs", "since"])]
    from: Option<String>,
    /// Import only what the commits after this one touched, credited to their authors
    #[arg(long, value_name = "REV", conflicts_with_all = ["paths", "strict", "theirs", "prune"])]
    since: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let prune = match (args.prune, args.yes) {
        (false, _) => Prune::No,
        (true, false) => Prune::Some,
        (true, true) => Prune::All,
    };
    let revisions = match (&args.from, &args.since) {
        (Some(revision), _) => Some(Revisions::From(revision)),
        (None, Some(revision)) => Some(Revisions::Since(revision)),
        (None, None) => None,
    };
    if let Some(revisions) = revisions {
        let session = global.open(ui)?;
        let (report, _) = session.import_revisions(revisions, prune, args.dry_run)?;
        keep(ui, args);
        tell(ui, &report, &session, args.dry_run)?;
        return Ok(if report.has_findings() { FINDINGS } else { 0 });
    }
    let session = global.open_to_import(ui, args.dry_run)?;
    let imported = session.import(&ImportOptions {
        paths: args.paths.clone(),
        dry_run: args.dry_run,
        strict: args.strict,
        prune,
        theirs: args.theirs,
        ..ImportOptions::default()
    });
    ui.finish_progress();
    let report = match imported {
        Ok((report, _)) => {
            keep(ui, args);
            report
        }
        // All findings are printed before the refusal.
        Err(EngineError::Strict { report }) => {
            tell(ui, &report, &session, true)?;
            return Err(EngineError::Strict { report }.into());
        }
        Err(error) => return Err(error.into()),
    };
    tell(ui, &report, &session, args.dry_run)?;
    Ok(if report.has_findings() { FINDINGS } else { 0 })
}

fn tell(ui: &mut Ui, report: &ImportReport, session: &Session, only_told: bool) -> Result<(), CliError> {
    if ui.json { ui.document(&wire::Import::from(report)) } else { print(ui, report, session, only_told) }
}

fn print(ui: &mut Ui, report: &ImportReport, session: &Session, only_told: bool) -> Result<(), CliError> {
    if !report.diagnostics.is_empty() {
        let root = session.workspace().root()?;
        let line = |path: &str, line: u32| engine::source_line(root, path, line);
        ui.painted(&format::human::findings(&report.diagnostics, &line))?;
    }
    let taken: Vec<String> =
        report.taken.iter().map(|(kind, count)| format!("{count} {}", plural(kind, *count))).collect();
    let what = if taken.is_empty() { String::new() } else { format!(" ({})", taken.join(", ")) };
    let verb = if only_told { "Would import" } else { "Imported" };
    ui.line(&format!(
        "{verb} {} new and {} edited of {} files{what}; {} unchanged.",
        report.imported, report.updated, report.found, report.unchanged
    ))?;
    if report.removed > 0 {
        let verb = if only_told { "Would remove" } else { "Removed" };
        let end = if report.pruned.is_empty() { "." } else { ":" };
        ui.line(&format!("{verb} {} whose files are gone{end}", report.removed))?;
        report.pruned.iter().try_for_each(|path| ui.line(&format!("  {}", sanitize(path.as_str()))))?;
    }
    for (old, new) in &report.renumbered {
        ui.line(&format!("{old} was given out twice: the one made here is {new} now."))?;
    }
    if report.merged > 0 {
        let verb = if only_told { "Would merge" } else { "Merged" };
        ui.line(&format!("{verb} {} that were changed in file and database.", report.merged))?;
    }
    let lists = [
        ("in conflict: changed in file and database at the same places (bos conflicts)", &report.conflicts),
        ("may be old or edited, left alone (bos import PATH --theirs, or bos export PATH --ours)", &report.diverged),
        ("from an old checkout, left alone", &report.stale),
        ("gone, but not taken for deleted (bos import --prune)", &report.missing),
    ];
    for (what, paths) in lists {
        if !paths.is_empty() {
            ui.line(&format!("{} {what}:", paths.len()))?;
            for path in paths {
                ui.line(&format!("  {}", sanitize(path.as_str())))?;
            }
        }
    }
    let errors = report.errors();
    let warnings = report.diagnostics.len() - errors;
    if errors + warnings > 0 {
        ui.line(&format!("{errors} errors, {warnings} warnings."))?;
    }
    Ok(())
}

fn plural(kind: &str, count: u64) -> String {
    let words = kind.replace('_', " ");
    if count == 1 { words } else { format!("{words}s") }
}

/// Records that the files were imported, in case it cannot be printed.
fn keep(ui: &mut Ui, args: &Args) {
    if !args.dry_run {
        ui.has_done("the files were imported".to_owned());
    }
}
