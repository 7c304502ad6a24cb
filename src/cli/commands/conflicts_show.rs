//! `bos conflicts show`.

use super::conflicts::Which;
use crate::{
    cli::{args::Global, conflict_view, error::CliError, ui::Ui},
    wire,
};

/// Show what clashes side by side: the database on the left, the file or branch on the right
///
/// Examples:
///   bos conflicts show BAKE-ENG-0001
///   bos conflicts show BAKE-ENG-0001 --from topic
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let conflicts = global.open_to_read(ui)?.view()?.conflicts_of(&args.which.id, args.which.from.as_deref())?;
    if ui.json {
        ui.document(&wire::Conflicts::from(conflicts.as_slice()))?;
        return Ok(0);
    }
    for (index, open) in conflicts.iter().enumerate() {
        if index > 0 {
            ui.text("\n")?;
        }
        conflict_view::print(ui, open)?;
    }
    Ok(0)
}
