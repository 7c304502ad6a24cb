//! `bos card accept`.

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

/// Move cards to the lanes that were proposed for them
///
/// Examples:
///   bos card accept BAKE-ENG-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    take_over: TakeOver,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let accept = |target| Change::Accept(target, args.reason.clone());
    let changes: Vec<Change> =
        args.cards.targets(args.take_over.why(args.reason.as_deref()))?.into_iter().map(accept).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("accepted", "unchanged"))
}
