//! Walks the ancestry of a commit, newest first, and searches it for texts.

use std::{
    collections::{BinaryHeap, HashMap, HashSet},
    mem,
};

use git2::{Commit, Odb, Oid};

use super::{
    error::{During, GitError},
    id::{BlobId, CommitId},
    repository::Repository,
    tree::{self, TreeChange, read_tree},
};

/// A commit with its author and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// The commit.
    pub commit: CommitId,
    /// Its parents, in order; empty for a root commit.
    pub parents: Vec<CommitId>,
    /// The author's name, as written.
    pub author: String,
    /// The whole message.
    pub message: String,
    /// When it was committed, in seconds since the Unix epoch, by the clock of who did.
    pub committed_at: i64,
}

impl Authored {
    /// What a commit says of itself.
    pub(super) fn of(commit: &git2::Commit<'_>) -> Self {
        Self {
            commit: CommitId(commit.id()),
            parents: commit.parent_ids().map(CommitId).collect(),
            author: String::from_utf8_lossy(commit.author().name_bytes()).into_owned(),
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
            committed_at: commit.time().seconds(),
        }
    }

    /// The first parent; `None` for a root commit.
    #[must_use]
    pub fn parent(&self) -> Option<CommitId> {
        self.parents.first().copied()
    }
}

/// After so many commits from before a time, one after the other, all the rest is taken to be older, too: the clock of a
/// single one may be wrong.
const OLDER: usize = 50;

/// Whether a blob ever was at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    Found,
    /// The whole ancestry was searched.
    Absent,
    /// The search reached its limit or the edge of a shallow clone first.
    GaveUp,
}

impl Repository {
    /// Whether each blob was ever at its path in HEAD or an ancestor, in the order of `wanted`. Visits at most `limit`
    /// commits, in one walk for all of them.
    pub fn occurring(&self, wanted: &[(String, BlobId)], limit: usize) -> Result<Vec<Occurrence>, GitError> {
        self.occurring_since(wanted, i64::MIN, limit)
    }

    /// Like [`Self::occurring`], where no commit from before `since`, in seconds since the Unix epoch, can have any of them.
    ///
    /// # Errors
    /// HEAD, commits or trees cannot be read.
    pub fn occurring_since(
        &self,
        wanted: &[(String, BlobId)],
        since: i64,
        limit: usize,
    ) -> Result<Vec<Occurrence>, GitError> {
        let Some(head) = self.head()? else { return Ok(vec![Occurrence::Absent; wanted.len()]) };
        let wanted: Vec<_> = wanted.iter().map(|(path, blob)| (path.as_str(), Some(*blob))).collect();
        self.search([head], &wanted, since, limit)
    }

    /// Like [`Self::occurring`], for the ancestry of a commit other than HEAD.
    pub fn occurring_from(
        &self,
        tip: CommitId,
        wanted: &[(String, BlobId)],
        limit: usize,
    ) -> Result<Vec<Occurrence>, GitError> {
        let wanted: Vec<_> = wanted.iter().map(|(path, blob)| (path.as_str(), Some(*blob))).collect();
        self.search([tip], &wanted, i64::MIN, limit)
    }

    /// Like [`Self::occurring`], for the history of all branches, including remote-tracking ones and the stash.
    ///
    /// # Errors
    /// Branches, commits or trees cannot be read.
    pub fn occurring_anywhere(&self, wanted: &[(String, BlobId)], limit: usize) -> Result<Vec<Occurrence>, GitError> {
        let wanted: Vec<_> = wanted.iter().map(|(path, blob)| (path.as_str(), Some(*blob))).collect();
        self.search(self.tips_and_stashes()?, &wanted, i64::MIN, limit)
    }

    /// What the branches, including remote-tracking ones, and the stash have at a path now, each text once.
    ///
    /// # Errors
    /// Branches, commits or trees cannot be read.
    pub fn held_anywhere(&self, path: &str) -> Result<Vec<BlobId>, GitError> {
        let mut held = Vec::new();
        for tip in self.tips_and_stashes()? {
            held.extend(self.blob_at(tip, path)?.filter(|blob| !held.contains(blob)));
        }
        Ok(held)
    }

