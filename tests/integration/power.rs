//! Power cuts: the system calls of each command that writes are recorded, and the disk is rebuilt as it may be at any
//! moment between two of them, when nothing outlived the cut but what was synced. On every such disk all reads work,
//! nothing that was acknowledged is gone, and the command can be run again. `BOS_POWER_CUTS=all` tries every moment, not a
//! few of each command. Needs `strace`.

#![cfg(target_os = "linux")]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

use crate::{
    env::{TestEnv, copy},
    random::tell,
    traced::{CARD, Check, bakery, branch_has_it, can_trace, changed, is_either, size, strace},
};

/// Moments of each command in the ordinary run.
const MOMENTS: usize = 4;

const CALLS: &str = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,openat,ftruncate,unlink,unlinkat,link,linkat,\
                     mkdir,mkdirat,rmdir,lseek";

/// A file with what it has and what of that is on the disk.
#[derive(Debug, Clone, Default)]
struct Inode {
    now: Vec<u8>,
    durable: Vec<u8>,
}

/// The names of a folder tree: files by number, and folders.
#[derive(Debug, Clone, Default)]
struct Names {
    files: BTreeMap<PathBuf, usize>,
    folders: BTreeSet<PathBuf>,
}

/// A disk that forgets what was not synced.
#[derive(Debug, Default)]
struct Disk {
    inodes: Vec<Inode>,
    now: Names,
    durable: Names,
    /// Where the next write of an open file goes.
    at: HashMap<PathBuf, usize>,
}

/// A disk after a cut: its folders, and its files each with a number that tells second names.
type Image = (BTreeSet<PathBuf>, BTreeMap<PathBuf, (usize, Vec<u8>)>);

impl Disk {
    fn of(root: &Path) -> Self {
        let mut disk = Self::default();
        let mut folders = vec![root.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    let text = fs::read(entry.path()).unwrap();
                    disk.now.files.insert(entry.path(), disk.inodes.len());
                    disk.inodes.push(Inode { now: text.clone(), durable: text });
                }
            }
            disk.now.folders.insert(folder);
        }
        disk.durable = disk.now.clone();
        disk
    }

    fn inode(&mut self, path: &Path) -> Option<&mut Inode> {
        self.now.files.get(path).map(|number| &mut self.inodes[*number])
    }

    fn open(&mut self, path: &Path, flags: &str) {
        if !self.now.folders.contains(path) && !self.now.files.contains_key(path) && flags.contains("O_CREAT") {
            self.now.files.insert(path.to_path_buf(), self.inodes.len());
            self.inodes.push(Inode::default());
        }
        let appends = flags.contains("O_APPEND");
        let Some(inode) = self.inode(path) else { return };
        if flags.contains("O_TRUNC") {
            inode.now.clear();
        }
        let at = if appends { inode.now.len() } else { 0 };
        self.at.insert(path.to_path_buf(), at);
    }

    fn write(&mut self, path: &Path, data: &[u8], at: Option<usize>) {
        let start = at.unwrap_or_else(|| self.at.get(path).copied().unwrap_or(0));
        let end = start + data.len();
        if at.is_none() {
            self.at.insert(path.to_path_buf(), end);
        }
        let Some(inode) = self.inode(path) else { return };
        if inode.now.len() < end {
            inode.now.resize(end, 0);
        }
        inode.now[start..end].copy_from_slice(data);
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        if let Some(number) = self.now.files.remove(from) {
            self.now.files.insert(to.to_path_buf(), number);
            if let Some(at) = self.at.remove(from) {
                self.at.insert(to.to_path_buf(), at);
            }
        }
    }

    fn sync(&mut self, path: &Path) {
        if let Some(inode) = self.inode(path) {
            inode.durable = inode.now.clone();
            return;
        }
        let is_in = |other: &Path| other.parent() == Some(path);
        self.durable.files.retain(|file, _| !is_in(file));
        self.durable.files.extend(self.now.files.iter().filter(|(file, _)| is_in(file)).map(|(f, n)| (f.clone(), *n)));
        self.durable.folders.retain(|folder| !is_in(folder));
        self.durable.folders.extend(self.now.folders.iter().filter(|folder| is_in(folder)).cloned());
    }

    /// What may be there after a cut: names and texts as they were synced, or either of them further on than the other.
    fn images(&self) -> Vec<Image> {
        let image = |names: &Names, is_durable: bool| {
            let stands = |path: &Path| {
                path.ancestors().skip(1).all(|above| {
                    names.folders.contains(above) || !names.folders.iter().any(|folder| above.starts_with(folder))
                })
            };
            let files =
                names.files.iter().filter(|(path, _)| stands(path) && !path.to_string_lossy().ends_with("-shm"));
            let text = |inode: &Inode| if is_durable { inode.durable.clone() } else { inode.now.clone() };
            let files = files.map(|(path, number)| (path.clone(), (*number, text(&self.inodes[*number])))).collect();
            (names.folders.iter().filter(|folder| stands(folder)).cloned().collect(), files)
        };
        vec![image(&self.durable, true), image(&self.now, true), image(&self.durable, false)]
    }
}

