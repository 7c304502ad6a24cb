//! From the database to a branch: one commit that holds what changed, built without touching HEAD, the index or any
//! work tree, with trailers that let git witness the log.

mod past;
mod start;

use std::collections::BTreeSet;

use past::Past;
use start::Start;

use super::{
    Engine,
    clock::Clock,
    commit::Writer,
    error::EngineError,
    export::{ExportOptions, ExportReport},
    reading::Reading,
    selection::Selection,
    workspace::Workspace,
};
use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        entry::Entry,
        hash::Sha256,
        state::State,
    },
    git::{BlobId, Change, CommitId, CommitOutcome, NewCommit, Occurrence, Repository},
    markdown::locate::{Place, locate},
    store::{Mirror, MirrorDocument},
};

/// Up to so many entries have a trailer each.
const MAX_TRAILERS: u64 = 50;

/// Trailer keys.
pub(super) const LOG_TRAILER: &str = "Bos-Audit-Log";
pub(super) const RANGE_TRAILER: &str = "Bos-Audit-Range";
pub(super) const HEAD_TRAILER: &str = "Bos-Audit-Head";

/// A commit that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub oid: String,
    /// The branch.
    pub branch: String,
    /// How many documents it changes.
    pub documents: u64,
    /// The first and the last log entry it witnesses.
    pub range: (u64, u64),
}

/// What to do with one document of the branch.
enum Verdict {
    /// The branch has the database's text.
    InSync,
    /// It is to be written or removed.
    Write,
    /// It has to be left out.
    LeaveOut(State),
}

/// The name of a branch among the mirrors of the database.
pub(super) fn branch_mirror(workspace: &Workspace, branch: &str) -> String {
    format!("branch:{branch}:{}", workspace.prefix)
}

/// The branch that a mirror's name stands for.
pub(super) fn mirror_branch(name: &str) -> Option<&str> {
    name.strip_prefix("branch:")?.rsplit_once(':').map(|(branch, _)| branch)
}

impl Engine {
    /// Brings a branch up to date with the database by one commit. The write lock is held, so that the log and the
    /// texts are those the commit speaks of.
    pub(super) fn publish(
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
            Publisher::new(self, repository, mirror, start, branch).run(writer, selection, options)
        };
        Ok(if options.dry_run { self.rehearse(work)?.0 } else { self.write(work)?.0 })
    }
}

struct Publisher<'a> {
    engine: &'a Engine,
    repository: &'a Repository,
    mirror: Mirror,
    /// The commit of the last export, where it is still there.
    last: Option<CommitId>,
    start: Start,
    branch: &'a str,
}

/// A document that may have to be written, with its blob where the commit starts from and on the branch itself.
struct Candidate {
    path: DocPath,
    blob: Option<BlobId>,
    on_branch: Option<BlobId>,
}

impl<'a> Publisher<'a> {
    fn new(engine: &'a Engine, repository: &'a Repository, mut mirror: Mirror, start: Start, branch: &'a str) -> Self {
        let last: Option<CommitId> = mirror.tip.as_deref().and_then(|tip| tip.parse().ok());
        let goes_on = last.is_some_and(|last| {
            start.parents.iter().any(|parent| repository.is_ancestor(last, *parent).unwrap_or(false))
        });
        // The branch was removed or moved back: it starts anew, and so does what it witnesses.
        if !goes_on {
            mirror.exported_seq = 0;
        }
        Self { engine, repository, mirror, last, start, branch }
    }

