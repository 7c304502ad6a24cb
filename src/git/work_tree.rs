//! What git has done to the files of a work tree since a moment, by the traces that it leaves: the times in the index,
//! and the stash.

use std::{fs, path::Path, time::SystemTime};

use super::{
    error::{During as _, GitError},
    repository::Repository,
};

impl Repository {
    /// Whether git may have written a file since a moment, in nanoseconds since the Unix epoch by the clock of the file
    /// system: its index has the time at which it last did, or had the file added. A stash that came or went may have been
    /// put anywhere.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn may_have_written(&self, path: &str, since_ns: i64) -> Result<bool, GitError> {
        if self.has_stashed(since_ns) {
            return Ok(true);
        }
        if !is_later(&self.git_dir().join("index"), since_ns) {
            return Ok(false);
        }
        let doing = "read the index of";
        let mut index = self.inner.index().during(doing, self.name())?;
        index.read(false).during(doing, self.name())?;
        let Some(entry) = index.get_path(Path::new(path), 0) else { return Ok(index.has_conflicts()) };
        // A git that keeps whole seconds may have written at the end of one.
        let nanoseconds = Some(entry.mtime.nanoseconds()).filter(|found| *found > 0).unwrap_or(999_999_999);
        Ok(i64::from(entry.mtime.seconds()) * 1_000_000_000 + i64::from(nanoseconds) >= since_ns)
    }

    /// Whether the stash has changed since.
    fn has_stashed(&self, since_ns: i64) -> bool {
        // Each change of the reference makes its lock in the folder; one of an older stash changes the log alone.
        ["refs", "logs/refs/stash"].into_iter().any(|place| is_later(&self.common_dir().join(place), since_ns))
    }
}

/// Whether a file or folder was written at a moment or later.
fn is_later(path: &Path, since_ns: i64) -> bool {
    let written = fs::metadata(path).and_then(|found| found.modified()).ok();
    let written = written.and_then(|written| written.duration_since(SystemTime::UNIX_EPOCH).ok());
    written.and_then(|written| i64::try_from(written.as_nanos()).ok()).is_some_and(|written| written >= since_ns)
}
