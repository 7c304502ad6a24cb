//! Finds the commit that gave a file its text: the newest in HEAD's ancestry whose parents all have a different one.

use std::collections::{HashMap, HashSet};

use super::{
    error::{During as _, GitError},
    history::{Ancestry, Authored},
    id::{BlobId, CommitId},
    repository::Repository,
    trailer::trailers,
};

/// How many commits are visited before giving up.
const MAX_COMMITS: usize = 20_000;

/// A lazy walk through history that goes only as far as its queries require.
pub struct Makers<'r> {
    repository: &'r Repository,
    ancestry: Ancestry<'r>,
    /// The folder that is compared.
    folder: String,
    made: HashMap<(String, BlobId), CommitId>,
    left: usize,
}

impl Repository {
    /// Starts a walk for files below a folder; `None` in a repository without commits.
    ///
    /// # Errors
    /// HEAD cannot be read.
    pub fn makers(&self, folder: &str) -> Result<Option<Makers<'_>>, GitError> {
        self.head()?.map(|head| self.makers_from(head, folder)).transpose()
    }

    /// The same in the history of another commit than HEAD.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn makers_from(&self, tip: CommitId, folder: &str) -> Result<Makers<'_>, GitError> {
        let ancestry = self.ancestry(tip)?;
        let folder = folder.to_owned();
        Ok(Makers { repository: self, ancestry, folder, made: HashMap::new(), left: MAX_COMMITS })
    }

    /// A commit with its author and message, and its trailers.
    ///
    /// # Errors
    /// The commit cannot be read.
    pub fn authored(&self, id: CommitId) -> Result<(Authored, Vec<(String, String)>), GitError> {
        let commit = self.inner.find_commit(id.0).during("read commit", id)?;
        let authored = Authored::of(&commit);
        let trailers = trailers(&authored.message);
        Ok((authored, trailers))
    }
}

impl Makers<'_> {
    /// The commit that gave this path this text; `None` if it was not found within the limit and the available history.
    ///
    /// # Errors
    /// Commits or trees cannot be read.
    pub fn of(&mut self, path: &str, blob: BlobId) -> Result<Option<CommitId>, GitError> {
        let key = (path.to_owned(), blob);
        while !self.made.contains_key(&key) && self.advance()? {}
        Ok(self.made.get(&key).copied())
    }

    /// Visits one more commit; `false` if there is none or the limit is reached.
    fn advance(&mut self) -> Result<bool, GitError> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let Some(commit) = self.ancestry.next() else { return Ok(false) };
        let commit = commit?;
        let id = CommitId(commit.id());
        let parents: Vec<CommitId> = commit.parent_ids().map(CommitId).collect();
        // A text in the first commit of a shallow clone was not necessarily written by that commit.
        if parents.is_empty() && self.repository.is_shallow() {
            return Ok(true);
        }
        let first = self.repository.changed_paths(parents.first().copied(), id, &self.folder)?;
        let mut made: HashSet<(String, BlobId)> =
            first.into_iter().filter_map(|change| Some((change.path, change.new?))).collect();
        for parent in parents.iter().skip(1) {
            let other = self.repository.changed_paths(Some(*parent), id, &self.folder)?;
            let other: HashSet<String> = other.into_iter().map(|change| change.path).collect();
            made.retain(|(path, _)| other.contains(path));
        }
        for key in made {
            self.made.entry(key).or_insert(id);
        }
        Ok(true)
    }
}
