//! `bos card set`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, meant_ids},
        assignments::{Assignments, check_any},
        complete,
        error::CliError,
        targets::{TakeOverBecause, target},
        ui::Ui,
        write_view,
    },
    engine::Change,
};

/// Change keys, list items, dependencies or the text of a card
///
/// Key=Value sets a string, Key:=JSON a typed value. Unknown keys are allowed and kept. Only the lines that change are
/// touched.
///
/// Examples:
///   bos card set BAKE-ENG-0001 Title="A better title" Priority=P1
///   bos card set BAKE-ENG-0001 Due-Date=2026-03-01
///   bos card set BAKE-ENG-0001 --add Tags=garden --remove Tags=later
///   bos card set BAKE-ENG-0001 --depends-on BAKE-ENG-0002
///   bos card set BAKE-ENG-0001 Estimate:=5 --unset Owner
///   bos card set BAKE-ENG-0001 --body-file text.md
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
    #[command(flatten)]
    assignments: Assignments,
    /// A card or idea it waits for from now on; may be repeated
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(complete::ids))]
    depends_on: Vec<String>,
    /// A card or idea it no longer waits for; may be repeated
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(complete::ids))]
    no_longer_depends_on: Vec<String>,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let mut edits = args.assignments.edits()?;
    if args.depends_on.is_empty() && args.no_longer_depends_on.is_empty() {
        check_any(&edits, "bos card set ID Key=Value")?;
    }
    let session = global.open(ui)?;
    let dependency = |id: String| ("Dependencies".to_owned(), id);
    edits.add.extend(meant_ids(&session, &args.depends_on)?.into_iter().map(dependency));
    edits.remove.extend(meant_ids(&session, &args.no_longer_depends_on)?.into_iter().map(dependency));
    let target = target(&args.id, args.expect.as_deref(), args.take_over.why());
    write_view::set(&session, ui, Change::SetCard(target, edits))
}
