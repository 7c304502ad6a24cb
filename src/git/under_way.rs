//! What git is doing in a work tree right now, told by the files it leaves in the git directory meanwhile.

use std::{fs, time::SystemTime};

use super::location::Location;

/// What is there while git waits for a person, and what git calls it.
const UNFINISHED: [(&str, &str); 5] = [
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
];

/// The index of a work tree at one moment. Every git command that changes files of the work tree changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexMark {
    is_locked: bool,
    written: Option<(SystemTime, u64)>,
}

impl IndexMark {
    /// Whether some git command is at work on the files, or was killed while it was.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }
}

impl Location {
    /// The index as it is now.
    #[must_use]
    pub fn index_mark(&self) -> IndexMark {
        let is_locked = self.git_dir.join("index.lock").exists();
        let metadata = fs::metadata(self.git_dir.join("index")).ok();
        let written = metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len())));
        IndexMark { is_locked, written }
    }

    /// What HEAD stands at, told without libgit2: another text where HEAD may have moved.
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

    /// Removes the locks on branches that killed exports of this program have left; where that fails, the next move of a
    /// branch says so.
    pub fn release_dead_locks(&self) {
        #[cfg(unix)]
        let _ = super::moving::release_dead(&self.common_dir);
    }

    /// What git has begun and a person has to end: a merge, a rebase. Until then files may hold anything.
    #[must_use]
    pub fn unfinished(&self) -> Option<&'static str> {
        UNFINISHED.into_iter().find(|(name, _)| self.git_dir.join(name).exists()).map(|(_, what)| what)
    }
}
