//! Which changes of documents did not come from an export. Reads git alone: what CI and a hook run needs no database.

mod exports;
mod history;
mod take;

use std::collections::HashSet;

use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        id::Id,
    },
    engine::base::{error::EngineError, workspace::Workspace},
    git::{BlobId, CommitId, GitError, Repository, TreeChange},
    markdown::locate::{Place, locate},
};
use exports::{Exports, FileChange};
use history::{History, Origin};
use take::Latest;

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Between {
    /// What `head` has and `base` lacks, since their last common commit.
    Revisions {
        /// As a person names it.
        base: String,
        /// As a person names it.
        head: String,
    },
    /// The index and HEAD.
    Staged,
}

/// What the guard saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardReport {
    /// The commit that was compared with; `None` before the first one.
    pub base: Option<String>,
    /// The commit that was looked at; `None` for the index.
    pub head: Option<String>,
    /// How many documents differ.
    pub documents: usize,
    /// Those that did not come from an export, by path.
    pub strays: Vec<Stray>,
    /// Whether commits that matter are beyond the edge of a shallow clone.
    pub is_cut: bool,
}

/// A change that did not come from an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The document.
    pub path: DocPath,
    /// What was done to it.
    pub deed: Deed,
    /// The commit that did it; `None` in the index.
    pub commit: Option<String>,
    /// The author of that commit.
    pub author: Option<String>,
    /// Whether `bos import` would take it without asking anybody.
    pub mergeable: bool,
    blobs: (Option<BlobId>, Option<BlobId>),
}

/// What somebody did to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It is new.
    Added,
    /// It has another text.
    Edited,
    /// It is gone.
    Removed,
    /// It has another name: the one it had.
    Renamed(DocPath),
    /// It differs, and the commit that did it is beyond the edge of a shallow clone.
    Unknown,
}

/// Looks for changes that did not come from an export; `branch` is the mirror branch.
///
/// A change came from an export if the commit that made it has the trailers of one. Where somebody else made that
/// commit, as a squash merge does, its text must be one that an export wrote after the text it replaces.
///
/// # Errors
/// No repository, or a revision that is not there.
pub fn guard(workspace: &Workspace, branch: &str, between: &Between) -> Result<GuardReport, EngineError> {
    let root = workspace.root()?;
    let found = workspace.git.as_ref().map_or(Ok(None), |_| Repository::discover(root))?;
    let repository = found.ok_or_else(|| EngineError::NoRepository { root: root.to_path_buf() })?;
    let folder = workspace.git_path(MIRROR);
    let mirrors = repository.tips_named(branch)?;
    let mut report = GuardReport { base: None, head: None, documents: 0, strays: Vec::new(), is_cut: false };
    let (base, head, history, changes);
    match between {
        Between::Revisions { base: from, head: to } => {
            let (from, to) = (resolve(&repository, from)?, resolve(&repository, to)?);
            let range = repository.range(from, to)?;
            let start = range.start.unwrap_or(from);
            report.is_cut =
                repository.is_shallow() && (range.start.is_none() || range.commits.iter().any(|commit| commit.is_cut));
            report.head = Some(to.to_string());
            changes = repository.changed_paths(Some(start), to, &folder)?;
            history = Some(History::read(&repository, range.commits, &folder)?);
            (base, head) = (Some(from), Some(to));
        }
        Between::Staged => {
            changes = repository.staged(&folder)?;
            history = None;
            (base, head) = (repository.head()?, repository.head()?);
        }
    }
    report.base = base.map(|base| base.to_string());
    let mut steps = Vec::new();
    for change in changes {
        let Some(path) = document(workspace, &change.path) else { continue };
        report.documents += 1;
        match history.as_ref().zip(head).map(|(history, head)| history.origin(head, &change)) {
            Some(Origin::Export) => {}
            Some(Origin::Commit { commit, author, before }) => {
                let stray = stray(path, &change, Some((commit, author)), false);
                steps.push((stray, FileChange { path: change.path, before, after: change.new }));
            }
            Some(Origin::Beyond { commit, author }) => {
                let stray = stray(path, &change, Some((commit, author)), true);
                steps.push((stray, FileChange { path: change.path, before: change.old, after: change.new }));
            }
            None => {
                let stray = stray(path, &change, None, false);
                steps.push((stray, FileChange { path: change.path, before: change.old, after: change.new }));
            }
        }
    }
    let tips: Vec<CommitId> = mirrors.iter().copied().chain(head).collect();
    let exported = Exports::new(&repository, &folder).wrote(&tips, steps.iter().map(|(_, step)| step))?;
    let strays = steps.into_iter().zip(exported).filter(|(_, exported)| !exported).map(|((stray, _), _)| stray);
    report.strays = with_renames(strays.collect());
    let latest = Latest::find(&repository, &mirrors, base)?;
    let moved = moved(&report.strays);
    for stray in &mut report.strays {
        let (from, is_known) = match &stray.deed {
            Deed::Added | Deed::Edited | Deed::Unknown => (&stray.path, true),
            Deed::Renamed(from) => (from, keeps_entity(from, &stray.path, &moved)),
            Deed::Removed => continue,
        };
        stray.mergeable = is_known && latest.takes(&workspace.git_path(from.as_str()), stray.blobs)?;
    }
    Ok(report)
}

