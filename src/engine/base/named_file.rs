//! One file that a person or git has named, wherever it lies: read and written as a whole.

use std::path::Path;

use super::error::{EngineError, in_tree};
use crate::tree::Tree;

/// What a file holds, if it has at most `limit` bytes; `None` where there is none.
pub(in crate::engine) fn read_file(file: &Path, limit: u64) -> Result<Option<Vec<u8>>, EngineError> {
    let (tree, name) = Tree::around(file).map_err(in_tree("read", file))?;
    let found = tree.read(&name, limit).map_err(in_tree("read", tree.root()))?;
    Ok(found.map(|(bytes, _)| bytes))
}

/// Writes a file: another one beside it is written, synced and renamed into its place.
pub fn replace_file(file: &Path, content: impl AsRef<[u8]>) -> Result<(), EngineError> {
    let (tree, name) = Tree::around(file).map_err(in_tree("write", file))?;
    // Beside the file of somebody else no folder is made.
    if let Err(source) = tree.root().metadata() {
        return Err(EngineError::NoFolder { path: tree.root().to_path_buf(), source });
    }
    tree.write(&name, content.as_ref()).map_err(in_tree("write", tree.root()))
}

/// Removes a file, if there is one.
pub(in crate::engine) fn remove_file(file: &Path) -> Result<(), EngineError> {
    let (tree, name) = Tree::around(file).map_err(in_tree("remove", file))?;
    tree.remove_file(&name).map_err(in_tree("remove", tree.root()))
}
