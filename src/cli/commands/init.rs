//! `bos init`.

use crate::{
    cli::{args::Global, error::CliError, ui::Ui},
    engine,
    wire::Init,
};

/// Start a tree here: docs/business-os, and its database
///
/// In a git repository the tree is made at the top of the work tree and the database within the git directory, so it
/// needs no ignore file and is one for all linked work trees. Elsewhere the database is .bos/bos.db.
///
/// Examples:
///   bos init             an empty tree; list a business with
///                        bos business new SHOP "Corner shop"
///   bos init --sample    a small made-up tree to look around in
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Put some made-up cards in, to look around
    #[arg(long)]
    sample: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let report = engine::init(&Global::folder(), args.sample)?;
    let session = global.open(ui)?;
    let database = session.workspace().database.display().to_string();
    if ui.json {
        let root = report.root.display().to_string();
        ui.document(&Init::new(&root, &database, &report.files))?;
        return Ok(0);
    }
    if report.files.is_empty() {
        ui.line(&format!("The tree at {} was there already.", report.root.display()))?;
    } else {
        ui.line(&format!("Made a tree at {}:", report.root.display()))?;
        for path in &report.files {
            ui.line(&format!("  {path}"))?;
        }
    }
    ui.line(&format!("Database: {database}"))?;
    let next = if args.sample { "bos board SHOP" } else { "bos card new BUSINESS --title \"...\"" };
    ui.line(&format!("Next: {next}"))?;
    Ok(0)
}
