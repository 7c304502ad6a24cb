//! How a read asks the watch of its place whether all files are taken in, so that it need not look at them itself: it makes
//! a file where the watch is told of it after everything that was changed before, and waits until that is gone.
//!
//! No answer is no: then the read looks for itself. A lock on another file, which ends with the process, says that there
//! is a watch at all.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use crate::{domain::hash::Sha256, engine::base::workspace::Workspace};

/// How long a read waits for an answer: less than it takes to look at a few thousand files.
const PATIENCE: Duration = Duration::from_millis(3);
const PAUSE: Duration = Duration::from_micros(50);

/// What a watch holds as long as it runs.
const LOCK: &str = "lock";

/// What the names of questions begin with.
const QUESTION: &str = "question-";

/// The folder for the questions about one place.
fn folder(workspace: &Workspace) -> Option<PathBuf> {
    let name = Sha256::of(workspace.mirror.as_bytes()).to_string();
    Some(workspace.database.parent()?.join(format!("watch-{}", name.get(..16)?)))
}

/// Whether a watch says that it has taken in every change that was made before now.
pub(in crate::engine) fn is_all_taken_in(workspace: &Workspace) -> bool {
    let Some(folder) = folder(workspace) else { return false };
    let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
    if !matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)) {
        return false;
    }
    let Ok(question) = tempfile::Builder::new().prefix(QUESTION).tempfile_in(&folder) else { return false };
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        match fs::symlink_metadata(question.path()) {
            Ok(metadata) if metadata.len() > 0 => return false,
            Err(error) if error.kind() == ErrorKind::NotFound => return true,
            _ => sleep(PAUSE),
        }
    }
    false
}

/// The watch's side of it.
pub(super) struct Questions {
    folder: PathBuf,
    lock: File,
    holds: bool,
}

impl Questions {
    /// Takes questions about a place; `None` where they cannot be asked.
    pub(super) fn open(workspace: &Workspace) -> Option<Self> {
        let folder = folder(workspace)?;
        fs::create_dir_all(&folder).ok()?;
        let folder = fs::canonicalize(folder).ok()?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK)).ok()?;
        Some(Self { folder, lock, holds: false })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says that there is somebody to ask. A read that looks at this moment is no other watch, so it is tried again.
    pub(super) fn hold(&mut self) {
        self.holds = self.holds || self.lock.try_lock().is_ok();
    }

    /// Whether this is a question.
    pub(super) fn is_one(&self, path: &Path) -> bool {
        let name = path.file_name().map(|name| name.to_string_lossy().starts_with(QUESTION));
        name == Some(true) && path.parent() == Some(&self.folder)
    }

    /// Answers; who asked may have gone already.
    pub(super) fn answer(&self, question: &Path, is_all_taken_in: bool) {
        let _ = if is_all_taken_in {
            fs::remove_file(question)
        } else {
            OpenOptions::new().append(true).open(question).and_then(|mut file| file.write_all(b"no"))
        };
    }
}
