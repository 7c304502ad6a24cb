//! A file of somebody else in which this program keeps a section: how it is read, and written only where it differs.

use std::{fs, io::ErrorKind, path::Path};

use crate::{
    domain::doc_path::DocPath,
    engine::base::{error::EngineError, reading::text_of, temporary::write_atomically, workspace::canonical},
    markdown::SectionError,
};

/// Brings the text of a file to what `edit` makes of it, and tells whether that changed the file. One that is not there
/// counts as empty, and one that ends up empty is removed.
pub(in crate::engine) fn rewrite(
    file: &Path,
    edit: impl FnOnce(&str) -> Result<String, SectionError>,
) -> Result<bool, EngineError> {
    let io = |doing, source| EngineError::Io { doing, path: file.to_path_buf(), source };
    let refused = |source| EngineError::Section { path: file.to_path_buf(), source };
    let text = match fs::read(file) {
        Ok(bytes) => text_of(bytes).map_err(|problem| refused(SectionError::NotText(problem)))?,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(io("read", error)),
    };
    let new = edit(&text).map_err(refused)?;
    if new == text {
        return Ok(false);
    }
    if new.is_empty() {
        fs::remove_file(file).map_err(|error| io("remove", error))?;
    } else {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = file.file_name().and_then(|name| DocPath::parse(name.to_str()?));
        let name = name.ok_or_else(|| EngineError::NotADocument { path: file.display().to_string() })?;
        write_atomically(&canonical(folder)?, &name, &new)?;
    }
    Ok(true)
}
