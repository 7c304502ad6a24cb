//! From the database to the files: only what differs, each file written atomically.

use std::collections::BTreeSet;

use super::{
    export_report::{ExportOptions, ExportReport},
    status::Stand,
};
use crate::{
    domain::{action::Action, doc_path::DocPath, entry::Entry, hash::Sha256, state::State},
    engine::{
        base::{
            error::{EngineError, in_tree},
            file_probe::Probed,
            projection::stored,
            selection::Selection,
            session::Session,
        },
        write::writer::{Draft, Revision, Writer},
    },
    markdown::locate::{Place, locate},
    store::{MirrorDocument, Snapshot},
    tree::{Tree, Unfinished},
};

/// Documents written under one hold of the write lock: other writers wait no longer than that.
const AT_ONCE: usize = 200;

/// What is to happen to one file.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) enum FileAction {
    Write,
    Remove,
}

impl Session {
    /// Writes what the database has to files, or to a commit on a branch.
    pub fn export(&self, options: &ExportOptions) -> Result<(ExportReport, Vec<Entry>), EngineError> {
        if options.ours && options.paths.is_empty() {
            return Err(EngineError::NeedsPaths { side: "database" });
        }
        let selection = Selection::new(self.root()?, &self.options.from, &options.paths)?;
        if let Some(branch) = &options.branch {
            return Ok((self.publish_and_push(branch, &selection, options)?, Vec::new()));
        }
        let view = self.view()?;
        let stands = if options.ours { view.stands_with_absent(&selection)? } else { view.stands(&selection)? };
        drop(view);
        if let Some(path) = selection.unmatched(|one| stands.iter().any(|stand| one.contains(stand.known.path()))) {
            return Err(EngineError::Unknown {
                what: "document",
                id: path.to_owned(),
                nearest: None,
                known: Vec::new(),
            });
        }
        let entries = if options.ours && !options.dry_run { self.settle_for_ours(&stands)? } else { Vec::new() };
        let mut report = ExportReport::default();
        let mut steps = Vec::new();
        for stand in &stands {
            let path = stand.known.path().clone();
            match step(stand, options, !selection.is_all()) {
                step if !matches!(locate(&path), Place::Document(_)) => {
                    let is_asked = step.is_some() || stand.known.database.is_some();
                    report.failed.extend(is_asked.then(|| (path.clone(), misplaced(&path).in_full())));
                }
                Some(step) => steps.push((path, step)),
                None if selection.is_all() && has_nothing_to_write(stand) => report.unreadable.push(path),
                None if left_out(stand.state) => {
                    report.blocked |= blocks(stand);
                    report.refused.push((path, stand.state));
                }
                None => report.unchanged += u64::from(stand.state == State::InSync),
            }
        }
        report.blocked &= !options.partial;
        if options.dry_run || report.blocked {
            let paths = |wanted: fn(&FileAction) -> bool| {
                steps.iter().filter(move |(_, step)| wanted(step)).map(|(path, _)| path.clone()).collect()
            };
            if !report.blocked {
                report.written = paths(|step| matches!(step, FileAction::Write));
                report.removed = paths(|step| matches!(step, FileAction::Remove));
            }
            return Ok((report, entries));
        }
        // Nothing is removed before all is written.
        steps.sort_by_key(|(_, step)| matches!(step, FileAction::Remove));
        let total = steps.len() as u64;
        for chunk in steps.chunks(AT_ONCE) {
            self.write_chunk(chunk, &stands, &mut report)?;
            let done = report.written.len() + report.removed.len();
            self.report_progress(done as u64, Some(total));
        }
        Ok((report, entries))
    }

    fn write_chunk(
        &self,
        chunk: &[(DocPath, FileAction)],
        stands: &[Stand],
        report: &mut ExportReport,
    ) -> Result<(), EngineError> {
        let (probe, tree) = (self.caching_probe(), self.tree());
        let mut swept = BTreeSet::new();
        self.write(|writer| {
            for (path, step) in chunk {
                if swept.insert(path.as_str().rsplit_once('/').map(|(folder, _)| folder)) {
                    probe.sweep_beside(path);
                }
                let known = writer.view().tracked_document(path)?;
                let before =
                    stands.binary_search_by(|stand| stand.known.path().cmp(path)).ok().map(|index| &stands[index]);
                let left_out = (path.clone(), State::Diverged);
                if before.is_some_and(|before| before.known.database != known.database) {
                    report.refused.push(left_out);
                    continue;
                }
                let held_back = match step {
                    FileAction::Remove => writer.view().new_place_among(path, &report.not_written())?,
                    FileAction::Write => None,
                };
                if let Some(new) = held_back {
                    report.hold_back(path.clone(), &new);
                    continue;
                }
                let done = match (step, &known.database) {
                    (FileAction::Write, Some(sha)) => self.write_one(&writer.write, &tree, path, sha, before),
                    (FileAction::Remove, None) => self.remove_one(&tree, path, before),
                    _ => continue,
                };
                match done {
                    Ok(true) => {}
                    Ok(false) => {
                        report.refused.push(left_out);
                        continue;
                    }
                    // One place must not keep everything else from being written.
                    Err(error) if error.is_of_one_document() => {
                        report.failed.push((path.clone(), error.in_full()));
                        continue;
                    }
                    Err(error) => return Err(error),
                }
                if let Some(base) = known.database {
                    report.written.push(path.clone());
                    let (base, stat) = (Some(base), probe.stat(path));
                    let position = Some(writer.seq());
                    let noted = MirrorDocument {
                        base: base.clone(),
                        file: base,
                        stat,
                        diagnostics: None,
                        commit: None,
                        position,
                        ..known.mirrored
                    };
                    writer.note(&noted)?;
                } else {
                    report.removed.push(path.clone());
                    writer.note_absence(path)?;
                }
            }
            // What is noted as exported is in its place first, whatever happens to the power.
            let done =
                chunk.iter().map(|(path, _)| path).filter(|path| report.failed.iter().all(|(other, _)| other != *path));
            tree.sync_above(done).map_err(in_tree("write", self.root()?))
        })?;
        Ok(())
    }

