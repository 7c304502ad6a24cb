//! From a commit to the database, without checking it out: all of its documents, or what the commits since another one
//! touched, each as the deed of its author.

use std::collections::{BTreeMap, BTreeSet};

use super::{Prune, incoming::IncomingDocument};
use crate::{
    domain::{
        conflict::Other,
        diagnostic::{Code, Problem},
        doc_path::{DocPath, MIRROR},
        entry::Entry,
        hash::Sha256,
        state::Found,
        timeline::MirrorPosition,
    },
    engine::{
        base::{
            error::EngineError, file_probe::Probed, import_report::ImportReport, reading::Reading, session::Session,
        },
        write::{charge::Acting, writer::Writer},
    },
    git::{BlobId, CommitId, Occurrence, Repository},
    markdown::locate::{Located, Place, locate},
    store::MirrorDocument,
};

/// How many commits of history are looked at for a file that was there once.
pub(super) const MAX_COMMITS: usize = 20_000;

/// Which commits to import, as a person names them.
#[derive(Debug, Clone, Copy)]
pub enum Revisions<'a> {
    /// The documents of this commit.
    From(&'a str),
    /// What the commits touched that HEAD has and this one lacks.
    Since(&'a str),
}

impl Session {
    /// Takes documents out of commits. A document that both sides changed is merged upon the text both began with.
    pub fn import_revisions(
        &self,
        revisions: Revisions<'_>,
        prune: Prune,
        dry_run: bool,
    ) -> Result<(ImportReport, Vec<Entry>), EngineError> {
        let repository = self.needed_repository()?;
        let work = |writer: &mut Writer<'_>| {
            let mirror = writer.write.ensure_mirror(&self.workspace.mirror)?;
            self.mirror.set(Some(mirror.id));
            let mut intake = Intake { writer, repository, report: ImportReport::default(), left: BTreeSet::new() };
            let tip = match revisions {
                Revisions::From(name) => {
                    intake.writer.acting = Some(Acting::of(self.actor()?.clone()));
                    let with = Other::revision(&repository.short_name(name)?);
                    let commit = repository.resolve(name)?;
                    intake.take_all(&with, commit, prune)?;
                    Some(commit)
                }
                Revisions::Since(name) => {
                    intake.take_since(repository.resolve(name)?)?;
                    repository.head()?
                }
            };
            let report = intake.report;
            writer.end_agreed_conflicts()?;
            if let Some(tip) = tip {
                writer.note_commits(repository, tip, BTreeSet::new())?;
            }
            Ok(report)
        };
        let (report, written) = if dry_run { self.rehearse(work)? } else { self.write(work)? };
        Ok((report, written.entries))
    }
}

/// What others made of a document in a commit.
struct Made {
    located: Located,
    theirs: Option<Reading>,
    /// The text that their edit began with.
    base: Option<Reading>,
    /// The last entry of this log that the commit has of it.
    position: u64,
}

/// An import out of commits under way.
pub(super) struct Intake<'a, 'e> {
    pub(super) writer: &'a mut Writer<'e>,
    pub(super) repository: &'a Repository,
    pub(super) report: ImportReport,
    /// What was left alone.
    pub(super) left: BTreeSet<DocPath>,
}

