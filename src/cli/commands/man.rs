//! `bos man`.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::cli::{error::CliError, help, ui::Ui};

/// Print a manual page
///
/// Examples:
///   bos man | man -l -
///   bos man card move | man -l -
///   bos man --all ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A command; the program itself when left out
    #[arg(value_name = "COMMAND")]
    path: Vec<String>,
    /// Write the page of every command into this folder, a file each
    #[arg(long, value_name = "DIR", conflicts_with = "path")]
    all: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let mut command = help::program();
    if let Some(folder) = &args.all {
        std::fs::create_dir_all(folder).map_err(CliError::Output)?;
        write_pages(&command, folder).map_err(CliError::Output)?;
        return Ok(0);
    }
    if args.path.is_empty() {
        command = command.mut_args(|arg| arg.hide(false));
    }
    for name in &args.path {
        let Some(found) = command.find_subcommand(name).cloned() else {
            return Err(CliError::Usage {
                message: format!("there is no command {name:?}"),
                hint: "`bos --help` lists them".to_owned(),
            });
        };
        command = found;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(CliError::Output)?;
    ui.text(&String::from_utf8_lossy(&page))?;
    Ok(0)
}

fn write_pages(command: &clap::Command, folder: &Path) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).generate_to(folder)?;
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help");
    shown.into_iter().try_for_each(|command| write_pages(command, folder))
}