fn resolve(repository: &Repository, revision: &str) -> Result<CommitId, EngineError> {
    repository.resolve(revision).map_err(|error| match error {
        GitError::UnknownRevision { revision, .. } if repository.is_shallow() => EngineError::BeyondEdge { revision },
        error => error.into(),
    })
}

/// The document that git's path is; `None` for any other file.
fn document(workspace: &Workspace, git_path: &str) -> Option<DocPath> {
    let path = DocPath::parse(workspace.tree_path(git_path)?)?;
    matches!(locate(&path), Place::Document(_)).then_some(path)
}

/// The cards and ideas whose own document was renamed.
fn moved(strays: &[Stray]) -> HashSet<Id> {
    let own = strays.iter().filter(|stray| matches!(stray.deed, Deed::Renamed(_)));
    let entities = own.filter_map(|stray| entity(&stray.path));
    entities
        .filter(|entity| matches!(entity, Entity::Card(_) | Entity::Idea(_)))
        .map(|one| one.owner().clone())
        .collect()
}

/// Whether a document is of the same entity under its new name, and its card or idea moved with it: an import takes it
/// along then.
fn keeps_entity(from: &DocPath, to: &DocPath, moved: &HashSet<Id>) -> bool {
    entity(from).zip(entity(to)).is_some_and(|(from, to)| from == to && moved.contains(to.owner()))
}

fn entity(path: &DocPath) -> Option<Entity> {
    match locate(path) {
        Place::Document(located) => Some(located.entity),
        Place::Unknown | Place::Foreign => None,
    }
}

fn stray(path: DocPath, change: &TreeChange, by: Option<(CommitId, &str)>, is_beyond: bool) -> Stray {
    let deed = match (change.old, change.new) {
        _ if is_beyond => Deed::Unknown,
        (None, _) => Deed::Added,
        (Some(_), None) => Deed::Removed,
        (Some(_), Some(_)) => Deed::Edited,
    };
    Stray {
        path,
        deed,
        commit: by.map(|(commit, _)| commit.to_string()),
        author: by.map(|(_, author)| author.to_owned()),
        mergeable: false,
        blobs: (change.old, change.new),
    }
}

/// One that is gone and one that is new with the same text are one that was renamed.
fn with_renames(mut strays: Vec<Stray>) -> Vec<Stray> {
    let mut left: Vec<(Option<BlobId>, DocPath)> = strays
        .iter()
        .filter(|stray| stray.deed == Deed::Removed)
        .map(|stray| (stray.blobs.0, stray.path.clone()))
        .collect();
    let mut renamed = HashSet::new();
    for stray in strays.iter_mut().filter(|stray| stray.deed == Deed::Added) {
        if let Some(at) = left.iter().position(|(blob, _)| *blob == stray.blobs.1) {
            let (_, from) = left.remove(at);
            renamed.insert(from.clone());
            stray.deed = Deed::Renamed(from);
            stray.blobs.0 = stray.blobs.1;
        }
    }
    strays.retain(|stray| !renamed.contains(&stray.path));
    strays
}
