//! What is known of the documents in this place, before any file is looked at.

use std::collections::BTreeMap;

use super::{error::EngineError, file_probe::FileProbe, selection::Selection, session::Session, view::View};
use crate::{
    domain::{
        conflict::{Conflict, Other},
        doc_path::DocPath,
        hash::Sha256,
        state::{Found, SyncInput},
    },
    store::MirrorDocument,
};

/// One document, in the mirror, in the database, or in both.
#[derive(Debug, Clone)]
pub(in crate::engine) struct TrackedDocument {
    pub(in crate::engine) mirrored: MirrorDocument,
    pub(in crate::engine) database: Option<Sha256>,
    /// What an earlier merge could not settle between the database and the file, or else a branch or commit.
    pub(in crate::engine) conflict: Option<Conflict>,
}

impl TrackedDocument {
    pub(in crate::engine) fn nothing(path: DocPath) -> Self {
        Self { mirrored: MirrorDocument::unknown(path), database: None, conflict: None }
    }

    pub(in crate::engine) fn path(&self) -> &DocPath {
        &self.mirrored.path
    }

    /// Whether this place had the document.
    pub(in crate::engine) fn was_here(&self) -> bool {
        self.mirrored.base.is_some()
    }

    /// Whether the last look saw no file of it here, whatever this place stands at.
    pub(in crate::engine) fn saw_no_file(&self) -> bool {
        self.mirrored.base.is_none() || self.mirrored.file.is_none()
    }

    /// Whether a readable file with this text was refused a place, such as one that claims the ID of another.
    pub(in crate::engine) fn refuses(&self, file: &Sha256) -> bool {
        self.mirrored.diagnostics.is_some() && self.mirrored.file.as_ref() == Some(file)
    }

    pub(in crate::engine) fn sync_input<'a>(&'a self, file: Found<'a>) -> SyncInput<'a> {
        let database = self.database.as_ref();
        let conflict = self.conflict.as_ref().is_some_and(|conflict| conflict.stands(file, database));
        SyncInput { file, base: self.mirrored.base.as_ref(), database, conflict }
    }
}

impl View<'_> {
    /// Every document known in this place, in the order of the paths.
    pub(in crate::engine) fn tracked_documents(
        &self,
        selection: &Selection,
    ) -> Result<Vec<TrackedDocument>, EngineError> {
        let rows = self.store.known(self.mirror_id())?;
        let (mut conflicts, mut brought) = (BTreeMap::new(), BTreeMap::new());
        for conflict in self.store.conflicts(self.mirror_id())? {
            match conflict.with.clone() {
                Other::File(file) => _ = conflicts.insert(file, conflict),
                Other::Revision(_) => _ = brought.insert(conflict.path.clone(), conflict),
            }
        }
        let known = |(mirrored, database): (MirrorDocument, Option<Sha256>)| {
            let conflict = conflicts.remove(&mirrored.path).or_else(|| brought.remove(&mirrored.path));
            TrackedDocument { mirrored, database, conflict }
        };
        let mut known: Vec<TrackedDocument> = rows.into_iter().map(known).collect();
        known.retain(|known| selection.contains(known.path()));
        known.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(known)
    }

    /// What is known of one document.
    pub(in crate::engine) fn tracked_document(&self, path: &DocPath) -> Result<TrackedDocument, EngineError> {
        let conflict = match self.store.file_conflict(self.mirror_id(), path)? {
            None => self.store.revision_conflicts(path)?.pop(),
            conflict => conflict,
        };
        let mirrored = self.store.mirror_document(self.mirror_id(), path)?;
        Ok(TrackedDocument { mirrored, database: self.store.document_sha(path)?, conflict })
    }
}

impl Session {
    /// A probe whose finds are not kept.
    pub(in crate::engine) fn file_probe(&self) -> FileProbe {
        FileProbe::new(self.tree(), None)
    }

    /// A probe whose finds go into the stat cache; it reads the file system's clock for that.
    pub(in crate::engine) fn caching_probe(&self) -> FileProbe {
        FileProbe::new(self.tree(), self.scratch())
    }
}
