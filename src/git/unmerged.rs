//! Paths that a merge or rebase left unmerged in the index, with their sides.

use super::{
    error::{During as _, GitError},
    id::{BlobId, CommitId},
    repository::Repository,
};

/// A path that git could not merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmergedPath {
    /// The path.
    pub path: String,
    /// The common base; `None` if both sides added the file.
    pub base: Option<BlobId>,
    /// HEAD's side; in a rebase, that of the new base.
    pub ours: Option<BlobId>,
    /// The incoming side; in a rebase, that of the commit being replayed.
    pub theirs: Option<BlobId>,
}

impl Repository {
    /// The unmerged paths below a folder.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn unmerged(&self, folder: &str) -> Result<Vec<UnmergedPath>, GitError> {
        let doing = "read the index of";
        let index = self.inner.index().during(doing, self.name())?;
        let below = format!("{folder}/");
        let mut found = Vec::new();
        for conflict in index.conflicts().during(doing, self.name())? {
            let conflict = conflict.during(doing, self.name())?;
            let sides = [&conflict.our, &conflict.their, &conflict.ancestor];
            let Some(entry) = sides.into_iter().flatten().next() else { continue };
            let path = String::from_utf8_lossy(&entry.path).into_owned();
            if !path.starts_with(&below) {
                continue;
            }
            let [ours, theirs, base] = sides.map(|side| side.as_ref().map(|entry| BlobId(entry.id)));
            found.push(UnmergedPath { path, base, ours, theirs });
        }
        Ok(found)
    }

    /// The commit being brought in by an unfinished merge, rebase or cherry-pick; `None` if there is none.
    #[must_use]
    pub fn brought_in(&self) -> Option<CommitId> {
        ["MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD"].into_iter().find_map(|name| self.resolve(name).ok())
    }
}
