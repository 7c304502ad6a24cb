//! The names under which files are written before they are renamed into place, and what a killed program leaves of
//! them. It never looks at any other file.

use std::{fs, path::Path, time::Duration};

/// How the name of such a file begins; hidden files are no documents.
pub(super) const PREFIX: &str = ".bos-";
/// How it ends.
pub(super) const SUFFIX: &str = ".tmp";

/// Nothing is written for so long: a file that is older has been left behind.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// Removes what was left behind in a folder, `now` by the file system's own clock. Where that fails, nothing is lost.
pub(super) fn sweep(folder: &Path, now: std::time::SystemTime) {
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
        let now = std::time::SystemTime::now();
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
