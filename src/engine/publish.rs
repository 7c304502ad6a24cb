//! From the database to a branch: one commit that holds what changed, built without touching HEAD, the index or any
//! work tree, with trailers that let git witness the log (design section 7).

use std::collections::{BTreeMap, BTreeSet};

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

/// The mirror branch, unless another is named.
pub const DEFAULT_BRANCH: &str = "work/business-os-export";

/// Up to so many entries have a trailer each.
const MAX_TRAILERS: u64 = 50;

/// How many commits of history are looked at to tell a revert from a branch that lags behind.
const MAX_COMMITS: usize = 20_000;

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

/// Where a new commit starts from.
struct Start {
    tip: Option<CommitId>,
    base: Option<CommitId>,
    parents: Vec<CommitId>,
    tree: Option<CommitId>,
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
            let publisher = Publisher { engine: self, repository, mirror, start, branch };
            publisher.run(writer, selection, options)
        };
        Ok(if options.dry_run { self.rehearse(work)?.0 } else { self.write(work)?.0 })
    }
}

impl Start {
    fn find(repository: &Repository, branch: &str) -> Result<Self, EngineError> {
        let tip = repository.branch_tip(branch)?;
        let base = repository.export_base(None)?;
        let (parents, tree) = match (tip, base) {
            (None, None) => (vec![], None),
            (None, Some(base)) => (vec![base], Some(base)),
            (Some(tip), None) => (vec![tip], Some(tip)),
            (Some(tip), Some(base)) if repository.is_ancestor(base, tip)? => (vec![tip], Some(tip)),
            (Some(tip), Some(base)) if repository.is_ancestor(tip, base)? => (vec![base], Some(base)),
            // The base has commits that the branch lacks: merge, so that the result is a fast-forward of both.
            (Some(tip), Some(base)) => (vec![tip, base], Some(base)),
        };
        Ok(Self { tip, base, parents, tree })
    }

    fn merges(&self) -> bool {
        self.parents.len() > 1
    }
}

struct Publisher<'a> {
    engine: &'a Engine,
    repository: &'a Repository,
    mirror: Mirror,
    start: Start,
    branch: &'a str,
}

