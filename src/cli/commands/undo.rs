//! `bos undo`.

use crate::{
    cli::{args::Global, detail_view::entry_line, error::CliError, ui::Ui},
    domain::action::Action,
    engine::Undo,
    wire,
};

/// Undo your last command, or any other
///
/// Works on whole commands: what one command changed is undone together, or not at all. What nobody has touched since
/// comes back byte for byte. Later changes by others are merged with the undo; where they clash, it is refused. Nothing
/// is removed from the log, so an undo can itself be undone.
///
/// Examples:
///   bos undo               your last command, not counting imports; twice: redo
///   bos undo --last 3      your last three commands
///   bos undo 42            the command that entry 42 of the log belongs to
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The number of a log entry
    seq: Option<u64>,
    /// Undo your last N commands
    #[arg(long, value_name = "N", conflicts_with = "seq", value_parser = clap::value_parser!(u16).range(1..))]
    last: Option<u16>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let undo = args.seq.map_or(Undo::Last(usize::from(args.last.unwrap_or(1))), Undo::Entry);
    let (undone, written) = global.open(ui)?.undo(undo)?;
    ui.has_done("it was undone".to_owned());
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&wire::Write::from(&written))?;
        return Ok(0);
    }
    for entry in &undone {
        ui.line(&format!("undid {}", entry_line(entry, None).trim_start()))?;
    }
    if written.entries.iter().all(|entry| entry.facts.action != Action::Undo) {
        ui.note("everything was already as before, so nothing was changed");
    }
    Ok(0)
}
