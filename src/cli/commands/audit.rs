//! `bos audit`: verification and repair.

use clap::Subcommand;

use crate::{
    cli::{
        FINDINGS,
        args::Global,
        board_view::wrap,
        error::CliError,
        sanitize::sanitize,
        ui::{ALARM, GOOD, Ui},
    },
    wire,
};

/// Check that log, texts, tables and git agree
///
/// Examples:
///   bos audit verify
///   bos audit rebuild
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    /// Run every check; exit 1 and name what does not fit
    ///
    /// If everything holds, the end of the log is noted in the database. With --since-last, texts and tables are
    /// checked only of cards and ideas that later entries are about. The chain of hashes is still followed from the
    /// first entry and must pass through the noted one, and exports in git are compared with it. So the note is
    /// trusted for one thing: that the texts and tables of all other cards were right, and that nobody has changed
    /// them since without bos. Whoever can write to the database can also write the note; only a check without
    /// --since-last, which does not read the note, protects against that.
    ///
    /// Examples:
    ///   bos audit verify
    ///   bos audit verify --since-last
    ///   bos audit verify --json
    #[command(verbatim_doc_comment)]
    Verify {
        /// Only what came after the last verification in which everything held
        #[arg(long)]
        since_last: bool,
    },
    /// Rebuild cards, ideas and stage docs from the document texts and the log
    ///
    /// A damaged text is put back if its file still holds it. The search index is emptied; the next search fills it.
    ///
    /// Examples:
    ///   bos audit rebuild
    #[command(verbatim_doc_comment)]
    Rebuild,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match args.command {
        Command::Verify { since_last } => verify(since_last, global, ui),
        Command::Rebuild => rebuild(global, ui),
    }
}

/// The columns before what a check is about.
const BEFORE_NAME: usize = 29;

fn verify(since_last: bool, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_compare(ui)?;
    let report = session.verify(since_last)?;
    match &report.since {
        Some(last) => ui.note(&format!("only what came after entry {}, where everything was verified last", last.seq)),
        None if since_last => ui.note("no good verification is noted yet, so everything was checked"),
        None => {}
    }
    if ui.json {
        ui.document(&wire::Verification::from(&report))?;
    } else {
        for check in &report.checks {
            let word = if check.ok { ui.paint(GOOD, "ok    ") } else { ui.paint(ALARM, "FAILED") };
            let room = ui.width().map_or(usize::MAX, |width| width.saturating_sub(BEFORE_NAME));
            let mut name = wrap(check.name, room).into_iter();
            ui.line(&format!("{word}  {:<12} {:>6}  {}", check.id, check.checked, name.next().unwrap_or_default()))?;
            name.try_for_each(|line| ui.line(&format!("{:BEFORE_NAME$}{line}", "")))?;
            if !check.detail.is_empty() {
                ui.line(&format!("        {}", sanitize(&check.detail)))?;
            }
        }
    }
    Ok(if report.ok() { 0 } else { FINDINGS })
}

fn rebuild(global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let rebuilt = session.rebuild()?;
    ui.has_done("the tables were rebuilt".to_owned());
    if ui.json {
        ui.document(&wire::Rebuild::from(&rebuilt))?;
    } else {
        ui.line(&format!("Rebuilt {} entities from their texts.", rebuilt.entities))?;
        for path in &rebuilt.restored {
            ui.line(&format!("put back from its file: {path}"))?;
        }
        for path in &rebuilt.damaged {
            ui.line(&format!("damaged, and no file holds its text: {path}"))?;
        }
    }
    Ok(if rebuilt.damaged.is_empty() { 0 } else { FINDINGS })
}
