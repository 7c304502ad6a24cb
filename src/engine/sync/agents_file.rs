//! The section about this program in a file for agents, such as `AGENTS.md`. Needs no database.

use std::path::{Path, PathBuf};

use super::section_file::rewrite;
use crate::{
    engine::base::{error::EngineError, workspace::Workspace},
    markdown::{Markers, with_section},
};

/// The name that agents look for.
const FILE: &str = "AGENTS.md";

/// The file for agents at the top of the work tree around `from`; where there is none, beside `docs`.
pub fn agents_file(from: &Path) -> Result<PathBuf, EngineError> {
    let workspace = Workspace::find(from, None)?;
    let root = workspace.root()?;
    Ok(workspace.git.as_ref().and_then(|git| git.workdir.as_deref()).unwrap_or(root).join(FILE))
}

/// Puts the section into a file, which is made if it is missing; tells whether that changed the file.
///
/// # Errors
/// Markers that are not one pair, a file that is no text, a folder that is not there; nothing is written then.
pub fn write_section(file: &Path, section: &str) -> Result<bool, EngineError> {
    rewrite(file, |text| with_section(text, section, Markers::HTML))
}
