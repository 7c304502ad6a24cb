//! `bos card move`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, parse_lane},
        complete,
        error::CliError,
        json,
        sanitize::sanitize,
        ui::Ui,
    },
    engine::{Move, Target},
};

/// Move cards to a lane: all of them, or none
///
/// A lane may ask for a stage doc; one that is missing is made from a template. A card that is in the lane already
/// is left as it is.
///
/// Examples:
///   bos card move BAKE-ENG-0001 in-progress
///   bos card move BAKE-ENG-0001 blocked --reason "waiting for parts"
///   bos card move BAKE-ENG-0001 BAKE-ENG-0002 done
///   bos card move BAKE-ENG-0001@4f2a... BAKE-ENG-0002@91c0... done
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// IDs of cards, each ID or ID@SHA256, then the lane
    #[arg(required = true, num_args = 2.., value_name = "ID... LANE", add = ArgValueCompleter::new(complete::cards_and_lanes))]
    ids_and_lane: Vec<String>,
    /// Refuse if the card is no longer at this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
    /// Why, for the log; of a blocked card also for its board
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let Some((lane, ids)) = args.ids_and_lane.split_last() else { return Err(no_lane()) };
    let lane =
        parse_lane(lane).map_err(|hint| CliError::Usage { message: format!("there is no lane {lane:?}"), hint })?;
    if args.expect.is_some() && ids.len() > 1 {
        return Err(CliError::Usage {
            message: "--expect is for one card".to_owned(),
            hint: "with several, write each as ID@SHA256".to_owned(),
        });
    }
    let target = |text: &String| match text.split_once('@') {
        Some((id, sha)) => Target { id: id.to_owned(), expect: Some(sha.to_owned()) },
        None => Target { id: text.clone(), expect: args.expect.clone() },
    };
    let targets = ids.iter().map(target).collect();
    let engine = global.open(ui)?;
    let (moved, written) = engine.move_cards(&Move { targets, lane, reason: args.reason.clone() })?;
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&json::write(&written))?;
        return Ok(0);
    }
    for moved in &moved {
        if moved.changed {
            ui.line(&format!("{}  {} -> {}", moved.id, sanitize(&moved.from), moved.to.as_str()))?;
        } else {
            ui.line(&format!("{}  is in {} already", moved.id, moved.to.as_str()))?;
        }
        if let Some(path) = &moved.created {
            ui.line(&format!("  made {path}"))?;
        }
    }
    Ok(0)
}

fn no_lane() -> CliError {
    CliError::Usage { message: "no lane is named".to_owned(), hint: "bos card move ID... LANE".to_owned() }
}
