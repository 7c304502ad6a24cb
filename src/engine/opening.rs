//! Opening a tree: its database is made, and its files are imported, the first time; later what changed in them is taken
//! before a read.

use super::{
    base::{
        engine::{Engine, FirstImport, OpenOptions},
        error::EngineError,
        workspace::Workspace,
    },
    sync::import::ImportOptions,
};
use crate::store::Store;

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
    pub(in crate::engine) fn in_memory(options: OpenOptions, workspace: Workspace) -> Result<Self, EngineError> {
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
