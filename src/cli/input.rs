//! Text that a command is given: from a file, or from standard input.

use std::io::Read as _;

use super::error::CliError;

/// A text for a body: a file, or standard input for `-`.
pub(crate) fn read_body(file: &str) -> Result<String, CliError> {
    let failed = |source| CliError::Input { path: file.to_owned(), source };
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(failed)
}