/// The bytes of what `strace -xx` prints between quotes or angle brackets.
fn unescaped(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|hex| u8::from_str_radix(&hex[..2], 16).unwrap()).collect()
}

fn path_of(text: &str) -> PathBuf {
    PathBuf::from(String::from_utf8(unescaped(text)).unwrap())
}

/// One argument of a call.
#[derive(Debug)]
enum Argument {
    Text(Vec<u8>),
    /// A descriptor and what it is open on.
    Open(PathBuf),
    Plain(String),
}

impl Argument {
    fn of(text: &str) -> Self {
        let text = text.trim();
        match text.split_once('<') {
            _ if text.starts_with('"') => Self::Text(unescaped(text.trim_matches('"'))),
            Some((_, open)) => Self::Open(path_of(open.trim_end_matches("(deleted)").trim_end_matches('>'))),
            None => Self::Plain(text.to_owned()),
        }
    }

    fn path(&self, below: &Path) -> PathBuf {
        match self {
            Self::Text(name) => below.join(String::from_utf8(name.clone()).unwrap()),
            Self::Open(path) => path.clone(),
            Self::Plain(text) => below.join(text),
        }
    }

    fn number(&self) -> usize {
        let Self::Plain(text) = self else { return 0 };
        text.parse().unwrap_or(0)
    }
}

/// What was traced: each call that did not fail, with its arguments and its result.
fn calls(trace: &str) -> Vec<(String, Vec<Argument>, String)> {
    let mut begun: HashMap<String, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let (process, rest) = line.split_once(' ').unwrap();
        let rest = rest.trim();
        let whole = if let Some(start) = rest.strip_suffix("<unfinished ...>") {
            begun.insert(process.to_owned(), start.trim().to_owned());
            continue;
        } else if rest.starts_with("<... ") {
            let end = rest.split_once("resumed>").unwrap().1;
            format!("{}{end}", begun.remove(process).unwrap_or_default())
        } else {
            rest.to_owned()
        };
        let Some((call, result)) = whole.rsplit_once(" = ") else { continue };
        let Some((name, arguments)) = call.trim().split_once('(') else { continue };
        if result.starts_with('-') {
            continue;
        }
        // Every text is in hex, so that a comma separates arguments and nothing else.
        let arguments = arguments.trim_end_matches(')').split(',').map(Argument::of).collect();
        calls.push((name.to_owned(), arguments, result.to_owned()));
    }
    calls
}

