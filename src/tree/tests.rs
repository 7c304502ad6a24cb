//! Whatever a tree contains, nothing leads out of it and nothing makes a command hang.

use std::{fs, path::Path};

use super::*;

/// Every folder in the document's path, and the document.
const PLACES: [&str; 4] = ["docs", "docs/business-os", "docs/business-os/cards", "docs/business-os/cards/A-1.user.md"];

fn document() -> DocPath {
    DocPath::parse(PLACES[3]).unwrap()
}

/// A tree with the document, beside an identical one outside it.
fn two_trees() -> (tempfile::TempDir, std::path::PathBuf, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let [inside, outside] = ["inside", "outside"].map(|name| folder.path().join(name));
    for root in [&inside, &outside] {
        fs::create_dir_all(root.join(PLACES[2])).unwrap();
        fs::write(root.join(PLACES[3]), root.file_name().unwrap().as_encoded_bytes()).unwrap();
    }
    (folder, inside, outside)
}

fn read(tree: &Tree) -> Result<Option<(Vec<u8>, Stat)>, TreeError> {
    tree.read(&document(), 100)
}

#[test]
fn an_ordinary_file_is_read_written_and_removed() {
    let (_folder, inside, _) = two_trees();
    let tree = Tree::at(&inside);
    assert_eq!(read(&tree).unwrap().unwrap().0, b"inside");
    tree.write(&document(), b"new").unwrap();
    assert_eq!(read(&tree).unwrap().unwrap().0, b"new");
    tree.remove(&document()).unwrap();
    assert!(read(&tree).unwrap().is_none());
    assert!(!inside.join(PLACES[2]).exists(), "the empty folder goes too");
    tree.remove(&document()).unwrap();
    tree.write(&document(), b"again").unwrap();
    assert!(tree.has(&document()));
}

#[cfg(unix)]
#[test]
fn a_link_in_any_part_is_followed_by_nothing() {
    for relative in [false, true] {
        for place in PLACES {
            let (_folder, inside, outside) = two_trees();
            let tree = Tree::at(&inside);
            if inside.join(place).is_dir() {
                fs::remove_dir_all(inside.join(place)).unwrap();
            } else {
                fs::remove_file(inside.join(place)).unwrap();
            }
            let up = "../".repeat(place.matches('/').count() + 1);
            let target = if relative { Path::new(&up).join("outside") } else { outside.clone() };
            std::os::unix::fs::symlink(target.join(place), inside.join(place)).unwrap();
            let is_link = |error: TreeError| matches!(error, TreeError::Link { path } if path == place);
            assert!(is_link(read(&tree).unwrap_err()), "{place}");
            assert!(is_link(tree.write(&document(), b"new").unwrap_err()), "{place}");
            if place == PLACES[3] {
                assert_eq!(tree.stat(&document()).unwrap().unwrap().kind, Kind::Link);
                tree.remove(&document()).unwrap();
            } else {
                assert!(is_link(tree.stat(&document()).unwrap_err()), "{place}");
                assert!(is_link(tree.remove(&document()).unwrap_err()), "{place}");
                let folder = DocPath::parse(place).unwrap();
                assert!(is_link(tree.folder(&folder).unwrap_err()), "{place}");
                assert!(is_link(tree.make_folder(&folder).unwrap_err()), "{place}");
            }
            assert_eq!(fs::read(outside.join(PLACES[3])).unwrap(), b"outside", "{place}");
            assert_eq!(fs::read_dir(outside.join(PLACES[2])).unwrap().count(), 1, "{place}");
        }
    }
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_folders_are_no_files() {
    let (_folder, inside, _) = two_trees();
    let tree = Tree::at(&inside);
    let file = inside.join(PLACES[3]);
    fs::remove_file(&file).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    assert!(matches!(read(&tree), Err(TreeError::NotAFile { .. })));
    assert!(matches!(tree.write(&document(), b"new"), Err(TreeError::NotAFile { .. })));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(matches!(read(&tree), Err(TreeError::NotAFile { .. })));
    assert!(matches!(tree.write(&document(), b"new"), Err(TreeError::NotAFile { .. })));
    let devices = Tree::at(Path::new("/dev"));
    assert!(matches!(devices.read(&DocPath::parse("zero").unwrap(), 100), Err(TreeError::NotAFile { .. })));
}

#[test]
fn what_is_too_large_is_known_before_it_is_read() {
    let (_folder, inside, _) = two_trees();
    fs::File::options().write(true).open(inside.join(PLACES[3])).unwrap().set_len(1 << 40).unwrap();
    assert!(matches!(read(&Tree::at(&inside)), Err(TreeError::TooLarge { bytes, .. }) if bytes == 1 << 40));
}

#[test]
fn a_file_in_place_of_a_folder_holds_nothing_and_is_not_written_through() {
    let (_folder, inside, _) = two_trees();
    fs::remove_dir_all(inside.join(PLACES[2])).unwrap();
    fs::write(inside.join(PLACES[2]), "a file").unwrap();
    let tree = Tree::at(&inside);
    assert!(read(&tree).unwrap().is_none());
    assert!(matches!(tree.write(&document(), b"new"), Err(TreeError::NotAFolder { path }) if path == PLACES[2]));
}

#[test]
fn nothing_is_read_or_written_below_git_in_any_spelling() {
    let (_folder, inside, _) = two_trees();
    let tree = Tree::at(&inside);
    let names = [".git", ".GIT", ".Git", "git~1", "GIT~1", ".git.", ".git ", ".g\u{200c}it", "\u{feff}.git", ".git:x"];
    for name in names {
        let Some(path) = DocPath::parse(&format!("docs/{name}/config")) else { continue };
        fs::create_dir_all(inside.join("docs").join(name)).unwrap();
        fs::write(path.under(&inside), "kept").unwrap();
        assert!(matches!(tree.read(&path, 100), Err(TreeError::OfGit { .. })), "{name:?}");
        assert!(matches!(tree.write(&path, b"new"), Err(TreeError::OfGit { .. })), "{name:?}");
        assert!(matches!(tree.remove(&path), Err(TreeError::OfGit { .. })), "{name:?}");
        assert_eq!(fs::read(path.under(&inside)).unwrap(), b"kept");
    }
}

#[test]
fn folders_kept_open_lead_to_each_path_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let tree = Tree::at(folder.path());
    let names = ["a/b/c.md", "a/d.md", "e.md", "a/b/f/g.md", "ab/c.md", "a/b/c2.md"];
    let paths = names.map(|name| DocPath::parse(name).unwrap());
    for path in &paths {
        tree.write(path, path.as_str().as_bytes()).unwrap();
    }
    for path in paths.iter().chain(paths.iter().rev()).chain([&paths[3], &paths[0], &paths[3], &paths[2], &paths[4]]) {
        assert_eq!(tree.read(path, 100).unwrap().unwrap().0, path.as_str().as_bytes());
    }
}
