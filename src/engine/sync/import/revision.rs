//! From a commit to the database, without checking it out: all of its documents, or what the commits since another one
//! touched, each as the deed of its author.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        entry::Entry,
    },
    engine::{
        base::{
            engine::Engine, error::EngineError, import_report::ImportReport, look::Look, projection::stored,
            reading::Reading,
        },
        rules,
        sync::merging::{Meeting, Met},
        write::{
            charge::Acting,
            writer::{Draft, Revision, Writer},
        },
    },
    git::{BlobId, CommitId, Repository},
    markdown::locate::{Located, Place, locate},
    store::MirrorDocument,
};

/// Which commits to import, as a person names them.
#[derive(Debug, Clone, Copy)]
pub enum Revisions<'a> {
    /// The documents of this commit.
    From(&'a str),
    /// What the commits touched that HEAD has and this one lacks.
    Since(&'a str),
}

/// What a commit holds at a place.
struct Version<'a> {
    located: Located,
    theirs: Option<Reading>,
    base: Option<Reading>,
    /// How the commit is called in a conflict.
    name: &'a str,
}

impl Engine {
    /// Takes documents out of commits. A document that both sides changed is merged upon the text both began with.
    pub fn import_revisions(
        &self,
        revisions: Revisions<'_>,
        prune: bool,
        dry_run: bool,
    ) -> Result<(ImportReport, Vec<Entry>), EngineError> {
        let repository =
            self.repository()?.ok_or_else(|| EngineError::NoRepository { root: self.root().to_path_buf() })?;
        let work = |writer: &mut Writer<'_>| {
            let mirror = writer.write.ensure_mirror(&self.workspace.mirror)?;
            self.mirror.set(Some(mirror.id));
            let mut intake = Intake { writer, repository, report: ImportReport::default() };
            match revisions {
                Revisions::From(name) => {
                    intake.writer.acting = Some(Acting::of(self.actor()?.clone()));
                    intake.take_all(name, repository.resolve(name)?, prune)?;
                }
                Revisions::Since(name) => intake.take_since(repository.resolve(name)?)?,
            }
            Ok(intake.report)
        };
        let (report, written) = if dry_run { self.rehearse(work)? } else { self.write(work)? };
        Ok((report, written.entries))
    }
}

/// An import out of commits under way.
struct Intake<'a, 'e> {
    writer: &'a mut Writer<'e>,
    repository: &'a Repository,
    report: ImportReport,
}

