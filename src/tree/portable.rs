//! Folders as paths, for systems whose handles cannot be used without unsafe code. Each component is checked before it
//! is entered; a link created in between is not detected.

use std::{
    ffi::{OsStr, OsString},
    fs::{self, File, FileType, Metadata, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{Kind, Stat};

/// A folder that existed and was not a link when it was opened.
#[derive(Debug)]
pub(super) struct Handle(PathBuf);

impl Handle {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            Ok(Self(path.to_path_buf()))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    pub(super) fn folder(&self, name: &OsStr) -> io::Result<Self> {
        match self.stat(name)?.kind {
            Kind::Folder => Ok(Self(self.0.join(name))),
            _ => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    pub(super) fn make_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(super) fn stat(&self, name: &OsStr) -> io::Result<Stat> {
        let metadata = fs::symlink_metadata(self.0.join(name))?;
        Ok(Stat {
            kind: kind(metadata.file_type()),
            size: metadata.len(),
            mtime_ns: changed(&metadata),
            ctime_ns: 0,
            inode: 0,
            mode: 0,
        })
    }

    pub(super) fn open(&self, name: &OsStr) -> io::Result<File> {
        match self.stat(name)?.kind {
            Kind::File => File::open(self.0.join(name)),
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }

    pub(super) fn create_new(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    pub(super) fn entries(&self) -> io::Result<Vec<(OsString, Kind)>> {
        fs::read_dir(&self.0)?
            .map(|entry| {
                let entry = entry?;
                Ok((entry.file_name(), kind(entry.file_type()?)))
            })
            .collect()
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(super) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_dir(self.0.join(name))
    }

    /// Folders cannot be synced on these systems; they order their own writes.
    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Permissions are inherited from the folder on these systems.
pub(super) fn set_mode(_: &File, _: &Stat) -> io::Result<()> {
    Ok(())
}

fn kind(of: FileType) -> Kind {
    if of.is_symlink() {
        Kind::Link
    } else if of.is_dir() {
        Kind::Folder
    } else if of.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

fn changed(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default()
}

/// Changes are reported late, or in no guaranteed order.
pub(super) fn is_on_own_disk(_: &Path) -> bool {
    false
}
