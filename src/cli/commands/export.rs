//! `bos export`.

use std::path::PathBuf;

use crate::{
    cli::{
        FINDINGS,
        args::Global,
        error::{CliError, exit_code},
        sanitize::sanitize,
        ui::Ui,
    },
    domain::error_kind::ErrorKind,
    engine::{ExportOptions, ExportReport, Published},
    wire,
};

/// Write what the database has to the files, or to a commit on a branch
///
/// Only files that differ are written, each atomically. A file that was edited since is never overwritten: it is named,
/// and the exit code is 5. With --commit nothing is written to the work tree: the change becomes one commit on the
/// mirror branch, with trailers by which git witnesses the audit log. With --per-change each log entry becomes a commit
/// of its own, with its author and date.
///
/// --push uses the git program, with your credentials and hooks. Where the remote is ahead, its commits are merged
/// first; documents that both changed in the same place are left out. What could not be pushed is pushed by the next
/// --push.
///
/// Examples:
///   bos export                 write the files
///   bos export --check         exit 1 if any file differs, for CI
///   bos export --commit        one commit on work/business-os-export
///   bos export --commit --per-change --push origin
///                              a commit for each change, and push them
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files or folders; everything when left out
    paths: Vec<PathBuf>,
    /// Say what would be written; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Exit 1 if anything would be written; write nothing
    #[arg(long)]
    check: bool,
    /// Write the rest when something has to be left out
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
    /// Make a commit for each change since the last export
    #[arg(long, requires = "commit")]
    per_change: bool,
    /// Push the branch to this remote: a name or a URL
    #[arg(long, value_name = "REMOTE", requires = "commit")]
    push: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let branch = match (args.commit, &args.branch) {
        (false, _) => None,
        (true, Some(branch)) => Some(branch.clone()),
        (true, None) => Some(session.config()?.branch.clone()),
    };
    let (report, _) = session.export(&ExportOptions {
        paths: args.paths.clone(),
        dry_run: args.dry_run || args.check,
        partial: args.partial,
        ours: args.ours,
        branch,
        per_change: args.per_change,
        push: args.push.clone(),
    })?;
    ui.finish_progress();
    match report.unreadable.len() {
        0 => {}
        1 => ui.note("1 file cannot be read, but had no changes to be written: bos validate"),
        count => ui.note(&format!("{count} files cannot be read, but had no changes to be written: bos validate")),
    }
    if !args.dry_run && !args.check && !report.blocked {
        ui.has_done("everything was exported as far as it could be".to_owned());
    }
    if ui.json {
        ui.document(&wire::Export::from(&report))?;
    } else {
        print(ui, &report, args)?;
    }
    Ok(match (args.check, report.is_whole()) {
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
    for (path, why) in &report.failed {
        ui.line(&format!("not written: {}: {}", sanitize(path.as_str()), sanitize(why)))?;
    }
    if report.blocked {
        ui.line("Nothing was written. Take the edits with `bos import`, or write the rest with --partial.")?;
    }
    if let Some(commit) = &report.commit {
        return print_commit(ui, commit);
    }
    if !report.blocked && report.written.is_empty() && report.removed.is_empty() {
        let what = if args.commit { "Nothing to commit" } else { "Nothing to write" };
        return ui.line(&format!("{what}: {} documents are as they should be.", report.unchanged));
    }
    Ok(())
}

fn print_commit(ui: &mut Ui, commit: &Published) -> Result<(), CliError> {
    let short = |oid: &str| oid[..12.min(oid.len())].to_owned();
    let (documents, commits, branch, (first, last)) = (commit.documents, commit.commits, &commit.branch, commit.range);
    let what = if documents == 1 { "document" } else { "documents" };
    let how = if commits > 1 { format!("in {commits} commits up to") } else { "as".to_owned() };
    if commits > 0 {
        let oid = short(&commit.oid);
        ui.line(&format!("Committed {documents} {what} to {branch} {how} {oid} (log entries {first} to {last})."))?;
    }
    let Some(pushed) = &commit.pushed else { return Ok(()) };
    for line in pushed.said.lines() {
        ui.note(line);
    }
    let after = if pushed.merged { ", merged with what was there" } else { "" };
    ui.line(&format!("Pushed {branch} to {} at {}{after}.", sanitize(&pushed.remote), short(&pushed.oid)))
}
