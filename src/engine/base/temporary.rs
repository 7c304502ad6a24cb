//! Writing files: under a temporary name, then renamed into place; and sweeping up what a killed program left of that.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::error::EngineError;
use crate::domain::doc_path::DocPath;

/// How a temporary name begins; hidden files are no documents.
const PREFIX: &str = ".bos-";
/// How it ends.
const SUFFIX: &str = ".tmp";

/// Nothing is written for so long: a file that is older has been left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// The text of a file, written and synced under another name beside it; dropped, it was never there.
pub(in crate::engine) struct Unfinished {
    written: tempfile::NamedTempFile,
    target: PathBuf,
}

impl Unfinished {
    /// Writes the text of a document. A link keeps its place and its target is written, as long as that is within
    /// `root`.
    pub(in crate::engine) fn write(root: &Path, path: &DocPath, text: &str) -> Result<Self, EngineError> {
        let mut target = path.under(root);
        if target.is_symlink() {
            target = fs::canonicalize(&target).map_err(|source| failed(&target, source))?;
        }
        let io = |source| failed(&target, source);
        let folder = target.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(io)?;
        if !fs::canonicalize(folder).map_err(io)?.starts_with(root) {
            return Err(EngineError::OutsideTree { path: folder.to_path_buf() });
        }
        Self::beside(target, text.as_bytes())
    }

    /// Writes what is to become of a file to another one beside it.
    fn beside(target: PathBuf, content: &[u8]) -> Result<Self, EngineError> {
        let io = |source| failed(&target, source);
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(SUFFIX);
        // A new file gets the usual permissions, a replaced one keeps its own.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut written = builder.tempfile_in(folder).map_err(io)?;
        written.write_all(content).map_err(io)?;
        if let Ok(metadata) = fs::metadata(&target) {
            written.as_file().set_permissions(metadata.permissions()).map_err(io)?;
        }
        written.as_file().sync_all().map_err(io)?;
        Ok(Self { written, target })
    }

    /// Renames it into place.
    pub(in crate::engine) fn put(self) -> Result<(), EngineError> {
        let Self { written, target } = self;
        written.persist(&target).map_err(|error| failed(&target, error.error))?;
        Ok(())
    }
}

/// Writes the text of a file atomically.
pub(in crate::engine) fn write_atomically(root: &Path, path: &DocPath, text: &str) -> Result<(), EngineError> {
    Unfinished::write(root, path, text)?.put()
}

/// Writes a file as a whole, wherever it is: another one beside it is written, synced and renamed into its place.
pub fn replace_file(file: &Path, content: impl AsRef<[u8]>) -> Result<(), EngineError> {
    Unfinished::beside(file.to_path_buf(), content.as_ref())?.put()
}

fn failed(file: &Path, source: std::io::Error) -> EngineError {
    EngineError::Io { doing: "write", path: file.to_path_buf(), source }
}

/// Removes what was left behind in a folder, `now` by the file system's own clock. Where that fails, nothing is lost.
pub(in crate::engine) fn sweep(folder: &Path, now: SystemTime) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX));
        let age = || entry.metadata().ok().filter(fs::Metadata::is_file)?.modified().ok();
        if is_ours && age().and_then(|changed| now.duration_since(changed).ok()).is_some_and(|age| age > LEFT_BEHIND) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_files_of_its_own_go() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (name, seconds) in [(".bos-a.tmp", 61), (".bos-b.tmp", 50), (".bos-c.md", 90), ("bos-d.tmp", 90)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(seconds)).unwrap();
        }
        fs::create_dir(folder.path().join(".bos-e.tmp")).unwrap();
        sweep(folder.path(), now + Duration::from_secs(1));
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".bos-b.tmp", ".bos-c.md", ".bos-e.tmp", "bos-d.tmp"]);
    }
}
