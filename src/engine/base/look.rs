//! Looking at one file of the tree: whether it is there, what it holds, whether a stat can vouch for that.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{
    reading::{MAX_BYTES, Reading, too_large},
    temporary,
};
use crate::{
    domain::{
        diagnostic::{Code, Problem},
        doc_path::DocPath,
        hash::Sha256,
    },
    store::{FileStat, MirrorDocument},
};

/// A file whose time of change is this close to the look may change again within one tick of its clock.
const RACY_NS: i64 = 2_000_000_000;

/// An empty file this young may be in the middle of being saved.
const BEING_SAVED: Duration = Duration::from_secs(1);

/// How often, and at what distance, it is looked at again.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What a look at a file found.
#[derive(Debug)]
pub(in crate::engine) enum Look {
    /// No file.
    Nothing,
    /// The file is as it was when it was last read; it had this text, or could not be read.
    Same(Option<Sha256>),
    /// The file was read.
    Read(Box<Reading>, Option<FileStat>),
    /// The file cannot be read or parsed.
    Unreadable(Problem, Option<FileStat>),
}

/// Looks at files below one root, with the file system's own idea of now.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Looker {
    root: PathBuf,
    now_ns: i64,
}

impl Looker {
    /// `scratch` is a folder of the same file system where a file can be made to read its clock; where none can,
    /// no stat vouches for anything.
    pub(in crate::engine) fn new(root: &Path, scratch: Option<&Path>) -> Self {
        let now_ns = scratch
            .and_then(|folder| tempfile::tempfile_in(folder).ok())
            .and_then(|file| file.metadata().ok())
            .map_or(i64::MIN, |metadata| stat_of(&metadata).mtime_ns);
        Self { root: root.to_path_buf(), now_ns }
    }

    /// Looks at a document; reads it only where the stat cannot vouch for what is known.
    pub(in crate::engine) fn look(&self, path: &DocPath, known: Option<&MirrorDocument>) -> Look {
        let file = path.under(&self.root);
        let metadata = match fs::symlink_metadata(&file) {
            Ok(metadata) if metadata.is_symlink() => return self.look_through_link(&file),
            Ok(metadata) => metadata,
            Err(error) if is_absent(&error) => return Look::Nothing,
            Err(error) => return Look::Unreadable(unreadable(&error), None),
        };
        let stat = stat_of(&metadata);
        if let Some(known) = known
            && known.stat == Some(stat)
        {
            return Look::Same(if known.diagnostics.is_some() { None } else { known.file.clone() });
        }
        self.read(&file, &metadata, self.vouches(stat).then_some(stat))
    }

    /// Whether a file with this stat is old enough for the stat to vouch for its content later.
    fn vouches(&self, stat: FileStat) -> bool {
        stat.mtime_ns.max(stat.ctime_ns).saturating_add(RACY_NS) < self.now_ns
    }

    /// Removes what programs that were killed have left of their writing in the folder of a document.
    pub(in crate::engine) fn sweep_beside(&self, path: &DocPath) {
        if let (Some(folder), Ok(now)) = (path.under(&self.root).parent(), u64::try_from(self.now_ns)) {
            temporary::sweep(folder, SystemTime::UNIX_EPOCH + Duration::from_nanos(now));
        }
    }

    /// The stat of a file just written, where it can vouch for the content; a fresh file's cannot.
    pub(in crate::engine) fn stat(&self, path: &DocPath) -> Option<FileStat> {
        let stat = stat_of(&fs::symlink_metadata(path.under(&self.root)).ok()?);
        self.vouches(stat).then_some(stat)
    }

    fn look_through_link(&self, link: &Path) -> Look {
        match fs::canonicalize(link) {
            Ok(target) if !target.starts_with(&self.root) => Look::Unreadable(
                Problem {
                    code: Code::LeavesTree,
                    line: None,
                    column: None,
                    message: "the symbolic link leads out of the tree".to_owned(),
                    help: "put a copy of the file in its place".to_owned(),
                },
                None,
            ),
            Ok(target) => match fs::metadata(&target) {
                Ok(metadata) => self.read(&target, &metadata, None),
                Err(error) => Look::Unreadable(unreadable(&error), None),
            },
            Err(error) => Look::Unreadable(unreadable(&error), None),
        }
    }

    fn read(&self, file: &Path, metadata: &fs::Metadata, stat: Option<FileStat>) -> Look {
        if !metadata.is_file() {
            let problem = Problem {
                code: Code::Unreadable,
                line: None,
                column: None,
                message: "it is not a regular file".to_owned(),
                help: "put a markdown file in its place".to_owned(),
            };
            return Look::Unreadable(problem, None);
        }
        if metadata.len() > MAX_BYTES as u64 {
            return Look::Unreadable(too_large(metadata.len()), stat);
        }
        match read_settled(file) {
            Ok(bytes) => match Reading::of_bytes(bytes) {
                Ok(reading) => Look::Read(Box::new(reading), stat),
                Err(problem) => Look::Unreadable(problem, stat),
            },
            Err(error) if is_absent(&error) => Look::Nothing,
            Err(error) => Look::Unreadable(unreadable(&error), None),
        }
    }
}

/// A line of a file of the tree, from 1, for showing beside a finding; `None` where it cannot be read. A path that
/// begins with `../` leads to a file above the root.
#[must_use]
pub fn source_line(root: &Path, path: &str, line: u32) -> Option<String> {
    if let Some(rest) = path.strip_prefix("../") {
        return source_line(root.parent()?, rest, line);
    }
    let text = fs::read(DocPath::parse(path)?.under(root)).ok()?;
    let line = text.split(|byte| *byte == b'\n').nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    Some(String::from_utf8_lossy(line).into_owned())
}

/// What a file holds. One that was emptied this moment is about to be written: many programs save so.
fn read_settled(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = fs::read(file)?;
    // Only saves time: the clocks of program and file system need not agree.
    let changed = || fs::metadata(file).and_then(|metadata| metadata.modified());
    if bytes.is_empty() && changed().is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age < BEING_SAVED)) {
        for _ in 0..LOOKS {
            std::thread::sleep(BETWEEN_LOOKS);
            bytes = fs::read(file)?;
            if !bytes.is_empty() {
                break;
            }
        }
    }
    Ok(bytes)
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

/// The finding for a file that the system does not let us read.
pub(in crate::engine) fn unreadable(error: &std::io::Error) -> Problem {
    Problem {
        code: Code::Unreadable,
        line: None,
        column: None,
        message: format!("the file cannot be read: {error}"),
        help: "check its permissions".to_owned(),
    }
}

#[cfg(unix)]
fn stat_of(metadata: &fs::Metadata) -> FileStat {
    use std::os::unix::fs::MetadataExt as _;
    FileStat {
        size: metadata.size().cast_signed(),
        mtime_ns: metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec()),
        ctime_ns: metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()),
        inode: metadata.ino().cast_signed(),
    }
}

#[cfg(not(unix))]
fn stat_of(metadata: &fs::Metadata) -> FileStat {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    FileStat {
        size: metadata.len().cast_signed(),
        mtime_ns: since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or_default(),
        ctime_ns: 0,
        inode: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            Looker::new(folder.path(), None).look(&path, None)
        });
        assert!(matches!(look, Look::Read(reading, _) if reading.text.contains("Type: Card")));
    }
}
