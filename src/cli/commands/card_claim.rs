//! `bos card claim`.

use crate::{
    cli::{
        args::{Global, parse_duration},
        error::CliError,
        targets::{Cards, TakeOver},
        ui::Ui,
        write_view,
    },
    engine::{Change, Claiming},
};

/// Claim cards for yourself: when two try at once, one wins
///
/// A claim is stored in the keys Claimed-By and Claimed-Until. It ends when it is released, when its time is over,
/// or when the card is done. Others cannot change the card or its stage docs meanwhile: they are told who has it, with
/// exit code 5. They can still comment on it and propose a lane.
///
/// Examples:
///   bos card claim BAKE-ENG-0001
///   bos card claim BAKE-ENG-0001 --ttl 2h
///   bos card claim BAKE-ENG-0001 --renew --ttl 2h
///   bos card claim BAKE-ENG-0001 --release
///   bos card claim BAKE-ENG-0001 --take-over --reason "Nora is ill"
///   bos card claim BAKE-ENG-0001 --break --reason "that machine is gone"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    cards: Cards,
    /// For how long: 30m, 2h, 1d; the setting claim-time (8h) when left out
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    ttl: Option<i64>,
    /// Keep a claim of your own for another --ttl from now
    #[arg(long, requires = "ttl")]
    renew: bool,
    /// Give a claim of your own back
    #[arg(long, conflicts_with_all = ["ttl", "renew"])]
    release: bool,
    /// End the claim of somebody who is gone; needs --reason
    #[arg(long = "break", requires = "reason", conflicts_with_all = ["ttl", "renew", "release", "take_over"])]
    breaks: bool,
    #[command(flatten)]
    take_over: TakeOver,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let reason = args.reason.as_deref();
    let claiming = match (args.release, args.renew, args.ttl) {
        _ if args.breaks => Claiming::Break(reason.unwrap_or_default().to_owned()),
        (true, ..) => Claiming::Release,
        (false, true, Some(time)) => Claiming::Renew(time),
        (false, _, time) => Claiming::Take(time),
    };
    let changes: Vec<Change> = args
        .cards
        .targets(args.take_over.why(reason))?
        .into_iter()
        .map(|target| Change::Claim(target, claiming.clone()))
        .collect();
    let words = match claiming {
        Claiming::Take(_) => ("is yours", "is yours already"),
        Claiming::Renew(_) => ("stays yours", "stays yours"),
        Claiming::Release | Claiming::Break(_) => ("is free", "is free already"),
    };
    write_view::apply(&global.open(ui)?, ui, &changes, words)
}
