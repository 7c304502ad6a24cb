//! `bos card`: the commands on one or more cards.

use clap::Subcommand;

use super::{card_deps, card_list, card_move, card_new, card_set, card_show};
use crate::cli::{args::Global, error::CliError, ui::Ui};

/// List, show, make, change and move cards
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(card_list::Args),
    Show(card_show::Args),
    New(card_new::Args),
    Set(card_set::Args),
    Move(card_move::Args),
    Deps(card_deps::Args),
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::List(args) => card_list::run(args, global, ui),
        Command::Show(args) => card_show::run(args, global, ui),
        Command::New(args) => card_new::run(args, global, ui),
        Command::Set(args) => card_set::run(args, global, ui),
        Command::Move(args) => card_move::run(args, global, ui),
        Command::Deps(args) => card_deps::run(args, global, ui),
    }
}
