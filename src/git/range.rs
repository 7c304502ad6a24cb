//! The commits between two commits, and commits with trailers, children before parents. Honours shallow grafts.

use std::{
    collections::{HashMap, HashSet},
    fs,
};

use super::{
    error::{During, GitError},
    id::CommitId,
    repository::Repository,
    trailer::trailers,
};

/// A commit with what its message and author say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub commit: CommitId,
    /// Its parents, in order; empty at the edge of a shallow clone.
    pub parents: Vec<CommitId>,
    /// The name of its author.
    pub author: String,
    /// The trailers of its message, in order.
    pub trailers: Vec<(String, String)>,
    /// Whether its parents lie beyond the edge of a shallow clone.
    pub is_cut: bool,
}

/// The commits that one commit has and another lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The newest common ancestor; `None` if there is none, or it lies beyond the edge of a shallow clone.
    pub start: Option<CommitId>,
    /// The commits reachable from the head but not from the base, children before parents.
    pub commits: Vec<Told>,
}

impl Repository {
    /// The commits that `head` has and `base` lacks.
    pub fn range(&self, base: CommitId, head: CommitId) -> Result<Range, GitError> {
        let before = self.reachable([base])?;
        if before.contains(&head) {
            return Ok(Range { start: Some(head), commits: Vec::new() });
        }
        let commits = self.children_first(&[head], |commit| !before.contains(&commit))?;
        let mut borders: Vec<CommitId> = Vec::new();
        for parent in commits.iter().flat_map(|told| &told.parents).filter(|parent| before.contains(parent)) {
            if !borders.contains(parent) {
                borders.push(*parent);
            }
        }
        if borders.len() > 1 {
            // A commit that is an ancestor of another candidate is not the newest.
            let mut earlier = Vec::new();
            for border in &borders {
                let commit = self.inner.find_commit(border.0).during("read commit", border)?;
                earlier.extend(commit.parent_ids().map(CommitId));
            }
            let earlier = self.reachable(earlier)?;
            borders.retain(|border| !earlier.contains(border));
        }
        Ok(Range { start: borders.first().copied(), commits })
    }

    /// The commits reachable from `tips` whose message has a trailer `key`, children before parents.
    pub fn trailed(&self, tips: &[CommitId], key: &str) -> Result<Vec<Told>, GitError> {
        let mut commits = self.children_first(tips, |_| true)?;
        commits.retain(|told| told.trailers.iter().any(|(name, _)| name.eq_ignore_ascii_case(key)));
        Ok(commits)
    }

    /// The tips of all branches with this name: the local one and those of the remotes.
    pub fn tips_named(&self, branch: &str) -> Result<Vec<CommitId>, GitError> {
        let mut tips = Vec::new();
        tips.extend(self.branch_tip(branch)?);
        let doing = "list the branches of";
        for remote in self.inner.remotes().during(doing, self.name())?.iter().filter_map(|name| name.ok().flatten()) {
            tips.extend(self.reference_tip(&format!("refs/remotes/{remote}/{branch}"))?);
        }
        tips.dedup();
        Ok(tips)
    }

    fn reachable(&self, tips: impl IntoIterator<Item = CommitId>) -> Result<HashSet<CommitId>, GitError> {
        self.ancestry_of(tips)?.map(|commit| Ok(CommitId(commit?.id()))).collect()
    }

    /// The commits reachable from `tips` through commits that `follow` accepts; a parent of a rejected commit must be
    /// rejected too.
    fn children_first(&self, tips: &[CommitId], follow: impl Fn(CommitId) -> bool) -> Result<Vec<Told>, GitError> {
        let edge = self.edge();
        let mut told: HashMap<CommitId, Told> = HashMap::new();
        let mut parents_first = Vec::new();
        // Each commit is pushed twice: to be visited, and then to be output after its parents.
        let mut pending: Vec<(CommitId, bool)> = tips.iter().rev().map(|tip| (*tip, false)).collect();
        while let Some((commit, is_behind)) = pending.pop() {
            if is_behind {
                parents_first.push(commit);
                continue;
            }
            if told.contains_key(&commit) || !follow(commit) {
                continue;
            }
            let found = self.inner.find_commit(commit.0).during("read commit", commit)?;
            let parents: Vec<CommitId> = found.parent_ids().map(CommitId).collect();
            pending.push((commit, true));
            pending.extend(parents.iter().rev().map(|parent| (*parent, false)));
            let author = String::from_utf8_lossy(found.author().name_bytes()).into_owned();
            let trailers = trailers(&String::from_utf8_lossy(found.message_bytes()));
            let is_cut = edge.contains(&commit.to_string());
            told.insert(commit, Told { commit, parents, author, trailers, is_cut });
        }
        Ok(parents_first.iter().rev().filter_map(|commit| told.remove(commit)).collect())
    }

    /// The commits at which a shallow clone ends.
    fn edge(&self) -> HashSet<String> {
        let listed = fs::read_to_string(self.shared("shallow")).unwrap_or_default();
        listed.lines().map(|line| line.trim().to_owned()).collect()
    }
}
