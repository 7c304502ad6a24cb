//! Trees that somebody else made: a link, a pipe or a device where a file or folder of the tree should be leads nowhere,
//! tells nothing and holds nothing up.

#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use crate::env::{Ran, TestEnv};

/// Files and folders of a tree, from the root, that may be something else.
const FILES: &[&str] = &[
    "bos.toml",
    "AGENTS.md",
    ".gitattributes",
    "docs/templates/plan.md",
    "docs/business-os/strategy/businesses.json",
    "docs/business-os/cards/BAKE-ENG-0006.user.md",
    "docs/business-os/cards/BAKE-ENG-0006/plan.user.md",
    "docs/business-os/ideas/inbox/BAKE-OPP-0002.user.md",
];
const FOLDERS: &[&str] = &[
    "docs",
    "docs/business-os",
    "docs/business-os/strategy",
    "docs/business-os/cards",
    "docs/business-os/cards/BAKE-ENG-0006",
    "docs/business-os/ideas",
    "docs/business-os/ideas/inbox",
    "docs/templates",
];

/// Commands that read or write files of the tree.
const COMMANDS: &[&[&str]] = &[
    &["validate"],
    &["config", "set", "branch", "work/x"],
    &["import"],
    &["card", "show", "BAKE-ENG-0006"],
    &["business", "list"],
    &["card", "move", "BAKE-ENG-0006", "in progress"],
    &["card", "comment", "BAKE-ENG-0006", "-m", "Mended."],
    &["export", "--partial"],
    &["export", "--ours", "docs/business-os/cards"],
    &["guide", "--agents-md"],
    &["merge-driver", "install"],
];

const SECRET: &str = "hunter2-the-secret";

/// Runs a command, which must end in good time, by itself and without a panic.
fn run(env: &TestEnv, arguments: &[&str], what: &str) -> Ran {
    let mut command = env.command(&env.root);
    let (out, err) = (env.home().join("out"), env.home().join("err"));
    command.args(arguments).stdin(Stdio::null());
    command.stdout(fs::File::create(&out).unwrap()).stderr(fs::File::create(&err).unwrap());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let code = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status.code().unwrap_or(-1);
        }
        if started.elapsed() > Duration::from_secs(30) {
            child.kill().unwrap();
            panic!("{what}: {arguments:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let read = |file: &PathBuf| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
    let ran = Ran { code, stdout: read(&out), stderr: read(&err) };
    assert!((0..=6).contains(&ran.code), "{what}: {arguments:?} ended with {}\n{}", ran.code, ran.stderr);
    assert!(!ran.stdout.contains(SECRET) && !ran.stderr.contains(SECRET), "{what}: {arguments:?} tells the secret");
    ran
}

/// A tree that was imported, with a card moved and not yet exported, and everything in `FILES` and `FOLDERS` there.
fn tree() -> TestEnv {
    let env = TestEnv::repository("bakery");
    for file in FILES {
        let path = env.root.join(file);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = if *file == "bos.toml" { "templates = \"docs/templates\"\n" } else { "# A file\n" };
            fs::write(path, text).unwrap();
        }
    }
    env.commit_all("all");
    env.bos(&["import"]);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env
}

/// Every file below a folder with its bytes; links as where they lead.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    let entries = entries.filter(|entry| !entry.file_type().is_dir());
    entries.map(|entry| (entry.path().to_owned(), fs::read(entry.path()).unwrap_or_default())).collect()
}

/// Puts something in the place of a file or folder, and runs every command upon it.
fn attack(place: &str, what: &str, put: impl Fn(&TestEnv, &Path)) {
    let env = tree();
    let path = env.root.join(place);
    if path.is_dir() {
        fs::remove_dir_all(&path).unwrap();
    } else {
        fs::remove_file(&path).unwrap();
    }
    let outside = env.home().join("outside");
    fs::create_dir(&outside).unwrap();
    put(&env, &path);
    let before = contents(&outside);
    let config = fs::read(env.root.join(".git/config")).unwrap();
    for arguments in COMMANDS {
        let what = format!("{what} at {place}");
        run(&env, arguments, &what);
        assert_eq!(contents(&outside), before, "{what}: {arguments:?} wrote outside");
        // One command may write the settings of git.
        if arguments[0] != "merge-driver" {
            assert_eq!(fs::read(env.root.join(".git/config")).unwrap(), config, "{what}: {arguments:?}");
        }
    }
}

#[test]
fn a_linked_file_tells_nothing_and_is_not_written_through() {
    for place in FILES {
        attack(place, "a link to a secret", |env, path| {
            let secret = env.home().join("outside/secret");
            fs::write(&secret, format!("---\nTitle: {SECRET}\n---\n{SECRET} = \"{SECRET}\"\n")).unwrap();
            symlink(secret, path).unwrap();
        });
    }
    attack("docs/business-os/cards/BAKE-ENG-0006.user.md", "a link to git's settings", |env, path| {
        symlink(env.root.join(".git/config"), path).unwrap();
    });
}