/// Does to the disk what a call did; whether that was anything.
fn replay(disk: &mut Disk, root: &Path, (name, arguments, result): &(String, Vec<Argument>, String)) -> bool {
    let at = |index: usize| arguments[index].path(root);
    let below = |index: usize| arguments[index + 1].path(&arguments[index].path(root));
    let path = match name.as_str() {
        "openat" | "mkdirat" | "unlinkat" => below(0),
        _ => at(0),
    };
    let target = match name.as_str() {
        "rename" | "link" => at(1),
        "renameat" | "renameat2" | "linkat" => below(2),
        _ => root.to_path_buf(),
    };
    let path = if matches!(name.as_str(), "renameat" | "renameat2" | "linkat") { below(0) } else { path };
    if !path.starts_with(root) && !target.starts_with(root) {
        return false;
    }
    match name.as_str() {
        "openat" => {
            let Argument::Plain(flags) = &arguments[2] else { return false };
            disk.open(&path, flags);
            return flags.contains("O_CREAT") || flags.contains("O_TRUNC");
        }
        "write" | "pwrite64" => {
            let Argument::Text(data) = &arguments[1] else { return false };
            let written: usize = result.trim().parse().unwrap_or(0);
            let offset = (name == "pwrite64").then(|| arguments[3].number());
            disk.write(&path, &data[..written.min(data.len())], offset);
        }
        "lseek" => {
            disk.at.insert(path, result.trim().parse().unwrap_or(0));
            return false;
        }
        "ftruncate" => {
            let length = arguments[1].number();
            disk.inode(&path).into_iter().for_each(|inode| inode.now.resize(length, 0));
        }
        "fsync" | "fdatasync" => disk.sync(&path),
        "rename" | "renameat" | "renameat2" => disk.rename(&path, &target),
        "link" | "linkat" => {
            if let Some(number) = disk.now.files.get(&path).copied() {
                disk.now.files.insert(target, number);
            }
        }
        "mkdir" | "mkdirat" => drop(disk.now.folders.insert(path)),
        "unlink" | "unlinkat" | "rmdir" => {
            disk.now.files.remove(&path);
            disk.now.folders.remove(&path);
        }
        other => panic!("{other}"),
    }
    true
}

/// What a command called.
fn traced(env: &TestEnv, arguments: &[&str]) -> Vec<(String, Vec<Argument>, String)> {
    let ran = strace(env, &["-xx", "-s", "100000000", "-e", &format!("trace={CALLS}")], arguments);
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
    calls(&fs::read_to_string(env.home().join("trace")).unwrap())
}

/// Puts a disk in the place of what is there.
fn put(root: &Path, (folders, files): &Image) {
    fs::remove_dir_all(root).unwrap();
    fs::create_dir_all(root).unwrap();
    for folder in folders.iter().filter(|folder| folder.starts_with(root)) {
        fs::create_dir_all(folder).unwrap();
    }
    let mut names: HashMap<usize, &Path> = HashMap::new();
    for (file, (number, text)) in files {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        match names.get(number) {
            Some(other) => fs::hard_link(other, file).unwrap(),
            None => fs::write(file, text).unwrap(),
        }
        names.insert(*number, file);
    }
}

/// Cuts the power at every moment of a command, or at a few.
fn cut(env: &TestEnv, arguments: &[&str], check: Check) {
    let before = env.home().join("before");
    copy(&env.root, &before);
    let root = env.root.clone();
    let mut disk = Disk::of(&root);
    let calls = traced(env, arguments);
    let (mut seen, mut images) = (HashSet::new(), Vec::new());
    for (index, call) in calls.iter().enumerate() {
        let is_last = index + 1 == calls.len();
        if !replay(&mut disk, &root, call) && !is_last {
            continue;
        }
        for (kind, image) in disk.images().into_iter().enumerate() {
            let mut hasher = DefaultHasher::new();
            (&image, is_last).hash(&mut hasher);
            if seen.insert(hasher.finish()) {
                images.push((index, kind, is_last, image));
            }
        }
    }
    assert!(images.len() > 1, "{arguments:?}: nothing was recorded");
    let all = std::env::var("BOS_POWER_CUTS").is_ok_and(|how| how == "all");
    let step = if all { 1 } else { images.len().div_ceil(MOMENTS) };
    let count = images.len();
    for (number, (index, kind, is_last, image)) in images.into_iter().enumerate() {
        if !number.is_multiple_of(step) && !is_last {
            continue;
        }
        put(&root, &image);
        tell(&format!("{arguments:?}: cut after call {index} of {}, image {kind}, {}", calls.len(), calls[index].0));
        works(env, !is_last);
        check(env, is_last);
        env.bos(&["export", "--commit"]).code(0);
        assert_eq!(env.git(&["fsck", "--strict", "--no-dangling"]), "");
        env.bos(&["card", "set", "BAKE-ENG-0004", "Size=S"]).code(0);
        works(env, false);
    }
    tell(&format!("{arguments:?}: {count} disks"));
    fs::remove_dir_all(before).unwrap();
}