impl Intake<'_, '_> {
    /// Every document of a commit. What it has of this log's own exports is no change; what is left is taken.
    fn take_all(&mut self, with: &Other, commit: CommitId, prune: Prune) -> Result<(), EngineError> {
        let view = self.writer.view();
        let blobs = self.repository.tree_blobs(commit, &view.workspace.git_path(MIRROR))?;
        let mut theirs: BTreeMap<DocPath, BlobId> = BTreeMap::new();
        for (git_path, blob) in &blobs {
            if let Some(located) = self.located(git_path) {
                theirs.insert(located.path, *blob);
            }
        }
        self.report.found = theirs.len() as u64;
        let mut changed: Vec<(Located, Option<Reading>)> = Vec::new();
        for (path, blob) in &theirs {
            let Place::Document(located) = locate(path) else { continue };
            if self.has(path, *blob)? {
                self.report.unchanged += 1;
            } else if let Some(reading) = self.read(path, *blob)? {
                changed.push((located, Some(reading)));
            }
        }
        let rows = self.writer.write.documents()?;
        let documents = rows.len();
        for row in rows {
            if let (Place::Document(located), false) = (locate(&row.path), theirs.contains_key(&row.path))
                && !self.is_covered(&row.path, commit)?
            {
                changed.push((located, None));
            }
        }
        let mut gone = Vec::new();
        for Made { located, theirs, base, position } in self.without_own(commit, changed)? {
            let version = IncomingDocument { located, theirs, base, is_whole: true, with };
            match (&version.theirs, &version.base) {
                (Some(theirs), _) => {
                    let (path, theirs) = (version.located.path.clone(), theirs.clone());
                    self.take_or_leave(version, commit)?;
                    self.settle_file(&path, Some((&theirs, position)))?;
                }
                // The commit never had it: it was made here.
                (None, None) => {}
                (None, Some(_)) => gone.push(version),
            }
        }
        // What moved took its document along; only what is still there was deleted.
        for version in gone {
            if self.writer.write.document_sha(&version.located.path)?.is_none() {
                continue;
            }
            let path = version.located.path.clone();
            if prune == Prune::No {
                self.report.missing.push(path);
                continue;
            }
            self.take_or_leave(version, commit)?;
            if self.writer.write.document_sha(&path)?.is_none() {
                self.report.pruned.push(path);
            }
        }
        prune.check(self.report.pruned.len(), documents)?;
        self.take_attached_along(0, commit)?;
        self.look_again(with, commit)
    }

    /// Takes along what is attached to cards that a commit moved, and that its history never had.
    pub(super) fn take_attached_along(&mut self, begin: usize, commit: CommitId) -> Result<(), EngineError> {
        let (repository, session) = (self.repository, self.writer.session);
        self.writer.take_attached_along(begin, |_, path| {
            let path = session.workspace.git_path(path.as_str());
            Ok(repository.ever_at(commit, &[path], MAX_COMMITS)? == [Occurrence::Absent])
        })
    }

    /// Brings the open conflicts with a branch to what it has now: it may have gone back by itself.
    fn look_again(&mut self, with: &Other, commit: CommitId) -> Result<(), EngineError> {
        for open in self.writer.write.conflicts(self.writer.session.mirror_id())? {
            let blob = self.repository.blob_at(commit, &self.writer.session.workspace.git_path(open.path.as_str()))?;
            let Some(blob) = blob.filter(|_| open.with == *with) else { continue };
            let Some(theirs) = self.read(&open.path, blob)? else { continue };
            if open.theirs.as_ref() != Some(&theirs.sha) {
                self.writer.write.put_blob(&theirs.sha, &theirs.text)?;
                self.writer.go_on(&open, Some(theirs.sha), Some(&commit.to_string()))?;
            }
        }
        Ok(())
    }

