//! From the files to the database: every document is looked at, its state decided, and what is new or edited taken.
//! The write lock is held meanwhile, so that what is decided is still true when it is written.

mod absent;
mod importer;
mod meeting;
mod reader;
mod revision;

use std::{collections::BTreeMap, path::PathBuf};

use importer::Importer;
use reader::Walk;
pub use revision::Revisions;

use super::{Engine, commit::Writer, error::EngineError, selection::Selection, survey::Known, walk::walk};
use crate::domain::{
    diagnostic::{Diagnostic, Severity},
    doc_path::DocPath,
    entry::Entry,
    id::Id,
};

/// What to import, and how.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Files and folders; all when empty.
    pub paths: Vec<PathBuf>,
    /// Tell what would happen, write nothing.
    pub dry_run: bool,
    /// Write nothing if there is any error.
    pub strict: bool,
    /// Take a missing file for a deletion.
    pub prune: bool,
    /// Where file and database both changed, the file wins; needs `paths`.
    pub theirs: bool,
}

/// What an import found and did. Counts are of documents.
#[derive(Debug, Clone, Default)]
pub struct ImportReport {
    /// Markdown files below `cards/` and `ideas/`.
    pub found: u64,
    /// Taken for the first time.
    pub imported: u64,
    /// Taken because they were edited.
    pub updated: u64,
    /// As they were, or changed in the database only.
    pub unchanged: u64,
    /// Changed in file and database, and merged.
    pub merged: u64,
    /// Changed in file and database, and nobody can tell whether the file is an old one; left alone.
    pub diverged: Vec<DocPath>,
    /// Changed in file and database at the same places; recorded, and left for a person.
    pub conflicts: Vec<DocPath>,
    /// Cards and ideas made here whose ID another clone gave out too: the old and the new one.
    pub renumbered: Vec<(Id, Id)>,
    /// Old checkouts; left alone.
    pub stale: Vec<DocPath>,
    /// Gone, but not said to be deleted.
    pub missing: Vec<DocPath>,
    /// Deleted with `--prune`.
    pub removed: u64,
    /// Could not be read or taken.
    pub failed: u64,
    /// Entities that were taken, by kind; one may have several documents.
    pub taken: BTreeMap<&'static str, u64>,
    /// Everything found wrong in what was read.
    pub diagnostics: Vec<Diagnostic>,
}

impl ImportReport {
    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == Severity::Error).count()
    }

    /// Whether a person should look: the exit code is 1 then.
    #[must_use]
    pub fn has_findings(&self) -> bool {
        self.errors() > 0 || !self.diverged.is_empty() || !self.conflicts.is_empty()
    }
}

impl Engine {
    /// Brings the database up to date with the files.
    pub fn import(&self, options: &ImportOptions) -> Result<(ImportReport, Vec<Entry>), EngineError> {
        if options.theirs && options.paths.is_empty() {
            return Err(EngineError::NeedsPaths { flag: "--theirs" });
        }
        let selection = Selection::new(self.root(), &self.options.from, &options.paths)?;
        let looker = self.looker();
        self.store.expect_bulk()?;
        let work = |writer: &mut Writer<'_>| {
            let mirror = writer.write.ensure_mirror(&self.workspace.mirror)?;
            self.mirror.set(Some(mirror.id));
            let (walked, mut known) = self.walk_and_survey(&selection, writer.is_filling())?;
            let renumbered = if writer.is_filling() { Vec::new() } else { writer.settle_collisions(&known)? };
            if !renumbered.is_empty() {
                writer.start_batch();
                known = self.survey(&selection)?;
            }
            let (catalogue, finding) = self.catalogue_with_finding();
            let importer = Importer::new(writer, &looker, options, catalogue, finding);
            let report = ImportReport { renumbered, ..importer.run(walked, &known, &selection)? };
            if options.strict && report.errors() > 0 {
                return Err(EngineError::Strict { report: Box::new(report) });
            }
            if selection.is_all() {
                writer.write.set_read_at(mirror.id, self.clock.seconds())?;
            }
            Ok(report)
        };
        if options.dry_run {
            return self.rehearse(work).map(|(report, written)| (report, written.entries));
        }
        let (report, written) = self.write(work)?;
        self.forget_gone_places()?;
        self.store.use_wal()?;
        Ok((report, written.entries))
    }

    /// The files of the tree, and what is known of them. Where nothing is known yet the walk is left to the reader,
    /// elsewhere it is made while the database is read.
    fn walk_and_survey(&self, selection: &Selection, is_filling: bool) -> Result<(Walk, Vec<Known>), EngineError> {
        let root = self.root();
        if is_filling {
            return Ok((Box::new(walk(root)), self.survey(selection)?));
        }
        std::thread::scope(|scope| {
            let walking = scope.spawn(|| walk(root).collect::<Vec<_>>());
            let known = self.survey(selection);
            let walked = walking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((Box::new(walked.into_iter()) as Walk, known?))
        })
    }
}
