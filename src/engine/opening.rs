//! Opens a tree: the first time, its database is created and its files are imported; later, changes in the files are
//! imported before a read.

use std::{fs, io::Write as _, path::Path};

use super::{
    base::{
        error::EngineError,
        session::{Adoption, FirstImport, OpenOptions, Session},
        workspace::{FILES_MIRROR, Workspace},
    },
    sync::import::ImportOptions,
};
use crate::{git::Repository, store::Database};

/// A `.gitignore` that hides everything in its folder from git.
const IGNORE_ALL: &str = "*\n";

impl Session {
    /// Opens the tree around `options.from`. The first time, the database is created and the files of this place are
    /// imported.
    pub fn open(options: OpenOptions) -> Result<Self, EngineError> {
        let workspace = Workspace::find(&options.from, options.database.as_deref())?;
        workspace.check_database()?;
        let opened = adopt(&workspace, &options).and_then(|adoption| {
            if options.first_import == FirstImport::Rehearsed && !workspace.database.exists() {
                return Ok(Self { adoption, ..Self::new(options.clone(), workspace.clone(), Database::in_memory()?) });
            }
            Ok(Self { adoption, ..Self::open_database(&options, &workspace)? })
        });
        match opened {
            Err(EngineError::Store(error)) if options.reads_only && error.is_read_only() => {
                Self::open_unwritable(options, workspace)
            }
            other => other,
        }
    }

    /// Opens only a database, `options.database`, creating it if needed. Everything but files can be read and changed;
    /// operations on files fail with [`EngineError::WithoutTree`]. There is no settings file, so only the settings in
    /// `options.environment` apply.
    ///
    /// # Errors
    /// No database is given, or it cannot be opened.
    pub fn open_without_tree(options: OpenOptions) -> Result<Self, EngineError> {
        let database = options.database.as_deref().ok_or(EngineError::WithoutTree)?;
        let workspace = Workspace::without_tree(database);
        let database = Database::open(database, options.timeout)?;
        Ok(Self::new(options, workspace, database))
    }

    /// The tree with a database that cannot be written; if there is no readable database, the files are read into
    /// memory.
    fn open_unwritable(options: OpenOptions, mut workspace: Workspace) -> Result<Self, EngineError> {
        let (adoption, old) = adoptable(&workspace)?;
        if adoption == Adoption::Taken {
            workspace.database = old.to_path_buf();
            FILES_MIRROR.clone_into(&mut workspace.mirror);
        }
        let database = match Database::open_to_read(&workspace.database) {
            Ok(database) if database.snapshot()?.head()?.seq > 0 => database,
            Err(error) if !error.is_read_only() => return Err(error.into()),
            _ => return Self::in_memory(options, workspace),
        };
        let mut session = Self::new(options, workspace, database);
        let mirror = session.view()?.mirror_row()?;
        session.mirror.set(mirror.as_ref().map(|mirror| mirror.id));
        session.refreshed = session.count_beyond(mirror.as_ref())?;
        Ok(session)
    }

    /// The tree with an in-memory database into which the files are read.
    fn in_memory(options: OpenOptions, workspace: Workspace) -> Result<Self, EngineError> {
        let mut session = Self::new(options, workspace, Database::in_memory()?);
        session.import_first()?;
        Ok(session)
    }

    fn open_database(options: &OpenOptions, workspace: &Workspace) -> Result<Self, EngineError> {
        hide_from_git(workspace);
        let database = Database::open(&workspace.database, options.timeout)?;
        let mut session = Self::new(options.clone(), workspace.clone(), database);
        let mirror = session.view()?.mirror_row()?;
        session.mirror.set(mirror.as_ref().map(|mirror| mirror.id));
        match mirror.filter(|mirror| mirror.read_at.is_some()) {
            Some(mirror) => {
                session.core.database.use_wal()?;
                let progress = session.options.progress.take();
                session.refreshed = session.refresh(&mirror)?;
                session.options.progress = progress;
            }
            None => {
                session.is_new = session.view()?.store.head()?.seq == 0;
                if options.first_import == FirstImport::Automatic {
                    session.import_first()?;
                }
            }
        }
        Ok(session)
    }

    fn import_first(&mut self) -> Result<(), EngineError> {
        let (report, _) = self.import(&ImportOptions::default())?;
        self.first_import = Some(report);
        Ok(())
    }
}

/// The database that this place had before it was in a repository, unless it has another one by now, and what to do
/// with it.
fn adoptable(workspace: &Workspace) -> Result<(Adoption, &Path), EngineError> {
    let old = &workspace.outside_git;
    let none = Ok((Adoption::None, old.as_path()));
    if workspace.is_named || workspace.git.is_none() || workspace.database.exists() {
        return none;
    }
    let (Some(folder), Ok(stat)) = (old.parent(), fs::symlink_metadata(old)) else { return none };
    let adoption = match () {
        () if stat.is_symlink() || folder.is_symlink() => Adoption::Link,
        () if !stat.is_file() => Adoption::None,
        () if is_committed(workspace)? => Adoption::Committed,
        () => Adoption::Taken,
    };
    Ok((adoption, old))
}

/// Moves that database to its new place, with its log and its bases.
fn adopt(workspace: &Workspace, options: &OpenOptions) -> Result<Adoption, EngineError> {
    let (adoption, old) = adoptable(workspace)?;
    if adoption != Adoption::Taken {
        return Ok(adoption);
    }
    let folder = old.parent().unwrap_or(old);
    let mirror = (FILES_MIRROR, workspace.mirror.as_str());
    if !Database::adopt(old, &workspace.database, mirror, options.timeout)? {
        return Ok(Adoption::None);
    }
    let ignore = folder.join(".gitignore");
    if fs::read_to_string(&ignore).is_ok_and(|text| text == IGNORE_ALL) {
        // An empty folder that stays is in nobody's way.
        let _ = fs::remove_file(ignore).and_then(|()| fs::remove_dir(folder));
    }
    Ok(Adoption::Taken)
}

fn is_committed(workspace: &Workspace) -> Result<bool, EngineError> {
    let Some(repository) = Repository::discover(workspace.root()?)? else { return Ok(false) };
    let Some(head) = repository.head()? else { return Ok(false) };
    let path = workspace.git_path(".bos/bos.db");
    Ok(repository.blob_at(head, &path)?.is_some())
}

/// Keeps a new database outside git out of a repository created around it later. If this cannot be written, the
/// database itself reports it.
fn hide_from_git(workspace: &Workspace) {
    let Some(folder) = workspace.outside_git.parent() else { return };
    if workspace.git.is_none() && !workspace.is_named && !workspace.database.exists() {
        let ignore = folder.join(".gitignore");
        let _ = fs::create_dir_all(folder)
            .and_then(|()| fs::OpenOptions::new().write(true).create_new(true).open(ignore))
            .and_then(|mut file| file.write_all(IGNORE_ALL.as_bytes()));
    }
}
