//! What lies between two commits, and which commits carry trailers, children before parents. Follows shallow grafts.

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

/// A commit as a history tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub commit: CommitId,
    /// In their order; none where history is cut off.
    pub parents: Vec<CommitId>,
    /// The name of its author.
    pub author: String,
    /// Of its message, in their order.
    pub trailers: Vec<(String, String)>,
    /// Whether its parents are beyond the edge of a shallow clone.
    pub is_cut: bool,
}

/// What one commit has and another lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The last commit that both have; `None` where there is none, or where it is beyond the edge of a shallow clone.
    pub start: Option<CommitId>,
    /// The commits that can be reached from the head and not from the base, children before parents.
    pub commits: Vec<Told>,
}

impl Repository {
    /// What `head` has and `base` lacks.
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
            // One that another one has in its past is not the last.
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

    /// The commits up to any of `tips` whose message has a trailer `key`, children before parents.
    pub fn trailed(&self, tips: &[CommitId], key: &str) -> Result<Vec<Told>, GitError> {
        let mut commits = self.children_first(tips, |_| true)?;
        commits.retain(|told| told.trailers.iter().any(|(name, _)| name.eq_ignore_ascii_case(key)));
        Ok(commits)
    }

    /// Where branches of this name stand: the local one, and those of the remotes.
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

    /// The commits up to `tips` that `follow` lets pass; it must not let a parent pass where it stops at the child.
    fn children_first(&self, tips: &[CommitId], follow: impl Fn(CommitId) -> bool) -> Result<Vec<Told>, GitError> {
        let edge = self.edge();
        let mut told: HashMap<CommitId, Told> = HashMap::new();
        let mut parents_first = Vec::new();
        // Each stands here twice: to be looked at, and to be put behind its parents.
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
