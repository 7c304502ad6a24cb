//! From the branch to a remote. A remote that has more is merged first: what both changed document by document, so that
//! no edit of another clone is lost. No lock is held while the network is waited for.

use super::message::{self, Seal};
use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        state::State,
    },
    engine::{
        base::{clock::Clock, error::EngineError, session::Session, view::View},
        sync::export_report::{ExportReport, Published, Pushed},
    },
    git::{BlobId, BothChanged, Change, CommitId, CommitOutcome, NewCommit, PushOutcome, Repository},
    markdown::{
        locate::{Place, locate},
        merge,
    },
};

/// How often a remote that went on meanwhile is merged before giving up.
const MAX_MEETINGS: usize = 3;

impl Session {
    /// Pushes the branch, also one that an earlier export could not push.
    pub(super) fn push(&self, branch: &str, remote: &str, report: &mut ExportReport) -> Result<(), EngineError> {
        let repository = self.needed_repository()?;
        let mut merged = false;
        for meetings in 0..=MAX_MEETINGS {
            let Some(tip) = repository.branch_tip(branch)? else { return Ok(()) };
            match repository.push(remote, branch)? {
                PushOutcome::UpToDate => return Ok(()),
                PushOutcome::Pushed { said } => {
                    let oid = tip.to_string();
                    let pushed = Some(Pushed { remote: remote.to_owned(), oid, merged, said });
                    match &mut report.commit {
                        Some(commit) => commit.pushed = pushed,
                        None => report.commit = Some(self.earlier(branch, tip, pushed)?),
                    }
                    return Ok(());
                }
                PushOutcome::Rejected if meetings < MAX_MEETINGS => {
                    let theirs = repository.fetch_branch(remote, branch)?;
                    merged |= self.meet_branch(repository, branch, theirs, report)?;
                }
                PushOutcome::Rejected => {}
            }
        }
        Err(EngineError::Overtaken { branch: branch.to_owned(), remote: remote.to_owned() })
    }

    /// Commits that were there before this export.
    fn earlier(&self, branch: &str, tip: CommitId, pushed: Option<Pushed>) -> Result<Published, EngineError> {
        let (first, last) = self.view()?.seal(branch)?.range;
        Ok(Published {
            oid: tip.to_string(),
            branch: branch.to_owned(),
            commits: 0,
            documents: 0,
            range: (first, last),
            pushed,
        })
    }

    /// Merges another commit into the branch; whether that took a commit. Documents that cannot be merged stay as the
    /// other side has them and are left out: the database still has ours.
    fn meet_branch(
        &self,
        repository: &Repository,
        branch: &str,
        theirs: CommitId,
        report: &mut ExportReport,
    ) -> Result<bool, EngineError> {
        let Some(ours) = repository.branch_tip(branch)? else { return Ok(false) };
        if repository.is_ancestor(theirs, ours)? {
            return Ok(false);
        }
        if let Some(path) = repository.checked_out_at(branch)? {
            return Err(EngineError::BranchCheckedOut { branch: branch.to_owned(), path });
        }
        if repository.is_ancestor(ours, theirs)? {
            repository.move_branch(branch, Some(ours), theirs)?;
            return Ok(false);
        }
        let mut texts: Vec<(String, Option<Vec<u8>>)> = Vec::new();
        for both in repository.both_changed(ours, theirs, &self.workspace.git_path(MIRROR))? {
            let Some(path) = self.document_at(&both.path) else { continue };
            let text = match merged(repository, &both)? {
                Some(text) => text.map(String::into_bytes),
                None => {
                    report.refused.push((path, State::Diverged));
                    both.theirs.map(|blob| repository.read_blob(blob)).transpose()?
                }
            };
            texts.push((both.path, text));
        }
        let changes: Vec<Change<'_>> =
            texts.iter().map(|(path, text)| Change { path, text: text.as_ref().map(Vec::as_slice) }).collect();
        let actor = self.actor()?.as_str();
        let now = self.core.clock.seconds();
        let outcome = repository.build_merge(
            ours,
            theirs,
            &NewCommit {
                branch,
                expected_tip: Some(ours),
                parents: &[ours, theirs],
                tree_of: None,
                changes: &changes,
                author: actor,
                email: &message::email(repository, actor),
                message: &message::of_meeting("what another clone has exported", &self.view()?.seal(branch)?),
                seconds: now,
                offset_minutes: Clock::local(now).1,
            },
        )?;
        let CommitOutcome::Written(commit) = outcome else { return Ok(false) };
        repository.move_branch(branch, Some(ours), commit)?;
        Ok(true)
    }

    /// The document that a file of the repository is.
    pub(super) fn document_at(&self, git_path: &str) -> Option<DocPath> {
        let path = DocPath::parse(self.workspace.tree_path(git_path)?)?;
        matches!(locate(&path), Place::Document(_)).then_some(path)
    }
}

impl View<'_> {
    /// What the branch witnesses already, for a commit that adds nothing to it.
    pub(super) fn seal(&self, branch: &str) -> Result<Seal, EngineError> {
        let mirror = self.store.mirror(&self.workspace.branch_mirror(branch))?;
        let last = mirror.map_or(1, |mirror| mirror.exported_seq.max(1));
        let head = self.store.entry_hash(last)?.unwrap_or_default();
        Ok(Seal { log_id: self.store.log_id()?, range: (last, last), head, had: Vec::new() })
    }
}

/// The outer `None` where both sides changed the same places, the inner one where the document is gone.
fn merged(repository: &Repository, both: &BothChanged) -> Result<Option<Option<String>>, EngineError> {
    let mut texts = Vec::with_capacity(3);
    for blob in [both.base, both.ours, both.theirs] {
        let text = text_of(repository, blob)?;
        if text.is_none() && blob.is_some() {
            return Ok(None);
        }
        texts.push(text);
    }
    let merge = merge(texts[0].as_deref(), texts[1].as_deref(), texts[2].as_deref());
    Ok(merge.clashes.is_empty().then_some(merge.text))
}

/// The text of a blob; `None` where there is none, or no text.
fn text_of(repository: &Repository, blob: Option<BlobId>) -> Result<Option<String>, EngineError> {
    Ok(match blob {
        Some(blob) => String::from_utf8(repository.read_blob(blob)?).ok(),
        None => None,
    })
}
