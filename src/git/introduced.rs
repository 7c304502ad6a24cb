//! Which commits brought a text, of all that any branch or stash has.

use std::collections::HashMap;

use super::{
    error::GitError,
    id::{BlobId, CommitId},
    repository::Repository,
};

/// Which commits changed a folder's files to which blobs, compared with their first parents.
pub(super) struct Introduced {
    tips: Vec<CommitId>,
    folder: String,
    commits: HashMap<BlobId, Vec<CommitId>>,
}

impl Introduced {
    fn read(repository: &Repository, tips: Vec<CommitId>, folder: &str, limit: usize) -> Result<Self, GitError> {
        let mut commits: HashMap<BlobId, Vec<_>> = HashMap::new();
        for commit in repository.ancestry_of(tips.iter().copied())?.take(limit) {
            let commit = commit?;
            let (id, parent) = (CommitId(commit.id()), commit.parent_ids().next().map(CommitId));
            for change in repository.changed_paths(parent, id, folder)? {
                if let Some(blob) = change.new {
                    commits.entry(blob).or_default().push(id);
                }
            }
        }
        Ok(Self { tips, folder: folder.to_owned(), commits })
    }
}

impl Repository {
    /// Each commit that has a blob at one of some paths below a folder though no parent has, of the newest
    /// `limit` in the history of all branches, including remote-tracking ones, and of the stash. Who asks for one blob asks
    /// for more: history is read once.
    pub fn introduced_by(
        &self,
        blob: BlobId,
        paths: &[String],
        folder: &str,
        limit: usize,
    ) -> Result<Vec<CommitId>, GitError> {
        let tips = self.tips_and_stashes()?;
        let mut read = self.introduced.borrow_mut();
        let known = match read.take().filter(|known| known.tips == tips && known.folder == folder) {
            Some(known) => known,
            None => Introduced::read(self, tips, folder, limit)?,
        };
        let has = |commit| Ok::<_, GitError>(self.first_at(commit, paths)?.is_some_and(|(_, found)| found == blob));
        let mut introduced = Vec::new();
        for commit in known.commits.get(&blob).into_iter().flatten() {
            let mut had = !has(*commit)?;
            for parent in self.authored(*commit)?.0.parents {
                had = had || has(parent)?;
            }
            if !had {
                introduced.push(*commit);
            }
        }
        *read = Some(known);
        Ok(introduced)
    }
}
