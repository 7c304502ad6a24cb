//! From the files to the database: every document is looked at, its state decided, and what is new or edited taken.
//! The write lock is held meanwhile, so that what is decided is still true when it is written.

mod absent;
mod committed;
mod deleted;
mod importer;
mod incoming;
mod leaving;
mod merge_file;
mod reader;
mod revision;
mod since;

use std::{path::PathBuf, time::Duration};

use importer::Importer;
use reader::Walk;
pub use revision::Revisions;

use crate::{
    domain::entry::Entry,
    engine::{
        base::{
            error::EngineError, import_report::ImportReport, selection::Selection, session::Session,
            tracked_document::TrackedDocument, tree_digest::TreeDigest, view::View, walk::walk,
        },
        write::writer::Writer,
    },
    git::{IndexMark, Location},
    store::FilesDigest,
};

/// Whether what is missing was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prune {
    /// No.
    #[default]
    No,
    /// Yes, unless more than half of all documents would go.
    Some,
    /// Yes.
    All,
}

impl Prune {
    /// Refuses to remove more than half of all documents where nobody insisted.
    fn check(self, pruned: usize, documents: usize) -> Result<(), EngineError> {
        if self == Self::Some && pruned * 2 > documents {
            return Err(EngineError::PrunesMost { pruned, documents });
        }
        Ok(())
    }
}

/// What to import, and how.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Files and folders; all when empty.
    pub paths: Vec<PathBuf>,
    /// Tell what would happen, write nothing.
    pub dry_run: bool,
    /// Write nothing if there is any error.
    pub strict: bool,
    /// Whether a missing file is a deletion.
    pub prune: Prune,
    /// Where file and database both changed, the file wins; needs `paths`.
    pub theirs: bool,
    /// Write nothing unless git's index still is as it was then: some git command has changed files meanwhile.
    pub only_at: Option<IndexMark>,
    /// How long to wait for other writers, where that is shorter than usual.
    pub patience: Option<Duration>,
}

impl Session {
    /// Brings the database up to date with the files.
    pub fn import(&self, options: &ImportOptions) -> Result<(ImportReport, Vec<Entry>), EngineError> {
        self.import_seeing(options, None)
    }

    /// [`Session::import`] by a caller that has just seen what all files look like.
    pub(in crate::engine) fn import_seeing(
        &self,
        options: &ImportOptions,
        seen: Option<TreeDigest>,
    ) -> Result<(ImportReport, Vec<Entry>), EngineError> {
        if options.theirs && options.paths.is_empty() {
            return Err(EngineError::NeedsPaths { side: "files" });
        }
        let selection = Selection::new(self.root()?, &self.options.from, &options.paths)?;
        let probe = self.caching_probe();
        // What the files look like is kept as it was before they were read: what changes meanwhile is seen next time.
        let seen = if selection.is_all() { seen.or_else(|| Some(TreeDigest::of(&self.tree()))) } else { None };
        let work = |writer: &mut Writer<'_>| {
            writer.write.expect_bulk()?;
            let begun_at = writer.seq();
            let mirror = writer.write.ensure_mirror(&self.workspace.mirror)?;
            self.mirror.set(Some(mirror.id));
            let is_unchanged = seen.map_or(Ok(false), |seen| writer.view().is_known(&mirror, &seen))?;
            let probe = probe.clone().unchanged(is_unchanged);
            // Before the files are looked at: what git brings meanwhile is looked at again next time.
            let head = self.checked_out()?;
            let (walked, mut known) = writer.view().walk_and_track(&selection, writer.is_filling())?;
            let renumbered = if writer.is_filling() { Vec::new() } else { writer.settle_collisions(&known)? };
            if !renumbered.is_empty() {
                writer.start_batch();
                known = writer.view().tracked_documents(&selection)?;
            }
            let (catalogue, finding) = self.catalogue_with_finding();
            let importer = Importer::new(writer, &probe, options, catalogue, finding);
            let report = ImportReport { renumbered, ..importer.run(walked, &known, &selection)? };
            writer.end_agreed_conflicts()?;
            if let (Some(repository), false) = (self.repository()?, writer.is_filling())
                && let Some(head) = repository.head()?
            {
                let changed = writer.checked_out_since(repository, head)?;
                writer.note_commits(repository, head, changed)?;
            }
            if options.strict && report.errors() > 0 {
                return Err(EngineError::Strict { report: Box::new(report) });
            }
            if options.only_at.is_some() && options.only_at != self.workspace.git.as_ref().map(Location::index_mark) {
                return Err(EngineError::GaveWay);
            }
            if selection.is_all() {
                let kept = seen.and_then(|seen| self.digest_to_keep(&seen, probe.now_ns()));
                // What this import itself recorded may have made a place free.
                let seq = report.hangs_on_the_log().then_some(begun_at);
                let kept = kept.map(|kept| FilesDigest { seq, ..kept });
                let looked_at = (self.core.clock.seconds(), probe.looked_ns());
                writer.write.set_looked_at(mirror.id, looked_at, kept.as_ref(), head.as_deref())?;
            }
            Ok(report)
        };
        if options.dry_run {
            return self.rehearse(work).map(|(report, written)| (report, written.entries));
        }
        let (report, written) = self.write_within(options.patience.unwrap_or(self.options.timeout), work)?;
        self.forget_gone_places()?;
        self.workspace.git.iter().for_each(Location::release_dead_locks);
        self.core.database.use_wal()?;
        Ok((report, written.entries))
    }

    /// The commit that is checked out, where there is one.
    fn checked_out(&self) -> Result<Option<String>, EngineError> {
        if let Some(head) = self.workspace.git.as_ref().and_then(Location::head) {
            return Ok(Some(head));
        }
        let head = self.repository()?.map_or(Ok(None), |repository| repository.head())?;
        Ok(head.map(|head| head.to_string()))
    }
}

impl View<'_> {
    /// The files of the tree, and what is known of them. Where nothing is known yet the walk is left to the reader,
    /// elsewhere it is made while the database is read.
    fn walk_and_track(
        &self,
        selection: &Selection,
        is_filling: bool,
    ) -> Result<(Walk, Vec<TrackedDocument>), EngineError> {
        let tree = self.tree();
        if is_filling {
            return Ok((Box::new(walk(&tree)), self.tracked_documents(selection)?));
        }
        std::thread::scope(|scope| {
            let walking = scope.spawn(|| walk(&tree).collect::<Vec<_>>());
            let known = self.tracked_documents(selection);
            let walked = walking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((Box::new(walked.into_iter()) as Walk, known?))
        })
    }
}
