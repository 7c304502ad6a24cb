//! Writing commits: the resulting tree, what stays untouched, what is rejected.

use super::*;

/// Files of very different sizes, some with the same text.
fn many(count: usize) -> Vec<(String, String)> {
    let path = |at| format!("docs/cards/{}/C-{at:04}.md", at % 7);
    let text = |at| format!("card {at}\n").repeat(at % 1000);
    (0..count).map(|at| (path(at), text(at))).collect()
}

fn changes(files: &[(String, String)]) -> Vec<Change<'_>> {
    files.iter().map(|(path, text)| put(path, text)).collect()
}

#[test]
fn the_first_commit_has_just_its_files() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let changes = [put("b/c.md", "c"), put("a.md", "a"), put("b.md", "b"), put("b/ü.md", "")];
    let commit = written(open(&top).write_commit(&export(&[], &changes)));
    git(&top, &["config", "core.quotePath", "false"]);
    assert_eq!(listing(&top, commit), ["100644 a.md", "100644 b.md", "100644 b/c.md", "100644 b/ü.md"]);
    assert_eq!(
        git(&top, &["log", "-1", "--format=%an <%ae> %at %ad%n%cn%n%B", "--date=raw", "work/export"]),
        "Pete <pete@example.org> 1700000000 1700000000 +0100\nPete\nExport\n\nAudit: Actor=Pete"
    );
    assert_sound(&top);
}

#[test]
fn modes_stay_and_emptied_folders_vanish() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(
        &top,
        &[("run.md", "a"), ("deep/er/x.md", "x"), ("deep/y.md", "y"), ("gone/z/z.md", "z"), ("code/m.rs", "m")],
    );
    git(&top, &["update-index", "--chmod=+x", "run.md"]);
    git(&top, &["commit", "--quiet", "--message", "x"]);
    let base = revision(&top, "HEAD");
    let changes =
        [put("run.md", "b"), remove("deep/er/x.md"), remove("gone/z/z.md"), remove("not/there.md"), remove("run.md/x")];
    let commit = written(open(&top).write_commit(&export(&[base], &changes)));
    assert_eq!(listing(&top, commit), ["100644 code/m.rs", "100644 deep/y.md", "100755 run.md"]);
    assert_eq!(git(&top, &["rev-parse", &format!("{commit}:code")]), git(&top, &["rev-parse", "HEAD:code"]));
    assert_sound(&top);
}

#[test]
fn a_file_and_a_folder_may_trade_places() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a", "a"), ("b/c", "c"), ("b.d", "d"), ("b0", "0")]);
    let changes = [remove("a"), put("a/x", "x"), remove("b/c"), put("b", "b")];
    let commit = written(open(&top).write_commit(&export(&[base], &changes)));
    assert_eq!(listing(&top, commit), ["100644 a/x", "100644 b", "100644 b.d", "100644 b0"]);
    assert_sound(&top);
}

#[test]
fn trees_are_those_that_git_would_write() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.b", "1"), ("a/b", "2"), ("a0", "3"), ("é/é", "4"), ("A/z", "5")]);
    let changes = [put("a/c", "6"), put("a-/x", "7"), put("a", "8"), remove("a/b"), remove("a/c2")];
    let changes = [&changes[..2], &changes[3..]].concat();
    let ours = written(open(&top).write_commit(&export(&[base], &changes)));
    fs::remove_file(top.join("a/b")).unwrap();
    commit(&top, &[("a/c", "6"), ("a-/x", "7")]);
    assert_eq!(git(&top, &["rev-parse", &format!("{ours}^{{tree}}")]), git(&top, &["rev-parse", "HEAD^{tree}"]));
}

