//! `bos card move`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, parse_gate, parse_lane},
        complete,
        error::CliError,
        targets::{TakeOver, targets},
        ui::Ui,
        write_view,
    },
    domain::gate::Gate,
    engine::{Change, Move},
};

/// Move cards to a lane: all of them, or none
///
/// A lane may ask for a stage doc; a missing one is made from a template. A card that is already in the lane is left
/// alone.
///
/// Examples:
///   bos card move BAKE-ENG-0001 in-progress
///   bos card move BAKE-ENG-0001 blocked --reason "waiting for parts"
///   bos card move BAKE-ENG-0001 BAKE-ENG-0002 done
///   bos card move BAKE-ENG-0001 in-progress --gate strict
///   bos card move BAKE-ENG-0001@4f2a... BAKE-ENG-0002@91c0... done
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, override_usage = "bos card move [OPTIONS] <ID>... <LANE>")]
pub(crate) struct Args {
    /// IDs of cards, each ID or ID@SHA256, followed by the lane
    #[arg(required = true, num_args = 2.., value_names = ["ID", "LANE"], add = ArgValueCompleter::new(complete::cards_and_lanes))]
    ids_and_lane: Vec<String>,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
    /// Why, for the log; for the lane Blocked also for the board
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    #[command(flatten)]
    take_over: TakeOver,
    /// strict: refuse if a stage doc is missing or still the bare template; template: make it
    #[arg(long, value_name = "GATE", value_parser = parse_gate)]
    gate: Option<Gate>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let Some((lane, ids)) = args.ids_and_lane.split_last() else { return Err(no_lane()) };
    let lane =
        parse_lane(lane).map_err(|hint| CliError::Usage { message: format!("there is no lane {lane:?}"), hint })?;
    let changes: Vec<Change> = targets(ids, args.expect.as_deref(), args.take_over.why(args.reason.as_deref()))?
        .into_iter()
        .map(|target| Change::Move(target, Move { reason: args.reason.clone(), gate: args.gate, ..Move::to(lane) }))
        .collect();
    write_view::apply(&global.open(ui)?, ui, &changes, ("moved", "unchanged"))
}

fn no_lane() -> CliError {
    CliError::Usage { message: "no lane is named".to_owned(), hint: "bos card move ID... LANE".to_owned() }
}
