//! Runs the `git` program such that a repository's settings, which may come from anybody, execute nothing. What is done
//! with it here: settings are written as git writes them, and files other than documents are merged as git itself
//! would.

use std::{
    ffi::OsStr,
    io::{self, Read},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use super::{
    error::GitError,
    id::BlobId,
    repository::Repository,
    tree::{TreeChange, is_file},
};

/// The settings through which a repository could execute a program, each with a harmless value. Settings for
/// credentials and for reaching remotes are kept; only [`super::remote`] runs commands that use them.
const HARMLESS: [&str; 10] = [
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.alternateRefsCommand=:",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "push.recurseSubmodules=no",
    "commit.gpgSign=false",
    "push.gpgSign=false",
];

/// A path without any hooks.
const NO_HOOKS: &str = "core.hooksPath=/dev/null";

/// Whether the hooks of a repository run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hooks {
    /// They run, as they do when a person runs the same command.
    Run,
    /// They do not run.
    Rest,
}

/// Variables with which git reaches no remote, not even for an object that one promised: the way there is a program
/// that the repository names. Unlike a setting, the first cannot be overridden by one for a protocol.
const LOCAL: [(&str, &str); 2] = [("GIT_ALLOW_PROTOCOL", ""), ("GIT_NO_LAZY_FETCH", "1")];

/// A `git` command that may reach remotes, and to which arguments can be added.
pub(super) fn command(hooks: Hooks) -> Command {
    let mut command = Command::new("git");
    let no_hooks = (hooks == Hooks::Rest).then_some(NO_HOOKS);
    command.args(HARMLESS.into_iter().chain(no_hooks).flat_map(|setting| ["-c", setting])).arg("--no-pager");
    command
}

/// Exit code of `git config --get` for a setting that does not exist.
const NOT_SET: i32 = 1;

/// Exit code of `git config --unset` for a setting that does not exist.
const NOTHING_TO_UNSET: i32 = 5;

/// `git merge-file` exits with the number of conflicts; codes from this one on are errors.
const MERGE_FAILED: i32 = 128;

/// Reads a setting from one configuration file; `None` if it is not set there.
pub fn setting_in(file: &Path, key: &str) -> Result<Option<String>, GitError> {
    let output = run(&[OsStr::new("config"), "--file".as_ref(), file.as_ref(), "--get".as_ref(), key.as_ref()])?;
    match output.status.code() {
        Some(0) => Ok(Some(String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned())),
        Some(NOT_SET) => Ok(None),
        _ => Err(failed("read the setting", key, &output)),
    }
}

/// Writes a setting to one configuration file; everything else in the file is kept.
pub fn set_in(file: &Path, key: &str, value: &str) -> Result<(), GitError> {
    let (set, all) = (OsStr::new("config"), OsStr::new("--replace-all"));
    let output = run(&[set, "--file".as_ref(), file.as_ref(), all, key.as_ref(), value.as_ref()])?;
    if output.status.success() { Ok(()) } else { Err(failed("write the setting", key, &output)) }
}

/// Removes a setting from one configuration file, and its section if that is then empty.
pub fn unset_in(file: &Path, key: &str) -> Result<(), GitError> {
    let output = run(&[OsStr::new("config"), "--file".as_ref(), file.as_ref(), "--unset-all".as_ref(), key.as_ref()])?;
    match output.status.code() {
        Some(0 | NOTHING_TO_UNSET) => Ok(()),
        _ => Err(failed("remove the setting", key, &output)),
    }
}

/// The empty tree, which git knows even if it is not stored.
const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// The result of merging three files line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedLines {
    /// The merged content, with conflict markers where both sides changed the same lines.
    pub bytes: Vec<u8>,
    /// Whether there are no conflicts.
    pub is_clean: bool,
}