    pub(super) fn tips_and_stashes(&self) -> Result<Vec<CommitId>, GitError> {
        let mut tips = self.tips()?;
        // The reference names only the newest stash.
        if let Some(stashes) = self.reflog("refs/stash")? {
            tips.extend(stashes.iter().map(|entry| CommitId(entry.id_new())));
        }
        Ok(tips)
    }

    /// Whether there was ever a file at each path in a commit or its ancestry; like [`Self::occurring_from`].
    ///
    /// # Errors
    /// Commits or trees cannot be read.
    pub fn ever_at(&self, tip: CommitId, paths: &[String], limit: usize) -> Result<Vec<Occurrence>, GitError> {
        let wanted: Vec<_> = paths.iter().map(|path| (path.as_str(), None)).collect();
        self.search([tip], &wanted, i64::MIN, limit)
    }

    fn search(
        &self,
        tips: impl IntoIterator<Item = CommitId>,
        wanted: &[(&str, Option<BlobId>)],
        since: i64,
        limit: usize,
    ) -> Result<Vec<Occurrence>, GitError> {
        let mut search = Search::new(wanted);
        let mut rest = if self.is_shallow() { Occurrence::GaveUp } else { Occurrence::Absent };
        let (odb, mut older) = (self.odb()?, 0);
        for (looked_at, commit) in self.ancestry_of(tips)?.enumerate() {
            if search.root.is_done() {
                break;
            }
            if looked_at == limit {
                rest = Occurrence::GaveUp;
                break;
            }
            let commit = commit?;
            older = if commit.time().seconds() < since { older + 1 } else { 0 };
            if older > OLDER {
                break;
            }
            search.look(&odb, commit.tree_id())?;
        }
        Ok(search.found.into_iter().map(|found| if found { Occurrence::Found } else { rest }).collect())
    }

