//! `bos idea set`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::Global,
        assignments::{Assignments, check_any},
        complete,
        error::CliError,
        ui::Ui,
        write_view,
    },
    engine::{Change, Target},
};

/// Change keys, list items or the text of an idea
///
/// Examples:
///   bos idea set BAKE-OPP-0001 Priority=P1 --add Tags=shop
///   bos idea set BAKE-OPP-0001 --body-file text.md
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of an idea
    #[arg(add = ArgValueCompleter::new(complete::ideas))]
    id: String,
    #[command(flatten)]
    assignments: Assignments,
    /// Refuse if the idea's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let edits = args.assignments.edits()?;
    check_any(&edits, "bos idea set ID Key=Value")?;
    let target = Target { expect: args.expect.clone(), ..Target::of(&args.id) };
    write_view::set(&global.open(ui)?, ui, Change::SetIdea(target, edits))
}
