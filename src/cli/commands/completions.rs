//! `bos completions`.

use clap_complete::env::Shells;

use crate::cli::{args::one_of, error::CliError, ui::Ui};

/// Print a shell completion script, which completes real IDs, lanes and businesses too
///
/// Examples:
///   source <(bos completions bash)
///   bos completions zsh > ~/.zfunc/_bos
///   bos completions fish > ~/.config/fish/completions/bos.fish
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// bash, zsh, fish, elvish or powershell
    #[arg(value_parser = one_of(&["bash", "zsh", "fish", "elvish", "powershell"]))]
    shell: String,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let mut script = Vec::new();
    if let Some(shell) = Shells::builtins().completer(&args.shell) {
        shell.write_registration("COMPLETE", "bos", "bos", "bos", &mut script).map_err(CliError::Output)?;
    }
    ui.text(&String::from_utf8_lossy(&script))?;
    Ok(0)
}
