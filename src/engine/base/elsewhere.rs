//! Which documents have no file here though nobody removed one: they need nothing.

use std::collections::HashSet;

use super::{error::EngineError, view::View};
use crate::domain::doc_path::{DocPath, MIRROR};

/// How many commits of history are looked at; further back nothing was removed.
const MAX_COMMITS: usize = 20_000;

impl View<'_> {
    /// Of documents without a file here, those that are on another branch, or left out of a sparse checkout.
    pub(in crate::engine) fn elsewhere(&self, absent: &[&DocPath]) -> Result<HashSet<DocPath>, EngineError> {
        let Some(repository) = (if absent.is_empty() { None } else { self.repository()? }) else {
            return Ok(HashSet::new());
        };
        let paths: Vec<String> = absent.iter().map(|path| self.workspace.git_path(path.as_str())).collect();
        let found = repository.elsewhere(&self.workspace.git_path(MIRROR), &paths, MAX_COMMITS)?;
        let is_found = |(path, git): (&&DocPath, &String)| found.contains(git).then(|| (*path).clone());
        Ok(absent.iter().zip(&paths).filter_map(is_found).collect())
    }
}