impl Intake<'_, '_> {
    /// Every document of a commit. Texts that the log knows are old ones: there is nothing to take from them.
    fn take_all(&mut self, name: &str, commit: CommitId, prune: bool) -> Result<(), EngineError> {
        let engine = self.writer.engine;
        let blobs = self.repository.tree_blobs(commit, &engine.workspace.git_path(MIRROR))?;
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
                if self.writer.write.store().was_version(&located.entity, path.as_str(), &reading.sha)? {
                    self.report.stale.push(path.clone());
                } else {
                    changed.push((located, Some(reading)));
                }
            }
        }
        for row in self.writer.write.store().documents()? {
            if let (Place::Document(located), false) = (locate(&row.path), theirs.contains_key(&row.path)) {
                changed.push((located, None));
            }
        }
        let located: Vec<Located> = changed.iter().map(|(located, _)| located.clone()).collect();
        let bases = engine.known_ancestors(commit, &located)?;
        let mut gone = Vec::new();
        for ((located, theirs), base) in changed.into_iter().zip(bases) {
            let version = Version { located, theirs, base, name };
            match (&version.theirs, &version.base) {
                (Some(_), _) => self.take_or_leave(version, commit)?,
                // The commit never had it: it was made here.
                (None, None) => {}
                (None, Some(_)) => gone.push(version),
            }
        }
        // What moved took its document along; only what is still there was deleted.
        for version in gone {
            if self.writer.write.store().document_sha(&version.located.path)?.is_none() {
                continue;
            }
            if prune { self.take_or_leave(version, commit)? } else { self.report.missing.push(version.located.path) }
        }
        Ok(())
    }

    /// What each commit since another one touched, in their order, each upon the text its parent had.
    fn take_since(&mut self, since: CommitId) -> Result<(), EngineError> {
        let Some(head) = self.repository.head()? else { return Ok(()) };
        let folder = self.writer.engine.workspace.git_path(MIRROR);
        let mut touched: BTreeSet<DocPath> = BTreeSet::new();
        for made in self.repository.commits_since(since, head)? {
            let name = made.commit.to_string();
            let (_, trailers) = self.repository.authored(made.commit)?;
            self.writer.start_batch();
            for change in self.repository.changed_paths(made.parent, made.commit, &folder)? {
                let Some(located) = self.located(&change.path) else { continue };
                let path = located.path.clone();
                touched.insert(path.clone());
                let theirs = match change.new {
                    Some(blob) if self.has(&path, blob)? => continue,
                    Some(blob) => match self.read(&path, blob)? {
                        Some(reading) => Some(reading),
                        None => continue,
                    },
                    None => None,
                };
                let base = change.old.map_or(Ok(None), |blob| self.read(&path, blob))?;
                if let Some(reading) = &theirs
                    && self.writer.write.store().was_version(&located.entity, path.as_str(), &reading.sha)?
                    && base.is_none()
                {
                    continue;
                }
                self.writer.acting = Some(Acting::author(&made.author, &trailers, Some(&located.entity)));
                self.take_or_leave(Version { located, theirs, base, name: &name }, made.commit)?;
            }
        }
        self.writer.acting = None;
        self.report.found = touched.len() as u64;
        touched.iter().try_for_each(|path| self.settle_file(path))
    }

    /// Takes one version of a document, unless an agent would move a card by it: that is left, and said.
    fn take_or_leave(&mut self, version: Version<'_>, commit: CommitId) -> Result<(), EngineError> {
        let path = version.located.path.clone();
        match self.take(version, commit) {
            Err(EngineError::Denied { actor, .. }) => {
                self.report.failed += 1;
                self.report.diagnostics.push(rules::agent_move(&path, &actor));
                Ok(())
            }
            other => other,
        }
    }

    /// Takes one version of a document: as it is where the database has what it began with, else merged.
    fn take(&mut self, version: Version<'_>, commit: CommitId) -> Result<(), EngineError> {
        let Version { located, theirs, base, name } = version;
        let path = located.path.clone();
        let mut ours = self.writer.write.store().document_sha(&path)?;
        if ours.is_none()
            && theirs.is_some()
            && let Some(old) = self.moved_from(&located, commit)?
        {
            self.move_along(&old, &located)?;
            ours = self.writer.write.store().document_sha(&path)?;
        }
        if ours.is_none()
            && base.is_none()
            && let Some(rival) = self.rival(&located)?
        {
            self.report.failed += 1;
            self.report.diagnostics.push(rules::duplicate_id(&path, located.entity.owner().as_str(), &rival));
            return Ok(());
        }
        let is_other = ours.is_some() && base.is_none() && self.writer.write.store().was_made_here(&located.entity)?;
        if is_other && matches!(located.entity, Entity::Card(_) | Entity::Idea(_)) {
            let new = self.writer.renumber(&located.entity)?;
            self.report.renumbered.push((located.entity.owner().clone(), new));
            ours = None;
        }
        let untouched = ours == base.as_ref().map(|base| base.sha.clone());
        if ours == theirs.as_ref().map(|theirs| theirs.sha.clone()) {
            self.report.unchanged += 1;
            return Ok(());
        }
        if untouched {
            let count = match (&ours, &theirs) {
                (None, _) => &mut self.report.imported,
                (Some(_), Some(_)) => &mut self.report.updated,
                (Some(_), None) => &mut self.report.removed,
            };
            let (entity, revisions) = (located.entity.clone(), vec![Revision { located, new: theirs }]);
            let kind = entity.kind();
            self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
            *count += 1;
            *self.report.taken.entry(kind).or_default() += 1;
            return Ok(());
        }
        let meeting =
            Meeting { located: &located, base: base.as_ref(), ours, theirs: theirs.as_ref(), revision: Some(name) };
        match self.writer.meet(&meeting)? {
            Met::Merged => self.report.merged += 1,
            Met::Clashed => self.report.conflicts.push(path),
        }
        Ok(())
    }

    /// Where the database has a document that the commit has elsewhere now: the same card or idea, for the same readers.
    fn moved_from(&self, located: &Located, commit: CommitId) -> Result<Option<Located>, EngineError> {
        for row in self.writer.write.store().documents_of(&located.entity)? {
            let git_path = self.writer.engine.workspace.git_path(row.path.as_str());
            if row.audience == located.audience
                && self.repository.blob_at(commit, &git_path)?.is_none()
                && let Place::Document(old) = locate(&row.path)
            {
                return Ok(Some(old));
            }
        }
        Ok(None)
    }

    /// Moves a document to another place as it is.
    fn move_along(&mut self, old: &Located, new: &Located) -> Result<(), EngineError> {
        let store = self.writer.write.store();
        let Some(sha) = store.document_sha(&old.path)? else { return Ok(()) };
        let reading = stored(store, &old.path, &sha)?;
        let revisions =
            vec![Revision { located: old.clone(), new: None }, Revision { located: new.clone(), new: reading }];
        let entity = new.entity.clone();
        self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
        Ok(())
    }

    /// The document that has the ID, or the place, that a new one claims.
    fn rival(&self, located: &Located) -> Result<Option<DocPath>, EngineError> {
        let store = self.writer.write.store();
        let other = match &located.entity {
            Entity::Card(id) => Entity::Idea(id.clone()),
            Entity::Idea(id) => Entity::Card(id.clone()),
            _ => return Ok(None),
        };
        let mut rows = store.documents_of(&other)?;
        rows.extend(store.documents_of(&located.entity)?.into_iter().filter(|row| row.audience == located.audience));
        Ok(rows.into_iter().map(|row| row.path).find(|path| *path != located.path))
    }

    /// Where the file of this place holds what the database has by now, that is the base.
    fn settle_file(&self, path: &DocPath) -> Result<(), EngineError> {
        let engine = self.writer.engine;
        let known = engine.known(path)?;
        match engine.glance().look(path, None) {
            Look::Read(reading, _) if known.database.as_ref() == Some(&reading.sha) => {
                let sha = Some(reading.sha.clone());
                self.writer.note(&MirrorDocument {
                    base: sha.clone(),
                    file: sha,
                    diagnostics: None,
                    commit: None,
                    ..known.mirrored
                })
            }
            Look::Nothing if known.database.is_none() => {
                Ok(self.writer.write.forget_mirror_document(engine.mirror_id(), path)?)
            }
            _ => Ok(()),
        }
    }

    fn located(&self, git_path: &str) -> Option<Located> {
        let path = DocPath::parse(self.writer.engine.workspace.tree_path(git_path)?)?;
        match locate(&path) {
            Place::Document(located) => Some(located),
            Place::Unknown | Place::Foreign => None,
        }
    }

    /// Whether the database has a text that git stores as this blob.
    fn has(&self, path: &DocPath, blob: BlobId) -> Result<bool, EngineError> {
        let store = self.writer.write.store();
        let Some(sha) = store.document_sha(path)? else { return Ok(false) };
        let Some(text) = store.blob(&sha)? else { return Ok(false) };
        let git_path = self.writer.engine.workspace.git_path(path.as_str());
        Ok(self.repository.clean_blob_id(&git_path, text.as_bytes())? == blob)
    }

    /// The text of a blob; one that cannot be read is told and left.
    fn read(&mut self, path: &DocPath, blob: BlobId) -> Result<Option<Reading>, EngineError> {
        match Reading::of_bytes(self.repository.read_blob(blob)?) {
            Ok(reading) => Ok(Some(reading)),
            Err(problem) => {
                self.report.failed += 1;
                self.report.diagnostics.push(problem.at(path.as_str()));
                Ok(None)
            }
        }
    }
}
