//! Where things are: the root that holds `docs/business-os`, the repository around it, the database.

use std::path::{Path, PathBuf};

use super::error::EngineError;
use crate::{domain::doc_path::MIRROR, git::Location, tree::Tree};

/// One tree and what belongs to it.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The folder that holds `docs/business-os`; `None` where there is only the database.
    root: Option<PathBuf>,
    /// The repository whose work tree holds the root.
    pub git: Option<Location>,
    /// The root within the work tree, with `/`; empty at its top.
    pub prefix: String,
    /// The database.
    pub database: PathBuf,
    /// The name of this place among the mirrors of the database.
    pub mirror: String,
    /// Where the database of this place is if there is no repository around it.
    pub outside_git: PathBuf,
    /// Whether somebody named the database.
    pub is_named: bool,
}

/// The mirror of a place outside git.
pub(in crate::engine) const FILES_MIRROR: &str = "files:root";

/// What the name of a branch's mirror begins with.
const BRANCH_MIRROR: &str = "branch:";

/// The branch that a mirror's name stands for.
pub(in crate::engine) fn mirror_branch(name: &str) -> Option<&str> {
    name.strip_prefix(BRANCH_MIRROR)?.rsplit_once(':').map(|(branch, _)| branch)
}

impl Workspace {
    /// The nearest folder upwards from `from` that holds a tree.
    pub fn find(from: &Path, database: Option<&Path>) -> Result<Self, EngineError> {
        let start = canonical(from)?;
        let root = start.ancestors().find(|folder| folder.join(MIRROR).is_dir());
        let root = root.ok_or_else(|| EngineError::NoTree { from: from.to_path_buf() })?;
        Ok(Self::at(root.to_path_buf(), database))
    }

    /// The workspace with this root, whether a tree is there yet or not. The root is canonical.
    #[must_use]
    pub fn at(root: PathBuf, database: Option<&Path>) -> Self {
        let git = crate::git::locate(&root)
            .filter(|location| location.workdir.as_ref().is_some_and(|workdir| root.starts_with(workdir)));
        let below = git.as_ref().and_then(|git| root.strip_prefix(git.workdir.as_ref()?).ok());
        let parts = below.into_iter().flat_map(Path::components).map(|part| part.as_os_str().to_string_lossy());
        let prefix = parts.collect::<Vec<_>>().join("/");
        let name = root_name(&prefix);
        let outside_git = root.join(".bos").join("bos.db");
        let (home, place) = match &git {
            Some(git) => (git.common_dir.join("bos").join(&name).join("bos.db"), git_dir_name(git)),
            None => (outside_git.clone(), "files".to_owned()),
        };
        Self {
            outside_git,
            is_named: database.is_some(),
            mirror: format!("{place}:{name}"),
            database: database.map_or(home, Path::to_path_buf),
            root: Some(root),
            git,
            prefix,
        }
    }

    /// A database alone: no files, no repository.
    #[must_use]
    pub fn without_tree(database: &Path) -> Self {
        Self {
            root: None,
            git: None,
            prefix: String::new(),
            database: database.to_path_buf(),
            mirror: String::new(),
            outside_git: database.to_path_buf(),
            is_named: true,
        }
    }

    /// Refuses a database that nobody named if a link leads to it: it might lead anywhere, and whoever made the tree
    /// may have made the link.
    ///
    /// # Errors
    /// The database, or a folder of its own that it lies in, is a link.
    pub(in crate::engine) fn check_database(&self) -> Result<(), EngineError> {
        let Some(top) = self.git.as_ref().map(|git| git.common_dir.as_path()).or(self.root.as_deref()) else {
            return Ok(());
        };
        let is_link = |path: &&Path| std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        let own = self.database.ancestors().take_while(|path| !self.is_named && *path != top);
        match own.filter(is_link).last() {
            Some(path) => Err(EngineError::LinkedDatabase { path: path.to_path_buf() }),
            None => Ok(()),
        }
    }

    /// The folder that holds `docs/business-os`.
    ///
    /// # Errors
    /// There is only the database.
    pub fn root(&self) -> Result<&Path, EngineError> {
        self.root.as_deref().ok_or(EngineError::WithoutTree)
    }

    /// The files; none where there is only the database.
    pub(in crate::engine) fn tree(&self) -> Tree {
        self.root.as_deref().map_or_else(Tree::nowhere, Tree::at)
    }

    /// The name of a branch among the mirrors of the database.
    pub(in crate::engine) fn branch_mirror(&self, branch: &str) -> String {
        format!("{BRANCH_MIRROR}{branch}:{}", self.prefix)
    }

    /// A path of the tree as git names it.
    #[must_use]
    pub fn git_path(&self, path: &str) -> String {
        if self.prefix.is_empty() { path.to_owned() } else { format!("{}/{path}", self.prefix) }
    }

    /// A path as git names it, within the tree.
    #[must_use]
    pub fn tree_path<'a>(&self, git_path: &'a str) -> Option<&'a str> {
        if self.prefix.is_empty() {
            return Some(git_path);
        }
        git_path.strip_prefix(&self.prefix)?.strip_prefix('/')
    }
}

/// A canonical folder, without the `\\?\` of Windows.
pub(in crate::engine) fn canonical(folder: &Path) -> Result<PathBuf, EngineError> {
    let real =
        std::fs::canonicalize(folder).map_err(|source| EngineError::NoFolder { path: folder.to_path_buf(), source })?;
    let plain = real.to_str().and_then(|text| text.strip_prefix(r"\\?\")).map(PathBuf::from);
    Ok(plain.unwrap_or(real))
}

/// The name of a root within its repository, one folder: `root` at the top, else its path with `%` escapes, so that
/// a folder that is itself called `root` is told apart.
fn root_name(prefix: &str) -> String {
    match prefix {
        "" => "root".to_owned(),
        "root" => "%72oot".to_owned(),
        other => other.replace('%', "%25").replace('/', "%2F"),
    }
}

/// `main`, or `worktrees/<name>` for a linked work tree.
fn git_dir_name(git: &Location) -> String {
    match git.git_dir.strip_prefix(&git.common_dir) {
        Ok(below) if below.as_os_str().is_empty() => "main".to_owned(),
        Ok(below) => below.to_string_lossy().replace('\\', "/"),
        Err(_) => git.git_dir.to_string_lossy().replace('\\', "/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_roots_never_meet() {
        let names = ["", "root", "a/b", "a%2Fb", "%72oot"].map(root_name);
        assert_eq!(names, ["root", "%72oot", "a%2Fb", "a%252Fb", "%2572oot"]);
    }
}