#[test]
fn hundreds_of_new_files_are_sound_and_readable_at_once() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("readme.md", "r"), ("docs/cards/1/C-0001.md", "old")]);
    let files = many(1200);
    let repository = open(&top);
    let commit = written(repository.write_commit(&export(&[base], &changes(&files))));
    let blobs = repository.tree_blobs(commit, "docs/cards").unwrap();
    assert_eq!(blobs.len(), files.len());
    for (path, text) in &files {
        assert_eq!(repository.read_blob(blobs[path]).unwrap(), text.as_bytes());
        assert_eq!(repository.clean_blob_id(path, text.as_bytes()).unwrap(), blobs[path]);
    }
    let objects = git(&top, &["rev-list", "--objects", &commit.to_string(), &format!("^{base}")]);
    let packed = git(&top, &["count-objects", "-v"]);
    assert!(packed.contains(&format!("in-pack: {}\n", objects.lines().count())), "{packed}");
    assert_sound(&top);
    assert_eq!(git(&top, &["status", "--porcelain"]), "");
    let packs = fs::read_dir(top.join(".git/objects/pack")).unwrap();
    let mut packs: Vec<_> = packs.map(|file| file.unwrap().path().extension().unwrap().to_owned()).collect();
    packs.sort();
    assert_eq!(packs, ["idx", "pack"]);
    git(&top, &["gc", "--quiet", "--prune=now"]);
    assert_sound(&top);
}

#[test]
fn what_git_has_is_not_written_again() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let mut files = many(600);
    let repository = open(&top);
    let parents = [written(repository.write_commit(&export(&[], &changes(&files))))];
    files[0].1 = "new".to_owned();
    let changes = changes(&files);
    let next = NewCommit { expected_tip: Some(parents[0]), ..export(&parents, &changes) };
    written(repository.write_commit(&next));
    let counted = git(&top, &["count-objects", "-v"]);
    assert!(counted.contains("packs: 1\n"), "{counted}");
    assert!(counted.contains("count: 6\n"), "blob, four trees, commit: {counted}");
}

#[test]
fn no_empty_commit_is_made() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let base = commit(&top, &[("a.md", "a")]);
    let repository = open(&top);
    for changes in [&[][..], &[put("a.md", "a")], &[remove("b.md")]] {
        assert_eq!(repository.write_commit(&export(&[base], changes)).unwrap(), CommitOutcome::Unchanged);
    }
    assert_eq!(repository.write_commit(&export(&[], &[remove("b.md")])).unwrap(), CommitOutcome::Unchanged);
    assert_eq!(repository.branch_tip("work/export").unwrap(), None);
    let emptied = written(repository.write_commit(&export(&[base], &[remove("a.md")])));
    assert_eq!(listing(&top, emptied), [""; 0]);
    assert_sound(&top);
}

#[test]
fn a_merge_has_the_bases_tree_outside_the_changes() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let first = commit(&top, &[("code.rs", "1"), ("docs/a.md", "a")]);
    let repository = open(&top);
    let ours = written(repository.write_commit(&export(&[first], &[put("docs/a.md", "ours")])));
    let base = commit(&top, &[("code.rs", "2"), ("new.rs", "n")]);
    let parents = [ours, base];
    let text = [put("docs/a.md", "ours")];
    let merge = NewCommit { expected_tip: Some(ours), tree_of: Some(base), ..export(&parents, &text) };
    let merge = written(repository.write_commit(&merge));
    assert_eq!(git(&top, &["diff", "--name-only", "main", "work/export"]), "docs/a.md");
    assert_eq!(git(&top, &["rev-list", "--parents", "-1", "work/export"]), format!("{merge} {ours} {base}"));
    let again = NewCommit { expected_tip: Some(merge), tree_of: Some(merge), ..export(&parents, &text) };
    written(repository.write_commit(&again));
    assert_sound(&top);
}

#[test]
fn zones_west_of_utc_are_written_as_git_does() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let text = [put("a.md", "a")];
    let new = NewCommit { offset_minutes: -210, ..export(&[], &text) };
    written(open(&top).write_commit(&new));
    assert_eq!(git(&top, &["log", "-1", "--format=%ad", "--date=raw", "work/export"]), "1700000000 -0330");
    assert_sound(&top);
}
