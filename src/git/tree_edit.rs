//! Builds the tree of a commit from another tree and a set of changes. Only the folders on the path to a change are
//! read and written; everything else keeps its ID.

use std::collections::{BTreeMap, HashMap};

use git2::{ObjectType, Oid};

use super::{
    commit::Change,
    error::GitError,
    id::{BlobId, CommitId},
    new_objects::NewObjects,
    repository::Repository,
    tree::{self, Entry, FILE_MODE, FOLDER_MODE, read_tree},
    tree_path,
};

/// The changes in one folder, by name.
#[derive(Default)]
pub(super) struct Edits<'c>(BTreeMap<&'c str, Edit<'c>>);

/// The change to one name: it may replace a file by a folder, or a folder by a file.
#[derive(Default)]
struct Edit<'c> {
    file: Option<Change<'c>>,
    folder: Option<Edits<'c>>,
}

impl<'c> Edits<'c> {
    pub(super) fn of(changes: &'c [Change<'c>]) -> Result<Self, GitError> {
        let mut root = Self::default();
        for change in changes {
            root.insert(&tree_path::names(change.path)?, *change)?;
        }
        Ok(root)
    }

    fn insert(&mut self, names: &[&'c str], change: Change<'c>) -> Result<(), GitError> {
        match names {
            [] => Err(GitError::InvalidPath { path: change.path.to_owned() }),
            [name] => match self.0.entry(name).or_default().file.replace(change) {
                Some(_) => Err(GitError::RepeatedPath { path: change.path.to_owned() }),
                None => Ok(()),
            },
            [folder, rest @ ..] => {
                self.0.entry(folder).or_default().folder.get_or_insert_default().insert(rest, change)
            }
        }
    }
}

/// Applies edits to trees; new objects are collected, not written yet.
pub(super) struct TreeEditor<'r, 'o, 'c> {
    pub(super) repository: &'r Repository,
    /// The commit that the tree belongs to, for error messages.
    pub(super) base: Option<CommitId>,
    pub(super) objects: &'o mut NewObjects<'c>,
}

impl<'c> TreeEditor<'_, '_, 'c> {
    /// Applies `edits` to `tree`; `None` if the result is empty.
    pub(super) fn edit(mut self, tree: Option<Oid>, edits: &Edits<'c>) -> Result<Option<Oid>, GitError> {
        self.folder(tree, edits, &mut String::new())
    }

    /// `path` is the folder's path: empty, or ending in `/`.
    fn folder(&mut self, tree: Option<Oid>, edits: &Edits<'c>, path: &mut String) -> Result<Option<Oid>, GitError> {
        let odb = self.repository.odb()?;
        let base = tree.map(|tree| read_tree(&odb, tree)).transpose()?;
        let mut entries = base.as_ref().map_or(Ok(Vec::new()), tree::entries)?;
        let mut edited: HashMap<&[u8], Entry<'_>> = HashMap::new();
        entries.retain(|entry| {
            let is_edited = str::from_utf8(entry.name).is_ok_and(|name| edits.0.contains_key(name));
            if is_edited {
                edited.insert(entry.name, *entry);
            }
            !is_edited
        });
        for (name, edit) in &edits.0 {
            let parent = path.len();
            path.push_str(name);
            entries.extend(self.entry(edited.get(name.as_bytes()).copied(), name, edit, path)?);
            path.truncate(parent);
        }
        if entries.is_empty() {
            return Ok(None);
        }
        entries.sort_by(Entry::order);
        if let Some(tree) = tree {
            self.objects.know(tree);
        }
        self.objects.add(ObjectType::Tree, tree::encode(&entries).into()).map(Some)
    }

    /// The entry for one name after its edit; `path` ends in that name.
    fn entry<'n>(
        &mut self,
        old: Option<Entry<'n>>,
        name: &'n str,
        edit: &Edit<'c>,
        path: &mut String,
    ) -> Result<Option<Entry<'n>>, GitError> {
        let (old_folder, old_file) = match old {
            Some(entry) if tree::is_folder(entry.mode) => (Some(entry.id), None),
            other => (None, other),
        };
        let file = match edit.file.map(|change| change.text) {
            Some(Some(text)) => Some(self.file(old_file, name, path, text)?),
            Some(None) => None,
            None => old_file,
        };
        let folder = match &edit.folder {
            Some(edits) => {
                path.push('/');
                let folder = self.folder(old_folder, edits, path)?;
                path.pop();
                folder
            }
            None => old_folder,
        };
        match (file, folder) {
            (Some(_), Some(_)) => Err(self.clash(edit, path)),
            (Some(file), None) => Ok(Some(file)),
            (None, folder) => Ok(folder.map(|id| Entry { mode: FOLDER_MODE, name: name.as_bytes(), id })),
        }
    }

    fn file<'n>(
        &mut self,
        old: Option<Entry<'_>>,
        name: &'n str,
        path: &str,
        text: &'c [u8],
    ) -> Result<Entry<'n>, GitError> {
        if old.is_some_and(|old| !tree::is_file(old.mode)) {
            return Err(GitError::NotAFile { path: path.to_owned(), base: self.base });
        }
        if let Some(old) = old {
            self.objects.know(old.id);
        }
        let repository = self.repository;
        let held = || old.map_or(Ok(None), |old| repository.small_blob(BlobId(old.id)));
        let clean = repository.filters().clean(repository, path, text, held)?;
        Ok(Entry {
            mode: old.map_or(FILE_MODE, |old| old.mode),
            name: name.as_bytes(),
            id: self.objects.add(ObjectType::Blob, clean)?,
        })
    }

    fn clash(&self, edit: &Edit<'_>, path: &str) -> GitError {
        let path = path.to_owned();
        match edit.file {
            Some(_) => GitError::NotAFile { path, base: self.base },
            None => GitError::NotAFolder { path, base: self.base },
        }
    }
}
