//! `bos init`.

use super::merge_driver::program;
use crate::{
    cli::{args::Global, error::CliError, input::ask, ui::Ui},
    engine::{self, Workspace},
    wire::Init,
};

/// Start a tree here: docs/business-os, and its database
///
/// In a git repository the tree is made at the top of the work tree and the database within the git directory, so it
/// needs no ignore file and is one for all linked work trees. Elsewhere the database is .bos/bos.db.
///
/// Git merges cards line by line unless told to merge them key by key; on a terminal, bos init offers to set that up.
///
/// Examples:
///   bos init             an empty tree; list a business with
///                        bos business new SHOP "Corner shop"
///   bos init --sample    a small made-up tree to look around in
///   bos init --merge-driver
///                        let git merge cards key by key
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Put some made-up cards in, to look around
    #[arg(long)]
    sample: bool,
    /// Let git merge documents key by key, as bos merge-driver install does
    #[arg(long)]
    merge_driver: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let report = engine::init(&Global::folder(), args.sample)?;
    let session = global.open(ui)?;
    ui.has_done("the tree is set up".to_owned());
    let workspace = session.workspace();
    let database = workspace.database.display().to_string();
    if args.merge_driver {
        engine::install_merge_driver(workspace, &program(), false)?;
    }
    if ui.json {
        let root = report.root.display().to_string();
        let merges = engine::has_merge_driver(workspace)?;
        if !merges && workspace.git.is_some() {
            ui.note(BY_LINES);
        }
        ui.document(&Init::new(&root, &database, &report.files, merges))?;
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
    offer_merge_driver(workspace, args.merge_driver, ui)?;
    Ok(0)
}

/// The note if no merge driver is installed.
const BY_LINES: &str = "git merges cards by lines; with bos merge-driver install it does so key by key";

/// Git merges cards by lines unless configured otherwise; on a terminal, one answer configures it.
fn offer_merge_driver(workspace: &Workspace, was_asked_for: bool, ui: &mut Ui) -> Result<(), CliError> {
    const COMMIT: &str = "commit .gitattributes; everybody else runs bos merge-driver install once";
    if workspace.git.is_none() {
        return Ok(());
    }
    if was_asked_for {
        ui.note(COMMIT);
    } else if !engine::has_merge_driver(workspace)? {
        if ui.talks() && ask(ui, "Let git merge cards key by key in this clone? [Y/n] ")? {
            engine::install_merge_driver(workspace, &program(), false)?;
            ui.note(COMMIT);
        } else {
            ui.note(BY_LINES);
        }
    }
    Ok(())
}
