//! A file of somebody else in which this program keeps a section: how it is read, and written only where it differs.

use std::path::Path;

use crate::{
    engine::base::{
        error::EngineError,
        named_file::{read_file, remove_file, replace_file},
        reading::{MAX_BYTES, text_of},
    },
    markdown::SectionError,
};

/// Brings the text of a file to what `edit` makes of it, and tells whether that changed the file. One that is not there
/// counts as empty, and one that ends up empty is removed.
pub(in crate::engine) fn rewrite(
    file: &Path,
    edit: impl FnOnce(&str) -> Result<String, SectionError>,
) -> Result<bool, EngineError> {
    let text = text(file)?;
    let new = edit(&text).map_err(|source| EngineError::Section { path: file.to_path_buf(), source })?;
    if new == text {
        return Ok(false);
    }
    if new.is_empty() {
        remove_file(file)?
    } else {
        replace_file(file, new)?
    }
    Ok(true)
}

/// The text of such a file; empty where there is none.
pub(in crate::engine) fn text(file: &Path) -> Result<String, EngineError> {
    let bytes = read_file(file, MAX_BYTES as u64)?.unwrap_or_default();
    let refused = |problem| EngineError::Section { path: file.to_path_buf(), source: SectionError::NotText(problem) };
    text_of(bytes).map_err(refused)
}
