//! The floors that only use files: walk and stat, in one or two threads; walk, read and parse; append and sync.

use std::{
    fs::{self, DirEntry, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use walkdir::WalkDir;

use super::rows::front_matter;
use crate::{Outcome, tree::MIRROR};

/// The number of files a thread takes at a time.
const BATCH: usize = 64;

/// The size of a disk block in bytes, which a short text occupies.
const BLOCK: usize = 4096;

/// Every markdown file of the tree, in order.
pub(super) fn walk(root: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mirror = root.join(MIRROR);
    ["cards", "ideas"].into_iter().flat_map(move |top| {
        let files = WalkDir::new(mirror.join(top)).sort_by_file_name().into_iter().filter_map(Result::ok);
        files.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
    })
}

/// One append and one sync: the disk work of a durable write.
pub(super) fn append(file: &Path) -> Outcome<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    file.write_all(&[b'x'; BLOCK])?;
    Ok(file.sync_all()?)
}

/// Walks the tree and stats every file.
pub(super) fn stat_all(root: &Path) -> Outcome<()> {
    let mut bytes = 0;
    for path in walk(root) {
        bytes += fs::symlink_metadata(path)?.len();
    }
    std::hint::black_box(bytes);
    Ok(())
}

/// A remaining piece of work.
enum Work {
    Folder(PathBuf),
    Files(Vec<DirEntry>),
}

/// Stats every markdown file of the tree, in two threads.
pub(super) fn look(root: &Path) -> Outcome<()> {
    let mirror = root.join(MIRROR);
    let queue = Mutex::new((["cards", "ideas"].map(|top| Work::Folder(mirror.join(top))).into(), 0));
    let changed = Condvar::new();
    let work = || look_on(&queue, &changed).map_err(|error| error.to_string());
    let sums = thread::scope(|scope| {
        let other = scope.spawn(work);
        [work(), other.join().unwrap_or_else(|_| Err("a thread panicked".to_owned()))]
    });
    for sum in sums {
        std::hint::black_box(sum.map_err(anyhow::Error::msg)?);
    }
    Ok(())
}

/// The loop of one thread, until nothing is queued and no thread is working that could add to the queue.
fn look_on(queue: &Mutex<(Vec<Work>, usize)>, changed: &Condvar) -> io::Result<u64> {
    let lock = || queue.lock().unwrap_or_else(PoisonError::into_inner);
    let add = |work| {
        lock().0.push(work);
        changed.notify_one();
    };
    let mut bytes = 0;
    loop {
        let mut state = lock();
        let work = loop {
            match state.0.pop() {
                Some(work) => break work,
                None if state.1 == 0 => return Ok(bytes),
                None => state = changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        };
        state.1 += 1;
        drop(state);
        let mut files = Vec::new();
        match work {
            Work::Files(waiting) => files = waiting,
            Work::Folder(folder) => {
                for entry in fs::read_dir(folder)? {
                    let entry = entry?;
                    if entry.file_type()?.is_dir() {
                        add(Work::Folder(entry.path()));
                    } else {
                        files.push(entry);
                    }
                    if files.len() == BATCH {
                        add(Work::Files(std::mem::take(&mut files)));
                    }
                }
            }
        }
        for file in files {
            bytes += file.metadata()?.len();
        }
        lock().1 -= 1;
        changed.notify_all();
    }
}

/// Walks the tree, and reads and parses every file, on all cores.
pub(super) fn parse_all(root: &Path) -> Outcome<()> {
    let paths: Vec<PathBuf> = walk(root).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut keys = 0;
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = paths.get(start..).filter(|rest| !rest.is_empty()) else { return Ok(keys) };
            for path in rest.iter().take(BATCH) {
                let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
                keys += front_matter(&text).map_err(|error| error.to_string())?.0.len();
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let keys: Result<Vec<usize>, String> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let own = work();
        others.into_iter().map(|other| other.join().map_err(|_| "a thread panicked".to_owned())?).chain([own]).collect()
    });
    std::hint::black_box(keys.map_err(anyhow::Error::msg)?);
    Ok(())
}
