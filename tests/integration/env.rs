//! A place of its own for each test: a folder, a home, a clock, a name; nothing of the machine reaches in.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// When every command of a test runs, unless it says otherwise.
pub(crate) const NOW: &str = "2026-11-20T10:00:00Z";

/// Where the made-up trees are.
pub(crate) const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The same, where the command must have ended with this code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output of a command that must have ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        self.code(0).stdout
    }

    /// The JSON document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }

    /// The JSON error on standard error.
    #[track_caller]
    pub(crate) fn json_error(&self) -> Value {
        serde_json::from_str(self.stderr.lines().last().unwrap_or_default())
            .unwrap_or_else(|error| panic!("{error}: {}", self.stderr))
    }
}

/// A folder with a tree in it, and the means to run `bos` and `git` there.
#[derive(Debug)]
pub(crate) struct TestEnv {
    folder: tempfile::TempDir,
    /// Where commands run.
    pub(crate) root: PathBuf,
}

impl TestEnv {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("work");
        fs::create_dir_all(&root).unwrap();
        Self { folder, root }
    }

    /// A copy of a fixture tree, outside git.
    pub(crate) fn fixture(name: &str) -> Self {
        let env = Self::empty();
        copy(&Path::new(FIXTURES).join(name), &env.root);
        env
    }

    /// A copy of a fixture tree, committed on `main`.
    pub(crate) fn repository(name: &str) -> Self {
        let env = Self::fixture(name);
        env.git(&["init", "-q", "-b", "main"]);
        env.commit_all("first");
        env
    }

    /// The same place with another folder beside the root as the one commands run in, such as a clone.
    pub(crate) fn at(self, folder: &str) -> Self {
        let root = self.home().join(folder);
        Self { root, ..self }
    }

    /// The folder around the root, which is also the home of every command.
    pub(crate) fn home(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the program, in the root.
    pub(crate) fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bos"));
        self.hermetic(&mut command, folder);
        command
    }

    /// Runs the program in the root.
    pub(crate) fn bos(&self, arguments: &[&str]) -> Ran {
        self.bos_in(&self.root, arguments)
    }

    /// Runs the program in another folder.
    pub(crate) fn bos_in(&self, folder: &Path, arguments: &[&str]) -> Ran {
        Ran::of(self.command(folder).args(arguments).output().unwrap())
    }

    /// Runs the program with some variables set.
    pub(crate) fn bos_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        Ran::of(self.command(&self.root).args(arguments).envs(variables.iter().copied()).output().unwrap())
    }

    /// Runs the program with text on standard input.
    pub(crate) fn bos_reading(&self, input: &str, arguments: &[&str]) -> Ran {
        use std::io::Write as _;
        let mut command = self.command(&self.root);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Runs git in the root; it must end well.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_in(&self.root, arguments)
    }

    /// Runs git in another folder; it must end well.
    #[track_caller]
    pub(crate) fn git_in(&self, folder: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        self.hermetic(&mut command, folder);
        Ran::of(command.args(arguments).output().unwrap()).ok()
    }

    /// Runs git in the root at some time by its clock; it must end well.
    #[track_caller]
    pub(crate) fn git_at(&self, time: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        self.hermetic(&mut command, &self.root);
        command.envs([("GIT_AUTHOR_DATE", time), ("GIT_COMMITTER_DATE", time)]);
        Ran::of(command.args(arguments).output().unwrap()).ok()
    }

    /// Runs git in the root, however it ends.
    pub(crate) fn try_git(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new("git");
        self.hermetic(&mut command, &self.root);
        Ran::of(command.args(arguments).output().unwrap())
    }

    /// Commits everything there is.
    #[track_caller]
    pub(crate) fn commit_all(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    /// The path of a document, from what lies below `docs/business-os`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join("docs/business-os").join(below)
    }

    /// The text of a document's file.
    #[track_caller]
    pub(crate) fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    /// Writes a document's file as an editor would, and makes it look old enough for a stat to vouch for it.
    #[track_caller]
    pub(crate) fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }

    /// Replaces text in a document's file, which must hold it.
    #[track_caller]
    pub(crate) fn edit(&self, below: &str, from: &str, to: &str) {
        let text = self.read(below);
        assert!(text.contains(from), "{below} does not hold {from:?}:\n{text}");
        self.write(below, text.replacen(from, to, 1));
    }

    /// The state of a document by `bos status`; `in sync` when it is not listed.
    #[track_caller]
    pub(crate) fn state(&self, below: &str) -> String {
        let status = self.bos(&["status", "--json"]).code(0).json();
        let path = format!("docs/business-os/{below}");
        let listed = status["documents"].as_array().unwrap().iter().find(|document| document["path"] == path.as_str());
        listed.map_or("in sync".to_owned(), |document| document["state"].as_str().unwrap().to_owned())
    }

    /// How many entries the log has, without a look at the files.
    #[track_caller]
    pub(crate) fn log_length(&self) -> u64 {
        self.bos(&["log", "--json", "--limit", "1", "--no-refresh"]).code(0).json()["total"].as_u64().unwrap()
    }

    /// The newest entry of the log, without a look at the files.
    #[track_caller]
    pub(crate) fn last_entry(&self) -> Value {
        self.bos(&["log", "--json", "--limit", "1", "--no-refresh"]).code(0).json()["entries"][0].clone()
    }

    /// Where the database is.
    #[track_caller]
    pub(crate) fn database(&self) -> PathBuf {
        let status = self.bos(&["status", "--json"]).code(0).json();
        PathBuf::from(status["database"].as_str().unwrap())
    }

    /// Every check of `bos audit verify` must hold.
    #[track_caller]
    pub(crate) fn verify(&self) {
        self.bos(&["audit", "verify"]).code(0);
    }

    fn hermetic(&self, command: &mut Command, folder: &Path) {
        command.current_dir(folder).env_clear();
        for name in ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let fixed = [
            ("HOME", self.folder.path().as_os_str()),
            ("USERPROFILE", self.folder.path().as_os_str()),
            ("TMPDIR", self.folder.path().as_os_str()),
            ("TZ", OsStr::new("UTC")),
            ("LC_ALL", OsStr::new("C.UTF-8")),
            ("BOS_NOW", OsStr::new(NOW)),
            ("BOS_ACTOR", OsStr::new("Nora")),
            ("USER", OsStr::new("Nora")),
            ("GIT_CONFIG_NOSYSTEM", OsStr::new("1")),
            ("GIT_AUTHOR_NAME", OsStr::new("Nora")),
            ("GIT_AUTHOR_EMAIL", OsStr::new("nora@example.org")),
            ("GIT_COMMITTER_NAME", OsStr::new("Nora")),
            ("GIT_COMMITTER_EMAIL", OsStr::new("nora@example.org")),
        ];
        command.envs(fixed).stdin(Stdio::null());
    }

    /// The database itself, opened past the program.
    #[track_caller]
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).unwrap()
    }

    /// A copy of the database as it stands, in one file.
    #[track_caller]
    pub(crate) fn copy_database(&self, name: &str) -> PathBuf {
        let database = self.database();
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        rusqlite::Connection::open(&database).unwrap().query_row(checkpoint, [], |_| Ok(())).unwrap();
        let copy = self.folder.path().join(name);
        fs::copy(database, &copy).unwrap();
        copy
    }

    /// Puts a copy in the database's place.
    #[track_caller]
    pub(crate) fn restore_database(&self, copy: &Path) {
        replace_database(&self.database(), copy);
    }

    /// What `bos audit verify` does not find in order: the checks that fail, each with its detail.
    #[track_caller]
    pub(crate) fn failed_checks(&self) -> Vec<(String, String)> {
        let ran = self.bos(&["audit", "verify", "--json"]);
        let json = ran.json();
        let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
        let failed: Vec<_> = json["checks"].as_array().unwrap().iter().filter(|check| check["ok"] == false).collect();
        assert_eq!(ran.code, i32::from(!failed.is_empty()), "{}", ran.stdout);
        failed.into_iter().map(|check| (text(check, "id"), text(check, "detail"))).collect()
    }
}

/// Puts a copy in a database's place; what its write-ahead log holds is of the one before.
#[track_caller]
pub(crate) fn replace_database(database: &Path, copy: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", database.display()));
    }
    fs::copy(copy, database).unwrap();
}

/// Copies a folder with all that is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
