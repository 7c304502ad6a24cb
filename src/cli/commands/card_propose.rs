//! `bos card propose`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, parse_lane},
        complete,
        error::CliError,
        lane_words,
        ui::Ui,
        write_view,
    },
    domain::lane::Lane,
    engine::{Change, Target},
};

/// Propose a lane for a card, for somebody else to accept
///
/// For agents that may not move cards. `bos me` shows the owner what waits for an answer.
///
/// Examples:
///   bos card propose BAKE-ENG-0001 done --reason "all tasks are ticked"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
    /// The lane it should go to
    #[arg(value_parser = parse_lane, add = ArgValueCompleter::new(complete::lanes))]
    lane: Lane,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let target = Target { expect: args.expect.clone(), ..Target::of(&args.id) };
    let changes = [Change::Propose(target, args.lane, args.reason.clone())];
    let done = format!("proposed for {}", lane_words::shown(args.lane));
    write_view::apply(&global.open(ui)?, ui, &changes, (&done, "is proposed for it already"))
}