/// Merges files with git's default line merge; writes nothing.
pub fn merge_lines(base: &Path, ours: &Path, theirs: &Path, marker_size: usize) -> Result<MergedLines, GitError> {
    let size = format!("--marker-size={marker_size}");
    let names = ["-L", "ours", "-L", "base", "-L", "theirs"].map(OsStr::new);
    let start = ["merge-file", "-p", &size].map(OsStr::new);
    let files = [OsStr::new("--"), ours.as_ref(), base.as_ref(), theirs.as_ref()];
    let output = run(&[&start[..], &names, &files].concat())?;
    match output.status.code() {
        Some(conflicts) if conflicts < MERGE_FAILED => {
            Ok(MergedLines { bytes: output.stdout, is_clean: conflicts == 0 })
        }
        _ => Err(failed("merge", &ours.display().to_string(), &output)),
    }
}

impl Repository {
    /// The files below `folder` that differ between the index and HEAD. Uses the `git` program, which within a hook
    /// reads the index of the commit being made.
    pub fn staged(&self, folder: &str) -> Result<Vec<TreeChange>, GitError> {
        let top = self.workdir().unwrap_or(self.git_dir());
        let head = self.head()?.map_or(EMPTY_TREE.to_owned(), |head| head.to_string());
        let place = [OsStr::new("--literal-pathspecs"), "-C".as_ref(), top.as_ref()];
        let kind = ["diff-index", "--cached", "--raw", "-z", "--no-ext-diff", "--no-textconv"];
        let index = [&kind[..], &["--no-renames", "--no-abbrev", &head, "--", folder]].concat();
        let output = run(&[place.to_vec(), index.into_iter().map(OsStr::new).collect()].concat())?;
        if !output.status.success() {
            return Err(failed("read the index of", &self.name().to_string(), &output));
        }
        let listed = String::from_utf8_lossy(&output.stdout);
        let mut parts = listed.split('\0');
        let mut changes = Vec::new();
        while let (Some(line), Some(path)) = (parts.next(), parts.next()) {
            changes.extend(staged_change(line, path));
        }
        Ok(changes)
    }
}

/// Parses `:<old mode> <new mode> <old id> <new id> <kind>`; `None` for an unmerged file.
fn staged_change(line: &str, path: &str) -> Option<TreeChange> {
    let words: Vec<&str> = line.trim_start_matches(':').split(' ').collect();
    let &[old_mode, new_mode, old, new, kind] = words.as_slice() else { return None };
    let file = |mode: &str, id: &str| {
        let mode = u32::from_str_radix(mode, 8).ok()?;
        is_file(mode).then(|| id.parse::<BlobId>().ok())?
    };
    let (old, new) = (file(old_mode, old), file(new_mode, new));
    (kind != "U" && old != new).then(|| TreeChange { path: path.to_owned(), old, new })
}

fn run(arguments: &[&OsStr]) -> Result<Output, GitError> {
    let mut command = command(Hooks::Rest);
    command.args(arguments).envs(LOCAL).stdin(Stdio::null());
    output(&mut command)
}

/// Runs a command and captures its output. Unlike the standard library, it does not panic if a pipe breaks.
pub(super) fn output(command: &mut Command) -> Result<Output, GitError> {
    let failed = |source| GitError::Io { action: "run", path: "git".into(), source };
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = thread::scope(|scope| {
        let errors = scope.spawn(|| all_of(err));
        let stdout = all_of(out);
        let panicked = |_| Err(io::Error::other("a thread that reads what git says panicked"));
        (stdout, errors.join().unwrap_or_else(panicked))
    });
    let status = child.wait().map_err(failed)?;
    Ok(Output { status, stdout: stdout.map_err(failed)?, stderr: stderr.map_err(failed)? })
}

/// Reads a pipe to its end and closes it, so that no process blocks on it.
fn all_of(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut bytes))?;
    Ok(bytes)
}

fn failed(action: &'static str, subject: &str, output: &Output) -> GitError {
    let said = String::from_utf8_lossy(&output.stderr);
    GitError::Program { action, subject: subject.to_owned(), said: said.trim().to_owned() }
}
