//! The files of a tree: the only layer that finds, reads, writes and removes them, in trees that may come from anybody.
//! No symbolic link is followed in any component of a path, only regular files are opened, the size is known before
//! anything is read, and no component may be a name reserved by git. It knows paths and bytes, not documents.

mod folder;
#[cfg(not(unix))]
mod portable;
mod refusal;
mod stat;
#[cfg(unix)]
mod unix;
mod writing;

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Mutex, TryLockError},
};

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

pub use folder::{Entry, Folder};
pub use refusal::TreeError;
pub use stat::{Kind, Stat};
pub use writing::Unfinished;

use crate::domain::doc_path::DocPath;

/// A folder and everything below it. The folders of the last path stay open, so that access in path order is cheap.
#[derive(Debug)]
pub struct Tree {
    /// `None` if there is no tree at all.
    root: Option<PathBuf>,
    open: Mutex<Vec<Folder>>,
}

/// A clone has its own open folders, so that threads do not wait for each other.
impl Clone for Tree {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), open: Mutex::default() }
    }
}

impl Tree {
    /// The tree below a folder. Links in the path of the folder itself are followed.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: Some(root.to_path_buf()), open: Mutex::default() }
    }

    /// A tree without files, which cannot be written to.
    #[must_use]
    pub fn nowhere() -> Self {
        Self { root: None, open: Mutex::default() }
    }

    /// The tree of the folder that contains one file named by a person or another program, and the file's name in it.
    /// Links in the path of the folder are followed.
    ///
    /// # Errors
    /// The file has no valid name.
    pub fn around(file: &Path) -> Result<(Self, DocPath), TreeError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match file.file_name().and_then(|name| DocPath::parse(name.to_str()?)) {
            Some(name) => Ok((Self::at(folder), name)),
            None => Err(TreeError::Io { path: file.display().to_string(), source: ErrorKind::InvalidInput.into() }),
        }
    }

    /// Whether the system reports every change to the files to a watcher. It does not if other machines may change them
    /// too, over a network or from outside a container.
    #[must_use]
    pub fn tells_of_changes(&self) -> bool {
        self.root.as_deref().is_some_and(system::is_on_own_disk)
    }

    /// The path of the root folder, as messages show it.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.root.as_deref().unwrap_or(Path::new(""))
    }

    fn top(&self) -> Result<Folder, TreeError> {
        match &self.root {
            Some(root) => Folder::at(root),
            None => Err(TreeError::Io { path: String::new(), source: ErrorKind::NotFound.into() }),
        }
    }

    /// The metadata of the entry at this path; `None` if there is none.
    ///
    /// # Errors
    /// A folder in the path is a link or cannot be opened.
    pub fn stat(&self, path: &DocPath) -> Result<Option<Stat>, TreeError> {
        present(self.within(path, Folder::stat)).map(Option::flatten)
    }

    /// Whether there is an entry at this path; true if that cannot be determined.
    #[must_use]
    pub fn has(&self, path: &DocPath) -> bool {
        !matches!(self.stat(path), Ok(None))
    }

    /// The content and metadata of a regular file of at most `limit` bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// The path or a folder in it is of the wrong kind, or the file is too large or cannot be read.
    pub fn read(&self, path: &DocPath, limit: u64) -> Result<Option<(Vec<u8>, Stat)>, TreeError> {
        present(self.within(path, |folder, name| folder.read(name, limit))).map(Option::flatten)
    }

    /// The folder at this path; `None` if there is none.
    ///
    /// # Errors
    /// It cannot be opened, or there is a link in its place or above it.
    pub fn folder(&self, path: &DocPath) -> Result<Option<Folder>, TreeError> {
        present(self.within(path, Folder::folder))
    }

    /// The folder that contains this path, created with its parents if missing, and the last component of the path.
    ///
    /// # Errors
    /// A folder cannot be created or opened, or there is something else in its place.
    pub fn make_folder_of<'p>(&self, path: &'p DocPath) -> Result<(Folder, &'p str), TreeError> {
        let (folders, name) = parts(path);
        let mut folder = self.top()?;
        for part in folders {
            folder = folder.make_folder(part)?;
        }
        Ok((folder, name))
    }

    /// Creates a folder and its parents.
    ///
    /// # Errors
    /// The same as for [`Self::make_folder_of`].
    pub fn make_folder(&self, path: &DocPath) -> Result<(), TreeError> {
        let (folder, name) = self.make_folder_of(path)?;
        folder.make_folder(name).map(|_| ())
    }

    /// Removes a file; does nothing if it does not exist.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove_file(&self, path: &DocPath) -> Result<(), TreeError> {
        present(self.within(path, Folder::remove)).map(Option::unwrap_or_default)
    }

    /// Removes a file, and its folder if that is then empty.
    ///
    /// # Errors
    /// The same as for [`Self::remove_file`].
    pub fn remove(&self, path: &DocPath) -> Result<(), TreeError> {
        self.remove_file(path)?;
        if let Some(folder) = path.as_str().rsplit_once('/').and_then(|(folder, _)| DocPath::parse(folder)) {
            // Fails, as intended, if the folder is not empty.
            let _ = self.within(&folder, Folder::remove_folder);
        }
        Ok(())
    }

    /// Calls `work` with the folder that contains this path and the last component of the path.
    fn within<T>(
        &self,
        path: &DocPath,
        work: impl FnOnce(&Folder, &str) -> Result<T, TreeError>,
    ) -> Result<T, TreeError> {
        match self.open.try_lock() {
            Ok(mut open) => self.within_open(&mut open, path, work),
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => self.within_open(&mut Vec::new(), path, work),
        }
    }

    /// Like [`Self::within`], reusing the folders left open by an earlier path: the root, then one per component.
    fn within_open<T>(
        &self,
        open: &mut Vec<Folder>,
        path: &DocPath,
        work: impl FnOnce(&Folder, &str) -> Result<T, TreeError>,
    ) -> Result<T, TreeError> {
        let (folders, name) = parts(path);
        if open.is_empty() {
            open.push(self.top()?);
        }
        let mut depth = 1;
        for part in folders {
            if open.get(depth).is_none_or(|folder| folder.name() != part) {
                open.truncate(depth);
                let next = open[depth - 1].folder(part)?;
                open.push(next);
            }
            depth += 1;
        }
        open.truncate(depth);
        work(&open[depth - 1], name)
    }
}

/// The folder components of a path, and its last component.
fn parts(path: &DocPath) -> (impl Iterator<Item = &str>, &str) {
    let (folders, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
    (folders.split('/').filter(|part| !part.is_empty()), name)
}

/// Turns an error that means "not found" into `None`.
fn present<T>(found: Result<T, TreeError>) -> Result<Option<T>, TreeError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
