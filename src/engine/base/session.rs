//! One caller at work on one tree: who it is, what it came with, and the core it works on. What it may do are methods, in
//! the rooms beside: writes here, reads on a [`View`].

use std::{
    cell::{Cell, OnceCell, RefCell},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    clock::Clock,
    config::{Environment, KnownConfig},
    core::Core,
    error::EngineError,
    import_report::ImportReport,
    view::View,
    workspace::Workspace,
};
use crate::{
    domain::{actor::Actor, entry::Entry},
    git::{self, Repository},
    store::{Database, Monitor, Reach},
    tree::Tree,
};

/// Who calls, as the interface knows it.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Who acts; else git's `user.name`, else `login`.
    pub actor: Option<String>,
    /// Who asked for it; else the actor.
    pub initiator: Option<String>,
    /// The login name of the person.
    pub login: Option<String>,
    /// What the calls come through, where that is not the command line; entries say so.
    pub via: Option<&'static str>,
}

/// How a session reaches its tree.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Where the search for the tree begins.
    pub from: PathBuf,
    /// The database, if not in its usual place.
    pub database: Option<PathBuf>,
    /// Who calls.
    pub caller: Caller,
    /// Settings that go before those of `bos.toml`.
    pub environment: Environment,
    /// The domain's clock.
    pub clock: Clock,
    /// How long to wait for other writers.
    pub timeout: Duration,
    /// Whether the command can do without writing, where the database cannot be written.
    pub reads_only: bool,
    /// What to do with a place whose files were never read.
    pub first_import: FirstImport,
    /// What to do about files that have changed since they were last looked at.
    pub refresh: Refresh,
    /// Called with how many files, or cards and ideas, are done and, where known, how many there are.
    pub progress: Option<fn(u64, Option<u64>)>,
}

/// Who acts where neither the caller nor git nor the system names anybody.
const NOBODY: &str = "unknown";

/// What opening does with a place whose files were never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstImport {
    /// Read them.
    Automatic,
    /// Leave that to the command, which is an import itself.
    Left,
    /// Leave it, and make no database where there is none: the command only tells what would happen.
    Rehearsed,
}

/// What opening does about files that have changed since they were last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Take them.
    Take,
    /// Count them.
    Count,
    /// Nothing: the command looks at the files itself, or has nothing to do with them.
    Leave,
}

/// What became of files that had changed.
#[derive(Debug)]
pub enum Refreshed {
    /// None has, or all were looked at.
    Current,
    /// This many were not looked at, because the caller did not want it.
    NotWanted(u64),
    /// This many were not looked at, and why.
    Hindered(u64, String),
    /// This many cannot be taken, because the database cannot be written.
    Unwritable(u64),
}

/// One caller at work on one tree and its database.
pub struct Session {
    pub(in crate::engine) core: Core,
    pub(in crate::engine) workspace: Workspace,
    pub(in crate::engine) options: OpenOptions,
    pub(in crate::engine) mirror: Cell<Option<i64>>,
    pub(in crate::engine) repository: OnceCell<Option<Repository>>,
    pub(in crate::engine) actor: OnceCell<Actor>,
    pub(in crate::engine) config: RefCell<Option<KnownConfig>>,
    /// The same session upon a private copy of a database that cannot be written, made where a read has something to
    /// fill first.
    pub(in crate::engine) copy: OnceCell<Box<Session>>,
    /// What became of a database beside the tree when git's folder had none.
    pub(in crate::engine) adoption: Adoption,
    /// Whether the log had no entry when it was opened.
    pub(in crate::engine) is_new: bool,
    pub(in crate::engine) first_import: Option<ImportReport>,
    pub(in crate::engine) refreshed: Refreshed,
}

/// What became of a database in `.bos` when one was made in git's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// There was none.
    None,
    /// It was taken along.
    Taken,
    /// It stays where it is: a link, or in a folder that is one, may lead anywhere.
    Link,
    /// It stays: it is committed, so it came with a clone or a pull and may be anybody's.
    Committed,
}

/// What a write did: its entries, and what the caller should know.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The log entries, hand edits taken first included.
    pub entries: Vec<Entry>,
    /// Things done differently from what the caller may expect.
    pub warnings: Vec<String>,
}

impl Session {
    pub(in crate::engine) fn new(options: OpenOptions, workspace: Workspace, database: Database) -> Self {
        Self {
            core: Core { database, clock: options.clock.clone() },
            workspace,
            options,
            mirror: Cell::new(None),
            repository: OnceCell::new(),
            actor: OnceCell::new(),
            config: RefCell::new(None),
            copy: OnceCell::new(),
            adoption: Adoption::None,
            is_new: false,
            first_import: None,
            refreshed: Refreshed::Current,
        }
    }

    /// A session of another caller at the same place, upon the same core.
    #[must_use]
    pub fn for_caller(&self, caller: Caller) -> Self {
        Self {
            core: self.core.clone(),
            workspace: self.workspace.clone(),
            options: OpenOptions { caller, ..self.options.clone() },
            mirror: self.mirror.clone(),
            repository: OnceCell::new(),
            actor: OnceCell::new(),
            config: RefCell::new(self.config.borrow().clone()),
            copy: OnceCell::new(),
            adoption: Adoption::None,
            is_new: false,
            first_import: None,
            refreshed: Refreshed::Current,
        }
    }

