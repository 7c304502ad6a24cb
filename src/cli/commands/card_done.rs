//! `bos card done`.

use crate::{
    cli::{args::Global, error::CliError, targets::Cards, ui::Ui, write_view},
    domain::lane::Lane,
    engine::{Change, Move},
};

/// Move cards to Done: all of them, or none
///
/// Sets Completed-Date and gives back a claim.
///
/// Examples:
///   bos card done BAKE-ENG-0001
///   bos card done BAKE-ENG-0001 BAKE-ENG-0002 --reason "opened on Monday"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let to_done = |target| Change::Move(target, Move { lane: Lane::Done, reason: args.reason.clone(), from: None });
    let changes: Vec<Change> = args.cards.targets()?.into_iter().map(to_done).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("done", "unchanged"))
}
