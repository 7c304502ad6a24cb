//! The story of one file: the commits that made it what it is, through renames, newest first.

use std::collections::HashSet;

use super::{
    error::{During as _, GitError},
    id::{BlobId, CommitId},
    repository::Repository,
};

/// So many files that a commit removed are compared with one that it made.
const MOST_SOURCES: usize = 50;

/// What a commit did to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// The commit.
    pub commit: CommitId,
    /// How many commits were looked at before it: the larger, the older.
    pub age: usize,
    /// The name of its author.
    pub author: String,
    /// When it was written, Unix seconds.
    pub at: i64,
    /// The first line of its message.
    pub subject: String,
    /// Where the file lay from then on.
    pub path: String,
    /// Where it lay before, where that was elsewhere.
    pub from: Option<String>,
    /// What it held before; `None` where the commit made it.
    pub old: Option<BlobId>,
    /// What it held from then on.
    pub new: BlobId,
}

impl Repository {
    /// The commits in the ancestry of `tip` that changed the file at `path`, newest first; at most `limit` commits are
    /// looked at. Where a commit made it of another file below `folder`, that one's story goes on.
    ///
    /// # Errors
    /// Commits and trees that cannot be read.
    pub fn file_story(
        &self,
        tip: CommitId,
        path: &str,
        folder: &str,
        limit: usize,
    ) -> Result<Vec<FileChange>, GitError> {
        // On a branch beside the one that renamed it, the file goes on under its old name.
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
            // What the edge of a shallow clone seems to make was made before it.
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

    /// A commit and its ancestors, each after all of its children.
    fn after_children(&self, tip: CommitId, limit: usize) -> Result<Vec<CommitId>, GitError> {
        if self.is_shallow() {
            return self.ancestry(tip)?.take(limit).map(|commit| Ok(CommitId(commit?.id()))).collect();
        }
        let mut walk = self.inner.revwalk().during("walk from", tip)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).during("walk from", tip)?;
        walk.push(tip.0).during("walk from", tip)?;
        walk.take(limit).map(|id| Ok(CommitId(id.during("walk from", tip)?))).collect()
    }

    /// The file that a commit made another one of: one with the same text, the same name or most of the lines.
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
        let blob = self.inner.find_blob(blob.0).during("read blob", blob)?;
        let lines = blob.content().split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        Ok(lines.map(<[u8]>::to_vec).collect())
    }
}