    /// The database as it is now, to read from.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn view(&self) -> Result<View<'_>, EngineError> {
        View::now(self)
    }

    /// Notices what others write to the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn monitor(&self) -> Result<Monitor, EngineError> {
        Ok(self.core.database.monitor()?)
    }

    /// Where things are.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// What the automatic first import found, where this command made one.
    #[must_use]
    pub fn first_import(&self) -> Option<&ImportReport> {
        self.first_import.as_ref()
    }

    /// What became of files that had changed before this command.
    #[must_use]
    pub fn refreshed(&self) -> &Refreshed {
        &self.refreshed
    }

    /// Whether the database could not be written, so that the files were read into memory.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.core.database.reach() == Reach::Memory
    }

    /// Whether what others write to the database is seen.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.core.database.reach(), Reach::Write | Reach::Read)
    }

    /// Whether the database was made before the repository was, and was taken into git's folder by this command.
    #[must_use]
    pub fn adoption(&self) -> Adoption {
        self.adoption
    }

    /// The folder that holds the files. What is about them begins with this.
    ///
    /// # Errors
    /// The session has only the database.
    pub(in crate::engine) fn root(&self) -> Result<&Path, EngineError> {
        self.workspace.root()
    }

    /// The files; none where the session has only the database.
    pub(in crate::engine) fn tree(&self) -> Tree {
        self.workspace.tree()
    }

    /// The row of this place among the mirrors; 0, which no row has, before its first import.
    pub(in crate::engine) fn mirror_id(&self) -> i64 {
        self.mirror.get().unwrap_or_default()
    }

    /// The repository around the tree, opened when first needed.
    pub(in crate::engine) fn repository(&self) -> Result<Option<&Repository>, EngineError> {
        if self.repository.get().is_none() {
            let found = if self.workspace.git.is_some() { Repository::discover(self.root()?)? } else { None };
            let _ = self.repository.set(found);
        }
        Ok(self.repository.get().and_then(Option::as_ref))
    }

    /// The repository, where nothing can be done without one.
    pub(in crate::engine) fn needed_repository(&self) -> Result<&Repository, EngineError> {
        let root = self.root()?;
        self.repository()?.ok_or_else(|| EngineError::NoRepository { root: root.to_path_buf() })
    }

    pub(in crate::engine) fn actor(&self) -> Result<&Actor, EngineError> {
        if let Some(actor) = self.actor.get() {
            return Ok(actor);
        }
        let name = match &self.options.caller.actor {
            Some(name) => name.clone(),
            None => {
                let git = self.name_in_git();
                git.or_else(|| self.options.caller.login.clone()).unwrap_or_else(|| NOBODY.to_owned())
            }
        };
        let actor = checked("actor", name)?;
        Ok(self.actor.get_or_init(|| actor))
    }

    /// Git's `user.name`, in a repository or outside.
    pub(in crate::engine) fn name_in_git(&self) -> Option<String> {
        self.repository().ok().flatten().map_or_else(git::user_name, Repository::user_name)
    }

    pub(in crate::engine) fn initiator(&self) -> Result<Actor, EngineError> {
        match &self.options.caller.initiator {
            Some(name) => checked("initiator", name.clone()),
            None => Ok(self.actor()?.clone()),
        }
    }

    /// A folder of the same file system in which a scratch file may be made, to read the file system's clock.
    pub(in crate::engine) fn scratch(&self) -> Option<&Path> {
        if self.is_in_memory() { None } else { self.workspace.database.parent() }
    }

    /// A view for a read that needs tables of its own filled, which nothing else needs. Where the database cannot be
    /// written, those of a private copy are filled and read.
    pub(in crate::engine) fn filled(
        &self,
        is_filled: impl Fn(&View<'_>) -> Result<bool, EngineError>,
        fill: impl Fn(&Self) -> Result<(), EngineError>,
    ) -> Result<View<'_>, EngineError> {
        let mut session = self;
        loop {
            let view = session.view()?;
            if is_filled(&view)? {
                return Ok(view);
            }
            drop(view);
            match fill(session) {
                Err(EngineError::Store(error)) if error.is_read_only() && std::ptr::eq(session, self) => {
                    session = self.private_copy()?;
                }
                filled => filled?,
            }
        }
    }

    /// This session upon a private copy of its database.
    fn private_copy(&self) -> Result<&Self, EngineError> {
        if let Some(copy) = self.copy.get() {
            return Ok(copy);
        }
        let database = Database::copy_of(&self.workspace.database)?;
        let copy = Self::new(self.options.clone(), self.workspace.clone(), database);
        copy.mirror.set(self.mirror.get());
        Ok(self.copy.get_or_init(|| Box::new(copy)))
    }

    pub(in crate::engine) fn report_progress(&self, done: u64, total: Option<u64>) {
        if let Some(progress) = self.options.progress {
            progress(done, total);
        }
    }
}

fn checked(role: &'static str, name: String) -> Result<Actor, EngineError> {
    Actor::parse(&name).map_err(|source| EngineError::BadActor { role, name, source })
}
