//! Reading where the database cannot be written: it is read all the same, whatever keeps it from being written, and what the
//! files have beyond it is told.
//!
//! Nothing stops root from writing, so where the tests run as root, the reader is another person.

#![cfg(unix)]

use std::{
    collections::BTreeMap,
    fs::{self, Permissions},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::env::{Ran, TestEnv};

const EDITED: &str = "cards/BAKE-ENG-0001.user.md";

/// Nobody, on most systems.
const OTHER_PERSON: u32 = 65534;

/// Commands that read.
const READS: [&[&str]; 16] = [
    &["board", "BAKE"],
    &["board", "BAKE", "--at", "26"],
    &["card", "list"],
    &["card", "show", "BAKE-ENG-0006"],
    &["card", "history", "BAKE-ENG-0006"],
    &["card", "deps", "BAKE-ENG-0006"],
    &["next", "BAKE"],
    &["me"],
    &["search", "bags"],
    &["graph", "BAKE"],
    &["stats"],
    &["log"],
    &["idea", "list"],
    &["stage", "list"],
    &["business", "list"],
    &["conflicts"],
];

struct Place {
    env: TestEnv,
    database: PathBuf,
    /// What each command said to the owner.
    known: Vec<Value>,
    /// The programs of the reader.
    program: PathBuf,
}

impl Place {
    /// A repository with a log, and a card that was edited after its last entry.
    fn new() -> Self {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
        Self::of(env)
    }

    fn of(env: TestEnv) -> Self {
        let database = env.database();
        // Of another person's repository git wants to know first that it is trusted.
        fs::write(env.home().join(".gitconfig"), "[safe]\n\tdirectory = *\n").unwrap();
        let program = env.home().join("bos");
        if fs::hard_link(env!("CARGO_BIN_EXE_bos"), &program).is_err() {
            fs::copy(env!("CARGO_BIN_EXE_bos"), &program).unwrap();
        }
        Self { env, database, known: Vec::new(), program }
    }

    /// The owner asks everything; then a card is edited in its file.
    fn edited(mut self) -> Self {
        self.env.copy_database("unfilled.db");
        let answer = |read: &&[&str]| self.env.bos(&[read, &["--json"][..]].concat()).code(0).json();
        self.known = READS.iter().map(answer).collect();
        self.env.edit(EDITED, "Title: ", "Title: Zebra ");
        self
    }

    fn beside(&self, end: &str) -> PathBuf {
        PathBuf::from(format!("{}{end}", self.database.display()))
    }

    fn folder(&self) -> &Path {
        self.database.parent().unwrap()
    }

    /// No search and no look back has filled its tables yet, and nothing lies beside the database.
    fn unfilled(&self) {
        self.env.restore_database(&self.env.home().join("unfilled.db"));
    }

    /// Lets everybody read, and nobody but root write, what is in this folder of git's.
    fn lock(&self, file: u32, folder: u32) {
        allow(self.env.home(), 0o755);
        for entry in fs::read_dir(self.folder()).unwrap() {
            allow(&entry.unwrap().path(), file);
        }
        allow(self.folder(), folder);
    }

    fn unlock(&self) {
        allow(self.folder(), 0o755);
        for entry in fs::read_dir(self.folder()).unwrap() {
            allow(&entry.unwrap().path(), 0o644);
        }
    }

    /// Runs the program as somebody who may not write.
    fn read(&self, arguments: &[&str]) -> Ran {
        let temporary = self.env.home().join("temporary");
        fs::create_dir_all(&temporary).unwrap();
        allow(&temporary, 0o777);
        let mut command = self.env.command(&self.env.root);
        let variables: Vec<_> =
            command.get_envs().map(|(key, value)| (key.to_owned(), value.map(ToOwned::to_owned))).collect();
        let mut other = Command::new(&self.program);
        other.current_dir(&self.env.root).env_clear().args(arguments);
        other.envs(variables.into_iter().filter_map(|(key, value)| Some((key, value?)))).env("TMPDIR", &temporary);
        command = other;
        if fs::metadata(self.env.home()).unwrap().uid() == 0 {
            command.uid(OTHER_PERSON).gid(OTHER_PERSON);
        }
        let ran = Ran::of(command.stdin(std::process::Stdio::null()).output().unwrap());
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "{arguments:?} left a copy behind");
        ran
    }

    /// Every read gives what the owner saw last, says what the files have beyond it, and changes nothing.
    fn check(&self, place: &str) {
        let before = files(self.folder());
        for (read, known) in READS.iter().zip(&self.known) {
            let ran = self.read(&[read, &["--json"][..]].concat());
            assert_eq!(ran.code, 0, "{place}: {read:?}\n{}", ran.stderr);
            let note = "1 file changed, not imported because the database cannot be written";
            assert_eq!(ran.stderr, format!("note: {note}\n"), "{place}: {read:?}");
            let mut answer = ran.json();
            let notes = answer.as_object_mut().unwrap().remove("notes").unwrap();
            assert!(notes.to_string().contains(note), "{place}: {read:?}: {notes}");
            assert_eq!(&answer, known, "{place}: {read:?}");
        }
        let card = self.read(&["card", "show", "BAKE-ENG-0001", "--json"]).json();
        assert!(!card["card"]["title"].to_string().contains("Zebra"), "{place}: {card}");
        assert_eq!(card["documents"][0]["state"], "behind", "{place}: {card}");
        let status = self.read(&["status", "--json"]);
        assert_eq!(status.code(0).json()["counts"]["behind"], 1, "{place}");
        let verified = self.read(&["audit", "verify"]);
        assert_eq!(verified.code, 0, "{place}: {}{}", verified.stdout, verified.stderr);
        let refused = self.read(&["card", "done", "BAKE-ENG-0006"]);
        assert_eq!(refused.code, 6, "{place}: {}", refused.stderr);
        assert!(refused.stderr.contains("name another place with --db"), "{place}: {}", refused.stderr);
        assert!(files(self.folder()) == before, "{place}: the folder has changed");
    }
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// The names and contents of a folder; the index of a write-ahead log belongs to all its readers.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.clone(), if path.ends_with("bos.db-shm") { Vec::new() } else { fs::read(path).unwrap() }))
        .collect()
}

