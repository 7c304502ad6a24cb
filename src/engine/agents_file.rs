//! The section about this program in a file for agents, such as `AGENTS.md`. Needs no database.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{
    error::EngineError,
    reading::text_of,
    temporary::write_atomically,
    workspace::{Workspace, canonical},
};
use crate::{
    domain::doc_path::DocPath,
    markdown::{SectionError, with_section},
};

/// The name that agents look for.
const FILE: &str = "AGENTS.md";

/// The file for agents at the top of the work tree around `from`; where there is none, beside `docs`.
pub fn agents_file(from: &Path) -> Result<PathBuf, EngineError> {
    let Workspace { root, git, .. } = Workspace::find(from, None)?;
    Ok(git.and_then(|git| git.workdir).unwrap_or(root).join(FILE))
}

/// Puts the section into a file, which is made if it is missing; tells whether that changed the file.
///
/// # Errors
/// Markers that are not one pair, a file that is no text, a folder that is not there; nothing is written then.
pub fn write_section(file: &Path, section: &str) -> Result<bool, EngineError> {
    let io = |doing, source| EngineError::Io { doing, path: file.to_path_buf(), source };
    let refused = |source| EngineError::Section { path: file.to_path_buf(), source };
    let text = match fs::read(file) {
        Ok(bytes) => text_of(bytes).map_err(|problem| refused(SectionError::NotText(problem)))?,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(io("read", error)),
    };
    let new = with_section(&text, section).map_err(refused)?;
    if new == text {
        return Ok(false);
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().and_then(|name| DocPath::parse(name.to_str()?));
    let name = name.ok_or_else(|| EngineError::NotADocument { path: file.display().to_string() })?;
    write_atomically(&canonical(folder)?, &name, &new)?;
    Ok(true)
}
