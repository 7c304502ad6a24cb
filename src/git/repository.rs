//! An open repository: its paths, its user, its HEAD, and objects by ID.

use std::{
    cell::{OnceCell, RefCell},
    path::{Path, PathBuf},
};

use git2::{ErrorCode, Odb, Oid, RepositoryOpenFlags};

use super::{
    error::{During, GitError, IfFound},
    filter::Filters,
    id::{BlobId, CommitId},
    introduced::Introduced,
    new_objects::blob_id,
    tree, tree_path,
};
use crate::domain::text::MAX_BYTES;

/// `user.name`, as git would read it outside all repositories.
#[must_use]
pub fn user_name() -> Option<String> {
    value_of(&git2::Config::open_default().ok()?, "user.name")
}

fn value_of(config: &git2::Config, key: &str) -> Option<String> {
    let value = config.get_string(key).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// A git repository, opened through libgit2.
pub struct Repository {
    pub(super) inner: git2::Repository,
    filters: OnceCell<Filters>,
    pub(super) introduced: RefCell<Option<Introduced>>,
}

impl Repository {
    /// Opens the repository that contains `from`; `None` if there is none.
    pub fn discover(from: &Path) -> Result<Option<Self>, GitError> {
        let no_ceiling: [&Path; 0] = [];
        let opened = git2::Repository::open_ext(from, RepositoryOpenFlags::CROSS_FS, no_ceiling)
            .if_found()
            .map_err(|error| GitError::opening(from, error))?;
        Ok(opened.map(|inner| Self { inner, filters: OnceCell::new(), introduced: RefCell::default() }))
    }

    /// The top of the work tree; `None` for a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The git directory of this work tree.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The git directory that all linked work trees share.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether the history was truncated by a shallow clone or fetch.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// `user.name`, as git would read it here.
    pub fn user_name(&self) -> Option<String> {
        self.setting("user.name")
    }

    /// `user.email`, as git would read it here.
    pub fn user_email(&self) -> Option<String> {
        self.setting("user.email")
    }

    pub(super) fn setting(&self, key: &str) -> Option<String> {
        value_of(&self.inner.config().ok()?, key)
    }

    /// The commit of HEAD; `None` in a repository without commits.
    pub fn head(&self) -> Result<Option<CommitId>, GitError> {
        let doing = "read HEAD of";
        match self.inner.head() {
            Ok(head) => {
                let commit = head.peel_to_commit().during(doing, self.name())?;
                Ok(Some(CommitId(commit.id())))
            }
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Ok(None),
            Err(error) => Err(error).during(doing, self.name()),
        }
    }

    /// The blob ID that `text` would get as a file at `path`, after git's clean filters; writes nothing.
    pub fn clean_blob_id(&self, path: &str, text: &[u8]) -> Result<BlobId, GitError> {
        tree_path::names(path)?;
        let clean = self.filters().clean(self, path, text, || self.index_blob(path))?;
        Ok(BlobId(blob_id(&clean)?))
    }

    /// The content of a blob as stored (not smudged). Its size is known before anything is read.
    ///
    /// # Errors
    /// It is larger than a document may be, or cannot be read.
    pub fn read_blob(&self, blob: BlobId) -> Result<Vec<u8>, GitError> {
        let (size, _) = self.odb()?.read_header(blob.0).during("read blob", blob)?;
        if size > MAX_BYTES {
            return Err(GitError::TooLarge { blob, bytes: size as u64 });
        }
        let blob = self.inner.find_blob(blob.0).during("read blob", blob)?;
        Ok(blob.content().to_vec())
    }

    /// The content of a blob; `None` if it is too large to be a document.
    pub(super) fn small_blob(&self, blob: BlobId) -> Result<Option<Vec<u8>>, GitError> {
        match self.read_blob(blob) {
            Err(GitError::TooLarge { .. }) => Ok(None),
            read => read.map(Some),
        }
    }

    fn index_blob(&self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let index = self.inner.index().during("read the index of", self.name())?;
        match index.get_path(Path::new(path), 0) {
            Some(entry) if tree::is_file(entry.mode) => self.small_blob(BlobId(entry.id)),
            _ => Ok(None),
        }
    }

    pub(super) fn filters(&self) -> &Filters {
        self.filters.get_or_init(|| Filters::of(self))
    }

    pub(super) fn odb(&self) -> Result<Odb<'_>, GitError> {
        self.inner.odb().during("open the objects of", self.name())
    }

    pub(super) fn tree_of(&self, commit: CommitId) -> Result<Oid, GitError> {
        Ok(self.inner.find_commit(commit.0).during("read commit", commit)?.tree_id())
    }

    pub(super) fn name(&self) -> std::path::Display<'_> {
        self.inner.path().display()
    }

    pub(super) fn shared(&self, path: &str) -> PathBuf {
        self.common_dir().join(path)
    }
}