#[test]
fn a_database_that_cannot_be_written_is_read() {
    type Step = fn(&Place);
    let places: [(&str, Step); 6] = [
        ("read-only files", |place| place.lock(0o444, 0o777)),
        ("a read-only folder", |place| place.lock(0o444, 0o555)),
        ("a read-only folder, without the index of the write-ahead log", |place| {
            fs::remove_file(place.beside("-shm")).unwrap();
            place.lock(0o444, 0o555);
        }),
        ("a read-only folder, without a write-ahead log", |place| {
            place.unfilled();
            place.lock(0o444, 0o555);
        }),
        ("read-only files in a folder that is not, without a write-ahead log", |place| {
            place.unfilled();
            place.lock(0o444, 0o777);
        }),
        ("a rollback journal", |place| {
            let connection = rusqlite::Connection::open(&place.database).unwrap();
            connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).unwrap();
            drop(connection);
            place.lock(0o444, 0o555);
        }),
    ];
    for (what, lock) in places {
        let place = Place::new().edited();
        lock(&place);
        place.check(what);
        place.unlock();
    }
}

#[test]
fn a_database_is_read_while_its_owner_writes() {
    let place = Place::new().edited();
    let owner = rusqlite::Connection::open(&place.database).unwrap();
    owner.execute_batch("BEGIN IMMEDIATE; UPDATE business_os_cards SET owner = 'Half done'").unwrap();
    place.lock(0o444, 0o555);
    place.check("an owner in the middle of a write");
    place.unlock();
}

