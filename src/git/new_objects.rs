//! The objects of a commit under construction: hashed immediately, written together.

use std::{borrow::Cow, collections::HashSet};

use git2::{ObjectType, Oid};
use sha1::{Digest, Sha1};

use super::{
    error::{During, GitError},
    loose, pack,
    repository::Repository,
};

/// From this number on, a pack is faster than loose objects and better for the repository.
const MANY: usize = 500;

/// An object that the repository may not have yet.
pub(super) struct NewObject<'t> {
    pub(super) kind: ObjectType,
    pub(super) id: Oid,
    pub(super) data: Cow<'t, [u8]>,
}

/// Objects in the order they were added, without duplicates; nothing is written before [`Self::write`].
#[derive(Default)]
pub(super) struct NewObjects<'t> {
    list: Vec<NewObject<'t>>,
    ids: HashSet<Oid>,
}

impl<'t> NewObjects<'t> {
    pub(super) fn add(&mut self, kind: ObjectType, data: Cow<'t, [u8]>) -> Result<Oid, GitError> {
        let id = object_id(kind, &data)?;
        if self.ids.insert(id) {
            self.list.push(NewObject { kind, id, data });
        }
        Ok(id)
    }

    /// Marks an object as present in the repository, so that it is not written again.
    pub(super) fn know(&mut self, id: Oid) {
        self.ids.insert(id);
    }

    pub(super) fn write(self, repository: &Repository) -> Result<(), GitError> {
        let odb = repository.odb()?;
        let bytes: usize = self.list.iter().map(|object| object.data.len()).sum();
        if self.list.len() >= MANY && bytes <= pack::MAX_BYTES {
            pack::write(&repository.shared("objects/pack"), &self.list)?;
            return odb.refresh().during("read again the objects of", repository.name());
        }
        let new = self.list.iter().filter(|object| !odb.exists(object.id));
        loose::write(&repository.shared("objects"), new)
    }
}

/// The ID of a text as a blob.
pub(super) fn blob_id(text: &[u8]) -> Result<Oid, GitError> {
    object_id(ObjectType::Blob, text)
}

fn object_id(kind: ObjectType, data: &[u8]) -> Result<Oid, GitError> {
    let mut hash = Sha1::new();
    hash.update(format!("{} {}\0", kind.str(), data.len()));
    hash.update(data);
    Oid::from_bytes(&hash.finalize()).during("name", "an object")
}
