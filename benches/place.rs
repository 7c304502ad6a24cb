//! The setup for one size: a repository with a generated tree, its database, and what the floors need.

use anyhow::anyhow;
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use walkdir::WalkDir;

use crate::{BRANCH, Outcome, tree};

/// A file's metadata is trusted only two seconds after its last change.
const SETTLING: Duration = Duration::from_millis(2_500);

/// A tree and what is measured on it.
pub(crate) struct Place {
    folder: PathBuf,
    /// The root of the repository and of the tree.
    pub(crate) root: PathBuf,
    pub(crate) database: PathBuf,
    /// Cards that can be moved.
    pub(crate) inbox: Vec<String>,
    /// All cards.
    pub(crate) cards: Vec<String>,
}

impl Place {
    /// Creates a repository whose only commit holds a README, and a tree of uncommitted documents.
    pub(crate) fn make(folder: &Path, documents: usize) -> Outcome<Self> {
        let root = folder.join("tree");
        fs::create_dir_all(&root)?;
        let root = fs::canonicalize(root)?;
        let database = root.join(".git/bos/root/bos.db");
        let mut place =
            Self { folder: fs::canonicalize(folder)?, root, database, inbox: Vec::new(), cards: Vec::new() };
        place.git(&["init", "--quiet", "--initial-branch=main"])?;
        place.git(&["config", "user.name", "Nora"])?;
        place.git(&["config", "user.email", "nora@example.org"])?;
        fs::write(place.root.join("README.md"), "Boards of ten small businesses.\n")?;
        place.git(&["add", "README.md"])?;
        place.git(&["commit", "--quiet", "--message=Say what this is"])?;
        let made = tree::write(&place.root, documents)?;
        (place.inbox, place.cards) = (made.inbox, made.cards);
        std::thread::sleep(SETTLING);
        Ok(place)
    }

    /// A `bos` command in this place, isolated from the caller's environment.
    pub(crate) fn bos(&self, arguments: &[&str]) -> Command {
        bos(&self.root, &self.folder, arguments)
    }

    /// A floor: this program, started as one.
    pub(crate) fn floor<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap_or_default());
        command.arg("floor").args(arguments);
        self.isolated(command)
    }

    /// The floor of a read, which first checks every file.
    pub(crate) fn floor_of_read<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.floor(["look".as_ref(), self.root.as_os_str()]);
        command.args(arguments);
        command
    }

    /// The floor of a write to one card.
    pub(crate) fn floor_of_write(&self, database: &Path, card: &str) -> Command {
        self.floor(["move".as_ref(), self.root.as_os_str(), database.as_os_str(), card.as_ref()])
    }

    fn isolated(&self, command: Command) -> Command {
        isolated(command, &self.root, &self.folder)
    }

    fn git(&self, arguments: &[&str]) -> Outcome<()> {
        let mut command = Command::new("git");
        command.args(arguments);
        let status = self.isolated(command).status()?;
        if status.success() { Ok(()) } else { Err(anyhow!("git {arguments:?}: {status}")) }
    }

    /// The path of a file beside the tree.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Restores the state before the first import.
    pub(crate) fn forget_database(&self) -> Outcome<()> {
        remove_folder(&self.root.join(".git/bos"))
    }

    /// Copies the git folder, including the database.
    pub(crate) fn keep_git(&self) -> Outcome<PathBuf> {
        let kept = self.scratch("git");
        copy_folder(&self.root.join(".git"), &kept)?;
        Ok(kept)
    }

    /// Restores a copy of the git folder.
    pub(crate) fn restore_git(&self, kept: &Path) -> Outcome<()> {
        remove_folder(&self.root.join(".git"))?;
        copy_folder(kept, &self.root.join(".git"))
    }

    /// Copies the repository without work tree and database.
    pub(crate) fn copy_repository(&self) -> Outcome<PathBuf> {
        let copy = self.scratch("copy.git");
        copy_folder(&self.root.join(".git"), &copy)?;
        remove_folder(&copy.join("bos"))?;
        Ok(copy)
    }

    /// Writes a `git fast-import` stream with every document, as one commit on top of `main`.
    pub(crate) fn fast_import_stream(&self) -> Outcome<PathBuf> {
        let stream = self.scratch("stream");
        let mut out = BufWriter::new(File::create(&stream)?);
        write!(
            out,
            "commit {BRANCH}\ncommitter Nora <nora@example.org> 1795168800 +0000\ndata 3\nall\nfrom refs/heads/main^0\n"
        )?;
        for top in ["cards", "ideas"] {
            let files = WalkDir::new(self.root.join(tree::MIRROR).join(top)).sort_by_file_name();
            for entry in files.into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
                let text = fs::read(entry.path())?;
                write!(
                    out,
                    "M 100644 inline {}\ndata {}\n",
                    entry.path().strip_prefix(&self.root)?.display(),
                    text.len()
                )?;
                out.write_all(&text)?;
                out.write_all(b"\n")?;
            }
        }
        out.flush()?;
        Ok(stream)
    }

    /// Times `git fast-import` of a stream into a fresh copy of the repository.
    pub(crate) fn fast_import(&self, stream: &Path) -> Outcome<Duration> {
        let repository = self.scratch("fast-import.git");
        remove_folder(&repository)?;
        copy_folder(&self.scratch("git"), &repository)?;
        remove_folder(&repository.join("bos"))?;
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(&repository).args(["fast-import", "--quiet"]);
        let mut command = self.isolated(command);
        command.stdin(File::open(stream)?).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.spawn()?.wait()?;
        let elapsed = start.elapsed();
        if status.success() { Ok(elapsed) } else { Err(anyhow!("git fast-import: {status}")) }
    }
}

