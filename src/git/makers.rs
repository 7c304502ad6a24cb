//! Which commit made a text what it is at its path: the newest in HEAD's ancestry whose parents all have another one.

use std::collections::{HashMap, HashSet};

use super::{
    error::{During as _, GitError},
    history::{Ancestry, Authored},
    id::{BlobId, CommitId},
    repository::Repository,
    trailer::trailers,
};

/// How many commits are looked at before the question is given up.
const MAX_COMMITS: usize = 20_000;

/// A walk through history that goes no further than its questions ask.
pub struct Makers<'r> {
    repository: &'r Repository,
    ancestry: Ancestry<'r>,
    /// The folder that is looked into.
    folder: String,
    made: HashMap<(String, BlobId), CommitId>,
    left: usize,
}

impl Repository {
    /// Asks for the makers of files below a folder; `None` before the first commit.
    ///
    /// # Errors
    /// A HEAD that cannot be read.
    pub fn makers(&self, folder: &str) -> Result<Option<Makers<'_>>, GitError> {
        let Some(head) = self.head()? else { return Ok(None) };
        let ancestry = self.ancestry(head)?;
        let folder = folder.to_owned();
        Ok(Some(Makers { repository: self, ancestry, folder, made: HashMap::new(), left: MAX_COMMITS }))
    }

    /// A commit as somebody made it, and the trailers of its message.
    ///
    /// # Errors
    /// A commit that cannot be read.
    pub fn authored(&self, id: CommitId) -> Result<(Authored, Vec<(String, String)>), GitError> {
        let commit = self.inner.find_commit(id.0).during("read commit", id)?;
        let parents = commit.parent_ids().map(CommitId).collect();
        let author = String::from_utf8_lossy(commit.author().name_bytes()).into_owned();
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let trailers = trailers(&message);
        Ok((Authored { commit: id, parents, author, message }, trailers))
    }
}

impl Makers<'_> {
    /// The commit that made this text at this path; `None` where HEAD's ancestry, as far as it is there and was looked
    /// at, does not tell.
    ///
    /// # Errors
    /// Commits and trees that cannot be read.
    pub fn of(&mut self, path: &str, blob: BlobId) -> Result<Option<CommitId>, GitError> {
        let key = (path.to_owned(), blob);
        while !self.made.contains_key(&key) && self.advance()? {}
        Ok(self.made.get(&key).copied())
    }

    /// Looks at one more commit; `false` where there is none.
    fn advance(&mut self) -> Result<bool, GitError> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        let Some(commit) = self.ancestry.next() else { return Ok(false) };
        let commit = commit?;
        let id = CommitId(commit.id());
        let parents: Vec<CommitId> = commit.parent_ids().map(CommitId).collect();
        // What the edge of a shallow clone seems to make was made before it.
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
