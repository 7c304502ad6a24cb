//! `bos audit`: proving and repairing.

use clap::Subcommand;

use crate::{
    cli::{
        FINDINGS,
        args::Global,
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
    /// Examples:
    ///   bos audit verify
    ///   bos audit verify --json
    #[command(verbatim_doc_comment)]
    Verify,
    /// Rebuild cards, ideas and stage docs from the document texts and the log
    ///
    /// The search index is emptied; the next search fills it.
    ///
    /// Examples:
    ///   bos audit rebuild
    #[command(verbatim_doc_comment)]
    Rebuild,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match args.command {
        Command::Verify => verify(global, ui),
        Command::Rebuild => rebuild(global, ui),
    }
}

fn verify(global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_compare(ui)?;
    let report = session.verify()?;
    if ui.json {
        ui.document(&wire::Verification::from(&report))?;
    } else {
        for check in &report.checks {
            let word = if check.ok { ui.paint(GOOD, "ok    ") } else { ui.paint(ALARM, "FAILED") };
            ui.line(&format!("{word}  {:<12} {:>6}  {}", check.id, check.checked, check.name))?;
            if !check.detail.is_empty() {
                ui.line(&format!("        {}", sanitize(&check.detail)))?;
            }
        }
    }
    Ok(if report.ok() { 0 } else { FINDINGS })
}

fn rebuild(global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let entities = session.rebuild()?;
    if ui.json {
        ui.document(&wire::Rebuild { entities })?;
    } else {
        ui.line(&format!("Derived {entities} entities anew from their texts."))?;
    }
    Ok(0)
}
