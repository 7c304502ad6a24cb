//! `bos card done`.

use crate::{
    cli::{
        args::{Global, parse_gate},
        error::CliError,
        targets::{Cards, TakeOver},
        ui::Ui,
        write_view,
    },
    domain::{gate::Gate, lane::Lane},
    engine::{Change, Move},
};

/// Move cards to Done: all of them, or none
///
/// Sets Completed-Date and releases a claim.
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
    #[command(flatten)]
    take_over: TakeOver,
    /// strict: refuse if a stage doc is missing or still the bare template; template: make it
    #[arg(long, value_name = "GATE", value_parser = parse_gate)]
    gate: Option<Gate>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let to_done =
        |target| Change::Move(target, Move { reason: args.reason.clone(), gate: args.gate, ..Move::to(Lane::Done) });
    let changes: Vec<Change> =
        args.cards.targets(args.take_over.why(args.reason.as_deref()))?.into_iter().map(to_done).collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("done", "unchanged"))
}
