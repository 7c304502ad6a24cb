//! Where a new commit on the mirror branch starts from.

use crate::{
    engine::base::error::EngineError,
    git::{CommitId, Repository},
};

/// The branch, the base, and what the commit's parents and first tree are.
pub(super) struct Start {
    /// The branch as it is; `None` where it is new.
    pub(super) tip: Option<CommitId>,
    /// What the branch is to be merged into one day.
    pub(super) base: Option<CommitId>,
    /// The parents of the commit.
    pub(super) parents: Vec<CommitId>,
    /// The commit whose tree it starts with.
    pub(super) tree: Option<CommitId>,
}

impl Start {
    pub(super) fn find(repository: &Repository, branch: &str) -> Result<Self, EngineError> {
        let tip = repository.branch_tip(branch)?;
        let base = repository.export_base(None)?;
        let (parents, tree) = match (tip, base) {
            (None, None) => (vec![], None),
            (None, Some(base)) => (vec![base], Some(base)),
            (Some(tip), None) => (vec![tip], Some(tip)),
            (Some(tip), Some(base)) if repository.is_ancestor(base, tip)? => (vec![tip], Some(tip)),
            (Some(tip), Some(base)) if repository.is_ancestor(tip, base)? => (vec![base], Some(base)),
            // The base has commits that the branch lacks: merge, so that the result is a fast-forward of both.
            (Some(tip), Some(base)) => (vec![tip, base], Some(base)),
        };
        Ok(Self { tip, base, parents, tree })
    }

    /// Whether the commit brings branch and base together.
    pub(super) fn merges(&self) -> bool {
        self.parents.len() > 1
    }
}
