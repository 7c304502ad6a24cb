//! `bos card delete`.

use crate::{
    cli::{
        args::Global,
        error::CliError,
        targets::{Cards, TakeOver},
        ui::Ui,
        write_view,
    },
    engine::Change,
};

/// Delete cards, with everything attached to them
///
/// Their files go at the next export. The log keeps who deleted what and why, `bos undo` brings it back, and the ID is
/// never given out again. To take a finished card off the board, use `bos card archive`.
///
/// Examples:
///   bos card delete BAKE-ENG-0001 --reason "made twice, see BAKE-ENG-0002"
///   bos undo
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    take_over: TakeOver,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let targets = args.cards.targets(args.take_over.why(Some(&args.reason)))?;
    let changes: Vec<Change> = targets.into_iter().map(|target| Change::Delete(target, args.reason.clone())).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("deleted", "is deleted already"))
}
