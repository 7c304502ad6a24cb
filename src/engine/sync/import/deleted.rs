//! Deletions that others made with `bos` and that were merged into the branch which is checked out: a decision, which the
//! commit tells, and no file that merely is not here.

use std::collections::{BTreeMap, BTreeSet};

use super::importer::Importer;
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
    },
    engine::{
        base::{error::EngineError, export_trailers::export_trailers_in, tracked_document::TrackedDocument},
        write::{
            charge::Acting,
            writer::{Draft, Revision},
        },
    },
    git::{Authored, BlobId, CommitId, Repository},
    markdown::locate::{Place, locate},
};

/// What exports of other logs removed since all of this place was last looked at.
pub(super) struct Deletions {
    /// The commit that removed each path, in the repository.
    removed: BTreeMap<String, Authored>,
    /// What was checked out before, and what is now.
    before: BTreeMap<String, BlobId>,
    now: BTreeSet<Entity>,
}

impl Importer<'_, '_> {
    /// Removes the documents that were deleted elsewhere, of those whose files are gone: a card with all that is
    /// attached to it, each as an entry that can be taken back. The others stay missing.
    pub(super) fn take_deletions(&mut self) -> Result<(), EngineError> {
        let mut gone = std::mem::take(&mut self.gone);
        // A file that was looked at later may have taken the document along.
        let store = &self.writer.write;
        gone.retain(|known| store.document_sha(known.path()).is_ok_and(|now| now == known.database));
        if gone.is_empty() {
            return Ok(());
        }
        let deletions = self.deletions()?;
        let mut deleted: BTreeMap<String, Vec<&TrackedDocument>> = BTreeMap::new();
        for known in &gone {
            match &deletions {
                Some(deletions) if self.was_deleted(deletions, known)? => {
                    let Place::Document(located) = locate(known.path()) else { continue };
                    deleted.entry(located.entity.owner().to_string()).or_default().push(known);
                }
                _ => self.missing(known)?,
            }
        }
        for documents in deleted.into_values() {
            let (Some(deletions), Some(first)) = (&deletions, documents.first()) else { continue };
            if !self.is_all(&documents)? || !self.remove_deleted(deletions, first, &documents)? {
                documents.iter().try_for_each(|known| self.missing(known))?;
            }
        }
        Ok(())
    }

    fn deletions(&self) -> Result<Option<Deletions>, EngineError> {
        let view = self.writer.view();
        let (Some(repository), Some(seen)) = (view.repository()?, view.seen_head()?) else { return Ok(None) };
        let Some(head) = repository.head()?.filter(|head| *head != seen) else { return Ok(None) };
        // What another branch has removed was merged nowhere.
        if !repository.branch_stood_at(seen)? {
            return Ok(None);
        }
        let Some(commits) = view.commits_unseen(repository, head)? else { return Ok(None) };
        let (own, folder) = (self.writer.write.log_id()?, view.workspace.git_path(MIRROR));
        let mut removed = BTreeMap::new();
        for commit in commits {
            let exports = export_trailers_in(&commit.message);
            if exports.is_empty() || exports.iter().any(|export| export.log_id == own) {
                continue;
            }
            let gone = repository.made_by(&commit, &folder)?.into_iter().filter(|change| change.new.is_none());
            removed.extend(gone.map(|change| (change.path, commit.clone())));
        }
        if removed.is_empty() {
            return Ok(None);
        }
        let now = self.entities_at(repository, head, &folder)?;
        Ok(Some(Deletions { removed, before: repository.tree_blobs(seen, &folder)?, now }))
    }

    fn entities_at(
        &self,
        repository: &Repository,
        commit: CommitId,
        folder: &str,
    ) -> Result<BTreeSet<Entity>, EngineError> {
        let blobs = repository.tree_blobs(commit, folder)?;
        let entity = |git_path: &String| {
            let path = DocPath::parse(self.writer.session.workspace.tree_path(git_path)?)?;
            let Place::Document(located) = locate(&path) else { return None };
            Some(located.entity)
        };
        Ok(blobs.keys().filter_map(entity).collect())
    }

    /// Whether an export names the document's card or idea among its changes and removed the file, provided that the
    /// database still has what was checked out before, and that the commit that is checked out now has it nowhere.
    fn was_deleted(&self, deletions: &Deletions, known: &TrackedDocument) -> Result<bool, EngineError> {
        let view = self.writer.view();
        let (Place::Document(located), Some(sha)) = (locate(known.path()), &known.database) else { return Ok(false) };
        let git_path = view.workspace.git_path(known.path().as_str());
        let Some(commit) = deletions.removed.get(&git_path) else { return Ok(false) };
        let (id, owner) = (located.entity.id(), located.entity.owner().as_str());
        let is_named = |(_, audit): &(String, String)| {
            audit.rsplit_once(", Entity=").is_some_and(|(_, entity)| entity == id || entity == owner)
        };
        if deletions.now.contains(&located.entity) || !audits(commit).iter().any(is_named) {
            return Ok(false);
        }
        let (Some(repository), Some(text)) = (view.repository()?, self.writer.write.blob(sha)?) else {
            return Ok(false);
        };
        let blob = repository.clean_blob_id(&git_path, text.as_bytes()).ok();
        Ok(blob.is_some() && blob.as_ref() == deletions.before.get(&git_path))
    }

    /// Whether these documents are all that the database has of a card, if the card is among them, and of what was
    /// attached to it: whoever deleted it knew nothing of anything else.
    fn is_all(&self, deleted: &[&TrackedDocument]) -> Result<bool, EngineError> {
        let store = &self.writer.write;
        let is_deleted = |path: &DocPath| deleted.iter().any(|known| known.path() == path);
        for known in deleted {
            let Place::Document(located) = locate(known.path()) else { continue };
            let mut rows = store.documents_of(&located.entity)?;
            if let Entity::Card(id) = &located.entity {
                rows.extend(store.documents_below(id)?);
            }
            if !rows.iter().all(|row| is_deleted(&row.path)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Removes documents as whoever deleted them; `false` where that is an agent's who may not.
    fn remove_deleted(
        &mut self,
        deletions: &Deletions,
        first: &TrackedDocument,
        documents: &[&TrackedDocument],
    ) -> Result<bool, EngineError> {
        let located: Vec<_> = documents
            .iter()
            .filter_map(|known| match locate(known.path()) {
                Place::Document(located) => Some(located),
                Place::Unknown | Place::Foreign => None,
            })
            .collect();
        // The card, where it is among them.
        let entity = located.iter().map(|one| &one.entity).min_by_key(|entity| entity.id() != entity.owner().as_str());
        let Some(entity) = entity.cloned() else { return Ok(false) };
        let git_path = self.writer.session.workspace.git_path(first.path().as_str());
        let acting =
            deletions.removed.get(&git_path).map(|made| Acting::author(&made.author, &audits(made), Some(&entity)));
        let revisions = located.into_iter().map(|located| Revision { located, new: None }).collect();
        self.writer.start_batch();
        self.writer.acting = acting;
        let recorded = self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions });
        self.writer.acting = None;
        if let Err(error) = recorded {
            return self.leave(first.path(), error).map(|()| false);
        }
        self.report.removed += documents.len() as u64;
        documents.iter().try_for_each(|known| self.writer.note_absence(known.path()))?;
        Ok(true)
    }
}

/// What a commit says of who changed what, wherever in the message: a squash has those of its commits in the body.
fn audits(commit: &Authored) -> Vec<(String, String)> {
    let lines = commit.message.lines().filter_map(|line| line.trim().split_once(": "));
    lines.filter(|(key, _)| *key == "Audit").map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
