//! Looking at one file of the tree: whether it is there, what it holds, whether a stat can vouch for that.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use super::reading::{MAX_BYTES, Reading, text_of, too_large};
use crate::{
    domain::{
        diagnostic::{Code, Problem},
        doc_path::DocPath,
        hash::Sha256,
    },
    store::{FileStat, MirrorDocument},
    tree::{Kind, Stat, Tree, TreeError},
};

/// How close to a look a file may have changed so that it can change again within one tick of its clock: where its file
/// system counts in fractions of a millisecond, more than any kernel's tick; else as long as the coarsest file system's.
const FINE_TICK_NS: i64 = 100_000_000;
const COARSE_TICK_NS: i64 = 2_000_000_000;

/// An empty file this young may be in the middle of being saved.
const BEING_SAVED: Duration = Duration::from_secs(1);

/// How often, and at what distance, it is looked at again.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What a look at a file found.
#[derive(Debug)]
pub(in crate::engine) enum Probed {
    /// No file.
    Nothing,
    /// The file is as it was when it was last read; it had this text, or could not be read.
    Same(Option<Sha256>),
    /// The file was read.
    Read(Box<Reading>, Option<FileStat>),
    /// The file cannot be read or parsed.
    Unreadable(Problem, Option<FileStat>),
}

/// Looks at files of one tree, with the file system's own idea of now.
#[derive(Debug, Clone)]
pub(in crate::engine) struct FileProbe {
    tree: Tree,
    now_ns: i64,
    /// Whether all files are known to have the stats that they had.
    is_unchanged: bool,
}

impl FileProbe {
    /// `scratch` is a folder of the same file system where a file can be made to read its clock; where none can,
    /// no stat vouches for anything.
    pub(in crate::engine) fn new(tree: Tree, scratch: Option<&Path>) -> Self {
        let now_ns = scratch
            .and_then(|folder| tempfile::tempfile_in(folder).ok())
            .and_then(|file| file.metadata().ok()?.modified().ok())
            .and_then(|now| i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos()).ok())
            .unwrap_or(i64::MIN);
        Self { tree, now_ns, is_unchanged: false }
    }

    /// The same, where a look at all files has just found that none has changed: it asks for no stat again.
    #[must_use]
    pub(in crate::engine) fn unchanged(self, is_unchanged: bool) -> Self {
        Self { is_unchanged, ..self }
    }

    /// Looks at a document; reads it only where the stat cannot vouch for what is known.
    pub(in crate::engine) fn probe(&self, path: &DocPath, known: Option<&MirrorDocument>) -> Probed {
        if let Some(known) = known.filter(|known| self.is_unchanged && known.stat.is_some()) {
            return same(known);
        }
        let found = match self.tree.stat(path) {
            Ok(Some(found)) => found,
            Ok(None) => return Probed::Nothing,
            Err(error) => return Probed::Unreadable(unreadable(&error), None),
        };
        let stat = stat_of(&found);
        if found.kind == Kind::File
            && let Some(known) = known
            && known.stat == Some(stat)
        {
            return same(known);
        }
        self.read(path, self.vouches(stat).then_some(stat))
    }

    /// Whether a file with this stat is old enough for the stat to vouch for its content later.
    fn vouches(&self, stat: FileStat) -> bool {
        settles_ns(&stat) < self.now_ns
    }

    /// The clock of the file system when this began.
    pub(in crate::engine) fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// The same; `None` where it cannot be read.
    pub(in crate::engine) fn looked_ns(&self) -> Option<i64> {
        Some(self.now_ns).filter(|now_ns| *now_ns != i64::MIN)
    }

    /// Removes what programs that were killed have left of their writing in the folder of a document.
    pub(in crate::engine) fn sweep_beside(&self, path: &DocPath) {
        if let Ok(now) = u64::try_from(self.now_ns) {
            self.tree.sweep_beside(path, SystemTime::UNIX_EPOCH + Duration::from_nanos(now));
        }
    }

    /// The stat of a file just written, where it can vouch for the content; a fresh file's cannot.
    pub(in crate::engine) fn stat(&self, path: &DocPath) -> Option<FileStat> {
        let stat = stat_of(&self.tree.stat(path).ok()??);
        self.vouches(stat).then_some(stat)
    }

    fn read(&self, path: &DocPath, stat: Option<FileStat>) -> Probed {
        match read_settled(&self.tree, path) {
            Ok(Some(bytes)) => match Reading::of_bytes(bytes) {
                Ok(reading) => Probed::Read(Box::new(reading), stat),
                Err(problem) => Probed::Unreadable(problem, stat),
            },
            Ok(None) => Probed::Nothing,
            Err(error) => {
                let stat = stat.filter(|_| matches!(error, TreeError::TooLarge { .. }));
                Probed::Unreadable(unreadable(&error), stat)
            }
        }
    }
}

/// What was known of a file still holds.
fn same(known: &MirrorDocument) -> Probed {
    Probed::Same(if known.diagnostics.is_some() { None } else { known.file.clone() })
}

