//! `bos schema`.

use clap::builder::PossibleValuesParser;

use crate::{
    cli::{error::CliError, list_view, ui::Ui},
    wire::{KINDS, Kinds},
};

/// Print the JSON Schema of what a command prints with --json
///
/// Each document names its kind under "schema": "bos.board/1" is of the kind board. Keys may be added to a kind; none
/// is removed or changes its meaning without a new number.
///
/// Examples:
///   bos schema                         the kinds there are
///   bos schema board > board.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A kind of document; lists them all when left out
    #[arg(value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name)), hide_possible_values = true)]
    kind: Option<String>,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    ui.begin_page();
    if let Some(kind) = KINDS.iter().find(|kind| Some(kind.name) == args.kind.as_deref()) {
        let schema = serde_json::to_string_pretty(&(kind.schema)()).map_err(|error| CliError::Output(error.into()))?;
        ui.line(&schema)?;
        return Ok(0);
    }
    let kinds = Kinds::all();
    if ui.json {
        ui.document(&kinds)?;
    } else {
        let rows = kinds.lines().iter().map(|line| [line.name.to_owned(), line.about.to_owned()]);
        list_view::print(ui, ["KIND", "WHAT"], rows.collect())?;
    }
    Ok(0)
}