    fn run(
        self,
        writer: &mut Writer<'_>,
        selection: &Selection,
        options: &ExportOptions,
    ) -> Result<ExportReport, EngineError> {
        let mut report = ExportReport::default();
        let mut changes: Vec<(DocPath, Option<Reading>)> = Vec::new();
        let mut in_sync = Vec::new();
        let candidates = self.candidates()?;
        let paths = candidates.iter().map(|candidate| candidate.path.clone()).collect();
        let past = Past::new(self.engine, self.repository, self.last, paths);
        let mut untouched = self.engine.store.document_count()?;
        let deleted = self.deleted(&candidates, &past)?;
        for candidate in candidates {
            let path = candidate.path.clone();
            if !selection.contains(&path) {
                continue;
            }
            let database = self.engine.store.document_sha(&path)?;
            let text = match &database {
                Some(sha) => self.engine.store.blob(sha)?.map(Reading::of).transpose().map_err(|problem| {
                    EngineError::Unreadable { path: path.to_string(), diagnostic: Box::new(problem.at(path.as_str())) }
                })?,
                None => None,
            };
            match self.judge(&candidate, text.as_ref(), deleted.contains(&path), &past)? {
                Verdict::InSync => in_sync.push((path, database)),
                Verdict::Write => {
                    untouched -= u64::from(text.is_some());
                    let list = if text.is_some() { &mut report.written } else { &mut report.removed };
                    list.push(path.clone());
                    changes.push((path, text));
                }
                Verdict::LeaveOut(state) => {
                    report.blocked |= matches!(state, State::Behind | State::Diverged);
                    report.refused.push((path, state));
                }
            }
        }
        report.unchanged = untouched.saturating_sub(report.refused.len() as u64);
        report.blocked &= !options.partial;
        if report.blocked {
            report.written.clear();
            report.removed.clear();
        }
        if options.dry_run || report.blocked {
            return Ok(report);
        }
        let head = self.engine.store.head()?.seq;
        let commit = if changes.is_empty() { None } else { self.commit(&changes, head, writer.now)? };
        for (path, sha) in in_sync {
            self.note(writer, path, sha, None)?;
        }
        if let Some(commit) = commit {
            let oid = commit.to_string();
            for (path, text) in &changes {
                self.note(writer, path.clone(), text.as_ref().map(|text| text.sha.clone()), Some(&oid))?;
            }
            let range = (self.first(head), head);
            report.commit =
                Some(Published { oid, branch: self.branch.to_owned(), documents: changes.len() as u64, range });
        }
        if let Some(tip) = commit.or(self.start.tree) {
            // What was left out is witnessed again when it follows.
            let complete = commit.is_some() && selection.is_all() && report.refused.is_empty();
            let seq = if complete { head } else { self.mirror.exported_seq };
            let base = self.start.base.map(|base| base.to_string());
            writer.write.set_exported(self.mirror.id, &tip.to_string(), base.as_deref(), seq)?;
        }
        Ok(report)
    }

    /// The first entry that the next commit witnesses.
    fn first(&self, head: u64) -> u64 {
        (self.mirror.exported_seq + 1).min(head.max(1))
    }

    /// The documents that may differ between the database and the tree the commit starts from: those that changed in
    /// the database since the last export, and those that changed in git.
    fn candidates(&self) -> Result<Vec<Candidate>, EngineError> {
        let mut paths: BTreeSet<DocPath> =
            self.engine.store.unexported(self.mirror.id)?.into_iter().map(|(path, _)| path).collect();
        let Some(tree) = self.start.tree else {
            return Ok(paths.into_iter().map(|path| Candidate { path, blob: None, on_branch: None }).collect());
        };
        if self.last == Some(tree) && paths.len() < 16 {
            let candidate = |path: DocPath| {
                let blob = self.repository.blob_at(tree, &self.engine.workspace.git_path(path.as_str()))?;
                Ok(Candidate { path, blob, on_branch: blob })
            };
            return paths.into_iter().map(candidate).collect();
        }
        let branch = self.start.tip.filter(|_| self.start.merges()).unwrap_or(tree);
        let folder = self.engine.workspace.git_path(MIRROR);
        for commit in BTreeSet::from([tree, branch]) {
            if self.last != Some(commit) {
                paths.extend(self.moved(commit, &folder)?);
            }
        }
        let blobs = self.repository.tree_blobs(tree, &folder)?;
        let on_branch = if branch == tree { None } else { Some(self.repository.tree_blobs(branch, &folder)?) };
        let candidate = |path: DocPath| {
            let git_path = self.engine.workspace.git_path(path.as_str());
            let blob = blobs.get(&git_path).copied();
            let on_branch = on_branch.as_ref().map_or(blob, |blobs| blobs.get(&git_path).copied());
            Candidate { path, blob, on_branch }
        };
        Ok(paths.into_iter().map(candidate).collect())
    }

    /// The documents that differ between the last export and a commit.
    fn moved(&self, commit: CommitId, folder: &str) -> Result<Vec<DocPath>, EngineError> {
        let moved = self.repository.changed_paths(self.last, commit, folder);
        // Without the last commit, which may have been pruned, everything in the tree may differ.
        let moved = match (moved, self.last) {
            (Err(_), Some(_)) => self.repository.changed_paths(None, commit, folder)?,
            (moved, _) => moved?,
        };
        Ok(moved.into_iter().filter_map(|change| self.document(&change.path)).collect())
    }

