//! `bos idea work`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, ui::Ui, write_view},
    engine::{Change, Target},
};

/// Mark an idea as worked out: it leaves the inbox for ideas/worked
///
/// Its file moves at the next export. What came of it can become a card: `bos idea convert`.
///
/// Example:
///   bos idea work BAKE-OPP-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of an idea
    #[arg(add = ArgValueCompleter::new(complete::ideas))]
    id: String,
    /// Refuse if the idea's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let target = Target { expect: args.expect.clone(), ..Target::of(&args.id) };
    write_view::apply(&global.open(ui)?, ui, &[Change::WorkIdea(target)], ("worked", "is worked already"))
}
