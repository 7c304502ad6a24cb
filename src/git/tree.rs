//! Reads trees from their raw bytes: a folder of 20,000 files is one pass, and equal subtrees are never opened. Only
//! regular files count; symbolic links and submodules are ignored.

use std::{cmp::Ordering, collections::BTreeMap};

use git2::{Odb, OdbObject, Oid};

use super::{
    error::{During, GitError},
    id::{BlobId, CommitId},
    repository::Repository,
    tree_path,
};

const ID_LENGTH: usize = 20;
const KIND: u32 = 0o170000;
const FILE_KIND: u32 = 0o100000;
pub(super) const FOLDER_MODE: u32 = 0o040000;
pub(super) const FILE_MODE: u32 = 0o100644;

/// The most that a walk lists, in bytes of paths with what goes with each: half a million files and more. A few small
/// trees that name each other can hold any number of files.
const MOST_LISTED: usize = 128 << 20;

/// What a listed file costs beside its path, in bytes.
const COST: usize = 100;

/// The largest tree object that is read, in bytes.
const LARGEST_TREE: usize = 64 << 20;

/// A file that differs between two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeChange {
    pub path: String,
    /// `None` if the file is new.
    pub old: Option<BlobId>,
    /// `None` if the file was removed.
    pub new: Option<BlobId>,
}

impl Repository {
    /// All files below the folder `prefix`, by full path; names that are not UTF-8 are ignored.
    pub fn tree_blobs(&self, commit: CommitId, prefix: &str) -> Result<BTreeMap<String, BlobId>, GitError> {
        let mut blobs = BTreeMap::new();
        for change in self.changed_paths(None, commit, prefix)? {
            if let Some(blob) = change.new {
                blobs.insert(change.path, blob);
            }
        }
        Ok(blobs)
    }

    /// The blob at `path` in a commit; `None` if there is no file.
    pub fn blob_at(&self, commit: CommitId, path: &str) -> Result<Option<BlobId>, GitError> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let odb = self.odb()?;
        let Some(tree) = subtree(&odb, self.tree_of(commit)?, folder)? else {
            return Ok(None);
        };
        let entry = find(&odb, tree, name)?.filter(|&(mode, _)| is_file(mode));
        Ok(entry.map(|(_, id)| BlobId(id)))
    }

    /// The link or submodule that a commit has at this path or in the place of a folder of it.
    pub fn in_the_way(&self, commit: CommitId, path: &str) -> Result<Option<String>, GitError> {
        let (odb, mut tree) = (self.odb()?, self.tree_of(commit)?);
        for (end, name) in path.match_indices('/').map(|(end, _)| end).chain([path.len()]).zip(path.split('/')) {
            match find(&odb, tree, name)? {
                Some((mode, id)) if is_folder(mode) => tree = id,
                Some((mode, _)) if !is_file(mode) => return Ok(Some(path[..end].to_owned())),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// The files below the folder `prefix` that differ between two commits (`None`: an empty tree). Equal subtrees are
    /// not opened.
    pub fn changed_paths(
        &self,
        from: Option<CommitId>,
        to: CommitId,
        prefix: &str,
    ) -> Result<Vec<TreeChange>, GitError> {
        let odb = self.odb()?;
        let old = match from {
            Some(from) => subtree(&odb, self.tree_of(from)?, prefix)?,
            None => None,
        };
        let new = subtree(&odb, self.tree_of(to)?, prefix)?;
        let mut path = String::new();
        for name in tree_path::folder_names(prefix) {
            path.push_str(name);
            path.push('/');
        }
        let mut comparison = Comparison { odb: &odb, path, changes: Vec::new(), left: MOST_LISTED };
        comparison.folders(old, new)?;
        Ok(comparison.changes)
    }
}

struct Comparison<'o> {
    odb: &'o Odb<'o>,
    /// The path of the folder being compared: empty, or ending in `/`.
    path: String,
    changes: Vec<TreeChange>,
    /// How much more may be listed.
    left: usize,
}

impl Comparison<'_> {
    fn folders(&mut self, old: Option<Oid>, new: Option<Oid>) -> Result<(), GitError> {
        if old == new {
            return Ok(());
        }
        let odb = self.odb;
        let old = old.map(|tree| read_tree(odb, tree)).transpose()?;
        let new = new.map(|tree| read_tree(odb, tree)).transpose()?;
        let old = old.as_ref().map_or(Ok(Vec::new()), entries)?;
        let new = new.as_ref().map_or(Ok(Vec::new()), entries)?;
        let (mut old, mut new) = (old.as_slice(), new.as_slice());
        loop {
            let order = match (old.first(), new.first()) {
                (None, None) => return Ok(()),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.order(right),
            };
            let left = if order.is_le() { old.split_off_first() } else { None };
            let right = if order.is_ge() { new.split_off_first() } else { None };
            self.entry(left, right)?;
        }
    }

    fn entry(&mut self, old: Option<&Entry<'_>>, new: Option<&Entry<'_>>) -> Result<(), GitError> {
        if old == new {
            return Ok(());
        }
        let Some(name) = old.or(new).and_then(|entry| str::from_utf8(entry.name).ok()) else {
            return Ok(());
        };
        let folder = |entry: &Entry<'_>| is_folder(entry.mode).then_some(entry.id);
        let file = |entry: &Entry<'_>| is_file(entry.mode).then_some(BlobId(entry.id));
        let parent = self.path.len();
        self.path.push_str(name);
        let too_many = GitError::TooManyFiles { limit: MOST_LISTED };
        self.left = self.left.checked_sub(self.path.len() + COST).ok_or(too_many)?;
        let (old_file, new_file) = (old.and_then(file), new.and_then(file));
        if old_file != new_file {
            self.changes.push(TreeChange { path: self.path.clone(), old: old_file, new: new_file });
        }
        let (old_folder, new_folder) = (old.and_then(folder), new.and_then(folder));
        if old_folder != new_folder {
            self.path.push('/');
            self.folders(old_folder, new_folder)?;
        }
        self.path.truncate(parent);
        Ok(())
    }
}

