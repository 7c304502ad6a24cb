//! What a merge or a rebase of git left open in the index: the two sides of each path.

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
    /// What both sides began with; `None` where both made the file.
    pub base: Option<BlobId>,
    /// The side of HEAD: in a rebase that is what the commits are put upon.
    pub ours: Option<BlobId>,
    /// The side that is brought in: in a rebase the commit that is put upon it.
    pub theirs: Option<BlobId>,
}

impl Repository {
    /// The paths below a folder that wait for a person.
    ///
    /// # Errors
    /// An index that cannot be read.
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

    /// The commit that a merge, a rebase or a cherry-pick that waits for a person brings in; `None` where nothing waits.
    #[must_use]
    pub fn brought_in(&self) -> Option<CommitId> {
        ["MERGE_HEAD", "REBASE_HEAD", "CHERRY_PICK_HEAD"].into_iter().find_map(|name| self.resolve(name).ok())
    }
}