impl Publisher<'_> {
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
        let mut untouched = self.engine.store.document_count()?;
        for (path, blob) in candidates {
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
            match self.judge(&path, text.as_ref(), blob)? {
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
            let range = (self.mirror.exported_seq.min(head) + 1, head);
            report.commit =
                Some(Published { oid, branch: self.branch.to_owned(), documents: changes.len() as u64, range });
        }
        if let Some(tip) = commit.or(self.start.tree) {
            let seq = if commit.is_some() { head } else { self.mirror.exported_seq };
            let base = self.start.base.map(|base| base.to_string());
            writer.write.set_exported(self.mirror.id, &tip.to_string(), base.as_deref(), seq)?;
        }
        Ok(report)
    }

    /// The documents that may differ between the database and the tree the commit starts from, each with the blob in
    /// that tree: those that changed in the database since the last export, and those that changed in git.
    fn candidates(&self) -> Result<BTreeMap<DocPath, Option<BlobId>>, EngineError> {
        let last: Option<CommitId> = self.mirror.tip.as_deref().and_then(|tip| tip.parse().ok());
        let mut paths: BTreeSet<DocPath> =
            self.engine.store.unexported(self.mirror.id)?.into_iter().map(|(path, _)| path).collect();
        let Some(tree) = self.start.tree else {
            return Ok(paths.into_iter().map(|path| (path, None)).collect());
        };
        if last == Some(tree) {
            if paths.len() < 16 {
                let blob =
                    |path: &DocPath| self.repository.blob_at(tree, &self.engine.workspace.git_path(path.as_str()));
                return paths.into_iter().map(|path| Ok((path.clone(), blob(&path)?))).collect();
            }
        } else {
            let folder = self.engine.workspace.git_path(MIRROR);
            let moved = self.repository.changed_paths(last, tree, &folder);
            // Without the last commit, which may have been pruned, everything in the tree may differ.
            let moved = match (moved, last) {
                (Err(_), Some(_)) => self.repository.changed_paths(None, tree, &folder)?,
                (moved, _) => moved?,
            };
            paths.extend(moved.into_iter().filter_map(|change| self.document(&change.path)));
        }
        let blobs = self.repository.tree_blobs(tree, &self.engine.workspace.git_path(MIRROR))?;
        let blob = |path: &DocPath| blobs.get(&self.engine.workspace.git_path(path.as_str())).copied();
        Ok(paths.into_iter().map(|path| (path.clone(), blob(&path))).collect())
    }

    fn document(&self, git_path: &str) -> Option<DocPath> {
        let path = DocPath::parse(self.engine.workspace.tree_path(git_path)?)?;
        matches!(locate(&path), Place::Document(_)).then_some(path)
    }

    fn judge(&self, path: &DocPath, text: Option<&Reading>, blob: Option<BlobId>) -> Result<Verdict, EngineError> {
        let git_path = self.engine.workspace.git_path(path.as_str());
        let mirrored = self.engine.store.mirror_document(self.mirror.id, path)?;
        let Some(blob) = blob else {
            let deleted_in_git = mirrored.base.is_some() && !self.start.merges();
            let changed = mirrored.base.as_ref() != text.map(|text| &text.sha);
            return Ok(match text {
                None => Verdict::InSync,
                Some(_) if deleted_in_git && changed => Verdict::LeaveOut(State::Diverged),
                Some(_) if deleted_in_git => Verdict::LeaveOut(State::Missing),
                Some(_) => Verdict::Write,
            });
        };
        if let Some(text) = text
            && self.repository.clean_blob_id(&git_path, text.text.as_bytes())? == blob
        {
            return Ok(Verdict::InSync);
        }
        if self.is_edit(path, &git_path, text, blob, &mirrored)? {
            let changed = mirrored.base.as_ref() != text.map(|text| &text.sha);
            let known_before = mirrored.base.is_some();
            return Ok(match (text, known_before) {
                (None, false) => Verdict::InSync,
                (Some(_), false) => Verdict::LeaveOut(State::Diverged),
                (_, true) if changed => Verdict::LeaveOut(State::Diverged),
                (_, true) => Verdict::LeaveOut(State::Behind),
            });
        }
        Ok(Verdict::Write)
    }

    /// Whether git's blob is somebody's change that the database does not have: a text the log never had, or an
    /// earlier one put back after the current one.
    fn is_edit(
        &self,
        path: &DocPath,
        git_path: &str,
        text: Option<&Reading>,
        blob: BlobId,
        mirrored: &MirrorDocument,
    ) -> Result<bool, EngineError> {
        let last: Option<CommitId> = self.mirror.tip.as_deref().and_then(|tip| tip.parse().ok());
        let exported = last.and_then(|last| self.repository.blob_at(last, git_path).ok().flatten());
        if mirrored.base.is_some() && exported == Some(blob) {
            return Ok(false);
        }
        let Some(sha) = self.known_version(path, blob)? else { return Ok(true) };
        if Some(&sha) == mirrored.base.as_ref() {
            return Ok(false);
        }
        let (Some(text), Some(tree)) = (text, self.start.tree) else { return Ok(false) };
        let current = self.repository.clean_blob_id(git_path, text.text.as_bytes())?;
        let seen = self.repository.occurring_from(tree, &[(git_path.to_owned(), current)], MAX_COMMITS)?;
        Ok(seen.first().is_some_and(|seen| !matches!(seen, Occurrence::Absent)))
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
        let first = self.mirror.exported_seq.min(head) + 1;
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
        if let Some(commit) = commit {
            writer.write.set_git_commit(&path, commit)?;
        }
        let before = self.engine.store.mirror_document(self.mirror.id, &path)?;
        let commit =
            commit.map(str::to_owned).or_else(|| before.commit.clone().filter(|_| before.base.as_ref() == Some(&sha)));
        let noted = MirrorDocument { base: Some(sha), commit, ..MirrorDocument::unknown(path) };
        Ok(writer.write.put_mirror_document(self.mirror.id, &noted)?)
    }
}

fn audit_trailer(entry: &Entry) -> String {
    let facts = &entry.facts;
    format!("Audit: Actor={}, Initiator={}, Entity={}\n", facts.actor, facts.initiator, facts.entity.id())
}
