//! One number for what a file system says of all files of a tree: as long as it stays the same, no file has changed.
//! Folders are read and files asked for their stat in two threads; no file is opened.

use std::{
    collections::hash_map::DefaultHasher,
    ffi::{OsStr, OsString},
    hash::{Hash as _, Hasher as _},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use super::{
    file_probe::{settles_ns, stat_of},
    walk::FOLDERS,
};
use crate::{
    domain::doc_path::{DocPath, MIRROR},
    store::FileStat,
    tree::{Entry, Folder, Kind, Tree},
};

/// How many files a thread takes at a time.
const BATCH: usize = 128;

/// The files of a tree at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::engine) struct TreeDigest {
    /// The sum of a hash of each file, twice 64 bits: the order in which files are seen does not matter.
    sum: (u64, u64),
    /// From when on none of them can change unseen, in nanoseconds by the clock of the file system.
    settles_ns: i64,
}

impl TreeDigest {
    /// Looks at every file of a tree that an import would look at, and at those beside them that it would
    /// name.
    pub(in crate::engine) fn of(tree: &Tree) -> Self {
        let top = DocPath::parse(MIRROR).and_then(|path| tree.folder(&path).ok().flatten()).map(Arc::new);
        let folders = |top: Arc<Folder>| FOLDERS.map(|name| Work::Folder(Arc::clone(&top), name.into()));
        let queue = Queue::new(top.map(folders).into_iter().flatten().collect());
        std::thread::scope(|scope| {
            let other = scope.spawn(|| queue.work());
            let own = queue.work();
            own.and(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })
    }

    /// Whether every file is old enough that none can change again without a new stat; `now_ns` by the clock of the file
    /// system.
    pub(in crate::engine) fn is_settled(&self, now_ns: i64) -> bool {
        self.settles_ns < now_ns
    }

    /// The number, together with what else the answer to "what would an import do" hangs on.
    pub(in crate::engine) fn with(&self, head: &str) -> String {
        let mut hasher = DefaultHasher::new();
        head.hash(&mut hasher);
        format!("{:016x}{:016x}{:016x}", self.sum.0, self.sum.1, hasher.finish())
    }

    fn and(self, other: Self) -> Self {
        let sum = (self.sum.0.wrapping_add(other.sum.0), self.sum.1.wrapping_add(other.sum.1));
        Self { sum, settles_ns: self.settles_ns.max(other.settles_ns) }
    }

    /// Adds a file; `folder` is the hash of what leads to it.
    fn add(&mut self, folder: &DefaultHasher, name: &OsStr, stat: Option<FileStat>) {
        let mut first = folder.clone();
        name.as_encoded_bytes().hash(&mut first);
        stat.map(|stat| (stat.size, stat.mtime_ns, stat.ctime_ns, stat.inode)).hash(&mut first);
        // The second number is another hash of the same file, so that both would have to meet.
        let mut second = first.clone();
        second.write_u8(1);
        let settles_ns = stat.as_ref().map_or(i64::MIN, settles_ns);
        *self = self.and(Self { sum: (first.finish(), second.finish()), settles_ns });
    }
}

/// Something to look at, in a folder that is open.
enum Work {
    Folder(Arc<Folder>, OsString),
    Files(Arc<Folder>, Vec<OsString>),
}

/// What is left to look at, for as many threads as come.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    waiting: Vec<Work>,
    /// How many threads are at work, and so may add to it.
    busy: usize,
}

impl Queue {
    fn new(waiting: Vec<Work>) -> Self {
        Self { state: Mutex::new(State { waiting, busy: 0 }), changed: Condvar::new() }
    }

    /// Works until nothing is left; gives the share of this thread.
    fn work(&self) -> TreeDigest {
        let mut digest = TreeDigest::default();
        while let Some(work) = self.next() {
            match work {
                Work::Folder(parent, name) => self.read(&parent, &name, &mut digest),
                Work::Files(folder, names) => look(&folder, &names, &mut digest),
            }
            self.lock().busy -= 1;
            self.changed.notify_all();
        }
        digest
    }

    fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            // The newest first: so few folders are open at once.
            if let Some(work) = state.waiting.pop() {
                state.busy += 1;
                return Some(work);
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add(&self, work: Work) {
        self.lock().waiting.push(work);
        self.changed.notify_one();
    }

    fn read(&self, parent: &Folder, name: &OsStr, digest: &mut TreeDigest) {
        let opened = name.to_str().and_then(|name| parent.folder(name).ok());
        let Some((folder, entries)) = opened.and_then(|folder| folder.entries().ok().map(|entries| (folder, entries)))
        else {
            return digest.add(&begun(parent), name, None);
        };
        let folder = Arc::new(folder);
        let mut files = Vec::new();
        for Entry { name, kind } in entries {
            let bytes = name.as_encoded_bytes();
            if bytes.starts_with(b".") {
                continue;
            }
            if kind == Kind::Folder {
                self.add(Work::Folder(Arc::clone(&folder), name));
            } else if bytes.ends_with(b".md") || kind == Kind::Link {
                files.push(name);
                if files.len() == BATCH {
                    self.add(Work::Files(Arc::clone(&folder), std::mem::take(&mut files)));
                }
            }
        }
        look(&folder, &files, digest);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn look(folder: &Folder, names: &[OsString], digest: &mut TreeDigest) {
    let begun = begun(folder);
    for name in names {
        let stat = name.to_str().and_then(|name| folder.stat(name).ok().flatten());
        digest.add(&begun, name, stat.as_ref().map(stat_of));
    }
}

/// What the hash of each file of a folder begins with.
fn begun(folder: &Folder) -> DefaultHasher {
    let mut hasher = DefaultHasher::new();
    folder.path().hash(&mut hasher);
    hasher
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn every_change_of_a_tree_is_another_number() {
        let folder = tempfile::tempdir().unwrap();
        let cards = folder.path().join(MIRROR).join("cards");
        fs::create_dir_all(cards.join("A-B-0001")).unwrap();
        for number in 0..400 {
            fs::write(cards.join(format!("A-B-{number:04}.user.md")), "text").unwrap();
        }
        let digest = || TreeDigest::of(&Tree::at(folder.path())).sum;
        let mut seen = vec![digest()];
        assert_eq!(seen[0], digest(), "nothing has changed");
        let steps: [&dyn Fn(); 5] = [
            &|| fs::write(cards.join("A-B-0007.user.md"), "longer text").unwrap(),
            &|| fs::write(cards.join("A-B-0001/build.user.md"), "new").unwrap(),
            &|| fs::rename(cards.join("A-B-0008.user.md"), cards.join("A-B-9008.user.md")).unwrap(),
            &|| fs::remove_file(cards.join("A-B-0009.user.md")).unwrap(),
            &|| {
                // The same text and time of change, another file.
                let (old, new) = (cards.join("A-B-0010.user.md"), cards.join("new.txt"));
                let changed = fs::metadata(&old).unwrap().modified().unwrap();
                fs::write(&new, "text").unwrap();
                fs::File::options().write(true).open(&new).unwrap().set_modified(changed).unwrap();
                fs::rename(new, old).unwrap();
            },
        ];
        for (index, step) in steps.iter().enumerate() {
            step();
            seen.push(digest());
            assert_ne!(seen[index], seen[index + 1], "step {index}");
        }
    }
}