    /// Writes a document; `false` where its file has changed since it was looked at.
    fn write_one(
        &self,
        store: &Snapshot,
        tree: &Tree,
        path: &DocPath,
        sha: &Sha256,
        before: Option<&Stand>,
    ) -> Result<bool, EngineError> {
        let erased = || EngineError::Erased { path: path.to_string() };
        let reading = stored(store, path, sha)?.ok_or_else(erased)?;
        let unfinished = Unfinished::write(tree, path, reading.text.as_bytes());
        let unfinished = unfinished.map_err(in_tree("write", self.root()?))?;
        // The file may have changed up to this moment.
        if self.moved_on(path, before)? {
            return Ok(false);
        }
        unfinished.put().map_err(in_tree("write", self.root()?))?;
        Ok(true)
    }

    /// Removes the file of a document; `false` as above.
    fn remove_one(&self, tree: &Tree, path: &DocPath, before: Option<&Stand>) -> Result<bool, EngineError> {
        if self.moved_on(path, before)? {
            return Ok(false);
        }
        tree.remove(path).map_err(in_tree("remove", self.root()?))?;
        Ok(true)
    }

    /// Whether the file is no longer what the decision to overwrite it was made on.
    fn moved_on(&self, path: &DocPath, before: Option<&Stand>) -> Result<bool, EngineError> {
        let Some(before) = before else { return Ok(false) };
        Ok(match self.file_probe().probe(path, None) {
            Probed::Nothing => before.file.is_some(),
            Probed::Read(reading, _) => before.file.as_ref() != Some(&reading.sha),
            Probed::Same(_) | Probed::Unreadable(..) => before.state != State::Invalid,
        })
    }

    /// Puts the text of each file that is to be overwritten into the log, and the database's text back upon it.
    fn settle_for_ours(&self, stands: &[Stand]) -> Result<Vec<Entry>, EngineError> {
        let (_, written) = self.write(|writer| {
            for stand in stands {
                // What changed in the meantime is left out of the export as well.
                if writer.view().tracked_document(stand.known.path())?.database != stand.known.database {
                    continue;
                }
                // An old checkout is in the log already.
                if matches!(stand.state, State::Diverged | State::Behind | State::Conflict) {
                    self.settle_one(writer, stand)?;
                }
                writer.write.forget_file_conflict(self.mirror_id(), stand.known.path())?;
            }
            Ok(())
        })?;
        Ok(written.entries)
    }

    fn settle_one(&self, writer: &mut Writer<'_>, stand: &Stand) -> Result<(), EngineError> {
        let path = stand.known.path();
        let (Place::Document(located), Probed::Read(file, _)) = (locate(path), self.file_probe().probe(path, None))
        else {
            return Ok(());
        };
        let database = match &stand.known.database {
            Some(sha) => stored(&writer.write, path, sha)?,
            None => None,
        };
        for (action, new) in [(Action::Import, Some(*file)), (Action::Settle, database)] {
            let revisions = vec![Revision { located: located.clone(), new }];
            writer.record(Draft { entity: located.entity.clone(), action, reason: None, revisions })?;
        }
        Ok(())
    }
}

/// What the export column of the state table says; `None` where nothing is to be done.
fn step(stand: &Stand, options: &ExportOptions, named: bool) -> Option<FileAction> {
    let write = if stand.known.database.is_some() { FileAction::Write } else { FileAction::Remove };
    match stand.state {
        State::Ahead => Some(write),
        State::Stale if named || options.ours => Some(write),
        State::Behind | State::Diverged | State::Conflict | State::Missing if options.ours => Some(write),
        _ => None,
    }
}

/// Whoever wrote the database may have written any path into it: only documents are written or removed.
pub(in crate::engine) fn misplaced(path: &DocPath) -> EngineError {
    EngineError::Misplaced { path: path.to_string() }
}

/// Whether a document in this state is named as left out.
pub(in crate::engine) fn left_out(state: State) -> bool {
    matches!(state, State::Invalid | State::Conflict | State::Stale | State::Behind | State::Diverged)
}

/// Whether a file that cannot be read holds nothing back: the database still has what both last agreed on.
fn has_nothing_to_write(stand: &Stand) -> bool {
    stand.state == State::Invalid && stand.known.database == stand.known.mirrored.base
}

/// Whether a document keeps everything else from being written, unless the export is partial.
fn blocks(stand: &Stand) -> bool {
    match stand.state {
        State::Behind => true,
        State::Diverged => stand.known.mirrored.base.is_some(),
        _ => false,
    }
}
