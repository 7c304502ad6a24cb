//! The engine: the one type every interface holds. Commands are methods on it, a file each; [`commit`] is the way in
//! for writes. It never talks to the user.

mod age;
mod agents_file;
mod change;
mod clock;
mod commit;
mod config;
mod conflicts;
mod dependencies;
mod error;
mod export;
mod guard;
mod history;
mod import;
mod init;
mod log;
mod look;
mod lost_log;
mod me;
mod merge_driver;
mod merging;
mod moment;
mod next;
mod notices;
mod past;
mod places;
mod project;
mod publish;
mod read;
mod reading;
mod rebuild;
mod renumber;
pub mod rules;
mod search;
mod section_file;
mod selection;
mod show;
mod standpoint;
mod stats;
mod status;
mod survey;
mod templates;
mod temporary;
mod undo;
mod validate;
mod verify;
mod versions;
mod walk;
mod watch;
mod workspace;

use std::{
    cell::{Cell, OnceCell},
    path::{Path, PathBuf},
    time::Duration,
};

pub use crate::markdown::{Clash, Place, Side};
pub use agents_file::{agents_file, write_section};
pub use change::{
    Change, Claiming, Convert, Edits, Move, NewCard, NewComment, NewIdea, Outcome, Rewrite, StageText, Target, Value,
};
pub use clock::Clock;
pub use config::{ConfigChange, Environment, config_file, config_name, set_config, settings};
pub use conflicts::{OpenConflict, Settlement};
pub use dependencies::{Dependency, DependencyBranch, DependencyGraph, DependencyTree};
pub use error::EngineError;
pub use export::{ExportOptions, ExportReport};
pub use guard::{Between, Deed, GuardReport, Stray, guard};
pub use history::{BodyChange, Fate, FieldChange, History, Told, ToldDocument};
pub use import::{ImportOptions, ImportReport, Revisions};
pub use init::{InitReport, init};
pub use look::source_line;
pub use lost_log::EarlierExport;
pub use me::{Me, Waiting};
pub use merge_driver::{MergeDriver, Merged, Overlap, install_merge_driver, merge_files, uninstall_merge_driver};
pub use moment::Moment;
pub use next::{NextOptions, NextReport};
pub use notices::Notices;
pub use places::PlaceStatus;
pub use publish::{Published, Pushed};
pub use read::BusinessSummary;
pub use search::{Hit, SearchReport, SearchRequest, Snippet};
pub use show::{CardDetail, Comment, DocumentState, IdeaDetail, StageDetail};
pub use stats::{InProgress, Stats};
pub use status::StatusReport;
pub use temporary::replace_file;
pub use undo::Undo;
pub use validate::{ValidateReport, validate};
pub use verify::{Check, VerifyReport};
pub use watch::{WatchNews, Watched, WatchedExport, WatchedImport};
pub use workspace::Workspace;

use crate::{
    domain::{actor::Actor, config::Config, entry::Entry},
    git::Repository,
    store::{Mirror, Store},
};

/// How a command reaches its tree.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Where the search for the tree begins.
    pub from: PathBuf,
    /// The database, if not in its usual place.
    pub database: Option<PathBuf>,
    /// Who runs it; else git's `user.name`, else `login`.
    pub actor: Option<String>,
    /// Who asked for it; else the actor.
    pub initiator: Option<String>,
    /// The login name of the person.
    pub login: Option<String>,
    /// Settings that go before those of `bos.toml`.
    pub environment: Environment,
    /// The domain's clock.
    pub clock: Clock,
    /// How long to wait for other writers.
    pub timeout: Duration,
    /// Whether the command can do with an import into memory where the database cannot be written.
    pub reads_only: bool,
    /// What to do with a place whose files were never read.
    pub first_import: FirstImport,
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

/// One tree with its database, open.
pub struct Engine {
    workspace: Workspace,
    store: Store,
    clock: Clock,
    options: OpenOptions,
    mirror: Cell<Option<i64>>,
    repository: OnceCell<Option<Repository>>,
    actor: OnceCell<Actor>,
    config: OnceCell<Config>,
    /// Where the database could not be written: the files were read into memory.
    in_memory: bool,
    /// Whether the log had no entry when it was opened.
    is_new: bool,
    first_import: Option<ImportReport>,
}

/// What a write did: its entries, and what the caller should know.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// The log entries, hand edits taken first included.
    pub entries: Vec<Entry>,
    /// Things done differently from what the caller may expect.
    pub warnings: Vec<String>,
}

