//! Which documents a command is about: all of them, or those at or below the paths a person named.

use std::path::{Component, Path, PathBuf};

use super::{error::EngineError, walk::relative, workspace::canonical};
use crate::{
    domain::doc_path::{DocPath, MIRROR},
    tree::Tree,
};

/// Paths of the tree, each a document or a folder; empty for everything.
#[derive(Debug, Clone, Default)]
pub(in crate::engine) struct Selection(Vec<String>);

impl Selection {
    /// Reads paths as a person types them: from the folder `from`, or as this program prints them, from the root.
    pub(in crate::engine) fn new(root: &Path, from: &Path, paths: &[PathBuf]) -> Result<Self, EngineError> {
        let from = canonical(from)?;
        let mut selected = Vec::with_capacity(paths.len());
        for path in paths {
            let shown = || EngineError::NotADocument { path: path.display().to_string() };
            let here = lexical(&from.join(path));
            let from_root = path.starts_with(MIRROR) && !has(root, &relative(root, &here));
            let full = if from_root { lexical(&root.join(path)) } else { here };
            if !full.starts_with(root) {
                return Err(shown());
            }
            let below = relative(root, &full);
            if below.is_empty() || MIRROR.starts_with(&format!("{below}/")) || below == MIRROR {
                return Ok(Self::default());
            }
            let ours = ["cards", "ideas"].iter().any(|folder| {
                let top = format!("{MIRROR}/{folder}");
                below == top || below.starts_with(&format!("{top}/"))
            });
            if !ours {
                return Err(shown());
            }
            selected.push(below);
        }
        Ok(Self(selected))
    }

    /// Whether everything is selected.
    pub(in crate::engine) fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a document is selected.
    pub(in crate::engine) fn contains(&self, path: &DocPath) -> bool {
        self.is_all()
            || self.0.iter().any(|selected| {
                path.as_str()
                    .strip_prefix(selected.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }

    /// The first selected path where nothing lies.
    pub(in crate::engine) fn absent(&self, root: &Path) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|path| !has(root, path))
    }

    /// Selected paths that are none of these documents.
    pub(in crate::engine) fn unmatched(&self, seen: impl Fn(&Self) -> bool) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|path| !seen(&Self(vec![(*path).to_owned()])))
    }
}

/// Whether anything has this path below the root.
fn has(root: &Path, path: &str) -> bool {
    DocPath::parse(path).is_some_and(|path| Tree::at(root).has(&path))
}

/// The path without `.` and `..`, without asking the file system: the file may be gone.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
