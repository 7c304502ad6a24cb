//! An open folder of a tree: lists its entries and reads, writes and removes them.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::Path,
};

use super::{
    refusal::TreeError,
    stat::{Kind, Stat},
    system,
};
use crate::domain::git_name::resembles_dot_git;

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, which need not be UTF-8.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

/// An open folder. Every name passed to it is a single path component.
#[derive(Debug)]
pub struct Folder {
    handle: system::Handle,
    /// Relative to the root of the tree; empty for the root.
    path: String,
}

impl Folder {
    /// Opens the folder at the top of a tree; links in its path are followed.
    ///
    /// # Errors
    /// It does not exist or cannot be opened.
    pub fn at(root: &Path) -> Result<Self, TreeError> {
        let handle =
            system::Handle::at(root).map_err(|source| TreeError::Io { path: root.display().to_string(), source })?;
        Ok(Self { handle, path: String::new() })
    }

    /// The last component of its path.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// Its path, relative to the root of the tree.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Opens a subfolder.
    ///
    /// # Errors
    /// It does not exist, is a link or not a folder, or has a name reserved by git.
    pub fn folder(&self, name: &str) -> Result<Self, TreeError> {
        self.check(name)?;
        match self.handle.folder(OsStr::new(name)) {
            Ok(handle) => Ok(Self { handle, path: self.below(name) }),
            Err(error) => Err(self.refusal(name, error, Kind::Folder)),
        }
    }

    /// Opens a subfolder, creating it if it is missing.
    ///
    /// # Errors
    /// The same as for [`Self::folder`], or it cannot be created.
    pub fn make_folder(&self, name: &str) -> Result<Self, TreeError> {
        match self.folder(name) {
            Err(TreeError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                match self.handle.make_folder(OsStr::new(name)) {
                    Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(self.io(name, error)),
                    _ => {}
                }
                self.folder(name)
            }
            found => found,
        }
    }

    /// The metadata of an entry; `None` if there is none with this name. Links are not followed.
    ///
    /// # Errors
    /// The metadata cannot be read.
    pub fn stat(&self, name: &str) -> Result<Option<Stat>, TreeError> {
        self.check(name)?;
        match self.handle.stat(OsStr::new(name)) {
            Ok(stat) => Ok(Some(stat)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.io(name, error)),
        }
    }

    /// The content and metadata of a regular file of at most `limit` bytes; `None` if there is no such file.
    ///
    /// # Errors
    /// The entry is not a regular file, it is too large, or the system refuses.
    pub fn read(&self, name: &str, limit: u64) -> Result<Option<(Vec<u8>, Stat)>, TreeError> {
        let Some(stat) = self.stat(name)? else { return Ok(None) };
        match stat.kind {
            Kind::File => {}
            Kind::Link => return Err(TreeError::Link { path: self.below(name) }),
            Kind::Folder | Kind::Other => return Err(TreeError::NotAFile { path: self.below(name) }),
        }
        let file = match self.handle.open(OsStr::new(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.refusal(name, error, Kind::File)),
        };
        self.take(name, file, limit).map(|bytes| Some((bytes, stat)))
    }

    fn take(&self, name: &str, file: File, limit: u64) -> Result<Vec<u8>, TreeError> {
        // Another file may have taken its place since the metadata was read.
        let metadata = file.metadata().map_err(|error| self.io(name, error))?;
        if !metadata.is_file() {
            return Err(TreeError::NotAFile { path: self.below(name) });
        }
        let too_large = |bytes| TreeError::TooLarge { path: self.below(name), bytes };
        if metadata.len() > limit {
            return Err(too_large(metadata.len()));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| self.io(name, error))?;
        if bytes.len() as u64 > limit { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
    }

    /// Its entries, in no particular order.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn entries(&self) -> Result<Vec<Entry>, TreeError> {
        let entries = self.handle.entries().map_err(|source| TreeError::Io { path: self.path.clone(), source })?;
        Ok(entries.into_iter().map(|(name, kind)| Entry { name, kind }).collect())
    }

    /// Makes entries created, renamed and removed in it durable.
    ///
    /// # Errors
    /// The system cannot sync it.
    pub fn sync(&self) -> Result<(), TreeError> {
        self.handle.sync().map_err(|source| TreeError::Io { path: self.path.clone(), source })
    }

    pub(super) fn remove(&self, name: &str) -> Result<(), TreeError> {
        self.check(name)?;
        self.handle.remove(OsStr::new(name)).map_err(|error| self.io(name, error))
    }

    pub(super) fn remove_folder(&self, name: &str) -> Result<(), TreeError> {
        self.check(name)?;
        self.handle.remove_folder(OsStr::new(name)).map_err(|error| self.io(name, error))
    }

    pub(super) fn create_new(&self, name: &str) -> Result<File, TreeError> {
        self.check(name)?;
        self.handle.create_new(OsStr::new(name)).map_err(|error| self.io(name, error))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<(), TreeError> {
        self.check(to)?;
        self.handle.rename(OsStr::new(from), OsStr::new(to)).map_err(|error| self.io(to, error))
    }

    /// The path of an entry of this folder, relative to the root of the tree.
    pub(super) fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    pub(super) fn io(&self, name: &str, source: io::Error) -> TreeError {
        TreeError::Io { path: self.below(name), source }
    }

    /// Checks that a name is a single path component and not reserved by git.
    fn check(&self, name: &str) -> Result<(), TreeError> {
        if matches!(name, "" | "." | "..") || name.contains(['/', '\0']) {
            return Err(self.io(name, ErrorKind::InvalidInput.into()));
        }
        if resembles_dot_git(name) { Err(TreeError::OfGit { path: self.below(name) }) } else { Ok(()) }
    }

    /// Determines why opening an entry failed, since systems report links with different errors.
    fn refusal(&self, name: &str, error: io::Error, wanted: Kind) -> TreeError {
        let path = self.below(name);
        match self.handle.stat(OsStr::new(name)).map(|stat| stat.kind) {
            Ok(Kind::Link) => TreeError::Link { path },
            Ok(kind) if kind != wanted && wanted == Kind::Folder => TreeError::NotAFolder { path },
            Ok(kind) if kind != wanted => TreeError::NotAFile { path },
            _ => TreeError::Io { path, source: error },
        }
    }
}
