//! Tests of the whole layer against the `git` program, in temporary repositories.

mod branches;
mod commits;
mod filters;
mod histories;
mod layouts;
mod locks;
mod merge_bases;
mod ranges;
mod refusals;
mod trees;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{Change, CommitId, CommitOutcome, GitError, NewCommit, Repository};

/// A folder for repositories, and the `git` program without the user's settings.
struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    fn new() -> Self {
        Self { root: TempDir::with_prefix("bos git ").unwrap() }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join(below)
    }

    fn folder(&self, below: &str) -> PathBuf {
        let path = self.path(below);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// A repository with a work tree, on the unborn branch `main`.
    fn repository(&self, below: &str) -> PathBuf {
        self.initialised(below, &[])
    }

    fn initialised(&self, below: &str, options: &[&str]) -> PathBuf {
        let path = self.folder(below);
        git(&path, &[&["init", "--quiet", "--initial-branch=main"], options].concat());
        for setting in ["core.autocrlf=false", "user.name=Pete", "user.email=pete@example.org"] {
            let (key, value) = setting.split_once('=').unwrap();
            git(&path, &["config", key, value]);
        }
        path
    }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
        .envs([("GIT_COMMITTER_NAME", "C"), ("GIT_COMMITTER_EMAIL", "c@example.org")])
        .envs([("GIT_AUTHOR_DATE", "1700000000 +0000"), ("GIT_COMMITTER_DATE", "1700000000 +0000")]);
    for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"] {
        command.env_remove(inherited);
    }
    command
}

/// The output of `git` without the last line break; panics if it fails.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = command(folder, arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {arguments:?} in {}: {errors}", folder.display());
    String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').to_owned()
}

fn write(folder: &Path, file: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Writes the files and commits everything.
fn commit(folder: &Path, files: &[(&str, &str)]) -> CommitId {
    for (file, text) in files {
        write(folder, file, text);
    }
    git(folder, &["add", "--all", "--force", "."]);
    git(folder, &["commit", "--quiet", "--allow-empty", "--message", "by hand"]);
    revision(folder, "HEAD")
}

fn revision(folder: &Path, name: &str) -> CommitId {
    git(folder, &["rev-parse", name]).parse().unwrap()
}

fn open(folder: &Path) -> Repository {
    Repository::discover(folder).unwrap().unwrap()
}

fn put<'a>(path: &'a str, text: &'a str) -> Change<'a> {
    Change { path, text: Some(text.as_bytes()) }
}

fn remove(path: &str) -> Change<'_> {
    Change { path, text: None }
}

/// An export of `changes` based on `base`, to a branch that does not exist yet.
fn export<'a>(base: &'a [CommitId], changes: &'a [Change<'a>]) -> NewCommit<'a> {
    NewCommit {
        branch: "work/export",
        expected_tip: None,
        parents: base,
        tree_of: base.first().copied(),
        changes,
        author: "Pete",
        email: "pete@example.org",
        message: "Export\n\nAudit: Actor=Pete",
        seconds: 1_700_000_000,
        offset_minutes: 60,
    }
}

fn written(outcome: Result<CommitOutcome, GitError>) -> CommitId {
    match outcome.unwrap() {
        CommitOutcome::Written(commit) => commit,
        CommitOutcome::Unchanged => panic!("nothing was written"),
    }
}

/// Checks that `git fsck --strict` reports nothing.
fn assert_sound(folder: &Path) {
    let output = command(folder, &["fsck", "--strict", "--no-dangling", "--no-progress"]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("notice:")).collect();
    assert!(output.status.success() && said.is_empty(), "{said:?}");
}

/// `mode path` of every file.
fn listing(top: &Path, commit: CommitId) -> Vec<String> {
    git(top, &["ls-tree", "-r", "--format=%(objectmode) %(path)", &commit.to_string()])
        .lines()
        .map(str::to_owned)
        .collect()
}
