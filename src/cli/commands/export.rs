//! `bos export`.

use std::path::PathBuf;

use crate::{
    cli::{
        FINDINGS,
        args::Global,
        error::{CliError, exit_code},
        json,
        sanitize::sanitize,
        ui::Ui,
    },
    domain::error_kind::ErrorKind,
    engine::{ExportOptions, ExportReport},
};

/// Write what the database has to the files, or to a commit on a branch
///
/// Only files that differ are written, each atomically. A file that was edited since is never overwritten: it is
/// named, and the exit code is 5. With --commit nothing is written to the work tree: the change becomes one commit on
/// the mirror branch, with trailers that let git witness the audit log.
///
/// Examples:
///   bos export                 write the files
///   bos export --check         exit 1 if any file differs, for CI
///   bos export --commit        one commit on work/business-os-export
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files or folders; everything when left out
    paths: Vec<PathBuf>,
    /// Tell what would be written, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Exit 1 if anything would be written; write nothing
    #[arg(long)]
    check: bool,
    /// Write the rest where something has to be left out
    #[arg(long)]
    partial: bool,
    /// Where file and database both changed, the database wins; needs PATHS
    #[arg(long, conflicts_with = "commit")]
    ours: bool,
    /// Make one commit on the mirror branch instead of writing files
    #[arg(long)]
    commit: bool,
    /// The mirror branch; else that of bos.toml, else work/business-os-export
    #[arg(long, value_name = "BRANCH", requires = "commit")]
    branch: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open(ui)?;
    let branch = match (args.commit, &args.branch) {
        (false, _) => None,
        (true, Some(branch)) => Some(branch.clone()),
        (true, None) => Some(engine.config()?.branch.clone()),
    };
    let (report, _) = engine.export(&ExportOptions {
        paths: args.paths.clone(),
        dry_run: args.dry_run || args.check,
        partial: args.partial,
        ours: args.ours,
        branch,
    })?;
    ui.finish_progress();
    if ui.json {
        ui.document(&json::export(&report))?;
    } else {
        print(ui, &report, args)?;
    }
    Ok(match (args.check, report.refused.is_empty()) {
        (true, _) if report.differs() => FINDINGS,
        (true, _) | (false, true) => 0,
        (false, false) => exit_code(ErrorKind::Conflict),
    })
}

fn print(ui: &mut Ui, report: &ExportReport, args: &Args) -> Result<(), CliError> {
    let only_told = args.dry_run || args.check;
    let (wrote, removed) = if only_told { ("would write", "would remove") } else { ("wrote", "removed") };
    if !args.commit || only_told {
        for path in &report.written {
            ui.line(&format!("{wrote} {}", sanitize(path.as_str())))?;
        }
        for path in &report.removed {
            ui.line(&format!("{removed} {}", sanitize(path.as_str())))?;
        }
    }
    for (path, state) in &report.refused {
        ui.line(&format!("left out {}: {}", sanitize(path.as_str()), state.as_str()))?;
    }
    if report.blocked {
        return ui.line("Nothing was written. Take the edits with `bos import`, or write the rest with --partial.");
    }
    if let Some(commit) = &report.commit {
        let (documents, oid) = (commit.documents, &commit.oid[..12.min(commit.oid.len())]);
        let (first, last) = commit.range;
        return ui.line(&format!(
            "Committed {documents} {} to {} as {oid} (log entries {first} to {last}).",
            if documents == 1 { "document" } else { "documents" },
            commit.branch
        ));
    }
    if report.written.is_empty() && report.removed.is_empty() {
        let what = if args.commit { "Nothing to commit" } else { "Nothing to write" };
        return ui.line(&format!("{what}: {} documents are as they should be.", report.unchanged));
    }
    Ok(())
}
