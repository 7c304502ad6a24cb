//! Opening a tree: its database is made, and its files are imported, the first time; later what changed in them is taken
//! before a read.

use std::{fs, io::Write as _};

use super::{
    base::{
        engine::{Engine, FirstImport, OpenOptions},
        error::EngineError,
        workspace::{FILES_MIRROR, Workspace},
    },
    sync::import::ImportOptions,
};
use crate::{git::Repository, store::Store};

/// What git sees of a folder with this in its `.gitignore`: nothing.
const IGNORE_ALL: &str = "*\n";

impl Engine {
    /// Opens the tree around `options.from`. The database is made, and the files of this place are imported, the
    /// first time.
    pub fn open(options: OpenOptions) -> Result<Self, EngineError> {
        let workspace = Workspace::find(&options.from, options.database.as_deref())?;
        let opened = adopt(&workspace, &options).and_then(|is_adopted| {
            if options.first_import == FirstImport::Rehearsed && !workspace.database.exists() {
                return Ok(Self::new(options.clone(), workspace.clone(), Store::in_memory()?));
            }
            Ok(Self { is_adopted, ..Self::open_database(&options, &workspace)? })
        });
        match opened {
            Err(EngineError::Store(error)) if options.reads_only && error.is_read_only() => {
                Self::in_memory(options, workspace)
            }
            other => other,
        }
    }

    /// The tree with a database in memory, which the files are read into.
    pub(in crate::engine) fn in_memory(options: OpenOptions, workspace: Workspace) -> Result<Self, EngineError> {
        let mut engine = Self::new(options, workspace, Store::in_memory()?);
        engine.in_memory = true;
        engine.import_first()?;
        Ok(engine)
    }

    fn open_database(options: &OpenOptions, workspace: &Workspace) -> Result<Self, EngineError> {
        hide_from_git(workspace);
        let store = Store::open(&workspace.database, options.timeout)?;
        let mut engine = Self::new(options.clone(), workspace.clone(), store);
        let mirror = engine.store.mirror(&engine.workspace.mirror)?;
        engine.mirror.set(mirror.as_ref().map(|mirror| mirror.id));
        match mirror.filter(|mirror| mirror.read_at.is_some()) {
            Some(mirror) => {
                engine.store.use_wal()?;
                let progress = engine.options.progress.take();
                engine.refreshed = engine.refresh(&mirror)?;
                engine.options.progress = progress;
            }
            None => {
                engine.is_new = engine.store.head()?.seq == 0;
                if options.first_import == FirstImport::Automatic {
                    engine.import_first()?;
                }
            }
        }
        if options.reads_only {
            engine.store.hold_moment()?;
        }
        Ok(engine)
    }

    fn import_first(&mut self) -> Result<(), EngineError> {
        let (report, _) = self.import(&ImportOptions::default())?;
        self.first_import = Some(report);
        Ok(())
    }
}

/// Takes the database that this place had before it was in a repository to where it belongs now, with its log and its
/// bases. One that is committed came with a clone or a pull, so it may be anybody's and stays.
fn adopt(workspace: &Workspace, options: &OpenOptions) -> Result<bool, EngineError> {
    let old = &workspace.outside_git;
    if workspace.is_named || workspace.git.is_none() || workspace.database.exists() {
        return Ok(false);
    }
    let (Some(folder), Ok(stat)) = (old.parent(), fs::symlink_metadata(old)) else { return Ok(false) };
    if !stat.is_file() || folder.is_symlink() || is_committed(workspace)? {
        return Ok(false);
    }
    let mirror = (FILES_MIRROR, workspace.mirror.as_str());
    let is_adopted = Store::adopt(old, &workspace.database, mirror, options.timeout)?;
    let ignore = folder.join(".gitignore");
    if is_adopted && fs::read_to_string(&ignore).is_ok_and(|text| text == IGNORE_ALL) {
        // An empty folder that stays is in nobody's way.
        let _ = fs::remove_file(ignore).and_then(|()| fs::remove_dir(folder));
    }
    Ok(is_adopted)
}

fn is_committed(workspace: &Workspace) -> Result<bool, EngineError> {
    let Some(repository) = Repository::discover(&workspace.root)? else { return Ok(false) };
    let Some(head) = repository.head()? else { return Ok(false) };
    let path = workspace.git_path(".bos/bos.db");
    Ok(repository.blob_at(head, &path)?.is_some())
}

/// Keeps a new database outside git out of a repository that is made around it later. Where that cannot be written,
/// the database itself will say so.
fn hide_from_git(workspace: &Workspace) {
    let Some(folder) = workspace.outside_git.parent() else { return };
    if workspace.git.is_none() && !workspace.is_named && !workspace.database.exists() {
        let ignore = folder.join(".gitignore");
        let _ = fs::create_dir_all(folder)
            .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(ignore))
            .and_then(|mut file| file.write_all(IGNORE_ALL.as_bytes()));
    }
}
