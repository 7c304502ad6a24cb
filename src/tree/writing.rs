//! Writes files under a temporary name, syncs them and renames them into place; and removes temporary files left by
//! killed processes.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{ErrorKind, Write as _},
    time::{Duration, SystemTime},
};

use super::{
    Tree,
    folder::Folder,
    refusal::TreeError,
    stat::{Kind, Stat},
    system,
};
use crate::domain::doc_path::DocPath;

/// The prefix of temporary names; hidden files are not documents.
const PREFIX: &str = ".bos-";
/// The suffix of temporary names.
const SUFFIX: &str = ".tmp";

/// No write takes this long, so an older temporary file is abandoned.
const LEFT_BEHIND: Duration = Duration::from_secs(60);

/// A file's new content, written and synced under a temporary name beside it; removed on drop unless put in place.
#[derive(Debug)]
pub struct Unfinished {
    folder: Folder,
    written: String,
    name: String,
    is_put: bool,
}

impl Unfinished {
    /// Writes the new content. A new file gets default permissions, a replaced one keeps its own.
    ///
    /// # Errors
    /// The path or a folder above it is a link or of another kind, or the system refuses.
    pub fn write(tree: &Tree, path: &DocPath, content: &[u8]) -> Result<Self, TreeError> {
        let (folder, name) = tree.make_folder_of(path)?;
        match folder.stat(name)? {
            Some(Stat { kind: Kind::Link, .. }) => Err(TreeError::Link { path: path.to_string() }),
            Some(Stat { kind: Kind::Folder | Kind::Other, .. }) => Err(TreeError::NotAFile { path: path.to_string() }),
            found => Self::beside(folder, name, found, content),
        }
    }

    fn beside(folder: Folder, name: &str, replaced: Option<Stat>, content: &[u8]) -> Result<Self, TreeError> {
        let (mut file, written) = temporary(&folder)?;
        let unfinished = Self { folder, written, name: name.to_owned(), is_put: false };
        let io = |source| unfinished.folder.io(name, source);
        file.write_all(content).map_err(io)?;
        if let Some(stat) = replaced {
            system::set_mode(&file, &stat).map_err(io)?;
        }
        file.sync_all().map_err(io)?;
        Ok(unfinished)
    }

    /// Renames it into place. It is durable only after its folder is synced with [`Tree::sync_above`].
    ///
    /// # Errors
    /// The system refuses.
    pub fn put(mut self) -> Result<(), TreeError> {
        self.folder.rename(&self.written, &self.name)?;
        self.is_put = true;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_put {
            // If this fails, a later export removes the file.
            let _ = self.folder.remove(&self.written);
        }
    }
}

/// A new file with an unused name.
fn temporary(folder: &Folder) -> Result<(File, String), TreeError> {
    loop {
        let number = getrandom::u64().map_err(|error| folder.io(PREFIX, std::io::Error::other(error)))?;
        let name = format!("{PREFIX}{number:016x}{SUFFIX}");
        match folder.create_new(&name) {
            Err(TreeError::Io { source, .. }) if source.kind() == ErrorKind::AlreadyExists => {}
            made => return Ok((made?, name)),
        }
    }
}

impl Tree {
    /// Writes a file completely and durably.
    ///
    /// # Errors
    /// The same as for [`Unfinished::write`].
    pub fn write(&self, path: &DocPath, content: &[u8]) -> Result<(), TreeError> {
        Unfinished::write(self, path, content)?.put()?;
        self.sync_above([path])
    }

    /// Makes changes in the folders of these paths, and in all folders above them, durable.
    ///
    /// # Errors
    /// The system cannot sync a folder.
    pub fn sync_above<'p>(&self, paths: impl IntoIterator<Item = &'p DocPath>) -> Result<(), TreeError> {
        let mut folders = BTreeSet::new();
        for path in paths {
            let ends = path.as_str().match_indices('/').map(|(end, _)| &path.as_str()[..end]);
            folders.extend(ends.filter_map(DocPath::parse));
        }
        self.top()?.sync()?;
        for folder in folders {
            // A folder removed in the meantime is covered by syncing the one above it.
            if let Some(folder) = self.folder(&folder)? {
                folder.sync()?;
            }
        }
        Ok(())
    }

    /// Removes abandoned temporary files in the folder of a document; `now` is the file system's own clock. A failure
    /// does no harm.
    pub fn sweep_beside(&self, path: &DocPath, now: SystemTime) {
        let _ = self.within(path, |folder, _| {
            sweep(folder, now);
            Ok(())
        });
    }
}

fn sweep(folder: &Folder, now: SystemTime) {
    let Ok(now) = i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos()) else {
        return;
    };
    for entry in folder.entries().unwrap_or_default() {
        let Some(name) = entry.name.to_str().filter(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) else {
            continue;
        };
        let is_old = |stat: Stat| {
            let age = now.saturating_sub(stat.mtime_ns);
            stat.kind == Kind::File && u128::try_from(age).is_ok_and(|age| age > LEFT_BEHIND.as_nanos())
        };
        if folder.stat(name).ok().flatten().is_some_and(is_old) {
            let _ = folder.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let document = DocPath::parse("a.md").unwrap();
        Tree::at(folder.path()).sweep_beside(&document, now + Duration::from_secs(1));
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".bos-b.tmp", ".bos-c.md", ".bos-e.tmp", "bos-d.tmp"]);
    }

    #[test]
    fn what_is_not_put_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        let (tree, path) = (Tree::at(folder.path()), DocPath::parse("a/b.md").unwrap());
        drop(Unfinished::write(&tree, &path, b"text").unwrap());
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 0);
        Unfinished::write(&tree, &path, b"text").unwrap().put().unwrap();
        assert_eq!(fs::read(folder.path().join("a/b.md")).unwrap(), b"text");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }
}
