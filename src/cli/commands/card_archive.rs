//! `bos card archive`.

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

/// Archive cards, with everything attached to them
///
/// Their files move to cards/archive at the next export. An archived card keeps its ID and its history.
///
/// Examples:
///   bos card archive BAKE-ENG-0001
///   bos card list --archived
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let changes: Vec<Change> = args.cards.targets(args.take_over.why())?.into_iter().map(Change::Archive).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("archived", "is archived already"))
}
