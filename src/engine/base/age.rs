//! Whether a file that differs from the database is an old checkout or an edit (ARCHITECTURE.md, the state table).

use std::{cell::OnceCell, collections::BTreeMap};

use super::{engine::Engine, error::EngineError, reading::Reading, survey::Known};
use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        hash::Sha256,
        state::Age,
    },
    git::{BlobId, Occurrence},
    markdown::locate::{Place, locate},
};

/// How many commits of history are looked at before the question is given up.
const MAX_COMMITS: usize = 20_000;

/// A file whose age is in question.
#[derive(Debug)]
pub(in crate::engine) struct Suspect<'a> {
    pub(in crate::engine) path: &'a DocPath,
    pub(in crate::engine) entity: &'a Entity,
    /// The text of the file.
    pub(in crate::engine) file: &'a str,
    pub(in crate::engine) file_sha: &'a Sha256,
    /// The text in the database; `None` where it was removed.
    pub(in crate::engine) database: Option<&'a Sha256>,
}

impl Engine {
    /// Whether the log knows the file's text as an earlier version: only then can it be an old checkout.
    pub(in crate::engine) fn may_be_old(
        &self,
        entity: &Entity,
        path: &DocPath,
        file: &Sha256,
    ) -> Result<bool, EngineError> {
        if self.workspace.git.is_none() || !self.store.has_blob(file)? {
            return Ok(false);
        }
        Ok(self.store.was_version(entity, path.as_str(), file)?)
    }

    /// Tells for one file that was read.
    pub(in crate::engine) fn age(&self, path: &DocPath, file: &Reading, known: &Known) -> Result<Age, EngineError> {
        let Place::Document(located) = locate(path) else { return Ok(Age::Edit) };
        let database = known.database.as_ref();
        let suspect = Suspect { path, entity: &located.entity, file: &file.text, file_sha: &file.sha, database };
        Ok(self.ages(&[suspect])?.first().copied().unwrap_or(Age::Edit))
    }

    /// Tells for each suspect, with one walk through history for all of them. An old checkout equals HEAD's blob at
    /// that path, while the text of the database never stood there in HEAD's ancestry.
    pub(in crate::engine) fn ages(&self, suspects: &[Suspect<'_>]) -> Result<Vec<Age>, EngineError> {
        let mut ages = vec![Age::Edit; suspects.len()];
        let Some(repository) = self.repository()? else { return Ok(ages) };
        let Some(head) = repository.head()? else { return Ok(ages) };
        let at_head: OnceCell<BTreeMap<String, BlobId>> = OnceCell::new();
        let mut wanted = Vec::new();
        let mut asked = Vec::new();
        for (index, suspect) in suspects.iter().enumerate() {
            if !self.may_be_old(suspect.entity, suspect.path, suspect.file_sha)? {
                continue;
            }
            let path = self.workspace.git_path(suspect.path.as_str());
            if at_head.get().is_none() {
                let _ = at_head.set(repository.tree_blobs(head, &self.workspace.git_path(MIRROR))?);
            }
            let blob = at_head.get().and_then(|blobs| blobs.get(&path)).copied();
            // A filter that git runs and this program does not leaves no way to compare: that is no old checkout.
            if blob.is_none() || blob != repository.clean_blob_id(&path, suspect.file.as_bytes()).ok() {
                continue;
            }
            // What was removed from the database comes back only when somebody says so.
            let Some(database) = suspect.database else {
                ages[index] = Age::Old;
                continue;
            };
            let Some(current) = self.store.blob(database)? else { continue };
            wanted.push((path.clone(), repository.clean_blob_id(&path, current.as_bytes())?));
            asked.push(index);
        }
        if wanted.is_empty() {
            return Ok(ages);
        }
        for (index, occurrence) in asked.into_iter().zip(repository.occurring(&wanted, MAX_COMMITS)?) {
            ages[index] = match occurrence {
                Occurrence::Found => Age::Edit,
                Occurrence::Absent if repository.is_shallow() => Age::Unknown,
                Occurrence::Absent => Age::Old,
                Occurrence::GaveUp => Age::Unknown,
            };
        }
        Ok(ages)
    }
}
