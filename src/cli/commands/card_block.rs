//! `bos card block`.

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

/// Mark cards as blocked, in the lane they are in
///
/// A blocked card keeps its lane, so that the board shows how far it was; `bos card move ID blocked` puts it into the
/// lane Blocked instead.
///
/// Examples:
///   bos card block BAKE-ENG-0001 --reason "waiting for parts"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// What blocks it, for the board
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    take_over: TakeOver,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let block = |target| Change::Block(target, args.reason.clone());
    let changes: Vec<Change> =
        args.cards.targets(args.take_over.why(args.reason.as_deref()))?.into_iter().map(block).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("blocked", "is blocked already"))
}