/// An entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) mode: u32,
    pub(super) name: &'t [u8],
    pub(super) id: Oid,
}

impl Entry<'_> {
    /// Git's order: by bytes, with folders compared as if their name ended in `/`.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let common = self.name.len().min(other.name.len());
        let end = |entry: &Self| match entry.name.get(common) {
            Some(&byte) => Some(byte),
            None => is_folder(entry.mode).then_some(b'/'),
        };
        self.name[..common].cmp(&other.name[..common]).then_with(|| end(self).cmp(&end(other)))
    }
}

/// All entries of a tree, in git's order.
pub(super) fn entries<'t>(tree: &'t OdbObject<'_>) -> Result<Vec<Entry<'t>>, GitError> {
    parse(tree.data()).ok_or_else(|| GitError::MalformedTree { tree: tree.id().to_string() })
}

fn parse(mut rest: &[u8]) -> Option<Vec<Entry<'_>>> {
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let space = rest.iter().position(|&byte| byte == b' ')?;
        let mode = u32::from_str_radix(str::from_utf8(&rest[..space]).ok()?, 8).ok()?;
        rest = &rest[space + 1..];
        let end = rest.iter().position(|&byte| byte == 0)?;
        let (id, after) = rest[end + 1..].split_at_checked(ID_LENGTH)?;
        entries.push(Entry { mode, name: &rest[..end], id: Oid::from_bytes(id).ok()? });
        rest = after;
    }
    Some(entries)
}

/// Encodes a tree from its entries, which must be in git's order.
pub(super) fn encode(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.iter().map(|entry| entry.name.len() + ID_LENGTH + 8).sum());
    for entry in entries {
        bytes.extend_from_slice(format!("{:o} ", entry.mode).as_bytes());
        bytes.extend_from_slice(entry.name);
        bytes.push(0);
        bytes.extend_from_slice(entry.id.as_bytes());
    }
    bytes
}

pub(super) fn read_tree<'o>(odb: &'o Odb<'_>, tree: Oid) -> Result<OdbObject<'o>, GitError> {
    let (size, _) = odb.read_header(tree).during("read tree", tree)?;
    if size > LARGEST_TREE {
        return Err(GitError::TooManyFiles { limit: LARGEST_TREE });
    }
    odb.read(tree).during("read tree", tree)
}

pub(super) fn is_folder(mode: u32) -> bool {
    mode & KIND == FOLDER_MODE
}

pub(super) fn is_file(mode: u32) -> bool {
    mode & KIND == FILE_KIND
}

fn subtree(odb: &Odb<'_>, root: Oid, path: &str) -> Result<Option<Oid>, GitError> {
    let mut tree = root;
    for name in tree_path::folder_names(path) {
        match find(odb, tree, name)? {
            Some((mode, id)) if is_folder(mode) => tree = id,
            _ => return Ok(None),
        }
    }
    Ok(Some(tree))
}

fn find(odb: &Odb<'_>, tree: Oid, name: &str) -> Result<Option<(u32, Oid)>, GitError> {
    let tree = read_tree(odb, tree)?;
    let entry = entries(&tree)?.into_iter().find(|entry| entry.name == name.as_bytes());
    Ok(entry.map(|entry| (entry.mode, entry.id)))
}
