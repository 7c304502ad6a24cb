//! `bos export`: from the database to the files, only what differs, never over somebody's edit.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::{FIXTURES, TestEnv};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

fn full(below: &str) -> String {
    format!("docs/business-os/{below}")
}

/// Sets the priority of the card in the database.
#[track_caller]
fn change(env: &TestEnv) {
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
}

/// The paths and states that an export leaves out; its exit code must be this.
#[track_caller]
fn left_out(env: &TestEnv, arguments: &[&str], code: i32) -> Vec<(String, String)> {
    let report = env.bos(&[&["export", "--json"], arguments].concat()).code(code).json();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    report["refused"].as_array().unwrap().iter().map(|one| (text(one, "path"), text(one, "state"))).collect()
}

/// Every file below the root but git's and the database, with its bytes, time and permissions.
fn files(root: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime, fs::Permissions)> {
    let is_ours = |entry: &walkdir::DirEntry| entry.file_name() != ".git" && entry.file_name() != ".bos";
    let entries = walkdir::WalkDir::new(root).into_iter().filter_entry(is_ours).map(Result::unwrap);
    entries
        .filter(|entry| !entry.file_type().is_dir())
        .map(|entry| {
            let metadata = entry.metadata().unwrap();
            let content = fs::read(entry.path()).unwrap_or_default();
            (entry.path().to_owned(), (content, metadata.modified().unwrap(), metadata.permissions()))
        })
        .collect()
}

