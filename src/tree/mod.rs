//! The files of a tree: the one place that finds, reads, writes and removes them, whoever made the tree. No symbolic
//! link is followed in any part of a path, nothing but a regular file is opened, the size is known before a byte is
//! read, and no part of a path may be what git keeps for itself. It knows paths and bytes, nothing of documents.

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

/// A folder and all below it. The folders that lead to the last path are kept open, so that paths in order cost little.
#[derive(Debug)]
pub struct Tree {
    /// `None` where there is no tree at all.
    root: Option<PathBuf>,
    open: Mutex<Vec<Folder>>,
}

/// A clone opens folders of its own, so that threads do not wait for each other.
impl Clone for Tree {
    fn clone(&self) -> Self {
        Self { root: self.root.clone(), open: Mutex::default() }
    }
}

impl Tree {
    /// The tree below a folder. The folder itself is taken as it is named, links included.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self { root: Some(root.to_path_buf()), open: Mutex::default() }
    }

    /// A tree without a file, which none can be written to.
    #[must_use]
    pub fn nowhere() -> Self {
        Self { root: None, open: Mutex::default() }
    }

    /// The folder of one file that a person or another program named, and the name of the file in it. Links that lead
    /// to the folder are theirs to choose.
    ///
    /// # Errors
    /// A name that cannot be one.
    pub fn around(file: &Path) -> Result<(Self, DocPath), TreeError> {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match file.file_name().and_then(|name| DocPath::parse(name.to_str()?)) {
            Some(name) => Ok((Self::at(folder), name)),
            None => Err(TreeError::Io { path: file.display().to_string(), source: ErrorKind::InvalidInput.into() }),
        }
    }

    /// Whether the system tells of every change to the files while it is watched: not where other machines may change them
    /// too, over a network or from outside of a container.
    #[must_use]
    pub fn tells_of_changes(&self) -> bool {
        self.root.as_deref().is_some_and(system::is_on_own_disk)
    }

    /// The folder at the top, as messages name it.
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

    /// What has this path; `None` where nothing has.
    ///
    /// # Errors
    /// A folder on the way that is a link or cannot be entered.
    pub fn stat(&self, path: &DocPath) -> Result<Option<Stat>, TreeError> {
        present(self.within(path, Folder::stat)).map(Option::flatten)
    }

    /// Whether anything has this path. What cannot be told counts as there.
    #[must_use]
    pub fn has(&self, path: &DocPath) -> bool {
        !matches!(self.stat(path), Ok(None))
    }

    /// What a regular file of at most `limit` bytes holds, and its stat; `None` where there is none.
    ///
    /// # Errors
    /// Whatever else has this path or stands in its way.
    pub fn read(&self, path: &DocPath, limit: u64) -> Result<Option<(Vec<u8>, Stat)>, TreeError> {
        present(self.within(path, |folder, name| folder.read(name, limit))).map(Option::flatten)
    }

    /// The folder with this path; `None` where there is none.
    ///
    /// # Errors
    /// One that cannot be entered, or a link in its place or above it.
    pub fn folder(&self, path: &DocPath) -> Result<Option<Folder>, TreeError> {
        present(self.within(path, Folder::folder))
    }

    /// The folder that holds this path, made with all above it where it is missing; and the last part of the path.
    ///
    /// # Errors
    /// A folder that cannot be made or entered, or something else in its place.
    pub fn make_folder_of<'p>(&self, path: &'p DocPath) -> Result<(Folder, &'p str), TreeError> {
        let (folders, name) = parts(path);
        let mut folder = self.top()?;
        for part in folders {
            folder = folder.make_folder(part)?;
        }
        Ok((folder, name))
    }

    /// Makes a folder and all above it.
    ///
    /// # Errors
    /// As for [`Self::make_folder_of`].
    pub fn make_folder(&self, path: &DocPath) -> Result<(), TreeError> {
        let (folder, name) = self.make_folder_of(path)?;
        folder.make_folder(name).map(|_| ())
    }

    /// Removes a file. One that is not there is no error.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove_file(&self, path: &DocPath) -> Result<(), TreeError> {
        present(self.within(path, Folder::remove)).map(Option::unwrap_or_default)
    }

    /// Removes a file, and its folder if nothing else is in it.
    ///
    /// # Errors
    /// As for [`Self::remove_file`].
    pub fn remove(&self, path: &DocPath) -> Result<(), TreeError> {
        self.remove_file(path)?;
        if let Some(folder) = path.as_str().rsplit_once('/').and_then(|(folder, _)| DocPath::parse(folder)) {
            // Fails where other files are left, which is as it should be.
            let _ = self.within(&folder, Folder::remove_folder);
        }
        Ok(())
    }

    /// Does something in the folder that holds this path, with the last part of the path.
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

    /// As [`Self::within`], with folders that are open from an earlier path: the root, then one for each part.
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

/// The folders of a path, and its last part.
fn parts(path: &DocPath) -> (impl Iterator<Item = &str>, &str) {
    let (folders, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
    (folders.split('/').filter(|part| !part.is_empty()), name)
}

/// Turns "there is none" into `None`.
fn present<T>(found: Result<T, TreeError>) -> Result<Option<T>, TreeError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
