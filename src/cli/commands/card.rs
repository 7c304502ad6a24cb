//! `bos card`: the commands on one or more cards.

use clap::Subcommand;

use super::{
    card_accept, card_archive, card_block, card_claim, card_comment, card_delete, card_deps, card_done, card_edit,
    card_history, card_list, card_move, card_new, card_propose, card_set, card_show, card_unarchive, card_unblock,
};
use crate::cli::{args::Global, error::CliError, ui::Ui};

/// List, show, make, change, move, claim, block, archive and comment on cards
///
/// Examples:
///   bos card list BAKE --owner Nora
///   bos card new BAKE "Mend the gate"
///   bos card move BAKE-ENG-0001 done
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    List(card_list::Args),
    Show(card_show::Args),
    New(card_new::Args),
    Set(card_set::Args),
    Edit(card_edit::Args),
    Move(card_move::Args),
    Comment(card_comment::Args),
    Claim(card_claim::Args),
    Block(card_block::Args),
    Unblock(card_unblock::Args),
    Done(card_done::Args),
    Propose(card_propose::Args),
    Accept(card_accept::Args),
    Archive(card_archive::Args),
    Unarchive(card_unarchive::Args),
    Delete(card_delete::Args),
    History(card_history::Args),
    Deps(card_deps::Args),
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::List(args) => card_list::run(args, global, ui),
        Command::Show(args) => card_show::run(args, global, ui),
        Command::New(args) => card_new::run(args, global, ui),
        Command::Set(args) => card_set::run(args, global, ui),
        Command::Edit(args) => card_edit::run(args, global, ui),
        Command::Move(args) => card_move::run(args, global, ui),
        Command::Comment(args) => card_comment::run(args, global, ui),
        Command::Claim(args) => card_claim::run(args, global, ui),
        Command::Block(args) => card_block::run(args, global, ui),
        Command::Unblock(args) => card_unblock::run(args, global, ui),
        Command::Done(args) => card_done::run(args, global, ui),
        Command::Propose(args) => card_propose::run(args, global, ui),
        Command::Accept(args) => card_accept::run(args, global, ui),
        Command::Archive(args) => card_archive::run(args, global, ui),
        Command::Unarchive(args) => card_unarchive::run(args, global, ui),
        Command::Delete(args) => card_delete::run(args, global, ui),
        Command::History(args) => card_history::run(args, global, ui),
        Command::Deps(args) => card_deps::run(args, global, ui),
    }
}
