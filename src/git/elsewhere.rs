//! Files that are absent from a work tree without having been removed: HEAD never had them but another branch has, or a
//! sparse checkout excludes them.

use std::{collections::HashSet, path::Path};

use super::{
    error::{During as _, GitError},
    history::Occurrence,
    id::CommitId,
    repository::Repository,
};

/// The index entry flag for files excluded by a sparse checkout (`skip-worktree` in gitformat-index).
const SKIP_WORKTREE: u16 = 1 << 14;

impl Repository {
    /// Those of the given paths below `folder` that nobody removed; none of them may have a file in the work tree. At
    /// most `limit` commits of HEAD's ancestry are searched; a file not found there counts as not removed.
    ///
    /// # Errors
    /// The index, the branches or commits cannot be read.
    pub fn elsewhere(&self, folder: &str, paths: &[String], limit: usize) -> Result<HashSet<String>, GitError> {
        let index = self.inner.index().during("read the index of", self.name())?;
        let is_sparse = |path: &str| {
            index.get_path(Path::new(path), 0).is_some_and(|entry| entry.flags_extended & SKIP_WORKTREE != 0)
        };
        let (mut elsewhere, mut rest): (HashSet<String>, HashSet<String>) =
            paths.iter().cloned().partition(|path| is_sparse(path));
        let Some(head) = self.head()? else { return Ok(elsewhere) };
        let here = self.tree_blobs(head, folder)?;
        rest.retain(|path| !here.contains_key(path));
        let mut found = HashSet::new();
        for tip in self.tips()? {
            if rest.is_empty() {
                break;
            }
            let there = self.tree_blobs(tip, folder)?;
            found.extend(rest.extract_if(|path| there.contains_key(path)));
        }
        let found: Vec<String> = found.into_iter().collect();
        let had = self.ever_at(head, &found, limit)?;
        elsewhere.extend(found.into_iter().zip(had).filter(|(_, had)| *had != Occurrence::Found).map(|(path, _)| path));
        Ok(elsewhere)
    }

    /// The tips of all branches, including remote-tracking ones, without duplicates.
    pub(super) fn tips(&self) -> Result<Vec<CommitId>, GitError> {
        let mut tips = Vec::new();
        for branch in self.inner.branches(None).during("list the branches of", self.name())? {
            let (branch, _) = branch.during("list the branches of", self.name())?;
            // A branch whose commit is missing contains no files.
            if let Ok(commit) = branch.get().peel_to_commit()
                && !tips.contains(&CommitId(commit.id()))
            {
                tips.push(CommitId(commit.id()));
            }
        }
        Ok(tips)
    }
}