    /// Which of the documents that git lacks it had once: somebody deleted them there.
    fn deleted(&self, candidates: &[Candidate], past: &Past<'_>) -> Result<BTreeSet<DocPath>, EngineError> {
        let (Some(last), Some(tree)) = (self.last, self.start.tree) else { return Ok(BTreeSet::new()) };
        let mut deleted = BTreeSet::new();
        let mut wanted = Vec::new();
        let mut asked = Vec::new();
        let lacks = |commit| self.repository.is_ancestor(last, commit).unwrap_or(false);
        let (of_tree, of_branch) = (lacks(tree), self.start.tip.is_some_and(lacks));
        for Candidate { path, blob, on_branch } in candidates {
            let Some(base) = self.engine.store.mirror_document(self.mirror.id, path)?.base else { continue };
            let git_path = self.engine.workspace.git_path(path.as_str());
            let left_branch = on_branch.is_none() && of_branch && past.exported(&git_path).is_some();
            if left_branch || (blob.is_none() && of_tree) {
                deleted.insert(path.clone());
            } else if blob.is_none()
                && let Some(text) = self.engine.store.blob(&base)?
            {
                let blob = self.repository.clean_blob_id(&git_path, text.as_bytes())?;
                wanted.push((git_path, blob));
                asked.push(path);
            }
        }
        let had = asked.into_iter().zip(past.once_held(tree, &wanted)?).filter(|(_, had)| *had);
        deleted.extend(had.map(|(path, _)| path.clone()));
        Ok(deleted)
    }

    fn document(&self, git_path: &str) -> Option<DocPath> {
        let path = DocPath::parse(self.engine.workspace.tree_path(git_path)?)?;
        matches!(locate(&path), Place::Document(_)).then_some(path)
    }

    fn judge(
        &self,
        candidate: &Candidate,
        text: Option<&Reading>,
        deleted: bool,
        past: &Past<'_>,
    ) -> Result<Verdict, EngineError> {
        let path = &candidate.path;
        let git_path = self.engine.workspace.git_path(path.as_str());
        let mirrored = self.engine.store.mirror_document(self.mirror.id, path)?;
        let changed = mirrored.base.as_ref() != text.map(|text| &text.sha);
        let ours = match text {
            Some(text) => Some(self.repository.clean_blob_id(&git_path, text.text.as_bytes())?),
            None => None,
        };
        if text.is_some() && deleted {
            return Ok(Verdict::LeaveOut(if changed { State::Diverged } else { State::Missing }));
        }
        // Where two histories meet, neither side's edits may be lost.
        let branch = self.start.tip.filter(|_| self.start.merges());
        let sides = [(candidate.blob, self.start.tree), (candidate.on_branch, branch)];
        for (blob, commit) in sides {
            let (Some(blob), Some(commit)) = (blob, commit) else { continue };
            if ours == Some(blob) || !self.is_edit(&mirrored, ours.is_some(), (blob, commit), past)? {
                continue;
            }
            return Ok(match (text, mirrored.base.is_some()) {
                (None, false) => Verdict::InSync,
                (Some(_), false) => Verdict::LeaveOut(State::Diverged),
                (_, true) if changed => Verdict::LeaveOut(State::Diverged),
                (_, true) => Verdict::LeaveOut(State::Behind),
            });
        }
        Ok(if candidate.blob == ours { Verdict::InSync } else { Verdict::Write })
    }

    /// Whether git's blob is somebody's change that the database does not have: a text the log never had, or an
    /// earlier one put back after the current one.
    fn is_edit(
        &self,
        mirrored: &MirrorDocument,
        stored: bool,
        (blob, commit): (BlobId, CommitId),
        past: &Past<'_>,
    ) -> Result<bool, EngineError> {
        let path = &mirrored.path;
        let git_path = self.engine.workspace.git_path(path.as_str());
        if mirrored.base.is_some() && (self.last == Some(commit) || past.exported(&git_path) == Some(blob)) {
            return Ok(false);
        }
        let Some(sha) = self.known_version(path, blob)? else { return Ok(true) };
        if !stored || Some(&sha) == mirrored.base.as_ref() {
            return Ok(false);
        }
        Ok(match past.current_occurs(commit, &git_path)? {
            Occurrence::Found => true,
            // A text that was in no file and on no branch is not beyond the edge of history either.
            Occurrence::GaveUp => match self.engine.store.document_sha(path)? {
                Some(current) => self.engine.store.was_mirrored(path, &current)?,
                None => false,
            },
            Occurrence::Absent => false,
        })
    }

