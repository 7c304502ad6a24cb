//! Which documents an export to a branch has to write, and which it must leave alone, because somebody changed them in
//! git and the database does not have that yet.

use std::collections::{BTreeMap, BTreeSet};

use super::{past::Past, publisher::Publisher};
use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        hash::Sha256,
        state::{Age, Found, State, SyncInput},
        timeline::MirrorPosition,
    },
    engine::base::{error::EngineError, reading::Reading},
    git::{BlobId, CommitId, Occurrence},
    markdown::locate::{Place, locate},
    store::MirrorDocument,
};

/// A document that may have to be written, with its blob where the commit starts from and on the branch itself.
pub(super) struct Candidate {
    pub(super) path: DocPath,
    pub(super) blob: Option<BlobId>,
    pub(super) on_branch: Option<BlobId>,
}

/// A text that git holds.
struct Held {
    sha: Sha256,
    /// Whether the log has it.
    is_known: bool,
}

/// What to do with one document of the branch.
pub(super) enum ExportPlan {
    /// The branch has the database's text, or a document that the database never had. `keep` is as below.
    InSync { keep: Option<BlobId> },
    /// It is to be written, as this blob, or removed.
    Write(Option<BlobId>),
    /// It has to be left out. Where the commit brings branch and base together, `keep` is what it takes of the branch,
    /// because the base does not have it.
    LeaveOut { state: State, keep: Option<BlobId> },
}

