//! `bos conflicts`: the conflicts that a merge could not settle.

use clap::Subcommand;
use clap_complete::engine::ArgValueCompleter;

use super::{conflicts_resolve, conflicts_show};
use crate::{
    cli::{args::Global, complete, error::CliError, list_view, ui::Ui},
    engine::OpenConflict,
    wire,
};

/// List, show and settle conflicts between the database and files or branches
///
/// A conflict is a document that was changed in the database and in another place, at the same lines or keys: in its
/// file, or on a branch that `bos import --from` or `--since` read. Both keep their texts until somebody decides, or
/// until both agree by themselves. A document may have several conflicts, each with another place.
///
/// Examples:
///   bos conflicts
///   bos conflicts show BAKE-ENG-0001
///   bos conflicts resolve BAKE-ENG-0001 --theirs
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    #[command(hide = true)]
    List,
    Show(conflicts_show::Args),
    Resolve(conflicts_resolve::Args),
}

/// Selects conflicts.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Which {
    /// The ID of a card or an idea, or the path of a document
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    pub(crate) id: String,
    /// Only the conflict with this place: file, or a branch or a commit, as `bos conflicts` names it
    #[arg(long, value_name = "PLACE")]
    pub(crate) from: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        None | Some(Command::List) => list(global, ui),
        Some(Command::Show(args)) => conflicts_show::run(args, global, ui),
        Some(Command::Resolve(args)) => conflicts_resolve::run(args, global, ui),
    }
}

fn list(global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let conflicts = session.view()?.conflicts()?;
    let shared = session.shared_ids()?;
    for id in &shared {
        ui.note(&format!("two clones gave out {id}, and git waits for you: bos conflicts resolve {id}"));
    }
    if ui.json {
        ui.document(&wire::Conflicts::from(conflicts.as_slice()))?;
        return Ok(0);
    }
    if conflicts.is_empty() && shared.is_empty() {
        ui.note("there are no conflicts");
    }
    let rows = conflicts.iter().map(|open| {
        let at =
            open.conflict.at.replace('T', " ").trim_end_matches('Z').get(..16).unwrap_or_default().to_owned() + "Z";
        let with = open.conflict.place().to_owned();
        [open.entity.owner().to_string(), with, clashes(open), at, open.conflict.path.to_string()]
    });
    list_view::print(ui, ["ID", "WITH", "CLASHES", "SINCE", "FILE"], rows.collect())?;
    Ok(0)
}

/// The places that clash, as a short list.
fn clashes(open: &OpenConflict) -> String {
    open.clashes.iter().map(|clash| clash.place.to_string()).collect::<Vec<_>>().join(", ")
}