    /// The version of the document that git's blob is, where the log knows it.
    fn known_version(&self, path: &DocPath, blob: BlobId) -> Result<Option<Sha256>, EngineError> {
        let Place::Document(located) = locate(path) else { return Ok(None) };
        let bytes = self.repository.read_blob(blob)?;
        let sha = Sha256::of(&bytes);
        if self.engine.store.was_version(&located.entity, path.as_str(), &sha)? {
            return Ok(Some(sha));
        }
        // Git may hold a cleaned form of a version: compare by what git would make of each.
        let git_path = self.engine.workspace.git_path(path.as_str());
        for version in self.engine.store.versions(&located.entity, path.as_str())? {
            if let Some(text) = self.engine.store.blob(&version)?
                && text.contains('\r')
                && self.repository.clean_blob_id(&git_path, text.as_bytes())? == blob
            {
                return Ok(Some(version));
            }
        }
        Ok(None)
    }

    fn commit(
        &self,
        changes: &[(DocPath, Option<Reading>)],
        head: u64,
        now: i64,
    ) -> Result<Option<CommitId>, EngineError> {
        let paths: Vec<String> =
            changes.iter().map(|(path, _)| self.engine.workspace.git_path(path.as_str())).collect();
        let edits: Vec<Change<'_>> = changes
            .iter()
            .zip(&paths)
            .map(|((_, text), path)| Change { path, text: text.as_ref().map(|text| text.text.as_bytes()) })
            .collect();
        let actor = self.engine.actor()?.as_str().to_owned();
        let email = self.email(&actor);
        let outcome = self.repository.write_commit(&NewCommit {
            branch: self.branch,
            expected_tip: self.start.tip,
            parents: &self.start.parents,
            tree_of: self.start.tree,
            changes: &edits,
            author: &actor,
            email: &email,
            message: &self.message(changes, head)?,
            seconds: now,
            offset_minutes: Clock::local(now).1,
        })?;
        Ok(match outcome {
            CommitOutcome::Written(commit) => Some(commit),
            CommitOutcome::Unchanged => None,
        })
    }

    fn message(&self, changes: &[(DocPath, Option<Reading>)], head: u64) -> Result<String, EngineError> {
        let store = &self.engine.store;
        let first = self.first(head);
        let entries = store.entries_between(first, head.min(first + MAX_TRAILERS - 1))?;
        let subject = match (changes, entries.as_slice()) {
            ([_], [entry]) => format!("bos: {} {}", entry.facts.action, entry.facts.entity.id()),
            ([(path, _)], _) => format!("bos: export {}", path.as_str().rsplit('/').next().unwrap_or_default()),
            _ => format!("bos: export {} documents", changes.len()),
        };
        let mut message = format!("{subject}\n\n");
        for entry in &entries {
            message += &audit_trailer(entry);
        }
        let rest = (head + 1).saturating_sub(first + entries.len() as u64);
        if rest > 0 {
            message += &format!("Audit: {rest} more entries\n");
        }
        let hash = store.head()?.hash;
        message += &format!("{LOG_TRAILER}: {}\n", store.log_id()?);
        message += &format!("{RANGE_TRAILER}: {first}..{head}\n{HEAD_TRAILER}: {hash}\n");
        Ok(message)
    }

    /// The address of an actor: git's own where that is who acts, else one that can be no address.
    fn email(&self, actor: &str) -> String {
        let own = self.repository.user_name().is_some_and(|name| name == actor);
        self.repository.user_email().filter(|_| own).unwrap_or_else(|| {
            let plain: String =
                actor.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
            format!("{plain}@bos.invalid")
        })
    }

    fn note(
        &self,
        writer: &Writer<'_>,
        path: DocPath,
        sha: Option<Sha256>,
        commit: Option<&str>,
    ) -> Result<(), EngineError> {
        let Some(sha) = sha else { return Ok(writer.write.forget_mirror_document(self.mirror.id, &path)?) };
        let before = self.engine.store.mirror_document(self.mirror.id, &path)?;
        let kept = before.commit.filter(|_| before.base.as_ref() == Some(&sha));
        let commit = commit.map(str::to_owned).or(kept);
        let noted = MirrorDocument { base: Some(sha.clone()), commit, ..MirrorDocument::unknown(path.clone()) };
        writer.write.put_mirror_document(self.mirror.id, &noted)?;
        // Where several branches have the text, the row shows the same one that a rebuild would.
        if noted.commit.is_some()
            && let Some(commit) = self.engine.store.exported_commit(&path, &sha)?
        {
            writer.write.set_git_commit(&path, &commit)?;
        }
        Ok(())
    }
}

fn audit_trailer(entry: &Entry) -> String {
    let facts = &entry.facts;
    format!("Audit: Actor={}, Initiator={}, Entity={}\n", facts.actor, facts.initiator, facts.entity.id())
}
