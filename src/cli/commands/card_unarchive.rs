//! `bos card unarchive`.

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

/// Take cards out of the archive, with everything attached to them
///
/// Examples:
///   bos card unarchive BAKE-ENG-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let changes: Vec<Change> = args.cards.targets(args.take_over.why())?.into_iter().map(Change::Unarchive).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("is out of the archive", "is not archived"))
}
