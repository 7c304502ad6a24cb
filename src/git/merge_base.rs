//! Diverged commits: their merge base, and the files that both changed since.

use super::{
    error::{During, GitError, IfFound},
    id::{BlobId, CommitId},
    repository::Repository,
};

/// A file that two commits changed differently since their merge base. `None` stands for a missing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BothChanged {
    pub path: String,
    pub base: Option<BlobId>,
    pub ours: Option<BlobId>,
    pub theirs: Option<BlobId>,
}

impl Repository {
    /// The merge base of two commits; `None` if they have no common ancestor.
    pub fn merge_base(&self, ours: CommitId, theirs: CommitId) -> Result<Option<CommitId>, GitError> {
        let parted = self.inner.merge_base(ours.0, theirs.0).if_found().during("compare the histories of", ours)?;
        Ok(parted.map(CommitId))
    }

    /// The files below the folder `prefix` that both commits changed since their merge base.
    pub fn both_changed(&self, ours: CommitId, theirs: CommitId, prefix: &str) -> Result<Vec<BothChanged>, GitError> {
        let parted = self.merge_base(ours, theirs)?;
        let base = match parted {
            Some(parted) => self.tree_blobs(parted, prefix)?,
            None => Default::default(),
        };
        let our_changes = self.changed_paths(parted, ours, prefix)?;
        let their_changes = self.changed_paths(parted, theirs, prefix)?;
        let mut their_changes = their_changes.into_iter().map(|change| (change.path, change.new)).collect::<Changes>();
        let both = our_changes.into_iter().filter_map(|change| {
            let theirs = their_changes.remove(&change.path)?;
            let base = base.get(&change.path).copied();
            (change.new != theirs).then_some(BothChanged { path: change.path, base, ours: change.new, theirs })
        });
        Ok(both.collect())
    }
}

type Changes = std::collections::HashMap<String, Option<BlobId>>;
