//! What git is doing in a work tree right now, as shown by its files in the git directory.

use std::{fs, time::SystemTime};

use super::location::Location;

/// The files that exist while git waits for a person, and git's name for the operation.
const UNFINISHED: [(&str, &str); 5] = [
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
];

/// The state of a work tree's index. Every git command that changes files of the work tree changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMark {
    is_locked: bool,
    written: Option<(SystemTime, u64)>,
}

impl IndexMark {
    /// Whether a git command is working on the files, or was killed while it was.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }
}

impl Location {
    /// The current state of the index.
    #[must_use]
    pub fn index_mark(&self) -> IndexMark {
        let is_locked = self.git_dir.join("index.lock").exists();
        let metadata = fs::metadata(self.git_dir.join("index")).ok();
        let written = metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len())));
        IndexMark { is_locked, written }
    }

    /// A fingerprint of HEAD, read without libgit2; it changes whenever HEAD may have moved.
    #[must_use]
    pub fn head_mark(&self) -> String {
        let head = fs::read_to_string(self.git_dir.join("HEAD")).unwrap_or_default();
        let Some(branch) = head.strip_prefix("ref:").map(str::trim) else { return head };
        if let Ok(tip) = fs::read_to_string(self.common_dir.join(branch)) {
            return format!("{branch} {tip}");
        }
        let packed = fs::metadata(self.common_dir.join("packed-refs")).and_then(|metadata| metadata.modified());
        format!("{branch} {packed:?}")
    }

    /// Removes the branch locks left by killed exports of this program. If that fails, the next move of the branch
    /// reports it.
    pub fn release_dead_locks(&self) {
        #[cfg(unix)]
        let _ = super::moving::release_dead(&self.common_dir);
    }

    /// An operation that a person has to finish: a merge, a rebase. Until then, files may hold anything.
    #[must_use]
    pub fn unfinished(&self) -> Option<&'static str> {
        UNFINISHED.into_iter().find(|(name, _)| self.git_dir.join(name).exists()).map(|(_, what)| what)
    }
}
