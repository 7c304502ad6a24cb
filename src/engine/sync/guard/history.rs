//! Who put what a head has: the commits of a range, each with what it changed.

use std::collections::{HashMap, HashSet};

use crate::{
    engine::base::{
        error::EngineError,
        export_trailers::{HEAD_TRAILER, LOG_TRAILER, RANGE_TRAILER},
    },
    git::{BlobId, CommitId, Repository, Told, TreeChange},
};

/// What a commit has otherwise than one of its parents: the blobs of the parent, by path.
type Differences = HashMap<String, Option<BlobId>>;

/// A range of commits.
pub(super) struct History {
    commits: HashMap<CommitId, Link>,
}

struct Link {
    told: Told,
    /// In the order of the parents; for a first commit, one as if its parent were empty.
    differences: Vec<Differences>,
}

/// Where the text of a document at the head comes from.
pub(super) enum Origin<'h> {
    /// From a commit that an export made.
    Export,
    /// From another commit.
    Commit {
        commit: CommitId,
        author: &'h str,
        /// What its first parent has there.
        before: Option<BlobId>,
    },
    /// From beyond the edge of a shallow clone, as this last commit has it.
    Beyond { commit: CommitId, author: &'h str },
}

/// Whether the trailers of a commit are those of an export.
pub(super) fn is_export(told: &Told) -> bool {
    [LOG_TRAILER, RANGE_TRAILER, HEAD_TRAILER]
        .iter()
        .all(|key| told.trailers.iter().any(|(name, _)| name.eq_ignore_ascii_case(key)))
}

impl History {
    /// Reads what the commits changed below a folder.
    pub(super) fn read(repository: &Repository, commits: Vec<Told>, folder: &str) -> Result<Self, EngineError> {
        let mut links = HashMap::with_capacity(commits.len());
        for told in commits {
            let difference = |parent: Option<CommitId>| -> Result<Differences, EngineError> {
                let changes = repository.changed_paths(parent, told.commit, folder)?;
                Ok(changes.into_iter().map(|TreeChange { path, old, .. }| (path, old)).collect())
            };
            let differences = if told.parents.is_empty() {
                vec![difference(None)?]
            } else {
                told.parents.iter().map(|parent| difference(Some(*parent))).collect::<Result<_, _>>()?
            };
            links.insert(told.commit, Link { told, differences });
        }
        Ok(Self { commits: links })
    }

    /// Follows the text of a document back, through every parent that has the same, to the commits that made it. One
    /// export among them is enough.
    pub(super) fn origin(&self, head: CommitId, change: &TreeChange) -> Origin<'_> {
        let mut seen = HashSet::from([head]);
        let mut pending = vec![head];
        let mut origin = None;
        while let Some(link) = pending.pop().and_then(|commit| self.commits.get(&commit)) {
            let Told { commit, author, parents, .. } = &link.told;
            if link.told.is_cut {
                origin.get_or_insert(Origin::Beyond { commit: *commit, author });
                continue;
            }
            let same = parents.iter().zip(&link.differences);
            let same: Vec<CommitId> =
                same.filter(|(_, changed)| !changed.contains_key(&change.path)).map(|(parent, _)| *parent).collect();
            // If no parent in the range has this text, this commit made it, or brought it back from before the range.
            let is_origin = same.iter().all(|parent| !self.commits.contains_key(parent));
            if is_origin {
                if is_export(&link.told) {
                    return Origin::Export;
                }
                let before = link.differences.first().and_then(|changed| changed.get(&change.path));
                let before = before.copied().unwrap_or(change.old);
                origin.get_or_insert(Origin::Commit { commit: *commit, author, before });
            }
            let known = same.into_iter().filter(|parent| self.commits.contains_key(parent) && seen.insert(*parent));
            pending.extend(known);
        }
        origin.unwrap_or(Origin::Beyond { commit: head, author: "" })
    }
}
