//! From the database to a branch: one commit that holds what changed, or one for each change, built without touching
//! HEAD, the index or any work tree, with trailers that let git witness the log.

mod chain;
mod message;
mod past;
mod plan;
mod publisher;
mod push;
mod start;

use chain::Chain;
use past::Past;
use plan::ExportPlan;
use publisher::{Outgoing, Publisher};
use start::Start;

use super::{
    export::misplaced,
    export_report::{ExportOptions, ExportReport, Published},
};
use crate::{
    domain::state::State,
    engine::{
        base::{error::EngineError, projection::stored, selection::Selection, session::Session},
        write::writer::Writer,
    },
    markdown::locate::{Place, locate},
};

impl Session {
    /// Brings a branch up to date with the database, and a remote where one is named.
    pub(in crate::engine) fn publish_and_push(
        &self,
        branch: &str,
        selection: &Selection,
        options: &ExportOptions,
    ) -> Result<ExportReport, EngineError> {
        let mut report = self.publish(branch, selection, options)?;
        if let Some(remote) = options.push.as_deref().filter(|_| !options.dry_run) {
            self.push(branch, remote, &mut report)?;
        }
        Ok(report)
    }

    /// Brings a branch up to date with the database. The write lock is held, so that the log and the
    /// texts are those the commit speaks of.
    fn publish(
        &self,
        branch: &str,
        selection: &Selection,
        options: &ExportOptions,
    ) -> Result<ExportReport, EngineError> {
        let repository = self.needed_repository()?;
        if let Some(path) = repository.checked_out_at(branch)? {
            return Err(EngineError::BranchCheckedOut { branch: branch.to_owned(), path });
        }
        let work = |writer: &mut Writer<'_>| {
            let mirror = writer.write.ensure_mirror(&self.workspace.branch_mirror(branch))?;
            let start = Start::find(repository, branch)?;
            let view = writer.view();
            Publisher::new(&view, repository, mirror, start, branch).run(writer, selection, options)
        };
        Ok(if options.dry_run { self.rehearse(work)?.0 } else { self.write(work)?.0 })
    }
}

impl Publisher<'_> {
    /// Keeps what is removed from the branch where it is, if it is not written where it belongs now.
    fn hold_back(&self, outgoing: &mut Vec<Outgoing>, report: &mut ExportReport) -> Result<(), EngineError> {
        let not_written = report.not_written();
        for index in (0..outgoing.len()).rev() {
            let Outgoing { path, text, .. } = &outgoing[index];
            if text.is_none()
                && let Some(new) = self.view.new_place_among(path, &not_written)?
            {
                let path = outgoing.remove(index).path;
                report.removed.retain(|other| *other != path);
                report.hold_back(path, &new);
            }
        }
        Ok(())
    }

    fn run(
        self,
        writer: &Writer<'_>,
        selection: &Selection,
        options: &ExportOptions,
    ) -> Result<ExportReport, EngineError> {
        let mut report = ExportReport::default();
        let mut outgoing: Vec<Outgoing> = Vec::new();
        let mut in_sync = Vec::new();
        let mut left = Vec::new();
        let mut kept = Vec::new();
        let candidates = self.candidates()?;
        let paths = candidates.iter().map(|candidate| candidate.path.clone()).collect();
        let past = Past::new(self.view, self.repository, self.last, paths);
        let mut untouched = self.view.store.document_count()?;
        let deleted = self.deleted(&candidates, &past)?;
        for candidate in candidates {
            let path = candidate.path.clone();
            if !selection.contains(&path) {
                left.push(path);
                continue;
            }
            let database = self.view.store.document_sha(&path)?;
            let text = match &database {
                _ if !matches!(locate(&path), Place::Document(_)) => Err(misplaced(&path)),
                Some(sha) => stored(&self.view.store, &path, sha),
                None => Ok(None),
            };
            let planned = text.and_then(|text| {
                let plan = self.plan(&candidate, text.as_ref(), deleted.get(&path), &past)?;
                Ok((text, plan))
            });
            let (text, plan) = match planned {
                // One document must not keep all others from going out.
                Err(error) if error.is_of_one_document() => {
                    report.failed.push((path, error.in_full()));
                    continue;
                }
                planned => planned?,
            };
            match plan {
                ExportPlan::InSync { keep } => {
                    kept.extend(keep.map(|blob| (path.clone(), blob)));
                    in_sync.push((path, database));
                }
                ExportPlan::Write(wanted) => {
                    untouched -= u64::from(text.is_some());
                    let list = if text.is_some() { &mut report.written } else { &mut report.removed };
                    list.push(path.clone());
                    let (blob, on_branch) = (candidate.blob, candidate.on_branch);
                    outgoing.push(Outgoing { path, text, wanted, blob, on_branch });
                }
                ExportPlan::LeaveOut { state, keep } => {
                    kept.extend(keep.map(|blob| (path.clone(), blob)));
                    report.blocked |= matches!(state, State::Behind | State::Diverged);
                    report.refused.push((path, state));
                }
            }
        }
        self.hold_back(&mut outgoing, &mut report)?;
        report.unchanged = untouched.saturating_sub((report.refused.len() + report.failed.len()) as u64);
        report.blocked &= !options.partial;
        if report.blocked {
            report.written.clear();
            report.removed.clear();
        }
        if options.dry_run || report.blocked {
            return Ok(report);
        }
        let chain = loop {
            self.hold_back(&mut outgoing, &mut report)?;
            match Chain::build(&self, &outgoing, &kept, options.per_change, writer.now) {
                Err(EngineError::Git(error)) => {
                    let is_at = |document: &Outgoing| {
                        let path = self.view.workspace.git_path(document.path.as_str());
                        let below = error.path().and_then(|place| path.strip_prefix(place));
                        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    };
                    let Some(index) = outgoing.iter().position(is_at) else { return Err(error.into()) };
                    let path = outgoing.remove(index).path;
                    report.written.retain(|other| *other != path);
                    report.removed.retain(|other| *other != path);
                    report.failed.push((path, error.to_string()));
                }
                built => break built?,
            }
        };
        chain.finish()?;
        left.extend(report.refused.iter().map(|(path, _)| path.clone()));
        left.extend(report.failed.iter().map(|(path, _)| path.clone()));
        left.iter().try_for_each(|path| self.note_left(writer, path))?;
        for (path, sha) in in_sync {
            self.note(writer, path, sha, None)?;
        }
        let tip = chain.tip();
        if let Some(tip) = tip {
            for document in &outgoing {
                let commit = chain.wrote.get(&document.path).unwrap_or(&tip).to_string();
                let sha = document.text.as_ref().map(|text| text.sha.clone());
                self.note(writer, document.path.clone(), sha, Some(&commit))?;
            }
            report.commit = Some(Published {
                oid: tip.to_string(),
                branch: self.branch.to_owned(),
                commits: chain.commits,
                documents: outgoing.len() as u64,
                range: ((self.mirror.exported_seq + 1).min(chain.covered), chain.covered),
                pushed: None,
            });
        }
        if let Some(stands) = tip.or(self.start.tree) {
            // What was left out is witnessed again when it follows.
            let complete = selection.is_all() && report.is_whole();
            let seq = match tip {
                Some(_) if complete => chain.covered,
                None if complete => self.mirror.exported_seq.max(self.crashed_at()?),
                _ => self.mirror.exported_seq,
            };
            let base = self.start.base.map(|base| base.to_string());
            writer.write.set_exported(self.mirror.id, &stands.to_string(), base.as_deref(), seq)?;
        }
        Ok(report)
    }
}
