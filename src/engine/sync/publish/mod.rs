//! From the database to a branch: one commit that holds what changed, or one for each change, built without touching
//! HEAD, the index or any work tree, with trailers that let git witness the log.

mod chain;
mod message;
mod past;
mod plan;
mod push;
mod start;

use chain::Chain;
use past::Past;
use plan::ExportPlan;
use start::Start;

use super::export::{ExportOptions, ExportReport};
use crate::{
    domain::{doc_path::DocPath, hash::Sha256, state::State},
    engine::{
        base::{
            error::EngineError, export_trailers::ExportTrailers, projection::stored, reading::Reading,
            selection::Selection, session::Session, view::View, workspace::Workspace,
        },
        write::writer::Writer,
    },
    git::{BlobId, CommitId, Repository},
    store::{Mirror, MirrorDocument},
};

/// The commits that were made, or only pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The id of the last.
    pub oid: String,
    /// The branch.
    pub branch: String,
    /// How many there are; 0 where they were there already.
    pub commits: u64,
    /// How many documents they change.
    pub documents: u64,
    /// The first and the last log entry they witness.
    pub range: (u64, u64),
    /// Where they were pushed to.
    pub pushed: Option<Pushed>,
}

/// A branch that a remote has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The remote, as the caller named it.
    pub remote: String,
    /// The commit the branch stands at.
    pub oid: String,
    /// Whether what the remote had was merged first.
    pub merged: bool,
    /// What the remote and the hooks said.
    pub said: String,
}

/// A document that goes out.
struct Outgoing {
    path: DocPath,
    /// `None` where it is removed.
    text: Option<Reading>,
    /// The blob that the text is in git.
    wanted: Option<BlobId>,
    /// The blob in the tree that the commit starts from.
    blob: Option<BlobId>,
    /// The blob on the branch itself.
    on_branch: Option<BlobId>,
}

impl Outgoing {
    fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|text| text.text.as_str())
    }
}

/// The name of a branch among the mirrors of the database.
pub(in crate::engine) fn branch_mirror(workspace: &Workspace, branch: &str) -> String {
    format!("branch:{branch}:{}", workspace.prefix)
}

/// The branch that a mirror's name stands for.
pub(in crate::engine) fn mirror_branch(name: &str) -> Option<&str> {
    name.strip_prefix("branch:")?.rsplit_once(':').map(|(branch, _)| branch)
}

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
        let repository =
            self.repository()?.ok_or_else(|| EngineError::NoRepository { root: self.root().to_path_buf() })?;
        if let Some(path) = repository.checked_out_at(branch)? {
            return Err(EngineError::BranchCheckedOut { branch: branch.to_owned(), path });
        }
        let work = |writer: &mut Writer<'_>| {
            let mirror = writer.write.ensure_mirror(&branch_mirror(&self.workspace, branch))?;
            let start = Start::find(repository, branch)?;
            let view = writer.view();
            Publisher::new(&view, repository, mirror, start, branch).run(writer, selection, options)
        };
        Ok(if options.dry_run { self.rehearse(work)?.0 } else { self.write(work)?.0 })
    }
}

struct Publisher<'a> {
    view: &'a View<'a>,
    repository: &'a Repository,
    mirror: Mirror,
    /// The commit of the last export, where it is still there.
    last: Option<CommitId>,
    start: Start,
    branch: &'a str,
}

impl<'a> Publisher<'a> {
    fn new(view: &'a View<'a>, repository: &'a Repository, mut mirror: Mirror, start: Start, branch: &'a str) -> Self {
        let last: Option<CommitId> = mirror.tip.as_deref().and_then(|tip| tip.parse().ok());
        let goes_on = last.is_some_and(|last| {
            start.parents.iter().any(|parent| repository.is_ancestor(last, *parent).unwrap_or(false))
        });
        // The branch was removed or moved back: it starts anew, and so does what it witnesses.
        if !goes_on {
            mirror.exported_seq = 0;
        }
        Self { view, repository, mirror, last, start, branch }
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
        let mut kept = Vec::new();
        let candidates = self.candidates()?;
        let paths = candidates.iter().map(|candidate| candidate.path.clone()).collect();
        let past = Past::new(self.view, self.repository, self.last, paths);
        let mut untouched = self.view.store.document_count()?;
        let deleted = self.deleted(&candidates, &past)?;
        for candidate in candidates {
            let path = candidate.path.clone();
            if !selection.contains(&path) {
                continue;
            }
            let database = self.view.store.document_sha(&path)?;
            let text = match &database {
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
            match self.build(&outgoing, &kept, options.per_change, writer.now) {
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

    /// The commits for what goes out; the branch stays where it is.
    fn build(
        &self,
        outgoing: &[Outgoing],
        kept: &[(DocPath, BlobId)],
        per_change: bool,
        now: i64,
    ) -> Result<Chain<'_, 'a>, EngineError> {
        let mut chain = Chain::new(self, outgoing, kept.to_vec());
        if !outgoing.is_empty() {
            if per_change {
                chain.add_each(outgoing, now)?;
            }
            chain.add_rest(outgoing, now)?;
        }
        Ok(chain)
    }

    /// The last entry that the branch witnesses by an export which the database does not know of: it was cut off before
    /// it could note it. 0 where there is none.
    fn crashed_at(&self) -> Result<u64, EngineError> {
        let Some(tip) = self.start.tip.filter(|tip| Some(*tip) != self.last) else { return Ok(0) };
        let Some(commit) = self.repository.history(tip)?.next().transpose()? else { return Ok(0) };
        let store = &self.view.store;
        let Some(ExportTrailers { log_id, range: Some((_, last)), head }) = ExportTrailers::of(&commit) else {
            return Ok(0);
        };
        let same = log_id == store.log_id()? && head.is_some() && store.entry_hash(last)? == head;
        Ok(if same { last } else { 0 })
    }

    fn note(
        &self,
        writer: &Writer<'_>,
        path: DocPath,
        sha: Option<Sha256>,
        commit: Option<&str>,
    ) -> Result<(), EngineError> {
        let Some(sha) = sha else { return Ok(writer.write.forget_mirror_document(self.mirror.id, &path)?) };
        let before = self.view.store.mirror_document(self.mirror.id, &path)?;
        let kept = before.commit.filter(|_| before.base.as_ref() == Some(&sha));
        let commit = commit.map(str::to_owned).or(kept);
        let noted = MirrorDocument { base: Some(sha.clone()), commit, ..MirrorDocument::unknown(path.clone()) };
        writer.write.put_mirror_document(self.mirror.id, &noted)?;
        // Where several branches have the text, the row shows the same one that a rebuild would.
        if noted.commit.is_some()
            && let Some(commit) = self.view.store.exported_commit(&path, &sha)?
        {
            writer.write.set_git_commit(&path, Some(&commit))?;
        }
        Ok(())
    }
}