#[test]
fn the_database_from_before_a_repository_is_read_where_it_cannot_be_moved() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    let mut place = Place::of(env);
    place = place.edited();
    place.env.git(&["init", "-q", "-b", "main"]);
    place.lock(0o444, 0o555);
    allow(&place.env.root, 0o755);
    allow(&place.env.root.join(".git"), 0o555);
    let ran = place.read(&["log", "--json"]);
    allow(&place.env.root.join(".git"), 0o755);
    place.unlock();
    assert_eq!(ran.code(0).json()["total"], 26);
}

#[test]
fn a_work_tree_that_nobody_imported_yet_is_compared_with_what_the_database_has() {
    let place = Place::new().edited();
    place.env.git(&["stash", "-q"]);
    place.env.git(&["worktree", "add", "-q", "../linked", "HEAD"]);
    place.env.git(&["stash", "pop", "-q"]);
    place.lock(0o444, 0o555);
    let linked = Place { env: place.env.at("linked"), ..place };
    let ran = linked.read(&["log", "--json"]);
    assert_eq!(ran.stderr, "note: 1 file changed, not imported because the database cannot be written\n");
    assert_eq!(ran.code(0).json()["total"], 26);
    linked.unlock();
}

#[test]
fn where_no_database_can_be_read_the_files_are() {
    let place = Place::new().edited();
    fs::write(place.env.root.join("file"), "no folder").unwrap();
    place.lock(0o000, 0o555);
    let cases = [
        ("", ""),
        ("file/bos.db", "a file for a folder"),
        ("/proc/none/bos.db", "no folder can be made"),
        ("docs", "a folder for a file"),
    ];
    for (database, what) in cases {
        let named = if database.is_empty() { vec![] } else { vec!["--db", database] };
        for read in READS.iter().filter(|read| !read.contains(&"--at")) {
            let ran = place.read(&[&named, *read].concat());
            assert_eq!(ran.code, 0, "{what}: {read:?} {}", ran.stderr);
            assert!(
                ran.stderr.contains("cannot be used, so the files were read into memory"),
                "{what}: {read:?} {}",
                ran.stderr
            );
        }
        assert!(place.read(&[&named, &["board", "BAKE"][..]].concat()).stdout.contains("Zebra"), "{what}");
        let refused = place.read(&[&named, &["card", "done", "BAKE-ENG-0006"][..]].concat());
        assert_eq!(refused.code, 6, "{what}: {}", refused.stderr);
        assert!(refused.stderr.contains("name another place with --db"), "{what}: {}", refused.stderr);
    }
    place.unlock();
}

/// A mount needs rights that not every machine gives to tests; there the other tests stand for it.
#[test]
fn a_read_only_mount_is_read() {
    for has_log in [true, false] {
        let place = Place::new().edited();
        if !has_log {
            place.unfilled();
        }
        let script = "mount --bind . . 2>/dev/null && mount -o remount,bind,ro . 2>/dev/null || exit 99; cd . && exec \"$0\" \"$@\"";
        for (read, known) in READS.iter().zip(&place.known) {
            let bos = place.env.command(&place.env.root);
            let mut command = Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]).arg(bos.get_program());
            command.args(*read).arg("--json").current_dir(&place.env.root).env_clear();
            command.envs(bos.get_envs().filter_map(|(key, value)| Some((key, value?))));
            let Ok(output) = command.output() else { return };
            let ran = Ran::of(output);
            if ran.code == 99 || ran.stderr.starts_with("unshare:") {
                return;
            }
            let mut answer = ran.code(0).json();
            let notes = answer.as_object_mut().unwrap().remove("notes").unwrap();
            assert!(
                notes.to_string().contains("1 file changed, not imported because the database cannot be written"),
                "{read:?}: {notes}"
            );
            assert_eq!(&answer, known, "{read:?}");
        }
    }
}
