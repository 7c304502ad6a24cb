//! The floor of exporting one change: libgit2 writes one blob, its trees, one commit, and moves one branch.

use std::{fs, path::Path};

use git2::{FileMode, Repository, Signature, build::TreeUpdateBuilder};

use crate::{BRANCH, Outcome};

pub(super) fn run(repository: &Path, path: &str, text: &Path) -> Outcome<()> {
    let repository = Repository::open(repository)?;
    let parent = repository.find_reference(BRANCH)?.peel_to_commit()?;
    let blob = repository.blob(&fs::read(text)?)?;
    let tree =
        TreeUpdateBuilder::new().upsert(path, blob, FileMode::Blob).create_updated(&repository, &parent.tree()?)?;
    let author = Signature::now("Nora", "nora@example.org")?;
    let tree = repository.find_tree(tree)?;
    repository.commit(Some(BRANCH), &author, &author, "bos: move one card", &tree, &[&parent])?;
    Ok(())
}
