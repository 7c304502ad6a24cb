//! `bos card history`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, history_view, list_view::count_note, ui::Ui},
    wire,
};

/// Show every change of a card, the oldest first
///
/// Includes its stage docs, comments and notes. Old and new values come from the log and the texts; changes of a body
/// are shown line by line. Erased texts are marked as such. Works for ideas too.
///
/// Examples:
///   bos card history BAKE-ENG-0002
///   bos card history BAKE-ENG-0002 --limit 3    the last three changes
///   bos card history BAKE-ENG-0002 --git        with what git knows from before
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card or an idea
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    id: String,
    /// Show only the last N changes
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Begin with the commits that made its files before the first import, through renames
    #[arg(long)]
    git: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let history = view.history(&args.id, args.limit, args.git)?;
    if ui.json {
        ui.document(&wire::History::from(&history))?;
        return Ok(0);
    }
    history_view::print(ui, &history, global.verbose)?;
    let shown = history.entries.len() + history.commits.as_ref().map_or(0, Vec::len);
    count_note(ui, "entries", shown, usize::try_from(history.total).unwrap_or(usize::MAX))?;
    Ok(0)
}
