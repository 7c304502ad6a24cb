//! What is known of the documents in this place, before any file is looked at.

use super::{Engine, error::EngineError, look::Looker, selection::Selection};
use crate::{
    domain::{
        doc_path::DocPath,
        hash::Sha256,
        state::{Found, Sighting},
    },
    store::MirrorDocument,
};

/// One document, in the mirror, in the database, or in both.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) mirrored: MirrorDocument,
    pub(super) database: Option<Sha256>,
}

impl Known {
    pub(super) fn nothing(path: DocPath) -> Self {
        Self { mirrored: MirrorDocument::unknown(path), database: None }
    }

    pub(super) fn path(&self) -> &DocPath {
        &self.mirrored.path
    }

    /// Whether a readable file with this text was refused a place, such as one that claims the ID of another.
    pub(super) fn refuses(&self, file: &Sha256) -> bool {
        self.mirrored.diagnostics.is_some() && self.mirrored.file.as_ref() == Some(file)
    }

    pub(super) fn sighting<'a>(&'a self, file: Found<'a>) -> Sighting<'a> {
        Sighting { file, base: self.mirrored.base.as_ref(), database: self.database.as_ref(), conflict: false }
    }
}

impl Engine {
    /// Every document known in this place, in the order of the paths.
    pub(super) fn survey(&self, selection: &Selection) -> Result<Vec<Known>, EngineError> {
        let rows = self.store.known(self.mirror_id())?;
        let mut known: Vec<Known> = rows.into_iter().map(|(mirrored, database)| Known { mirrored, database }).collect();
        known.retain(|known| selection.contains(known.path()));
        known.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(known)
    }

    /// What is known of one document.
    pub(super) fn known(&self, path: &DocPath) -> Result<Known, EngineError> {
        Ok(Known {
            mirrored: self.store.mirror_document(self.mirror_id(), path)?,
            database: self.store.document_sha(path)?,
        })
    }

    /// Looks at files without keeping what it finds.
    pub(super) fn glance(&self) -> Looker {
        Looker::new(self.root(), None)
    }

    /// Looks at files to note what they look like; reads the file system's clock for that.
    pub(super) fn looker(&self) -> Looker {
        Looker::new(self.root(), self.scratch())
    }
}