/// When a file with this stat can no longer change without its stat changing. How finely its file system counts shows
/// in its status change time, which no program can set; one that happens to be a whole millisecond waits longer.
pub(in crate::engine) fn settles_ns(stat: &FileStat) -> i64 {
    let tick = if stat.ctime_ns % 1_000_000 == 0 { COARSE_TICK_NS } else { FINE_TICK_NS };
    stat.mtime_ns.max(stat.ctime_ns).saturating_add(tick)
}

/// A line of a file of the tree, from 1, for showing beside a finding; `None` where it cannot be read. A path that
/// begins with `../` leads to a file above the root.
#[must_use]
pub fn source_line(root: &Path, path: &str, line: u32) -> Option<String> {
    if let Some(rest) = path.strip_prefix("../") {
        return source_line(root.parent()?, rest, line);
    }
    let (text, _) = Tree::at(root).read(&DocPath::parse(path)?, MAX_BYTES as u64).ok()??;
    let line = text.split(|byte| *byte == b'\n').nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// What a file holds. One that was emptied this moment is about to be written: many programs save so.
fn read_settled(tree: &Tree, path: &DocPath) -> Result<Option<Vec<u8>>, TreeError> {
    for _ in 0..LOOKS {
        let Some((bytes, stat)) = tree.read(path, MAX_BYTES as u64)? else { return Ok(None) };
        // Only saves time: the clocks of program and file system need not agree.
        let changed = u64::try_from(stat.mtime_ns).map(|ns| SystemTime::UNIX_EPOCH + Duration::from_nanos(ns));
        let is_fresh = changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age < BEING_SAVED));
        if !bytes.is_empty() || !is_fresh {
            return Ok(Some(bytes));
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    Ok(tree.read(path, MAX_BYTES as u64)?.map(|(bytes, _)| bytes))
}

/// The text of a file of a tree; `None` where there is none, or what is wrong with it.
pub(in crate::engine) fn read_text(tree: &Tree, path: &DocPath) -> Result<Option<String>, Problem> {
    match tree.read(path, MAX_BYTES as u64) {
        Ok(Some((bytes, _))) => text_of(bytes).map(Some),
        Ok(None) => Ok(None),
        Err(error) => Err(unreadable(&error)),
    }
}

/// The finding for a file that cannot be opened.
pub(in crate::engine) fn unreadable(error: &TreeError) -> Problem {
    let (code, message, help) = match error {
        TreeError::TooLarge { bytes, .. } => return too_large(*bytes),
        TreeError::Link { .. } => (Code::Link, error.to_string(), "put the file or folder itself in its place"),
        TreeError::NotAFile { .. } => {
            (Code::Unreadable, "it is not a regular file".to_owned(), "put a markdown file in its place")
        }
        TreeError::NotAFolder { .. } | TreeError::OfGit { .. } => {
            (Code::Unreadable, error.to_string(), "move what is in the way")
        }
        TreeError::Io { source, .. } => {
            (Code::Unreadable, format!("the file cannot be read: {source}"), "check its permissions")
        }
    };
    Problem { code, line: None, column: None, message, help: help.to_owned() }
}

/// The stat of a file as the database keeps it.
pub(in crate::engine) fn stat_of(stat: &Stat) -> FileStat {
    FileStat {
        size: stat.size.cast_signed(),
        mtime_ns: stat.mtime_ns,
        ctime_ns: stat.ctime_ns,
        inode: stat.inode.cast_signed(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_stat_vouches_once_the_clock_of_its_file_system_has_moved_on() {
        let stat = |mtime_ns, ctime_ns| FileStat { size: 1, mtime_ns, ctime_ns, inode: 1 };
        let fine = 5_000_000_001;
        for (mtime, ctime, settles) in [
            (fine, fine, fine + FINE_TICK_NS),
            // `touch -d`, tar and cp set a time of change; they cannot set that of the status.
            (1_000_000_000, fine, fine + FINE_TICK_NS),
            (9_000_000_000, fine, 9_000_000_000 + FINE_TICK_NS),
            // Seconds, 10 ms (exFAT), or a system that has no such time.
            (5_000_000_000, 5_000_000_000, 7_000_000_000),
            (5_010_000_000, 5_010_000_000, 7_010_000_000),
            (fine, 0, fine + COARSE_TICK_NS),
        ] {
            assert_eq!(settles_ns(&stat(mtime, ctime)), settles, "{mtime} {ctime}");
        }
    }

    #[test]
    fn a_file_that_is_being_saved_is_not_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = DocPath::parse("docs/business-os/cards/BAKE-ENG-0001.user.md").unwrap();
        let file = path.under(folder.path());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        let look = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(40));
                fs::write(&file, "---\nType: Card\n---\n").unwrap();
            });
            FileProbe::new(Tree::at(folder.path()), None).probe(&path, None)
        });
        assert!(matches!(look, Probed::Read(reading, _) if reading.text.contains("Type: Card")));
    }
}
