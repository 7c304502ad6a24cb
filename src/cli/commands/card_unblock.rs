//! `bos card unblock`.

use crate::{
    cli::{args::Global, error::CliError, targets::Cards, ui::Ui, write_view},
    engine::Change,
};

/// Clear what blocks cards
///
/// A card in the lane Blocked goes back to the lane it came from.
///
/// Example:
///   bos card unblock BAKE-ENG-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let changes: Vec<Change> = args.cards.targets()?.into_iter().map(Change::Unblock).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("unblocked", "is not blocked"))
}
