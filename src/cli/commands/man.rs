//! `bos man`.

use crate::cli::{error::CliError, help, ui::Ui};

/// Print a manual page
///
/// Examples:
///   bos man | man -l -
///   bos man card move | man -l -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A command; the program itself when left out
    #[arg(value_name = "COMMAND")]
    path: Vec<String>,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let mut command = help::program();
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