    /// The commits reachable from `tip` but not from `since`, each after its parents.
    pub fn commits_since(&self, since: CommitId, tip: CommitId) -> Result<Vec<Authored>, GitError> {
        let mut walk = self.inner.revwalk().during("walk from", tip)?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE).during("walk from", tip)?;
        walk.push(tip.0).during("walk from", tip)?;
        walk.hide(since.0).during("walk up to", since)?;
        let mut commits = Vec::new();
        for id in walk {
            let id = id.during("walk from", tip)?;
            commits.push(Authored::of(&self.inner.find_commit(id).during("read commit", id)?));
        }
        Ok(commits)
    }

    /// The files below the folder `prefix` that a commit itself changed, compared with its first parent: for a merge,
    /// only those that differ from every parent, there or under the same name in a folder that was moved.
    pub fn made_by(&self, commit: &Authored, prefix: &str) -> Result<Vec<TreeChange>, GitError> {
        let mut changes = self.changed_paths(commit.parent(), commit.commit, prefix)?;
        for parent in commit.parents.iter().skip(1) {
            let mut made = Vec::with_capacity(changes.len());
            for change in changes {
                if self.blob_at(*parent, &change.path)? != change.new {
                    made.push(change);
                }
            }
            changes = made;
        }
        if commit.parents.len() > 1 && changes.iter().any(|change| change.old.is_none()) {
            let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
            let mut moved: HashSet<(Option<String>, BlobId)> = HashSet::new();
            for parent in &commit.parents {
                let gone = self.changed_paths(Some(*parent), commit.commit, prefix)?;
                let gone = gone.into_iter().filter(|change| change.new.is_none());
                moved.extend(gone.filter_map(|change| Some((name(&change.path), change.old?))));
            }
            let has_moved = |change: &TreeChange| {
                change.old.is_none() && change.new.is_some_and(|blob| moved.contains(&(name(&change.path), blob)))
            };
            changes.retain(|change| !has_moved(change));
        }
        Ok(changes)
    }

    /// For each path, the newest blob in the commit or its ancestry that `accepts` returns true for; visits at most
    /// `limit` commits, in one walk for all paths. A merge that has what one of its parents had is followed along that
    /// parent only. `accepts` is called with the index of the path, once per blob of a path.
    pub fn newest<E: From<GitError>>(
        &self,
        tip: CommitId,
        paths: &[String],
        limit: usize,
        mut accepts: impl FnMut(usize, BlobId) -> Result<bool, E>,
    ) -> Result<Vec<Option<BlobId>>, E> {
        let mut found = vec![None; paths.len()];
        let mut seen: HashSet<(usize, BlobId)> = HashSet::new();
        let mut search = Lines::of(self);
        (0..paths.len()).try_for_each(|index| search.follow(index, tip.0))?;
        for _ in 0..limit {
            let Some((commit, wanted)) = search.next()? else { break };
            let parents: Vec<Oid> = commit.parent_ids().collect();
            for index in wanted {
                let path = &paths[index];
                let blob = self.blob_at(CommitId(commit.id()), path)?;
                if let Some(blob) = blob.filter(|blob| seen.insert((index, *blob)))
                    && accepts(index, blob)?
                {
                    found[index] = Some(blob);
                    continue;
                }
                let given = self.given_by(&parents, std::slice::from_ref(path), blob)?;
                given.into_iter().try_for_each(|parent| search.follow(index, parent))?;
            }
        }
        Ok(found)
    }

    /// The first blob that `accepts` returns true for along each line of history that leads to some commits, at the first
    /// of some paths that each commit has; visits at most `limit` commits.
    pub fn newest_on_lines(
        &self,
        tips: &[CommitId],
        paths: &[String],
        limit: usize,
        accepts: impl Fn(BlobId) -> bool,
    ) -> Result<HashSet<BlobId>, GitError> {
        let mut found = HashSet::new();
        let mut search = Lines::of(self);
        tips.iter().try_for_each(|tip| search.follow(0, tip.0))?;
        for _ in 0..limit {
            let Some((commit, _)) = search.next()? else { break };
            let parents: Vec<Oid> = commit.parent_ids().collect();
            let blob = self.first_at(CommitId(commit.id()), paths)?.map(|(_, blob)| blob);
            match blob.filter(|blob| accepts(*blob)) {
                Some(blob) => drop(found.insert(blob)),
                None => {
                    let given = self.given_by(&parents, paths, blob)?;
                    given.into_iter().try_for_each(|parent| search.follow(0, parent))?;
                }
            }
        }
        Ok(found)
    }

    /// The first of some paths where a commit has anything, and what it has there.
    pub fn first_at<'p>(
        &self,
        commit: CommitId,
        paths: &'p [String],
    ) -> Result<Option<(&'p String, BlobId)>, GitError> {
        for path in paths {
            if let Some(blob) = self.blob_at(commit, path)? {
                return Ok(Some((path, blob)));
            }
        }
        Ok(None)
    }

    /// The parents that a commit may have a blob from: of a merge that has what one of its parents had, that one.
    fn given_by(&self, parents: &[Oid], paths: &[String], blob: Option<BlobId>) -> Result<Vec<Oid>, GitError> {
        if let [_, _, ..] = parents[..]
            && blob.is_some()
        {
            for parent in parents {
                if self.first_at(CommitId(*parent), paths)?.map(|(_, blob)| blob) == blob {
                    return Ok(vec![*parent]);
                }
            }
        }
        Ok(parents.to_vec())
    }

    /// `tip` and all its ancestors over all parents, newest first; ends at the edge of a shallow clone.
    pub(super) fn ancestry(&self, tip: CommitId) -> Result<Ancestry<'_>, GitError> {
        self.ancestry_of([tip])
    }

    /// [`Self::ancestry`] of several commits, without duplicates.
    pub(super) fn ancestry_of(&self, tips: impl IntoIterator<Item = CommitId>) -> Result<Ancestry<'_>, GitError> {
        let mut ancestry = Ancestry { repository: self, queue: BinaryHeap::new(), seen: HashSet::new() };
        tips.into_iter().try_for_each(|tip| ancestry.enqueue(tip.0))?;
        Ok(ancestry)
    }
}

/// An iterator over commits. It honours shallow grafts, which libgit2's own walk does not.
pub(super) struct Ancestry<'r> {
    repository: &'r Repository,
    queue: BinaryHeap<(i64, Oid)>,
    seen: HashSet<Oid>,
}

