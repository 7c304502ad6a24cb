//! `bos card claim`.

use crate::{
    cli::{
        args::{Global, parse_duration},
        error::CliError,
        targets::Cards,
        ui::Ui,
        write_view,
    },
    engine::{Change, Claiming},
};

/// Claim cards: of two who try at once, one has it
///
/// The claim is the keys Claimed-By and Claimed-Until of the card. It ends when it is released, when its time is over,
/// or when the card is done. Who comes second is told who has it, with exit code 5.
///
/// Examples:
///   bos card claim BAKE-ENG-0001
///   bos card claim BAKE-ENG-0001 --ttl 2h
///   bos card claim BAKE-ENG-0001 --renew --ttl 2h
///   bos card claim BAKE-ENG-0001 --release
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// For how long: 30m, 2h, 1d; until it is released when left out
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    ttl: Option<i64>,
    /// Keep a claim of your own for another --ttl from now
    #[arg(long, requires = "ttl")]
    renew: bool,
    /// Give a claim of your own back
    #[arg(long, conflicts_with_all = ["ttl", "renew"])]
    release: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let claiming = match (args.release, args.renew, args.ttl) {
        (true, ..) => Claiming::Release,
        (false, true, Some(time)) => Claiming::Renew(time),
        (false, _, time) => Claiming::Take(time),
    };
    let changes: Vec<Change> =
        args.cards.targets()?.into_iter().map(|target| Change::Claim(target, claiming)).collect();
    let words = match claiming {
        Claiming::Take(_) => ("is yours", "is yours already"),
        Claiming::Renew(_) => ("stays yours", "stays yours"),
        Claiming::Release => ("is free", "is free already"),
    };
    write_view::apply(&global.open(ui)?, ui, &changes, words)
}
