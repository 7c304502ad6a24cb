//! `bos idea drop`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, ui::Ui, write_view},
    engine::{Change, Target},
};

/// Drop an idea: it leaves the inbox for the archive beside it
///
/// Nothing is deleted: `bos idea list --archived` shows it, and `bos undo` takes it back.
///
/// Examples:
///   bos idea drop BAKE-OPP-0001 --reason "the oven is too small"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of an idea
    #[arg(add = ArgValueCompleter::new(complete::ideas))]
    id: String,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Refuse if the idea's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let target = Target { expect: args.expect.clone(), ..Target::of(&args.id) };
    let changes = [Change::DropIdea(target, args.reason.clone())];
    write_view::apply(&global.open(ui)?, ui, &changes, ("dropped", "is dropped already"))
}
