//! Reading and comparing trees.

use super::*;
use crate::git::TreeChange;

fn summary(changes: &[TreeChange]) -> Vec<String> {
    let kind = |change: &TreeChange| match (change.old, change.new) {
        (None, Some(_)) => "new",
        (Some(_), None) => "gone",
        _ => "changed",
    };
    changes.iter().map(|change| format!("{} {}", kind(change), change.path)).collect()
}

#[test]
fn all_files_of_a_folder_by_their_full_path() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[("docs/a.md", "a"), ("docs/b/c.md", "c"), ("docs2/x.md", "x"), ("target", "t")]);
    let target = git(&top, &["rev-parse", "HEAD:target"]);
    git(&top, &["update-index", "--add", "--cacheinfo", &format!("120000,{target},docs/link.md")]);
    git(&top, &["commit", "--quiet", "--message", "link"]);
    let head = revision(&top, "HEAD");
    let repository = open(&top);
    let blobs = repository.tree_blobs(head, "docs").unwrap();
    assert_eq!(blobs.keys().collect::<Vec<_>>(), ["docs/a.md", "docs/b/c.md"]);
    assert_eq!(repository.tree_blobs(head, "docs/").unwrap(), blobs);
    assert_eq!(repository.read_blob(blobs["docs/b/c.md"]).unwrap(), b"c");
    assert_eq!(repository.tree_blobs(head, "").unwrap().len(), 4);
    assert!(repository.tree_blobs(head, "none/at/all").unwrap().is_empty());
    assert!(repository.tree_blobs(head, "docs/a.md").unwrap().is_empty());
    for (path, there) in
        [("docs/a.md", true), ("target", true), ("docs", false), ("docs/link.md", false), ("", false), ("a/b", false)]
    {
        assert_eq!(repository.blob_at(head, path).unwrap().is_some(), there, "{path}");
    }
    assert_eq!(repository.blob_at(repository.head().unwrap().unwrap(), "docs/a.md").unwrap(), Some(blobs["docs/a.md"]));
}

#[test]
fn what_differs_between_two_commits() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let old = commit(
        &top,
        &[("d/a", "a"), ("d/b.c", "b"), ("d/same/x", "x"), ("d/turns", "t"), ("d/z/gone", "g"), ("e", "e")],
    );
    fs::remove_dir_all(top.join("d/z")).unwrap();
    fs::remove_file(top.join("d/turns")).unwrap();
    let new = commit(&top, &[("d/a", "A"), ("d/b/c", "c"), ("d/turns/into", "t"), ("e", "E")]);
    let repository = open(&top);
    let changes = repository.changed_paths(Some(old), new, "d").unwrap();
    assert_eq!(summary(&changes), ["changed d/a", "new d/b/c", "gone d/turns", "new d/turns/into", "gone d/z/gone"]);
    assert_eq!(summary(&repository.changed_paths(Some(old), new, "e").unwrap()), [""; 0]);
    assert_eq!(summary(&repository.changed_paths(Some(old), new, "").unwrap()).last().unwrap(), "changed e");
    assert_eq!(repository.changed_paths(Some(new), new, "").unwrap(), []);
    assert_eq!(repository.changed_paths(None, old, "d").unwrap().len(), 5);
    let back = repository.changed_paths(Some(new), old, "d").unwrap();
    assert_eq!(back.len(), changes.len());
    assert!(back.iter().all(|back| { changes.iter().any(|to| (to.old, to.new) == (back.new, back.old)) }));
}

#[test]
fn a_changed_mode_is_no_changed_text() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let old = commit(&top, &[("a", "a")]);
    git(&top, &["update-index", "--chmod=+x", "a"]);
    git(&top, &["commit", "--quiet", "--message", "x"]);
    assert_eq!(open(&top).changed_paths(Some(old), revision(&top, "HEAD"), "").unwrap(), []);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_passed_over_and_kept() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    fs::write(top.join(OsStr::from_bytes(b"\xff.md")), "a").unwrap();
    let base = commit(&top, &[("a.md", "a")]);
    let repository = open(&top);
    assert_eq!(repository.tree_blobs(base, "").unwrap().len(), 1);
    let commit = written(repository.write_commit(&export(&[base], &[put("b.md", "b")])));
    assert_eq!(git(&top, &["ls-tree", "--name-only", &commit.to_string()]), "a.md\nb.md\n\"\\377.md\"");
}
