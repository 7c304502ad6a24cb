//! The history of one file: the commits that changed it, across renames, newest first.

use std::collections::HashSet;

use super::{
    error::{During as _, GitError},
    id::{BlobId, CommitId},
    repository::Repository,
};

/// The maximum number of removed files to compare with a file that the same commit created.
const MOST_SOURCES: usize = 50;

/// A commit's change to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The commit.
    pub commit: CommitId,
    /// The number of commits visited before it; the higher, the older.
    pub age: usize,
    /// The name of its author.
    pub author: String,
    /// The author date, in Unix seconds.
    pub at: i64,
    /// The first line of its message.
    pub subject: String,
    /// The file's path from then on.
    pub path: String,
    /// The file's path before, if the commit renamed it.
    pub from: Option<String>,
    /// The content before; `None` if the commit created the file.
    pub old: Option<BlobId>,
    /// The content from then on.
    pub new: BlobId,
}

impl Repository {
    /// The commits in the ancestry of `tip` that changed the file at `path`, newest first; at most `limit` commits are
    /// visited. If a commit created it from another file below `folder`, the history continues with that file.
    ///
    /// # Errors
    /// Commits or trees cannot be read.
    pub fn file_story(
        &self,
        tip: CommitId,
        path: &str,
        folder: &str,
        limit: usize,
    ) -> Result<Vec<FileChange>, GitError> {
        // On a branch parallel to the rename, the file keeps its old name.
        let mut names = vec![path.to_owned()];
        let mut story = Vec::new();
        for (age, id) in self.after_children(tip, limit)?.into_iter().enumerate() {
            let commit = self.inner.find_commit(id.0).during("read commit", id)?;
            let mut found = None;
            for name in &names {
                found = found.or(self.blob_at(id, name)?.map(|blob| (name.clone(), blob)));
            }
            let Some((path, new)) = found else { continue };
            let parents: Vec<CommitId> = commit.parent_ids().map(CommitId).collect();
            // A file in the first commit of a shallow clone was not necessarily created by that commit.
            if parents.is_empty() && self.is_shallow() {
                continue;
            }
            let before = parents.iter().map(|parent| self.blob_at(*parent, &path)).collect::<Result<Vec<_>, _>>()?;
            if before.contains(&Some(new)) {
                continue;
            }
            let mut old = before.into_iter().flatten().next();
            let mut from = None;
            if let (None, Some(parent)) = (old, parents.first()) {
                from = self.source(*parent, id, folder, &path, new)?;
                old = from.as_ref().map_or(Ok(None), |from| self.blob_at(*parent, from))?;
            }
            let author = String::from_utf8_lossy(commit.author().name_bytes()).into_owned();
            let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
            let subject = message.lines().next().unwrap_or_default().to_owned();
            let at = commit.author().when().seconds();
            story.push(FileChange { commit: id, age, author, at, subject, path, from: from.clone(), old, new });
            names.extend(from.filter(|from| !names.contains(from)));
        }
        Ok(story)
    }

    /// A commit and its ancestors, each after all its children.
    fn after_children(&self, tip: CommitId, limit: usize) -> Result<Vec<CommitId>, GitError> {
        if self.is_shallow() {
            return self.ancestry(tip)?.take(limit).map(|commit| Ok(CommitId(commit?.id()))).collect();
        }
        let mut walk = self.inner.revwalk().during("walk from", tip)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).during("walk from", tip)?;
        walk.push(tip.0).during("walk from", tip)?;
        walk.take(limit).map(|id| Ok(CommitId(id.during("walk from", tip)?))).collect()
    }

    /// The file that a commit renamed or copied: one with the same text, the same name or most of the lines.
    fn source(
        &self,
        parent: CommitId,
        commit: CommitId,
        folder: &str,
        path: &str,
        new: BlobId,
    ) -> Result<Option<String>, GitError> {
        let changes = self.changed_paths(Some(parent), commit, folder)?;
        let gone = changes.into_iter().filter(|change| change.new.is_none());
        let gone: Vec<(String, BlobId)> = gone.filter_map(|change| Some((change.path, change.old?))).collect();
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        if let Some((same, _)) = gone.iter().find(|(_, old)| *old == new) {
            return Ok(Some(same.clone()));
        }
        if let Some((same, _)) = gone.iter().find(|(old, _)| name(old) == name(path)) {
            return Ok(Some(same.clone()));
        }
        let text = self.lines(new)?;
        let mut best: Option<(usize, &String)> = None;
        for (from, old) in gone.iter().take(MOST_SOURCES) {
            let other = self.lines(*old)?;
            let shared = text.intersection(&other).count();
            let is_alike = shared * 2 >= text.len().max(other.len());
            if is_alike && best.is_none_or(|(most, _)| shared > most) {
                best = Some((shared, from));
            }
        }
        Ok(best.map(|(_, from)| from.clone()))
    }

    fn lines(&self, blob: BlobId) -> Result<HashSet<Vec<u8>>, GitError> {
        let bytes = self.small_blob(blob)?.unwrap_or_default();
        let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(<[u8]>::to_vec).collect())
    }
}
