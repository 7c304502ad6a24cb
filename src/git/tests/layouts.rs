//! Every repository layout: found the same with and without libgit2, and written to the same.

use super::*;
use crate::git::locate;

fn assert_found_alike(from: &Path) {
    let repository = open(from);
    let location = locate(from).unwrap_or_else(|| panic!("{} not located", from.display()));
    assert_eq!(location.git_dir, repository.git_dir(), "git dir from {}", from.display());
    assert_eq!(location.common_dir, repository.common_dir(), "common dir from {}", from.display());
    assert_eq!(location.workdir.as_deref(), repository.workdir(), "work tree from {}", from.display());
}

fn assert_not_found(from: &Path) {
    assert!(Repository::discover(from).unwrap().is_none(), "{}", from.display());
    assert_eq!(locate(from), None, "{}", from.display());
}

/// A commit can be written from here, and HEAD, index and work tree remain unchanged.
fn assert_writable(folder: &Path) {
    let repository = open(folder);
    let state = || {
        let status = command(folder, &["status", "--porcelain", "--branch", "--ignored"]).output().unwrap();
        (
            status.stdout,
            fs::read(repository.git_dir().join("HEAD")).unwrap(),
            fs::read(repository.git_dir().join("index")).ok(),
        )
    };
    let before = state();
    let base: Vec<CommitId> = repository.head().unwrap().into_iter().collect();
    let changes = [put("docs/business-os/cards/A-1.user.md", "a\n")];
    let commit = written(repository.write_commit(&export(&base, &changes)));
    assert_eq!(state(), before);
    assert_eq!(repository.branch_tip("work/export").unwrap(), Some(commit));
    assert_eq!(git(folder, &["show", "work/export:docs/business-os/cards/A-1.user.md"]), "a");
    if repository.workdir().is_some() {
        assert_eq!(git(folder, &["log", "-1", "-g", "--format=%gs", "work/export"]), "bos export");
    }
    assert_sound(folder);
}

#[test]
fn a_plain_repository() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("plain");
    commit(&top, &[("docs/a.md", "a")]);
    for from in ["", "docs", "docs/a.md", ".git", ".git/refs/heads"] {
        assert_found_alike(&top.join(from));
    }
    assert_writable(&top);
}

#[test]
fn a_linked_work_tree() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("main");
    commit(&top, &[("docs/a.md", "a")]);
    let linked = sandbox.path("linked tree");
    git(&top, &["worktree", "add", "--quiet", "-b", "topic", linked.to_str().unwrap()]);
    assert_found_alike(&linked.join("docs"));
    assert_found_alike(&top.join(".git/worktrees/linked-tree"));
    assert_eq!(open(&linked).common_dir(), top.join(".git"));
    assert_writable(&linked);
}

#[test]
fn a_linked_work_tree_with_relative_paths() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("main");
    commit(&top, &[("a.md", "a")]);
    let linked = sandbox.path("linked");
    git(&top, &["worktree", "add", "--quiet", linked.to_str().unwrap()]);
    write(&linked, ".git", "gitdir: ../main/.git/worktrees/linked\n");
    write(&top, ".git/worktrees/linked/gitdir", "../../../../linked/.git\n");
    assert_eq!(locate(&linked).unwrap().workdir, Some(linked.clone()));
    assert_eq!(locate(&top.join(".git/worktrees/linked")).unwrap().workdir, Some(linked.clone()));
    assert_found_alike(&linked);
}

#[test]
fn a_bare_repository_with_work_trees_beside_it() {
    let sandbox = Sandbox::new();
    let top = sandbox.folder("project");
    sandbox.initialised("project/.bare", &["--bare"]);
    write(&top, ".git", "gitdir: ./.bare\n");
    git(&top, &["worktree", "add", "--quiet", "--orphan", "-b", "main", "main"]);
    commit(&top.join("main"), &[("docs/a.md", "a")]);
    for from in ["", ".bare", ".bare/refs", "main", "main/docs"] {
        assert_found_alike(&top.join(from));
    }
    assert_eq!(open(&top).workdir(), None);
    assert_eq!(open(&top.join("main")).workdir(), Some(top.join("main").as_path()));
    assert_writable(&top.join("main"));
}

#[test]
fn a_bare_repository_with_settings_per_work_tree() {
    let sandbox = Sandbox::new();
    let bare = sandbox.initialised("x.git", &["--bare"]);
    git(&bare, &["config", "extensions.worktreeConfig", "true"]);
    git(&bare, &["config", "--unset", "core.bare"]);
    git(&bare, &["config", "--file", "config.worktree", "core.bare", "true"]);
    git(&bare, &["worktree", "add", "--quiet", "--orphan", "-b", "main", "../tree"]);
    assert_found_alike(&bare);
    assert_found_alike(&sandbox.path("tree"));
    assert_eq!(locate(&bare).unwrap().workdir, None);
}

#[test]
fn a_bare_repository() {
    let sandbox = Sandbox::new();
    let bare = sandbox.initialised("x.git", &["--bare"]);
    assert_found_alike(&bare);
    assert_eq!(open(&bare).workdir(), None);
    assert_eq!(open(&bare).export_base(None).unwrap(), None);
    assert_writable(&bare);
}

#[test]
fn a_submodule() {
    let sandbox = Sandbox::new();
    let inner = sandbox.repository("inner");
    commit(&inner, &[("a.md", "a")]);
    let outer = sandbox.repository("outer");
    git(&outer, &["submodule", "--quiet", "add", inner.to_str().unwrap(), "sub dir"]);
    assert_found_alike(&outer.join("sub dir"));
    assert_eq!(open(&outer.join("sub dir")).workdir(), Some(outer.join("sub dir").as_path()));
    assert_writable(&outer.join("sub dir"));
}

