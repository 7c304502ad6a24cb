//! Text input of a command: from a file, from standard input, or from a prompt.

use std::io::{BufRead as _, Read as _};

use super::{error::CliError, ui::Ui};

/// Asks a yes/no question; an empty answer means yes, the end of input means no.
pub(crate) fn ask(ui: &mut Ui, question: &str) -> Result<bool, CliError> {
    ui.text(question)?;
    ui.flush()?;
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    let failed = |source| CliError::Input { path: "-".to_owned(), source };
    let is_answered = read.map_err(failed)? > 0;
    Ok(is_answered && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Reads a body from a file, or from standard input for `-`.
pub(crate) fn read_body(file: &str) -> Result<String, CliError> {
    let failed = |source| CliError::Input { path: file.to_owned(), source };
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(failed)
}

/// Reads the files in a folder whose names end with `end`, sorted by name; a folder that may be missing yields none.
pub(crate) fn read_folder(folder: &str, end: &str, may_be_missing: bool) -> Result<Vec<(String, String)>, CliError> {
    let failed = |path: &str, source| CliError::Input { path: path.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if may_be_missing && error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|source| failed(folder, source))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| failed(folder, source))?.path();
        let name = path.display().to_string();
        if name.ends_with(end) && path.is_file() {
            let text = std::fs::read_to_string(&path).map_err(|source| failed(&name, source))?;
            files.push((name, text));
        }
    }
    files.sort();
    Ok(files)
}