    /// Leaves out what the commit has of this log's own exports; gives the others each with the text that its edit began
    /// with.
    fn without_own(
        &mut self,
        commit: CommitId,
        changed: Vec<(Located, Option<Reading>)>,
    ) -> Result<Vec<Made>, EngineError> {
        let view = self.writer.view();
        let paths: Vec<[&DocPath; 1]> = changed.iter().map(|(located, _)| [&located.path]).collect();
        let mut lines = view.lines(self.repository, &paths, commit)?;
        let parted = match view.seen_head()? {
            Some(seen) => self.repository.merge_base(seen, commit).ok().flatten(),
            None => None,
        };
        let located: Vec<Located> = changed.iter().map(|(located, _)| located.clone()).collect();
        let ancestors = view.known_ancestors(commit, &located)?;
        let mut others = Vec::new();
        for (index, ((located, theirs), ancestor)) in changed.into_iter().zip(ancestors).enumerate() {
            let path = &located.path;
            // What is merged here was looked at with the files; a text of before them is nobody's edit upon them.
            if parted == Some(commit)
                && theirs.is_some()
                && !self.writer.write.documents_of(&located.entity)?.is_empty()
            {
                self.report.unchanged += 1;
                continue;
            }
            let mut start = (view.standing_at(self.repository, parted, path)?, None);
            // What moved has had its texts elsewhere: an export of the move alone brings no others.
            if let (None, Some(parted), Some(_)) = (&start.0.base, parted, view.timeline(path)?.began()) {
                start.1 = view.known_ancestor_elsewhere(parted, &located)?;
                start.0.base = start.1.as_ref().map(|text| text.sha.clone());
            }
            if let Some(had) = parted.map_or(Ok(None), |parted| self.taken_at(parted, path))? {
                start.0.base = Some(had.sha.clone());
                start.1 = Some(had);
            }
            let line = lines.remove(&index);
            let steps = line.as_ref().map_or(&[][..], |line| &line.steps);
            // An export may have left the document to those who edited an older text: they began with that.
            if let (Some(line), Some(old)) = (&line, &ancestor)
                && let Some(had) =
                    start.1.clone().map_or_else(|| self.text_of(start.0.base.as_ref()), |had| Ok(Some(had)))?
                && let Some(blob) = self.blob_of(path, &had)
                && !view.is_on_line(self.repository, path, line, blob)?
            {
                let position = view.timeline(path)?.first(&old.sha);
                start = (MirrorPosition { base: Some(old.sha.clone()), position }, None);
            }
            let has_went_back = steps
                .last()
                .is_some_and(|step| step.blob() == theirs.as_ref().and_then(|theirs| self.blob_of(path, theirs)));
            let arrived = view.arrive(path, start, theirs.as_ref(), steps)?;
            let sha = theirs.as_ref().map(|theirs| &theirs.sha);
            let is_known = sha.is_some_and(|sha| view.timeline(path).is_ok_and(|timeline| timeline.knows(sha)));
            // A text that the log knows is an old one, unless a commit that is new here went back to it.
            if sha.is_some() && (arrived.standing.base.as_ref() == sha || (is_known && !has_went_back)) {
                self.report.unchanged += 1;
                continue;
            }
            if sha.is_none() && arrived.standing.base.is_none() && arrived.standing.position > 0 {
                continue;
            }
            let base = view.base_text(&arrived)?.and_then(|text| Reading::of(text).ok()).or(ancestor);
            let base = self.sure_base(&located, base, theirs.as_ref(), commit)?;
            others.push(Made { located, theirs, base, position: arrived.standing.position });
        }
        Ok(others)
    }

    /// The text of a document at the commit where this place and another commit parted, which the log need not have:
    /// the file here went on from that text, and all of it was taken.
    fn taken_at(&self, parted: CommitId, path: &DocPath) -> Result<Option<Reading>, EngineError> {
        let view = self.writer.view();
        let mirrored = view.tracked_document(path)?.mirrored;
        let is_here = !matches!(view.file_probe().probe(path, None), Probed::Nothing);
        if mirrored.base.is_none() || mirrored.base != mirrored.file || !is_here {
            return Ok(None);
        }
        let blob = self.repository.blob_at(parted, &view.workspace.git_path(path.as_str()))?;
        let Some(blob) = blob else { return Ok(None) };
        if view.blobs(path, &view.timeline(path)?)?.contains_key(&blob) {
            return Ok(None);
        }
        Ok(Reading::of_blob(self.repository, blob)?.ok())
    }