#[test]
fn a_work_tree_elsewhere() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("a");
    let elsewhere = sandbox.folder("b #1");
    git(&top, &["config", "core.worktree", "../../b #1"]);
    assert_found_alike(&top);
    assert_eq!(locate(&top).unwrap().workdir, Some(elsewhere));
}

#[test]
fn a_git_folder_elsewhere() {
    let sandbox = Sandbox::new();
    let git_dir = sandbox.path("store/x.git");
    sandbox.folder("store");
    let top = sandbox.initialised("x", &["--separate-git-dir", git_dir.to_str().unwrap()]);
    assert_found_alike(&top);
    assert_eq!(locate(&top).unwrap().git_dir, git_dir);
    assert_eq!(open(&top).checked_out_at("main").unwrap(), Some(top.clone()));
    assert_writable(&top);
}

#[test]
fn a_detached_head() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let first = commit(&top, &[("a.md", "a")]);
    commit(&top, &[("a.md", "b")]);
    git(&top, &["checkout", "--quiet", "--detach", "HEAD~1"]);
    assert_eq!(open(&top).head().unwrap(), Some(first));
    assert_writable(&top);
}

#[test]
fn an_unborn_head() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    write(&top, "docs/a.md", "a");
    let repository = open(&top);
    assert_eq!(repository.head().unwrap(), None);
    assert_eq!(repository.head().unwrap(), None);
    assert_eq!(repository.export_base(None).unwrap(), None);
    assert_writable(&top);
}

#[test]
fn an_ignored_folder() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[(".gitignore", "docs/\n")]);
    write(&top, "docs/business-os/b.md", "b");
    assert_writable(&top);
}

#[test]
fn no_repository() {
    let sandbox = Sandbox::new();
    assert_not_found(&sandbox.folder("none"));
    assert_not_found(&sandbox.path("missing"));
    sandbox.folder("stray/.git");
    assert_not_found(&sandbox.path("stray"));
    let stale = sandbox.folder("stale");
    write(&stale, ".git", "gitdir: ../nowhere\n");
    assert_not_found(&stale);
}

#[test]
fn a_stray_git_folder_does_not_hide_the_repository_around_it() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    sandbox.folder("x/docs/.git");
    assert_found_alike(&top.join("docs"));
    assert_eq!(locate(&top.join("docs")).unwrap().workdir, Some(top));
}

#[test]
fn odd_git_files_are_an_error_to_libgit2_only() {
    let sandbox = Sandbox::new();
    for text in ["", "gitdir:", "nonsense", "\u{0}"] {
        write(&sandbox.path("x"), ".git", text);
        assert_eq!(locate(&sandbox.path("x")), None);
        assert!(matches!(Repository::discover(&sandbox.path("x")), Err(GitError::Open { .. })), "{text:?}");
    }
}

#[test]
fn sha_256_is_refused() {
    let sandbox = Sandbox::new();
    let top = sandbox.initialised("x", &["--object-format=sha256"]);
    let error = Repository::discover(&top).err().unwrap();
    assert!(matches!(error, GitError::UnsupportedRepository { .. }), "{error:?}");
    assert!(error.to_string().contains("SHA-1"), "{error}");
}

#[test]
fn an_unknown_extension_is_refused() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    git(&top, &["config", "core.repositoryFormatVersion", "1"]);
    git(&top, &["config", "extensions.partialClone", "origin"]);
    assert!(matches!(Repository::discover(&top), Err(GitError::UnsupportedRepository { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_into_a_repository_leads_to_it() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    sandbox.folder("x/docs");
    std::os::unix::fs::symlink(top.join("docs"), sandbox.path("link")).unwrap();
    assert_found_alike(&sandbox.path("link"));
    assert_eq!(locate(&sandbox.path("link")).unwrap().workdir, Some(top));
}

#[test]
fn another_users_repository_is_named_with_the_way_out() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    let refusal = git2::Error::new(git2::ErrorCode::Owner, git2::ErrorClass::Config, "not owned");
    let error = GitError::opening(&sandbox.folder("x/docs"), refusal);
    assert!(matches!(&error, GitError::ForeignOwner { path, .. } if *path == top));
    let hint = format!("git config --global --add safe.directory '{}'", top.display());
    assert!(error.to_string().contains(&hint), "{error}");
}

/// Only the superuser can create such a repository.
#[cfg(unix)]
#[test]
fn another_users_repository_is_not_opened() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    if std::os::unix::fs::chown(&top, Some(54_321), None).is_ok() {
        std::os::unix::fs::chown(top.join(".git"), Some(54_321), None).unwrap();
        assert!(matches!(Repository::discover(&top), Err(GitError::ForeignOwner { .. })));
    }
}

#[test]
fn the_user_is_the_one_of_gits_config() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    assert_eq!(open(&top).user_name().as_deref(), Some("Pete"));
    assert_eq!(open(&top).user_email().as_deref(), Some("pete@example.org"));
    git(&top, &["config", "user.name", " "]);
    assert_eq!(open(&top).user_name(), None);
}

#[test]
fn a_shallow_clone_says_so() {
    let sandbox = Sandbox::new();
    let top = sandbox.repository("x");
    commit(&top, &[("a.md", "a")]);
    commit(&top, &[("a.md", "b")]);
    git(&top, &["clone", "--quiet", "--depth=1", &format!("file://{}", top.display()), "../y"]);
    assert!(!open(&top).is_shallow());
    assert!(open(&sandbox.path("y")).is_shallow());
}
