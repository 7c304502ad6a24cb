//! Moves a branch under git's own lock file for it. The lock is created as a hard link to a file on which its owner
//! holds an advisory lock, which the system releases when the owner ends. So the lock of a killed process can be
//! recognised and removed, and the lock of a live one never is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use git2::Oid;

use super::loose::sync;

/// This program's folder in the git directory.
const FOLDER: &str = "bos";
/// The prefix of the original file's name; the escaped reference follows.
const PREFIX: &str = "moving-";

/// How often it is tried again to take a lock that somebody has disturbed.
const TRIES: u32 = 20;

/// The result of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// The reference was moved.
    Done,
    /// Another process holds the lock.
    Locked,
    /// The reference was not at the expected value.
    Elsewhere,
}

/// Moves a reference if `is_as_expected` returns true once the lock is held.
pub(super) fn compare_and_swap(
    common_dir: &Path,
    reference: &str,
    to: Oid,
    is_as_expected: impl FnOnce() -> Result<bool, git2::Error>,
    before: impl FnOnce() -> io::Result<()>,
) -> Result<Moved, MoveError> {
    let target = common_dir.join(reference);
    let parent = target.parent().unwrap_or(common_dir);
    let folder = common_dir.join(FOLDER);
    let lock = lock_of(&target);
    let mut tries = 0;
    let _mark = loop {
        fs::create_dir_all(parent)?;
        fs::create_dir_all(&folder)?;
        release_dead(common_dir)?;
        let mark = Mark::new(&folder, reference, to)?;
        match fs::hard_link(&mark.path, &lock) {
            Ok(()) => break mark,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(Moved::Locked),
            // Another process removed the file before it was locked, or git the folder of the branch.
            Err(error) if error.kind() == ErrorKind::NotFound && tries < TRIES => tries += 1,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Moved::Locked),
            Err(_) => return Err(MoveError::NoLinks),
        }
    };
    let held = Held { lock, is_moved: false };
    if !is_as_expected()? {
        return Ok(Moved::Elsewhere);
    }
    before()?;
    held.rename(&target)?;
    // Its parent folders may be new as well.
    for folder in parent.ancestors().take_while(|folder| folder.starts_with(common_dir)) {
        sync(folder)?;
    }
    Ok(Moved::Done)
}

/// Why a reference could not be moved.
pub(super) enum MoveError {
    /// The file system does not support hard links.
    NoLinks,
    Io(io::Error),
    Git(git2::Error),
}

impl From<io::Error> for MoveError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<git2::Error> for MoveError {
    fn from(error: git2::Error) -> Self {
        Self::Git(error)
    }
}

/// Removes the locks of this program whose owners have died.
pub(super) fn release_dead(common_dir: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(common_dir.join(FOLDER)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let Some(reference) = name.to_str().and_then(reference_in) else { continue };
        let path = entry.path();
        let Ok(file) = File::open(&path) else { continue };
        // Held by its owner, or by another process that is about to remove it.
        if file.try_lock().is_err() {
            continue;
        }
        let lock = lock_of(&common_dir.join(reference));
        if is_same(&file, &lock)? {
            remove(&lock)?;
        }
        // An owner that ended since it was opened has removed it.
        remove(&path)?;
    }
    Ok(())
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Whether this path refers to the open file.
fn is_same(file: &File, name: &Path) -> io::Result<bool> {
    let file = file.metadata()?;
    let there = fs::symlink_metadata(name);
    Ok(there.is_ok_and(|there| (there.dev(), there.ino()) == (file.dev(), file.ino())))
}

/// The original file of a lock, locked for as long as this value lives.
struct Mark {
    path: PathBuf,
    _held: File,
}

impl Mark {
    fn new(folder: &Path, reference: &str, to: Oid) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (path, mut file) = loop {
            let number = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{PREFIX}{}-{number}-{}", process::id(), escaped(reference)));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                // The file of a process with the same ID in another container.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        file.lock()?;
        let mark = Self { path, _held: file.try_clone()? };
        writeln!(file, "{to}")?;
        file.sync_all()?;
        Ok(mark)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // If this fails, the next move removes the file.
        let _ = fs::remove_file(&self.path);
    }
}

/// Git's lock on the reference, held by this process.
struct Held {
    lock: PathBuf,
    is_moved: bool,
}

impl Held {
    fn rename(mut self, target: &Path) -> io::Result<()> {
        if target.is_dir() {
            remove_empty_folders(target)?;
        }
        fs::rename(&self.lock, target)?;
        self.is_moved = true;
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.is_moved {
            let _ = fs::remove_file(&self.lock);
        }
    }
}

/// Removes a folder that contains only folders; git leaves these behind where branches were.
fn remove_empty_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_empty_folders(&entry.path())?;
        }
    }
    fs::remove_dir(folder)
}

fn lock_of(target: &Path) -> PathBuf {
    let mut lock = target.as_os_str().to_owned();
    lock.push(".lock");
    lock.into()
}

fn escaped(reference: &str) -> String {
    reference.replace('%', "%25").replace('/', "%2F")
}

/// The reference encoded in the name of a lock's original file.
fn reference_in(name: &str) -> Option<String> {
    let (_, rest) = name.strip_prefix(PREFIX)?.split_once('-')?;
    let (_, reference) = rest.split_once('-')?;
    let reference = reference.replace("%2F", "/").replace("%25", "%");
    git2::Reference::is_valid_name(&reference).then_some(reference)
}
