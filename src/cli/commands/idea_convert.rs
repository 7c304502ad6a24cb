//! `bos idea convert`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, parse_lane, parse_priority},
        complete,
        error::CliError,
        ui::Ui,
        write_view,
    },
    domain::{lane::Lane, priority::Priority},
    engine::{Change, Convert, Target},
};

/// Make a card of an idea; prints the ID of the card
///
/// Title, tags and text are carried over, and the card begins with a fact-find. The idea moves to ideas/worked, and the
/// two name each other: Card-ID and Idea-ID.
///
/// Examples:
///   bos idea convert BAKE-OPP-0001
///   bos idea convert BAKE-OPP-0001 --lane fact-finding --priority P1 --owner Nora
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of an idea
    #[arg(add = ArgValueCompleter::new(complete::ideas))]
    id: String,
    /// Where the card starts; the inbox when left out
    #[arg(long, value_parser = parse_lane, add = ArgValueCompleter::new(complete::lanes))]
    lane: Option<Lane>,
    /// How urgent it is; what the idea says when left out
    #[arg(long, value_parser = parse_priority)]
    priority: Option<Priority>,
    /// Whose it is
    #[arg(long)]
    owner: Option<String>,
    /// Refuse if the idea's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let target = Target { expect: args.expect.clone(), ..Target::of(&args.id) };
    let convert = Convert { lane: args.lane, priority: args.priority, owner: args.owner.clone() };
    write_view::make(&global.open(ui)?, ui, Change::ConvertIdea(target, convert))
}