/// Every command can read what is there, and the log verifies. Of a write that nobody was told of, the last part may be
/// missing: that is told until the next write.
fn works(env: &TestEnv, is_cut: bool) {
    env.bos(&["status", "--no-refresh"]).code(0);
    env.bos(&["card", "list", "--no-refresh"]).code(0);
    let failed = env.failed_checks();
    let is_known = |(id, detail): &(String, String)| is_cut && id == "file" && detail.contains("write-ahead log");
    assert!(failed.iter().all(is_known), "{failed:?}");
}

#[test]
fn a_change_and_its_undo_outlive_a_cut() {
    if !can_trace() {
        return;
    }
    cut(&bakery(), &["card", "set", "BAKE-ENG-0006", "Size=L"], |env, is_done| is_either(env, is_done, "", "L"));
    cut(&changed(), &["undo"], |env, is_done| is_either(env, is_done, "L", ""));
}

#[test]
fn an_import_outlives_a_cut() {
    if !can_trace() {
        return;
    }
    let env = bakery();
    env.edit(CARD, "Type: Card", "Type: Card\nSize: L");
    cut(&env, &["import"], |env, is_done| {
        is_either(env, is_done, "", "L");
        env.bos(&["import"]).code(0);
        is_either(env, true, "", "L");
        assert_eq!(env.last_entry()["action"], "import");
        assert_eq!(env.bos(&["log", "BAKE-ENG-0006", "--json", "--no-refresh"]).json()["total"], 2, "once");
    });
}

#[test]
fn a_first_import_outlives_a_cut() {
    if !can_trace() {
        return;
    }
    let env = TestEnv::repository("bakery");
    cut(&env, &["card", "set", "BAKE-ENG-0006", "Size=L"], |env, is_done| is_either(env, is_done, "", "L"));
    let env = TestEnv::repository("bakery");
    cut(&env, &["import"], |env, is_done| {
        assert!(!is_done || env.log_length() > 20);
        env.bos(&["import"]).code(0);
    });
}

#[test]
fn an_export_to_files_outlives_a_cut() {
    if !can_trace() {
        return;
    }
    cut(&changed(), &["export"], |env, is_done| {
        let is_written = env.read(CARD).contains("Size: L");
        assert!(is_written || !is_done);
        // Whatever the cut left is no edit of anybody.
        let before = env.log_length();
        env.bos(&["import"]).code(0);
        assert_eq!((env.log_length(), size(env)), (before, "L".to_owned()));
        env.bos(&["export"]).code(0);
        assert!(env.read(CARD).contains("Size: L"));
    });
}

#[test]
fn an_export_to_the_branch_outlives_a_cut() {
    if !can_trace() {
        return;
    }
    for how in [&["export", "--commit"][..], &["export", "--commit", "--per-change"]] {
        let env = bakery();
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Size=L"]).code(0);
        cut(&env, how, |env, is_done| {
            assert!(branch_has_it(&env.root) || !is_done);
            env.bos(&["export", "--commit"]).code(0);
            assert!(branch_has_it(&env.root));
        });
    }
    // The first one, which makes the branch.
    let env = changed();
    cut(&env, &["export", "--commit"], |env, _| drop(env.bos(&["export", "--commit"]).code(0)));
    assert!(branch_has_it(&env.root));
}

#[test]
fn a_settled_conflict_outlives_a_cut() {
    if !can_trace() {
        return;
    }
    let env = changed();
    env.edit(CARD, "Type: Card", "Type: Card\nSize: XL");
    env.bos(&["import"]).code(1);
    cut(&env, &["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"], |env, is_done| {
        is_either(env, is_done, "L", "XL");
        let open = env.bos(&["conflicts", "--json", "--no-refresh"]).code(0).json()["total"].as_u64().unwrap();
        assert_eq!(open, u64::from(size(env) == "L"));
        if open > 0 {
            env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"]).code(0);
        }
    });
}