    /// If the file of this place now holds what the database has, or the text of a commit that was taken, that becomes
    /// the base; `taken` has the position that the commit stands at. A text that was left alone does not become the
    /// base: an export would write over it.
    pub(super) fn settle_file(&self, path: &DocPath, taken: Option<(&Reading, u64)>) -> Result<(), EngineError> {
        if self.left.contains(path) {
            return Ok(());
        }
        let view = self.writer.view();
        let known = view.tracked_document(path)?;
        let file = match view.file_probe().probe(path, None) {
            Probed::Read(file, _)
                if known.mirrored.base.as_ref() != Some(&file.sha)
                    && !known.sync_input(Found::Text(&file.sha)).conflict =>
            {
                file
            }
            Probed::Nothing if known.database.is_none() && !self.lies_elsewhere(path)? => {
                return self.writer.note_absence(path);
            }
            _ => return Ok(()),
        };
        let position = match taken {
            Some((taken, position)) if taken.sha == file.sha => {
                let position = position.max(known.mirrored.position.unwrap_or(0));
                view.timeline(path)?.taken(position, self.writer.seq())
            }
            _ if known.database.as_ref() == Some(&file.sha) => {
                view.timeline(path)?.last(Some(&file.sha), known.mirrored.position.unwrap_or(0))
            }
            _ => return Ok(()),
        };
        self.writer.write.put_blob(&file.sha, &file.text)?;
        let (sha, position) = (Some(file.sha), Some(position));
        let after = MirrorDocument {
            base: sha.clone(),
            file: sha,
            position,
            diagnostics: None,
            commit: None,
            ..known.mirrored
        };
        self.writer.note(&after)
    }

    /// Whether a document now has its file at another path whose position nobody knows yet: that is derived from the
    /// path that it left.
    fn lies_elsewhere(&self, path: &DocPath) -> Result<bool, EngineError> {
        let view = self.writer.view();
        for place in view.places_of(path)?.into_iter().skip(1) {
            if !view.tracked_document(&place)?.was_here()
                && !matches!(view.file_probe().probe(&place, None), Probed::Nothing)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a commit has a link or a submodule where a document or a folder of it was: that is told once, and the
    /// document is not gone.
    pub(super) fn is_covered(&mut self, path: &DocPath, commit: CommitId) -> Result<bool, EngineError> {
        let workspace = &self.writer.session.workspace;
        let Some(place) = self.repository.in_the_way(commit, &workspace.git_path(path.as_str()))? else {
            return Ok(false);
        };
        let place = workspace.tree_path(&place).unwrap_or(&place);
        let found = &mut self.report.diagnostics;
        if !found.iter().any(|found| found.code == Code::Link && found.path == place) {
            let message = format!("{place} is a symbolic link or a submodule in commit {commit}, and is not followed");
            let help = "put the file or folder itself in its place".to_owned();
            found.push(Problem { code: Code::Link, line: None, column: None, message, help }.at(place));
            self.report.failed += 1;
        }
        Ok(true)
    }

    pub(super) fn located(&self, git_path: &str) -> Option<Located> {
        let path = DocPath::parse(self.writer.session.workspace.tree_path(git_path)?)?;
        match locate(&path) {
            Place::Document(located) => Some(located),
            Place::Unknown | Place::Foreign => None,
        }
    }

    /// Whether the database has a text that git stores as this blob.
    pub(super) fn has(&self, path: &DocPath, blob: BlobId) -> Result<bool, EngineError> {
        let store = &self.writer.write;
        let Some(sha) = store.document_sha(path)? else { return Ok(false) };
        let Some(text) = store.blob(&sha)? else { return Ok(false) };
        let git_path = self.writer.session.workspace.git_path(path.as_str());
        Ok(self.repository.clean_blob_id(&git_path, text.as_bytes())? == blob)
    }

    /// A text that the database has, read; `None` if it is damaged.
    fn text_of(&self, sha: Option<&Sha256>) -> Result<Option<Reading>, EngineError> {
        let text = sha.map_or(Ok(None), |sha| self.writer.write.blob(sha))?;
        Ok(text.and_then(|text| Reading::of(text).ok()))
    }

    /// What git makes of a text.
    pub(super) fn blob_of(&self, path: &DocPath, text: &Reading) -> Option<BlobId> {
        let git_path = self.writer.session.workspace.git_path(path.as_str());
        self.repository.clean_blob_id(&git_path, text.text.as_bytes()).ok()
    }

    /// The text of a blob; one that cannot be read is told and left.
    pub(super) fn read(&mut self, path: &DocPath, blob: BlobId) -> Result<Option<Reading>, EngineError> {
        match Reading::of_blob(self.repository, blob)? {
            Ok(reading) => Ok(Some(reading)),
            Err(problem) => {
                self.report.failed += 1;
                self.report.diagnostics.push(problem.at(path.as_str()));
                Ok(None)
            }
        }
    }
}