/// The files that are not as they were.
fn differing(before: &BTreeMap<PathBuf, (Vec<u8>, SystemTime, fs::Permissions)>, root: &Path) -> Vec<String> {
    let after = files(root);
    let paths: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = paths.into_iter().filter(|path| before.get(*path) != after.get(*path));
    changed.map(|path| path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")).collect()
}

#[test]
fn only_what_differs_is_written() {
    let env = imported();
    change(&env);
    let before = files(&env.root);
    assert_snapshot!(env.bos(&["export"]).ok(), @"wrote docs/business-os/cards/BAKE-ENG-0006.user.md");
    assert_eq!(differing(&before, &env.root), [full(CARD)]);
    // Of that file, only the lines that had to change.
    assert_snapshot!(env.git(&["diff", "-U0"]).lines().filter(|line| line.starts_with(['+', '-'])).skip(2).collect::<Vec<_>>().join("\n"), @r"
    -Priority: P3
    +Priority: P0
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    ");
    let before = files(&env.root);
    assert_snapshot!(env.bos(&["export"]).ok(), @"Nothing to write: 26 documents are as they should be.");
    assert_eq!(differing(&before, &env.root), [] as [String; 0]);
    env.verify();
}

#[test]
fn check_and_rehearsal_write_nothing() {
    let env = imported();
    env.bos(&["export", "--check"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    let before = files(&env.root);
    assert_snapshot!(env.bos(&["export", "--check"]).code(1).stdout, @r"
    would write docs/business-os/cards/BAKE-ENG-0006.user.md
    would write docs/business-os/cards/BAKE-ENG-0006/plan.user.md
    ");
    let report = env.bos(&["export", "--dry-run", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 2);
    assert_eq!(differing(&before, &env.root), [] as [String; 0]);
    assert_eq!(env.state(CARD), "ahead");
    env.bos(&["export"]).code(0);
    env.bos(&["export", "--check"]).code(0);
    // A document that has to be left out is a difference too.
    env.edit(CARD, "About 2,000", "About 1,500");
    env.bos(&["export", "--check"]).code(1);
}

#[test]
fn the_export_column_of_the_state_table() {
    struct Row {
        state: &'static str,
        /// Makes the state of the card.
        make: fn(&TestEnv),
        /// Whether a plain export leaves it out and names it.
        named: bool,
        /// Whether that keeps the rest from being written.
        blocks: bool,
        /// Whether an export of its path alone writes it.
        writes: bool,
    }
    let rows = [
        Row {
            state: "invalid",
            make: |env| {
                change(env);
                env.write(CARD, "---\nLane: [\n---\n");
            },
            named: true,
            blocks: false,
            writes: false,
        },
        Row { state: "in sync", make: |_| {}, named: false, blocks: false, writes: false },
        Row {
            state: "stale",
            make: |env| {
                change(env);
                env.bos(&["export"]).code(0);
                env.git(&["stash", "-q"]);
            },
            named: true,
            blocks: false,
            writes: true,
        },
        Row {
            state: "ahead",
            make: |env| {
                // No base: never in this place.
                fs::remove_file(env.path(CARD)).unwrap();
                env.bos(&["import", "--prune"]).code(0);
                env.git(&["worktree", "add", "-q", "../other", "HEAD"]);
                env.bos_in(&env.home().join("other"), &["import", &full(CARD), "--theirs"]).code(0);
            },
            named: false,
            blocks: false,
            writes: true,
        },
        Row { state: "ahead", make: change, named: false, blocks: false, writes: true },
        Row {
            state: "behind",
            make: |env| env.edit(CARD, "About 2,000", "About 1,500"),
            named: true,
            blocks: true,
            writes: false,
        },
        Row {
            state: "missing",
            make: |env| fs::remove_file(env.path(CARD)).unwrap(),
            named: false,
            blocks: false,
            writes: false,
        },
        Row {
            state: "diverged",
            make: |env| {
                change(env);
                env.edit(CARD, "About 2,000", "About 1,500");
            },
            named: true,
            blocks: true,
            writes: false,
        },
        Row {
            state: "diverged",
            make: |env| {
                change(env);
                fs::remove_file(env.path(CARD)).unwrap();
            },
            named: true,
            blocks: true,
            writes: false,
        },
    ];
    for (index, row) in rows.into_iter().enumerate() {
        let env = imported();
        (row.make)(&env);
        assert_eq!(env.state(CARD), row.state, "row {index}");
        env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
        let named = if row.named { vec![(full(CARD), row.state.to_owned())] } else { Vec::new() };
        let code = if row.named { 5 } else { 0 };
        let before = files(&env.root);
        assert_eq!(left_out(&env, &[], code), named, "row {index}");
        let wrote = !differing(&before, &env.root).is_empty();
        assert_eq!(wrote, !row.blocks, "row {index}");
        if row.blocks {
            assert_eq!(left_out(&env, &["--partial"], 5), named, "row {index}");
        }
        assert!(env.read("cards/BAKE-ENG-0005.user.md").contains("Priority: P0"), "row {index}");
        if row.state == "ahead" {
            assert_eq!(env.state(CARD), "in sync");
            continue;
        }
        let before = files(&env.root);
        let report = env.bos(&["export", &full(CARD), "--json"]).json();
        assert_eq!(!differing(&before, &env.root).is_empty(), row.writes, "row {index}: {report}");
        env.verify();
    }
}

#[test]
fn an_untracked_file_is_none_of_its_business() {
    let env = imported();
    env.write("cards/BAKE-ENG-0050.user.md", env.read(CARD).replace("0006", "0050"));
    let before = files(&env.root);
    assert_eq!(left_out(&env, &[], 0), []);
    assert_eq!(differing(&before, &env.root), [] as [String; 0]);
}

#[test]
fn what_two_places_made_at_once_is_merged() {
    let env = imported();
    let other = env.home().join("other");
    env.git(&["worktree", "add", "-q", other.to_str().unwrap(), "HEAD"]);
    let text = env.read(CARD);
    fs::write(other.join(full(CARD)), text.replace("About 2,000", "About 1,500")).unwrap();
    change(&env);
    // The first command there reads its files, and merges what was edited with what the database has made of it since.
    env.bos_in(&other, &["export"]).ok();
    let merged = fs::read_to_string(other.join(full(CARD))).unwrap();
    assert!(merged.contains("About 1,500"), "{merged}");
    assert!(merged.contains("Priority: P0"), "{merged}");
}

#[test]
fn ours_keeps_both_texts_in_the_log() {
    let env = imported();
    change(&env);
    env.edit(CARD, "About 2,000", "About 1,500");
    let error = env.bos(&["export", "--ours", "--json"]).code(2).json_error();
    assert_eq!(error["kind"], "usage");
    let before = env.log_length();
    let report = env.bos(&["export", &full(CARD), "--ours", "--json"]).code(0).json();
    assert_eq!(report["written"], serde_json::json!([full(CARD)]));
    let text = env.read(CARD);
    assert!(text.contains("About 2,000") && text.contains("Priority: P0"), "{text}");
    assert_eq!(env.log_length(), before + 2);
    // What was overwritten can be read from the log: the text is still there.
    let entries = env.bos(&["log", "BAKE-ENG-0006", "--json"]).json()["entries"].clone();
    assert_eq!(entries[0]["action"], "settle");
    assert_eq!(entries[1]["action"], "import");
    let lost = entries[1]["documents"][0]["new"].as_str().unwrap().to_owned();
    let sql = "SELECT text FROM business_os_blobs WHERE sha256 = ?1";
    let lost: String = env.sqlite().query_row(sql, [lost], |row| row.get(0)).unwrap();
    assert!(lost.contains("About 1,500") && lost.contains("Priority: P3"), "{lost}");
    assert_eq!(env.state(CARD), "in sync");
    env.verify();
}

#[test]
fn ours_brings_back_what_is_missing_and_overrules_an_edit() {
    let env = imported();
    let text = env.read(CARD);
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["export", &full(CARD), "--ours"]).code(0);
    assert_eq!(env.read(CARD), text);
    env.edit(CARD, "About 2,000", "About 1,500");
    env.bos(&["export", &full("cards"), "--ours"]).code(0);
    assert_eq!(env.read(CARD), text);
    assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
    env.verify();
}

#[test]
fn a_removed_document_is_removed_with_its_folder() {
    let env = imported();
    let other = env.home().join("other");
    env.git(&["worktree", "add", "-q", other.to_str().unwrap(), "HEAD"]);
    env.bos_in(&other, &["import"]).code(0);
    fs::remove_dir_all(env.path("cards/BAKE-ENG-0004")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let report = env.bos_in(&other, &["export", "--json"]).code(0).json();
    assert_eq!(report["removed"], serde_json::json!([full("cards/BAKE-ENG-0004/fact-find.user.md")]));
    assert!(!other.join(full("cards/BAKE-ENG-0004")).exists());
    assert!(other.join(full("cards")).exists());
    // One that was edited there meanwhile stays.
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let mine = other.join(full(CARD));
    fs::write(&mine, fs::read_to_string(&mine).unwrap().replace("About", "Around")).unwrap();
    let report = env.bos_in(&other, &["export", "--json"]).code(5).json();
    assert_eq!(report["refused"][0]["state"], "diverged");
    assert!(mine.exists());
    env.verify();
}

#[test]
fn nothing_temporary_stays() {
    let env = imported();
    env.bos(&["card", "move", "BAKE-ENG-0005", "BAKE-ENG-0006", "HOME-ENG-0001", "done"]).code(0);
    env.bos(&["export"]).code(0);
    let names = files(&env.root).into_keys().map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    assert_eq!(
        names.filter(|name| name.starts_with('.') || name.contains("tmp")).collect::<Vec<_>>(),
        [] as [String; 0]
    );
}

#[cfg(unix)]
#[test]
fn permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = imported();
    for mode in [0o640, 0o600, 0o755] {
        fs::set_permissions(env.path(CARD), fs::Permissions::from_mode(mode)).unwrap();
        env.bos(&["card", "set", "BAKE-ENG-0006", &format!("Owner=mode-{mode:o}")]).code(0);
        env.bos(&["export"]).code(0);
        assert!(env.read(CARD).contains(&format!("mode-{mode:o}")));
        assert_eq!(fs::metadata(env.path(CARD)).unwrap().permissions().mode() & 0o777, mode);
    }
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos(&["export"]).code(0);
    let new = fs::metadata(env.path("cards/BAKE-ENG-0006/plan.user.md")).unwrap().permissions().mode();
    assert_eq!(new & 0o600, 0o600);
    assert_eq!(new & 0o111, 0, "a new document cannot be executed");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    use std::os::unix::fs::symlink;
    // The folder of a new stage doc.
    let env = imported();
    let outside = env.home().join("outside");
    fs::create_dir(&outside).unwrap();
    symlink(&outside, env.path("cards/BAKE-ENG-0006")).unwrap();
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    assert_eq!(left_out(&env, &[], 5), [(full("cards/BAKE-ENG-0006/plan.user.md"), "invalid".to_owned())]);
    assert!(env.read(CARD).contains("Lane: Planned"), "the others go out");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 0);

    // The file itself.
    let env = imported();
    change(&env);
    let outside = env.home().join("outside.md");
    fs::rename(env.path(CARD), &outside).unwrap();
    symlink(&outside, env.path(CARD)).unwrap();
    let text = fs::read_to_string(&outside).unwrap();
    assert_eq!(left_out(&env, &[], 5), [(full(CARD), "invalid".to_owned())]);
    assert_eq!(fs::read_to_string(&outside).unwrap(), text);

    // One within the tree is none the better.
    let env = imported();
    fs::create_dir(env.path("kept")).unwrap();
    change(&env);
    fs::rename(env.path(CARD), env.path("kept/card.md")).unwrap();
    symlink("../kept/card.md", env.path(CARD)).unwrap();
    assert_eq!(left_out(&env, &[], 5), [(full(CARD), "invalid".to_owned())]);
    assert!(env.path(CARD).is_symlink());
    assert!(!env.read("kept/card.md").contains("Priority: P0"));
    env.verify();
}

#[test]
fn every_byte_comes_back() {
    for name in ["bakery", "quirks", "broken"] {
        let env = TestEnv::repository(name);
        env.bos(&["import"]);
        let stored: Vec<String> = {
            let database = env.sqlite();
            let mut statement = database.prepare("SELECT path FROM business_os_documents ORDER BY path").unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        assert!(!stored.is_empty());
        let remove = || stored.iter().for_each(|path| fs::remove_file(env.root.join(path)).unwrap());
        remove();
        env.bos(&["export"]);
        assert!(stored.iter().all(|path| !env.root.join(path).exists()), "a missing file is no order to write it");
        let mut arguments = vec!["export", "--ours", "--json"];
        arguments.extend(stored.iter().map(String::as_str));
        let report = env.bos(&arguments).code(0).json();
        assert_eq!(report["written"].as_array().unwrap().len(), stored.len());
        for path in &stored {
            let original = fs::read(Path::new(FIXTURES).join(name).join(path)).unwrap();
            assert!(fs::read(env.root.join(path)).unwrap() == original, "{name}: {path}");
        }
        assert_eq!(env.git(&["status", "--porcelain"]), "");
        env.verify();
    }
}

#[test]
fn a_stale_file_is_written_only_when_named() {
    let env = imported();
    change(&env);
    env.bos(&["export"]).code(0);
    env.git(&["checkout", "-q", "-b", "later"]);
    env.commit_all("exported");
    env.git(&["checkout", "-q", "main"]);
    assert_eq!(env.state(CARD), "stale");
    let before = files(&env.root);
    assert_eq!(left_out(&env, &[], 5), [(full(CARD), "stale".to_owned())]);
    assert_eq!(differing(&before, &env.root), [] as [String; 0]);
    let entries = env.log_length();
    assert_eq!(left_out(&env, &[&full("cards/BAKE-ENG-0006.user.md")], 0), []);
    assert!(env.read(CARD).contains("Priority: P0"));
    // Or by the whole tree, when it is told that the database wins.
    env.git(&["checkout", "-q", "--", "."]);
    assert_eq!(left_out(&env, &["docs/business-os", "--ours"], 0), []);
    assert!(env.read(CARD).contains("Priority: P0"));
    assert_eq!(env.log_length(), entries, "both texts were in the log before");
    env.verify();
}

#[test]
fn a_path_that_is_no_document_is_not_found() {
    let env = imported();
    let error = env.bos(&["export", "docs/business-os/cards/NOPE-ENG-0001.user.md", "--json"]).code(3).json_error();
    assert_eq!(error["kind"], "not_found");
}

#[test]
fn a_file_that_cannot_be_read_fails_no_export_that_has_nothing_for_it() {
    let broken = "---\nLane: [\n---\n";
    let env = imported();
    env.write(CARD, broken);
    env.write("cards/BAKE-ENG-0099.user.md", broken);
    let note = "note: 2 files cannot be read, but had no changes to be written: bos validate\n";
    for arguments in [&["export"][..], &["export", "--partial"], &["export", "--dry-run"]] {
        assert!(env.bos(arguments).code(0).stderr.ends_with(note), "{arguments:?}");
    }
    env.bos(&["card", "set", "BAKE-ENG-0004", "Priority=P0"]).code(0);
    assert!(env.bos(&["export"]).code(0).stdout.contains("BAKE-ENG-0004"), "others go out");
    env.bos(&["export", "--check"]).code(1);
    assert_eq!(left_out(&env, &[&format!("docs/business-os/{CARD}")], 5).len(), 1, "it was asked for by name");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]);
    assert_eq!(env.read(CARD), broken);
}
