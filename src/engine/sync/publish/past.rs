//! What git's past says of the documents of one export. Each question is asked once for all of them, when it is first
//! needed: a walk through history or a tree of 20,000 entries must not be repeated for every document.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeMap, HashMap},
};

use crate::{
    domain::doc_path::{DocPath, MIRROR},
    engine::base::{error::EngineError, line::Step, view::View},
    git::{BlobId, CommitId, Occurrence, Repository},
};

/// How many commits of history are looked at to tell a revert from a branch that lags behind.
const MAX_COMMITS: usize = 20_000;

/// The past of the documents that may have to be exported.
pub(super) struct Past<'a> {
    view: &'a View<'a>,
    repository: &'a Repository,
    /// The commit of the last export, where it is still there.
    last: Option<CommitId>,
    paths: Vec<DocPath>,
    exported: OnceCell<BTreeMap<String, BlobId>>,
    occurrences: RefCell<HashMap<CommitId, HashMap<String, Occurrence>>>,
    own_steps: RefCell<HashMap<CommitId, HashMap<DocPath, Vec<Step>>>>,
}

impl<'a> Past<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        repository: &'a Repository,
        last: Option<CommitId>,
        paths: Vec<DocPath>,
    ) -> Self {
        let (exported, occurrences, own_steps) = (OnceCell::new(), RefCell::default(), RefCell::default());
        Self { view, repository, last, paths, exported, occurrences, own_steps }
    }

    /// The blob that the last export left at a path.
    pub(super) fn exported(&self, git_path: &str) -> Option<BlobId> {
        let blobs = self.exported.get_or_init(|| {
            let folder = self.view.workspace.git_path(MIRROR);
            // A last export that was pruned from the repository left nothing that could be compared.
            self.last.and_then(|last| self.repository.tree_blobs(last, &folder).ok()).unwrap_or_default()
        });
        blobs.get(git_path).copied()
    }

    /// Whether the database's text of a document ever stood in a commit or its ancestry.
    pub(super) fn current_occurs(&self, commit: CommitId, git_path: &str) -> Result<Occurrence, EngineError> {
        if !self.occurrences.borrow().contains_key(&commit) {
            let wanted = self.current_blobs()?;
            let found = self.repository.occurring_from(commit, &wanted, MAX_COMMITS)?;
            let found = wanted.into_iter().map(|(path, _)| path).zip(found).collect();
            self.occurrences.borrow_mut().insert(commit, found);
        }
        let occurrences = self.occurrences.borrow();
        Ok(occurrences[&commit].get(git_path).copied().unwrap_or(Occurrence::Absent))
    }

    /// Which of these paths once held these blobs, in a commit or its ancestry.
    pub(super) fn once_held(&self, commit: CommitId, wanted: &[(String, BlobId)]) -> Result<Vec<bool>, EngineError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.repository.occurring_from(commit, wanted, MAX_COMMITS)?;
        Ok(found.into_iter().map(|found| found == Occurrence::Found).collect())
    }

    /// What was left at a path by the commits that `tip` has and `other` does not.
    pub(super) fn own_steps(&self, tip: CommitId, other: CommitId, path: &DocPath) -> Result<Vec<Step>, EngineError> {
        if !self.own_steps.borrow().contains_key(&tip) {
            let commits = self.repository.commits_since(other, tip)?;
            let paths: Vec<[&DocPath; 1]> = self.paths.iter().map(|path| [path]).collect();
            let lines = self.view.lines_of(self.repository, &paths, (tip, &commits))?;
            let of_path = lines.into_iter().map(|(index, line)| (self.paths[index].clone(), line.steps)).collect();
            self.own_steps.borrow_mut().insert(tip, of_path);
        }
        Ok(self.own_steps.borrow()[&tip].get(path).cloned().unwrap_or_default())
    }

    fn current_blobs(&self) -> Result<Vec<(String, BlobId)>, EngineError> {
        let mut blobs = Vec::with_capacity(self.paths.len());
        for path in &self.paths {
            let Some(sha) = self.view.store.document_sha(path)? else { continue };
            let Some(text) = self.view.store.blob(&sha)? else { continue };
            let git_path = self.view.workspace.git_path(path.as_str());
            let blob = self.repository.clean_blob_id(&git_path, text.as_bytes())?;
            blobs.push((git_path, blob));
        }
        Ok(blobs)
    }
}