impl Engine {
    /// Opens the tree around `options.from`. The database is made, and the files of this place are imported, the
    /// first time.
    pub fn open(options: OpenOptions) -> Result<Self, EngineError> {
        let workspace = Workspace::find(&options.from, options.database.as_deref())?;
        if options.first_import == FirstImport::Rehearsed && !workspace.database.exists() {
            return Ok(Self::new(options, workspace, Store::in_memory()?));
        }
        match Self::open_database(&options, &workspace) {
            Err(EngineError::Store(error)) if options.reads_only && error.is_read_only() => {
                Self::in_memory(options, workspace)
            }
            other => other,
        }
    }

    /// The tree with a database in memory, which the files are read into.
    fn in_memory(options: OpenOptions, workspace: Workspace) -> Result<Self, EngineError> {
        let mut engine = Self::new(options, workspace, Store::in_memory()?);
        engine.in_memory = true;
        engine.import_first()?;
        Ok(engine)
    }

    fn open_database(options: &OpenOptions, workspace: &Workspace) -> Result<Self, EngineError> {
        let store = Store::open(&workspace.database, options.timeout)?;
        let mut engine = Self::new(options.clone(), workspace.clone(), store);
        let mirror = engine.store.mirror(&engine.workspace.mirror)?;
        engine.mirror.set(mirror.as_ref().map(|mirror| mirror.id));
        if mirror.is_none_or(|mirror| mirror.read_at.is_none()) {
            engine.is_new = engine.store.head()?.seq == 0;
            if options.first_import == FirstImport::Automatic {
                engine.import_first()?;
            }
        } else {
            engine.store.use_wal()?;
        }
        Ok(engine)
    }

    fn new(options: OpenOptions, workspace: Workspace, store: Store) -> Self {
        Self {
            clock: options.clock.clone(),
            workspace,
            store,
            options,
            mirror: Cell::new(None),
            repository: OnceCell::new(),
            actor: OnceCell::new(),
            config: OnceCell::new(),
            in_memory: false,
            is_new: false,
            first_import: None,
        }
    }

    fn import_first(&mut self) -> Result<(), EngineError> {
        let (report, _) = self.import(&ImportOptions::default())?;
        self.first_import = Some(report);
        Ok(())
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

    /// Whether the database could not be written, so that the files were read into memory.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.in_memory
    }

    fn root(&self) -> &Path {
        &self.workspace.root
    }

    /// The row of this place among the mirrors; 0, which no row has, before its first import.
    fn mirror_id(&self) -> i64 {
        self.mirror.get().unwrap_or_default()
    }

    fn mirror_row(&self) -> Result<Option<Mirror>, EngineError> {
        Ok(self.store.mirror(&self.workspace.mirror)?)
    }

    /// The repository around the tree, opened when first needed.
    fn repository(&self) -> Result<Option<&Repository>, EngineError> {
        if self.repository.get().is_none() {
            let found = if self.workspace.git.is_some() { Repository::discover(self.root())? } else { None };
            let _ = self.repository.set(found);
        }
        Ok(self.repository.get().and_then(Option::as_ref))
    }

    fn actor(&self) -> Result<&Actor, EngineError> {
        if let Some(actor) = self.actor.get() {
            return Ok(actor);
        }
        let name = match &self.options.actor {
            Some(name) => name.clone(),
            None => {
                let from_git = self.repository().ok().flatten().and_then(Repository::user_name);
                from_git.or_else(|| self.options.login.clone()).unwrap_or_else(|| NOBODY.to_owned())
            }
        };
        let actor = checked("actor", name)?;
        Ok(self.actor.get_or_init(|| actor))
    }

    fn initiator(&self) -> Result<Actor, EngineError> {
        match &self.options.initiator {
            Some(name) => checked("initiator", name.clone()),
            None => Ok(self.actor()?.clone()),
        }
    }

    /// A folder of the same file system in which a scratch file may be made, to read the file system's clock.
    fn scratch(&self) -> Option<&Path> {
        if self.in_memory { None } else { self.workspace.database.parent() }
    }

    fn report_progress(&self, done: u64, total: Option<u64>) {
        if let Some(progress) = self.options.progress {
            progress(done, total);
        }
    }
}

fn checked(role: &'static str, name: String) -> Result<Actor, EngineError> {
    Actor::parse(&name).map_err(|source| EngineError::BadActor { role, name, source })
}
