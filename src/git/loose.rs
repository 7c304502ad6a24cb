//! Writes loose objects durably before anything refers to them. libgit2 leaves syncing to the system, so after a power
//! cut a branch could point to empty files.

use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    process,
};

use flate2::{Compression, write::ZlibEncoder};
use git2::{ObjectType, Oid, Repository};

use super::{error::GitError, new_objects::NewObject};

/// Writes objects to the objects folder; on success, every object is complete under its final name.
pub(super) fn write<'o>(folder: &Path, objects: impl Iterator<Item = &'o NewObject<'o>>) -> Result<(), GitError> {
    let failed = |source| GitError::Io { action: "write an object into", path: folder.to_owned(), source };
    let mut folders = BTreeSet::new();
    for object in objects {
        let target = place(folder, object.id);
        if let Some(folder) = target.parent() {
            folders.insert(folder.to_owned());
        }
        write_one(&target, object).map_err(failed)?;
    }
    folders.iter().try_for_each(|folder| sync(folder)).map_err(failed)?;
    if folders.is_empty() { Ok(()) } else { sync(folder).map_err(failed) }
}

fn write_one(target: &Path, object: &NewObject<'_>) -> io::Result<()> {
    let folder = target.parent().unwrap_or(target);
    fs::create_dir_all(folder)?;
    // If this file is left behind, `git gc` removes it.
    let written = folder.join(format!("tmp_obj_bos_{}_{}", process::id(), object.id));
    match fs::remove_file(&written) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let placed = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).open(&written)?;
        let mut compressed = ZlibEncoder::new(Vec::with_capacity(object.data.len() / 2), Compression::fast());
        write!(compressed, "{} {}\0", object.kind.str(), object.data.len())?;
        compressed.write_all(&object.data)?;
        file.write_all(&compressed.finish()?)?;
        let mut permissions = file.metadata()?.permissions();
        permissions.set_readonly(true);
        file.set_permissions(permissions)?;
        file.sync_all()?;
        fs::rename(&written, target)
    })();
    placed.inspect_err(|_| {
        fs::remove_file(&written).ok();
    })
}

/// Makes the trees below `tree` durable that libgit2 has just written: those that neither side had.
pub(super) fn sync_trees(
    repository: &Repository,
    folder: &Path,
    tree: Oid,
    sides: [Option<Oid>; 2],
) -> Result<(), GitError> {
    if sides.contains(&Some(tree)) {
        return Ok(());
    }
    let read = |id: Oid| repository.find_tree(id).ok();
    let sides = sides.map(|side| side.and_then(read));
    let failed = |source| GitError::Io { action: "sync an object in", path: folder.to_owned(), source };
    let file = place(folder, tree);
    match File::open(&file).and_then(|file| file.sync_all()) {
        Ok(()) => file.parent().map_or(Ok(()), sync).map_err(failed)?,
        // It is in a pack, so it existed before.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    }
    for entry in read(tree).iter().flat_map(git2::Tree::iter).filter(|entry| entry.kind() == Some(ObjectType::Tree)) {
        let of = |side: &Option<git2::Tree<'_>>| {
            let entry = side.as_ref()?.get_name_bytes(entry.name_bytes())?.id();
            Some(entry)
        };
        sync_trees(repository, folder, entry.id(), [of(&sides[0]), of(&sides[1])])?;
    }
    Ok(())
}

/// Makes the entries of a folder durable. On systems that cannot open a folder as a file this does nothing.
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn place(folder: &Path, id: Oid) -> PathBuf {
    let name = id.to_string();
    folder.join(&name[..2]).join(&name[2..])
}