/// Opens a database as `bos` does, which leaves the write-ahead log in place on close.
pub(crate) fn open(database: &Path) -> Outcome<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

/// Copies a database, replacing an existing one.
pub(crate) fn copy_database(from: &Path, to: &Path) -> Outcome<()> {
    open(from)?.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    remove_database(to)?;
    fs::copy(from, to)?;
    Ok(())
}

/// Removes a database and its journals.
pub(crate) fn remove_database(database: &Path) -> Outcome<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = database.as_os_str().to_owned();
        file.push(suffix);
        if Path::new(&file).exists() {
            fs::remove_file(&file)?;
        }
    }
    Ok(())
}

/// Verifies that a floor writes as much as `bos`: in every table of both databases, the same number of rows and nearly
/// the same number of bytes.
pub(crate) fn compare_rows(bos: &Path, floor: &Path) -> Outcome<()> {
    let (ours, theirs) = (table_sizes(bos)?, table_sizes(floor)?);
    for ((table, rows, bytes), (_, floor_rows, floor_bytes)) in ours.iter().zip(&theirs) {
        let differ = bytes.abs_diff(*floor_bytes) * 100 > bytes + 10_000;
        if rows != floor_rows || differ {
            return Err(anyhow!(
                "{table}: bos has {rows} rows of {bytes} bytes, its floor {floor_rows} of {floor_bytes}"
            ));
        }
    }
    Ok(())
}

fn table_sizes(database: &Path) -> Outcome<Vec<(String, u64, u64)>> {
    let connection = Connection::open(database)?;
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut sizes = Vec::new();
    for table in tables {
        let sql = format!("SELECT * FROM {table}");
        let mut statement = connection.prepare(&sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        let (mut count, mut bytes) = (0, 0);
        while let Some(row) = rows.next()? {
            count += 1;
            for column in 0..columns {
                bytes += row.get_ref(column)?.as_str().map_or(0, str::len) as u64;
            }
        }
        sizes.push((table, count, bytes));
    }
    Ok(sizes)
}

fn remove_folder(folder: &Path) -> Outcome<()> {
    if folder.exists() { Ok(fs::remove_dir_all(folder)?) } else { Ok(()) }
}

fn copy_folder(from: &Path, to: &Path) -> Outcome<()> {
    for entry in WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A `bos` command in a folder, isolated from the caller's environment.
pub(crate) fn bos(folder: &Path, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bos"));
    command.args(arguments);
    isolated(command, folder, home)
}

fn isolated(mut command: Command, folder: &Path, home: &Path) -> Command {
    command.current_dir(folder).env_clear().env("HOME", home);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("GIT_CONFIG_NOSYSTEM", "1");
    command
}
