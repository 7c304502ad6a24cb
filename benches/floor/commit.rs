//! The floor of exporting changes: for each, libgit2 writes a blob, its trees and a commit; finally it moves one
//! branch.

use anyhow::Context as _;
use std::{fs, path::Path};

use git2::{Commit, FileMode, Repository, Signature, build::TreeUpdateBuilder};

use crate::{BRANCH, Outcome};

pub(super) fn run(repository: &Path, path: &str, text: &Path) -> Outcome<()> {
    let repository = Repository::open(repository)?;
    let parent = repository.find_reference(BRANCH)?.peel_to_commit()?;
    one(&repository, &parent, path, text, Some(BRANCH))?;
    Ok(())
}

/// `list` has one line per commit: a path, a space, and the file with the new text.
pub(super) fn chain(repository: &Path, list: &Path) -> Outcome<()> {
    let repository = Repository::open(repository)?;
    let mut parent = repository.find_reference(BRANCH)?.peel_to_commit()?;
    for line in fs::read_to_string(list)?.lines() {
        let (path, text) = line.split_once(' ').context("no path and text")?;
        parent = one(&repository, &parent, path, text.as_ref(), None)?;
    }
    repository.reference(BRANCH, parent.id(), true, "moved")?;
    Ok(())
}

fn one<'r>(
    repository: &'r Repository,
    parent: &Commit<'r>,
    path: &str,
    text: &Path,
    branch: Option<&str>,
) -> Outcome<Commit<'r>> {
    let blob = repository.blob(&fs::read(text)?)?;
    let tree =
        TreeUpdateBuilder::new().upsert(path, blob, FileMode::Blob).create_updated(repository, &parent.tree()?)?;
    let author = Signature::now("Nora", "nora@example.org")?;
    let tree = repository.find_tree(tree)?;
    let commit = repository.commit(branch, &author, &author, "bos: move one card", &tree, &[parent])?;
    Ok(repository.find_commit(commit)?)
}
