//! `bos card history`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, history_view, list_view::count_note, ui::Ui},
    wire,
};

/// Tell the story of a card: every change, the oldest first
///
/// Stage docs, comments and notes of the card are part of it. Values before and after come from the log and from the
/// texts; what changed in a body is shown line by line. A text that was erased is said to be. Ideas have a story too.
///
/// Examples:
///   bos card history BAKE-ENG-0002
///   bos card history BAKE-ENG-0002 --limit 3    the last three changes
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card or an idea
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    id: String,
    /// At most so many changes, the last ones
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let history = view.history(&args.id, args.limit)?;
    if ui.json {
        ui.document(&wire::History::from(&history))?;
        return Ok(0);
    }
    history_view::print(ui, &history, global.verbose)?;
    count_note(ui, "entries", history.entries.len(), usize::try_from(history.total).unwrap_or(usize::MAX))?;
    Ok(0)
}
