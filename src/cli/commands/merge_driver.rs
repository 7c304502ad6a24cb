//! `bos merge-driver`: configures how git merges documents.

use std::{
    env,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::merge_driver_run;
use crate::{
    cli::{args::Global, error::CliError, ui::Ui},
    engine::{self, Workspace},
    wire,
};

/// Make git merge documents key by key in every merge, rebase and cherry-pick
///
/// Different keys never clash then, tags and dependencies merge as sets, and of two bookkeeping dates the later one
/// wins. What both sides changed is left to a person: in the text with the usual conflict markers, in the front matter
/// with our value and a line that gives theirs. Needs no database.
///
/// Examples:
///   bos merge-driver install             writes .gitattributes, which you commit
///   bos merge-driver install --local     in this clone alone
///   bos merge-driver uninstall
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    Install(InstallArgs),
    Uninstall(UninstallArgs),
    #[command(hide = true)]
    Run(merge_driver_run::Args),
}

/// Set git up: its configuration, and a section in .gitattributes
///
/// The configuration is of this clone, so everybody runs this once. A clone without it merges by lines, as before.
///
/// Examples:
///   bos merge-driver install
///   bos merge-driver install --local
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct InstallArgs {
    /// Write .git/info/attributes, which is not shared, instead of .gitattributes
    #[arg(long)]
    local: bool,
}

/// Undo what install did, and nothing else
///
/// Examples:
///   bos merge-driver uninstall
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct UninstallArgs {}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::Install(args) => install(args, ui),
        Command::Uninstall(UninstallArgs {}) => uninstall(ui),
        Command::Run(args) => merge_driver_run::run(args, ui),
    }
}

fn install(args: &InstallArgs, ui: &mut Ui) -> Result<u8, CliError> {
    let workspace = Workspace::find(&Global::folder(), None)?;
    let driver = engine::install_merge_driver(&workspace, &program(), args.local)?;
    if !driver.changed.is_empty() {
        ui.has_done("git was set up".to_owned());
    }
    if ui.json {
        ui.document(&wire::MergeDriver::new(&driver, true))?;
        return Ok(0);
    }
    for file in &driver.changed {
        ui.line(&format!("wrote {}", file.display()))?;
    }
    if driver.changed.is_empty() {
        ui.line("git is set up already")?;
    } else if !args.local {
        ui.note("commit .gitattributes; everybody else runs this once too");
    }
    Ok(0)
}

fn uninstall(ui: &mut Ui) -> Result<u8, CliError> {
    let workspace = Workspace::find(&Global::folder(), None)?;
    let driver = engine::uninstall_merge_driver(&workspace)?;
    if !driver.changed.is_empty() {
        ui.has_done("git was set back".to_owned());
    }
    if ui.json {
        ui.document(&wire::MergeDriver::new(&driver, false))?;
        return Ok(0);
    }
    for file in &driver.changed {
        ui.line(&format!("cleared {}", file.display()))?;
    }
    if driver.changed.is_empty() {
        ui.line("there is nothing to take back")?;
    } else if driver.command.is_some() {
        ui.note("another tree of this repository still has it");
    }
    Ok(0)
}

/// The command with which git starts this program: its name if that is found in PATH, otherwise its path.
pub(super) fn program() -> String {
    let name = format!("bos{}", env::consts::EXE_SUFFIX);
    let Ok(own) = env::current_exe() else { return name };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let searched = env::var_os("PATH").unwrap_or_default();
    let found: Option<PathBuf> =
        env::split_paths(&searched).map(|folder| folder.join(&name)).find(|file| file.is_file());
    if found.is_some_and(|file| real(&file) == real(&own)) { "bos".to_owned() } else { own.display().to_string() }
}
