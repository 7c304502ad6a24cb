//! `bos card unblock`.

use crate::{
    cli::{
        args::Global,
        error::CliError,
        targets::{Cards, TakeOverBecause},
        ui::Ui,
        write_view,
    },
    engine::Change,
};

/// Unblock cards
///
/// A card in the lane Blocked goes back to the lane it came from.
///
/// Examples:
///   bos card unblock BAKE-ENG-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let changes: Vec<Change> = args.cards.targets(args.take_over.why())?.into_iter().map(Change::Unblock).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("unblocked", "is not blocked"))
}