#[test]
fn a_linked_folder_is_neither_read_nor_written() {
    for place in FOLDERS {
        attack(place, "a link to a folder", |env, path| {
            let outside = env.home().join("outside");
            for file in FILES {
                if let Ok(below) = Path::new(file).strip_prefix(place) {
                    fs::create_dir_all(outside.join(below).parent().unwrap()).unwrap();
                    fs::write(outside.join(below), format!("---\nTitle: {SECRET}\n---\n{SECRET}\n")).unwrap();
                }
            }
            symlink(outside, path).unwrap();
        });
    }
}

#[test]
fn devices_and_pipes_hold_nothing_up() {
    attack("bos.toml", "a link to /dev/zero", |_, path| symlink("/dev/zero", path).unwrap());
    for place in ["bos.toml", "docs/business-os/strategy/businesses.json", FILES[5]] {
        attack(place, "a pipe", |_, path| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        });
    }
}

/// Commands that open the database, reads first.
const OPENING: &[&[&str]] = &[
    &["board", "BAKE"],
    &["card", "show", "BAKE-ENG-0006"],
    &["log"],
    &["status"],
    &["import"],
    &["import", "--dry-run"],
    &["card", "comment", "BAKE-ENG-0006", "-m", "Mended."],
    &["audit", "verify"],
    &["audit", "rebuild"],
    &["init"],
];

/// Puts a link in the place of the database or a folder that holds it; no command may write where it leads.
fn links_to_the_database(is_in_git: bool, places: &[&str]) {
    for (place, target) in places.iter().flat_map(|place| [(place, "there"), (place, "dangling"), (place, "database")])
    {
        let env = if is_in_git { TestEnv::repository("bakery") } else { TestEnv::fixture("bakery") };
        let outside = env.home().join("outside");
        let other = outside.join("other");
        fs::create_dir_all(&outside).unwrap();
        crate::env::copy(&Path::new(crate::env::FIXTURES).join("bakery"), &other);
        env.bos_in(&other, &["import"]).code(0);
        let path = env.root.join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let is_file = place.ends_with(".db");
        let leads_to = match (target, is_file) {
            ("there", true) => outside.join("file"),
            ("there", false) => outside.join("folder"),
            ("database", true) => other.join(".bos/bos.db"),
            ("database", false) => other.join(".bos"),
            _ => outside.join("nothing"),
        };
        if target == "there" && is_file {
            fs::write(&leads_to, "").unwrap();
        } else if target == "there" {
            fs::create_dir(&leads_to).unwrap();
        }
        symlink(&leads_to, &path).unwrap();
        let before = contents(&outside);
        for arguments in OPENING {
            let what = format!("{place} -> {target}");
            let ran = run(&env, arguments, &what);
            assert_eq!(contents(&outside), before, "{what}: {arguments:?} wrote outside");
            assert!(ran.code != 0 && ran.stderr.contains(path.to_str().unwrap()), "{what}: {arguments:?}: {ran:?}");
        }
        // A person may name a link.
        if (target, is_file) == ("database", true) {
            env.bos(&["--db", path.to_str().unwrap(), "board", "BAKE"]).code(0);
        }
    }
}

#[test]
fn a_linked_database_is_not_opened() {
    links_to_the_database(false, &[".bos", ".bos/bos.db"]);
    links_to_the_database(true, &[".git/bos", ".git/bos/root", ".git/bos/root/bos.db"]);
}

#[test]
fn attributes_that_are_no_file_hold_nothing_up() {
    let named = ".git/named";
    for place in [
        ".gitattributes",
        "docs/.gitattributes",
        "docs/business-os/cards/.gitattributes",
        ".git/info/attributes",
        named,
    ] {
        for kind in ["pipe", "device", "folder"] {
            let env = tree();
            let card = env.path("cards/BAKE-ENG-0006.user.md");
            let text = fs::read_to_string(&card).unwrap().replace('\n', "\r\n");
            fs::write(card, text).unwrap();
            let path = env.root.join(place);
            let _ = fs::remove_file(&path);
            if place == named {
                env.git(&["config", "core.attributesFile", path.to_str().unwrap()]);
            }
            match kind {
                "pipe" => assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()),
                "device" => symlink("/dev/zero", &path).unwrap(),
                _ => fs::create_dir(&path).unwrap(),
            }
            for arguments in [&["status"][..], &["import"], &["export", "--commit"], &["guard", "--base", "HEAD"]] {
                run(&env, arguments, &format!("a {kind} at {place}"));
            }
        }
    }
}
