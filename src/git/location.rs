//! Finds the repository that contains a folder by examining only a few files, within microseconds. It names the same
//! paths as libgit2 would; it does not guarantee that libgit2 can open them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{config_file::Placement, id::CommitId};

/// The paths of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The git directory of this work tree.
    pub git_dir: PathBuf,
    /// The git directory that all linked work trees share.
    pub common_dir: PathBuf,
    /// The top of the work tree; `None` for a bare repository.
    pub workdir: Option<PathBuf>,
}

/// Finds the repository that contains `from`, without libgit2; malformed files count as no repository.
pub fn locate(from: &Path) -> Option<Location> {
    let start = real_path(from)?;
    for folder in start.ancestors() {
        let dot_git = folder.join(".git");
        if dot_git.is_file() {
            return Location::at(git_file_target(&dot_git)?, Some(folder));
        }
        let found = Location::at(dot_git, Some(folder)).or_else(|| Location::at(folder.to_owned(), None));
        if found.is_some() {
            return found;
        }
    }
    None
}

impl Location {
    fn at(git_dir: PathBuf, holder: Option<&Path>) -> Option<Self> {
        if !git_dir.join("HEAD").is_file() {
            return None;
        }
        let common_dir = match fs::read_to_string(git_dir.join("commondir")) {
            Ok(link) => real_path(&git_dir.join(link.trim_end()))?,
            Err(_) => git_dir.clone(),
        };
        if !common_dir.join("objects").is_dir() || !common_dir.join("refs").is_dir() {
            return None;
        }
        let linked = git_dir != common_dir && git_dir.join("gitdir").is_file();
        let workdir = match (linked, holder) {
            (true, Some(holder)) => Some(holder.to_owned()),
            (true, None) => {
                let link = fs::read_to_string(git_dir.join("gitdir")).ok()?;
                Some(real_path(git_dir.join(link.trim_end()).parent()?)?)
            }
            (false, _) => configured_workdir(&git_dir, &common_dir, holder)?,
        };
        Some(Self { git_dir, common_dir, workdir })
    }
}

impl Location {
    /// The commit that is checked out, if plain files say so; `None` also for a packed branch.
    #[must_use]
    pub fn head(&self) -> Option<String> {
        let head = fs::read_to_string(self.git_dir.join("HEAD")).ok()?;
        let oid = match head.trim().strip_prefix("ref:") {
            Some(branch) => fs::read_to_string(self.common_dir.join(branch.trim())).ok()?,
            None => head,
        };
        let oid = oid.trim();
        oid.parse::<CommitId>().ok().map(|_| oid.to_owned())
    }
}

/// `Some(None)` for a bare repository, `None` for a work tree that is configured but missing.
fn configured_workdir(git_dir: &Path, common_dir: &Path, holder: Option<&Path>) -> Option<Option<PathBuf>> {
    let mut placement = Placement::default();
    if let Ok(config) = fs::read_to_string(common_dir.join("config")) {
        placement.read(&config);
    }
    if placement.per_worktree
        && let Ok(config) = fs::read_to_string(git_dir.join("config.worktree"))
    {
        placement.read(&config);
    }
    if placement.bare {
        return Some(None);
    }
    match placement.worktree {
        Some(worktree) => real_path(&git_dir.join(worktree)).map(Some),
        None => Some(holder.or_else(|| git_dir.parent()).map(Path::to_owned)),
    }
}

fn git_file_target(file: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(file).ok()?;
    let target = text.trim_end().strip_prefix("gitdir:")?.trim_start();
    if target.is_empty() {
        return None;
    }
    real_path(&file.parent()?.join(target))
}

/// The path with links resolved; on Windows also without the `\\?\` prefix, which libgit2 does not use.
pub(super) fn real_path(path: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(path).ok()?;
    let plain =
        real.to_str().and_then(|text| text.strip_prefix(r"\\?\")).filter(|text| text.as_bytes().get(1) == Some(&b':'));
    Some(plain.map(PathBuf::from).unwrap_or(real))
}
