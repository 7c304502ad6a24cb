//! `bos log`.

use clap_complete::engine::ArgValueCompleter;

use crate::cli::{args::Global, complete, detail_view::entry_line, error::CliError, json, list_view::cut_note, ui::Ui};

/// Show the audit log, the newest entry first
///
/// Examples:
///   bos log --limit 20
///   bos log BAKE-ENG-0001      one card, its stage docs, comments and notes
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card or an idea; everything when left out
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    id: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let id = args.id.as_deref().map(|typed| engine.existing_id(typed)).transpose()?;
    let (total, entries) = engine.log(id, args.limit)?;
    if ui.json {
        ui.document(&json::log(total, &entries))?;
        return Ok(0);
    }
    for entry in &entries {
        ui.line(&entry_line(entry, None))?;
        if global.verbose {
            ui.line(&format!("       {}", entry.hash))?;
        }
    }
    cut_note(ui, entries.len(), usize::try_from(total).unwrap_or(usize::MAX))?;
    Ok(0)
}