impl<'r> Ancestry<'r> {
    fn commit(&self, id: Oid) -> Result<Commit<'r>, GitError> {
        self.repository.inner.find_commit(id).during("read commit", id)
    }

    fn enqueue(&mut self, id: Oid) -> Result<(), GitError> {
        if self.seen.insert(id) {
            self.queue.push((self.commit(id)?.time().seconds(), id));
        }
        Ok(())
    }

    fn advance(&mut self, id: Oid) -> Result<Commit<'r>, GitError> {
        let commit = self.commit(id)?;
        for parent in commit.parent_ids() {
            self.enqueue(parent)?;
        }
        Ok(commit)
    }
}

impl<'r> Iterator for Ancestry<'r> {
    type Item = Result<Commit<'r>, GitError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, id) = self.queue.pop()?;
        Some(self.advance(id))
    }
}

/// A walk that goes along several lines of history at once, newest first.
struct Lines<'r> {
    repository: &'r Repository,
    queue: BinaryHeap<(i64, Oid)>,
    /// Who is to look at each commit in the queue.
    wanted: HashMap<Oid, Vec<usize>>,
    met: HashSet<(usize, Oid)>,
}

impl<'r> Lines<'r> {
    fn of(repository: &'r Repository) -> Self {
        Self { repository, queue: BinaryHeap::new(), wanted: HashMap::new(), met: HashSet::new() }
    }

    fn follow(&mut self, index: usize, commit: Oid) -> Result<(), GitError> {
        if self.met.insert((index, commit)) {
            let wanted = self.wanted.entry(commit).or_default();
            if wanted.is_empty() {
                let time = self.repository.inner.find_commit(commit).during("read commit", commit)?.time();
                self.queue.push((time.seconds(), commit));
            }
            wanted.push(index);
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(Commit<'r>, Vec<usize>)>, GitError> {
        let Some((_, id)) = self.queue.pop() else { return Ok(None) };
        let commit = self.repository.inner.find_commit(id).during("read commit", id)?;
        Ok(Some((commit, self.wanted.remove(&id).unwrap_or_default())))
    }
}

struct Search<'w> {
    /// Paths, each with the blob to find; `None` for any.
    wanted: &'w [(&'w str, Option<BlobId>)],
    root: Folder<'w>,
    found: Vec<bool>,
}

/// What remains to be found in one folder.
#[derive(Default)]
struct Folder<'w> {
    /// Indexes into `wanted`, by file name.
    files: HashMap<&'w [u8], Vec<usize>>,
    folders: HashMap<&'w [u8], Folder<'w>>,
    /// The trees of this folder in commits visited so far; most commits do not change it.
    seen: HashSet<Oid>,
}

impl<'w> Search<'w> {
    fn new(wanted: &'w [(&'w str, Option<BlobId>)]) -> Self {
        let mut root = Folder::default();
        for (index, (path, _)) in wanted.iter().enumerate() {
            let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
            let mut folder = &mut root;
            for name in folders.split('/').filter(|name| !name.is_empty()) {
                folder = folder.folders.entry(name.as_bytes()).or_default();
            }
            folder.files.entry(name.as_bytes()).or_default().push(index);
        }
        Self { wanted, root, found: vec![false; wanted.len()] }
    }

    fn look(&mut self, odb: &Odb<'_>, tree: Oid) -> Result<(), GitError> {
        let mut root = mem::take(&mut self.root);
        let looked = self.look_in(&mut root, odb, tree);
        self.root = root;
        looked
    }

    fn look_in(&mut self, folder: &mut Folder<'w>, odb: &Odb<'_>, tree: Oid) -> Result<(), GitError> {
        if !folder.seen.insert(tree) {
            return Ok(());
        }
        let tree = read_tree(odb, tree)?;
        for entry in tree::entries(&tree)? {
            if tree::is_file(entry.mode) {
                let Some(indexes) = folder.files.get_mut(entry.name) else {
                    continue;
                };
                indexes.retain(|&index| {
                    let found = self.wanted[index].1.is_none_or(|blob| blob.0 == entry.id);
                    self.found[index] |= found;
                    !found
                });
                if indexes.is_empty() {
                    folder.files.remove(entry.name);
                }
            } else if tree::is_folder(entry.mode) {
                let Some(inner) = folder.folders.get_mut(entry.name) else {
                    continue;
                };
                self.look_in(inner, odb, entry.id)?;
                if inner.is_done() {
                    folder.folders.remove(entry.name);
                }
            }
        }
        Ok(())
    }
}

impl Folder<'_> {
    fn is_done(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }
}