impl Publisher<'_> {
    /// The documents that may differ between the database and the tree the commit starts from: those that changed in
    /// the database since the last export, and those that changed in git.
    pub(super) fn candidates(&self) -> Result<Vec<Candidate>, EngineError> {
        let mut paths: BTreeSet<DocPath> =
            self.view.store.unexported(self.mirror.id)?.into_iter().map(|(path, _)| path).collect();
        let Some(tree) = self.start.tree else {
            return Ok(paths.into_iter().map(|path| Candidate { path, blob: None, on_branch: None }).collect());
        };
        if self.last == Some(tree) && paths.len() < 16 {
            let candidate = |path: DocPath| {
                let blob = self.repository.blob_at(tree, &self.view.workspace.git_path(path.as_str()))?;
                Ok(Candidate { path, blob, on_branch: blob })
            };
            return paths.into_iter().map(candidate).collect();
        }
        let branch = self.start.tip.filter(|_| self.start.merges()).unwrap_or(tree);
        let folder = self.view.workspace.git_path(MIRROR);
        for commit in BTreeSet::from([tree, branch]) {
            if self.last != Some(commit) {
                paths.extend(self.moved(commit, &folder)?);
            }
        }
        let blobs = self.repository.tree_blobs(tree, &folder)?;
        let on_branch = if branch == tree { None } else { Some(self.repository.tree_blobs(branch, &folder)?) };
        let candidate = |path: DocPath| {
            let git_path = self.view.workspace.git_path(path.as_str());
            let blob = blobs.get(&git_path).copied();
            let on_branch = on_branch.as_ref().map_or(blob, |blobs| blobs.get(&git_path).copied());
            Candidate { path, blob, on_branch }
        };
        Ok(paths.into_iter().map(candidate).collect())
    }

    /// The documents that differ between the last export and a commit.
    fn moved(&self, commit: CommitId, folder: &str) -> Result<Vec<DocPath>, EngineError> {
        let moved = self.repository.changed_paths(self.last, commit, folder);
        // Without the last commit, which may have been pruned, everything in the tree may differ.
        let moved = match (moved, self.last) {
            (Err(_), Some(_)) => self.repository.changed_paths(None, commit, folder)?,
            (moved, _) => moved?,
        };
        Ok(moved.into_iter().filter_map(|change| self.view.document_at(&change.path)).collect())
    }

    /// Which of the documents that git lacks it had once, each with the text it had: somebody deleted them there.
    pub(super) fn deleted(
        &self,
        candidates: &[Candidate],
        past: &Past<'_>,
    ) -> Result<BTreeMap<DocPath, Sha256>, EngineError> {
        let Some(tree) = self.start.tree else { return Ok(BTreeMap::new()) };
        let mut deleted = BTreeMap::new();
        let mut wanted = Vec::new();
        let mut asked = Vec::new();
        let lacks = |commit| self.last.is_some_and(|last| self.repository.is_ancestor(last, commit).unwrap_or(false));
        let (of_tree, of_branch) = (lacks(tree), self.start.tip.is_some_and(lacks));
        for candidate @ Candidate { path, blob, on_branch } in candidates {
            let exported = self.view.store.mirror_document(self.mirror.id, path)?.base;
            let was_exported = exported.is_some();
            let Some(base) = exported.map_or_else(|| self.gone_here(candidate), |base| Ok(Some(base)))? else {
                continue;
            };
            let git_path = self.view.workspace.git_path(path.as_str());
            let left_branch = on_branch.is_none() && of_branch && past.exported(&git_path).is_some();
            if was_exported && (left_branch || (blob.is_none() && of_tree)) {
                deleted.insert(path.clone(), base);
            } else if blob.is_none()
                && let Some(text) = self.view.store.blob(&base)?
            {
                let blob = self.repository.clean_blob_id(&git_path, text.as_bytes())?;
                wanted.push((git_path, blob));
                asked.push((path.clone(), base));
            }
        }
        let had = asked.into_iter().zip(past.once_held(tree, &wanted)?).filter(|(_, had)| *had);
        deleted.extend(had.map(|(one, _)| one));
        Ok(deleted)
    }

    /// The text of a document that was never on the branch, and whose file the work tree had and has no more: git may
    /// have taken it away with a commit of somebody else, as when another clone deletes a card.
    fn gone_here(&self, candidate: &Candidate) -> Result<Option<Sha256>, EngineError> {
        if candidate.blob.is_some() || candidate.on_branch.is_some() || self.view.is_in_memory() {
            return Ok(None);
        }
        let view = self.view;
        let base = view.store.mirror_document(view.mirror_id(), &candidate.path)?.base;
        Ok(base.filter(|_| !view.tree().has(&candidate.path)))
    }

    /// What to do with one document: the state table, of the database and each text that the commit starts from.
    pub(super) fn plan(
        &self,
        candidate: &Candidate,
        text: Option<&Reading>,
        deleted: Option<&Sha256>,
        past: &Past<'_>,
    ) -> Result<ExportPlan, EngineError> {
        let path = &candidate.path;
        let git_path = self.view.workspace.git_path(path.as_str());
        let mirrored = self.view.store.mirror_document(self.mirror.id, path)?;
        let database = text.map(|text| &text.sha);
        let ours = match text {
            Some(text) => Some(self.repository.clean_blob_id(&git_path, text.text.as_bytes())?),
            None => None,
        };
        if let (Some(_), Some(had)) = (text, deleted) {
            let input = SyncInput { file: Found::Nothing, base: Some(had), database, conflict: false };
            return Ok(ExportPlan::LeaveOut { state: input.state(|| Ok::<_, EngineError>(Age::Edit))?, keep: None });
        }
        // Where two histories meet, neither side's edits may be lost.
        let branch = self.start.tip.filter(|_| self.start.merges());
        let sides = [(candidate.blob, self.start.tree), (candidate.on_branch, branch)];
        for (blob, commit) in sides {
            let (Some(blob), Some(commit)) = (blob, commit) else { continue };
            if ours == Some(blob) {
                continue;
            }
            let held = self.held(&mirrored, blob, past)?;
            let base = self.base_moved_on(&mirrored, &held)?;
            let input = SyncInput { file: Found::Text(&held.sha), base: base.as_ref(), database, conflict: false };
            let state = input.state(|| self.age(&mirrored, &held, text.is_some(), commit, past))?;
            let of_base = |tree| self.is_of_base((path, blob), commit, tree, past);
            let is_of_branch = branch == Some(commit);
            match (state, self.start.tree) {
                (State::InSync | State::Stale | State::Ahead, _) => {}
                (_, Some(tree)) if is_of_branch && of_base(tree)? => {}
                _ if !is_of_branch && self.came_home(candidate, &held, commit, past)? => {}
                (State::Untracked, _) => return Ok(ExportPlan::InSync { keep: is_of_branch.then_some(blob) }),
                (state, _) => return Ok(ExportPlan::LeaveOut { state, keep: is_of_branch.then_some(blob) }),
            }
        }
        Ok(if candidate.blob == ours { ExportPlan::InSync { keep: None } } else { ExportPlan::Write(ours) })
    }

    /// What branch and database last agreed on, once the branch holds a text: one that the log has at a later position is
    /// nobody's edit any more (ARCHITECTURE.md, where a place stands).
    fn base_moved_on(&self, mirrored: &MirrorDocument, held: &Held) -> Result<Option<Sha256>, EngineError> {
        let (base, Some(position)) = (mirrored.base.clone(), mirrored.position) else {
            return Ok(mirrored.base.clone());
        };
        let mut standing = MirrorPosition { base, position };
        standing.arrive(&self.view.timeline(&mirrored.path)?, Some(&held.sha), None);
        Ok(standing.base)
    }

    /// Whether a text of the branch is its base's to change: the branch took it from there, or it has come there since.
    fn is_of_base(
        &self,
        (path, blob): (&DocPath, BlobId),
        branch: CommitId,
        base: CommitId,
        past: &Past<'_>,
    ) -> Result<bool, EngineError> {
        let git_path = self.view.workspace.git_path(path.as_str());
        if past.once_held(base, &[(git_path, blob)])? != [true] {
            return Ok(false);
        }
        let is_made_here = past.own_steps(branch, base, path)?.last().is_some_and(|step| step.blob() == Some(blob));
        let came_since = || past.own_steps(base, branch, path);
        Ok(!is_made_here || came_since()?.iter().any(|step| step.blob() == Some(blob)))
    }

    /// Whether the base of the branch has nothing but what this log exported, where the branch went on to another text:
    /// what it had when they parted, and what came home since.
    fn came_home(
        &self,
        candidate: &Candidate,
        held: &Held,
        base: CommitId,
        past: &Past<'_>,
    ) -> Result<bool, EngineError> {
        let branch = self.start.tip.filter(|_| self.start.merges() && candidate.on_branch != candidate.blob);
        let Some(branch) = branch.filter(|_| held.is_known) else { return Ok(false) };
        let Some(parted) = self.repository.merge_base(branch, base)? else { return Ok(false) };
        let start = self.view.standing_at(self.repository, Some(parted), &candidate.path)?;
        let steps = past.own_steps(base, branch, &candidate.path)?;
        let text = self.view.store.blob(&held.sha)?.and_then(|text| Reading::of(text).ok());
        let Some(text) = text else { return Ok(false) };
        let last = self.view.arrive(&candidate.path, (start, None), Some(&text), &steps)?;
        Ok(last.standing.base.as_ref() == Some(&held.sha))
    }

    /// The text that a blob of git stands for.
    fn held(&self, mirrored: &MirrorDocument, blob: BlobId, past: &Past<'_>) -> Result<Held, EngineError> {
        let path = &mirrored.path;
        let git_path = self.view.workspace.git_path(path.as_str());
        if let Some(base) = &mirrored.base {
            let agreed = match self.view.store.blob(base)? {
                Some(text) => Some(self.repository.clean_blob_id(&git_path, text.as_bytes())?),
                None => past.exported(&git_path),
            };
            if agreed == Some(blob) {
                return Ok(Held { sha: base.clone(), is_known: true });
            }
        }
        let bytes = self.repository.read_blob(blob)?;
        let known = self.known_version(path, blob, &bytes)?;
        Ok(Held { is_known: known.is_some(), sha: known.unwrap_or_else(|| Sha256::of(&bytes)) })
    }

    /// Whether a text that git holds is somebody's change that the database does not have: one that the log never had,
    /// or an earlier one put back after the current one.
    fn age(
        &self,
        mirrored: &MirrorDocument,
        held: &Held,
        stored: bool,
        commit: CommitId,
        past: &Past<'_>,
    ) -> Result<Age, EngineError> {
        if !held.is_known {
            return Ok(Age::Edit);
        }
        if !stored {
            return Ok(Age::Old);
        }
        let path = &mirrored.path;
        let is_edit = match past.current_occurs(commit, &self.view.workspace.git_path(path.as_str()))? {
            Occurrence::Found => true,
            // A text that was in no file and on no branch is not beyond the edge of history either.
            Occurrence::GaveUp => match self.view.store.document_sha(path)? {
                Some(current) => self.view.store.was_mirrored(path, &current)?,
                None => false,
            },
            Occurrence::Absent => false,
        };
        Ok(if is_edit { Age::Edit } else { Age::Old })
    }

    /// The version of the document that git's blob is, where the log knows it.
    fn known_version(&self, path: &DocPath, blob: BlobId, bytes: &[u8]) -> Result<Option<Sha256>, EngineError> {
        let Place::Document(located) = locate(path) else { return Ok(None) };
        let sha = Sha256::of(bytes);
        if self.view.store.was_version(&located.entity, path.as_str(), &sha)? {
            return Ok(Some(sha));
        }
        // Git may hold a cleaned form of a version: compare by what git would make of each.
        let git_path = self.view.workspace.git_path(path.as_str());
        for version in self.view.store.versions(&located.entity, path.as_str())? {
            if let Some(text) = self.view.store.blob(&version)?
                && text.contains('\r')
                && self.repository.clean_blob_id(&git_path, text.as_bytes())? == blob
            {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }
}
