//! The only way to write: every change of a document goes through [`Writer::record`], which stores the texts, adds
//! one entry to the log and brings the projections up to date, all in one transaction.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use super::{
    charge::{Acting, Charging},
    limits::Attempt,
};
use crate::{
    domain::{
        action::Action,
        change::Changes,
        doc_path::DocPath,
        entity::Entity,
        entry::{Entry, Facts, Touched, instant},
        hash::Sha256,
        id::Id,
        subject::Subject,
        value::Fields,
    },
    engine::base::{
        error::EngineError,
        projection::{self, Primary, named_ids, stored},
        reading::Reading,
        rows::{put_row, settle_spellings},
        session::{Session, Written},
        view::View,
    },
    markdown::locate::Located,
    store::{DocumentRow, Head, MirrorDocument, Txn},
};

/// One document after a command.
#[derive(Debug)]
pub(in crate::engine) struct Revision {
    pub(in crate::engine) located: Located,
    /// The new text; `None` removes the document.
    pub(in crate::engine) new: Option<Reading>,
}

/// A change of one entity that is not an entry yet.
#[derive(Debug)]
pub(in crate::engine) struct Draft {
    pub(in crate::engine) entity: Entity,
    pub(in crate::engine) action: Action,
    pub(in crate::engine) reason: Option<String>,
    pub(in crate::engine) revisions: Vec<Revision>,
}

/// A transaction that holds the write lock, and what was recorded in it so far.
pub(in crate::engine) struct Writer<'e> {
    pub(in crate::engine) session: &'e Session,
    pub(in crate::engine) write: Txn,
    pub(in crate::engine) entries: Vec<Entry>,
    /// Deviations from what the caller may expect.
    pub(in crate::engine) warnings: Vec<String>,
    /// Who did what is recorded from here on, where that is not who runs the command.
    pub(in crate::engine) acting: Option<Acting>,
    /// What is known about who wrote the texts in files.
    pub(in crate::engine) charging: Charging<'e>,
    /// The batches that are undone by what is recorded from here on.
    pub(in crate::engine) undoes: Vec<u64>,
    /// Whether what an import takes in is a decision of whoever runs it, such as that a file wins.
    pub(in crate::engine) insists: bool,
    /// Whether the caller gave a reason to override the claim of somebody else.
    pub(in crate::engine) breaks_claims: bool,
    pub(in crate::engine) now: i64,
    log_id: String,
    head: Head,
    batch: u64,
    pub(super) counters: HashMap<String, u64>,
    /// In a database that was empty when this transaction began, the entities recorded so far: of all others nothing
    /// has to be looked up.
    recorded: Option<HashSet<Entity>>,
}

impl Session {
    /// Runs `work` in one transaction; what it recorded is there entirely or, on an error, not at all.
    pub(in crate::engine) fn write<T>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, EngineError>,
    ) -> Result<(T, Written), EngineError> {
        self.write_within(self.options.timeout, work)
    }

    /// Runs `work` as [`Session::write`] does, and waits for other writers no longer than `patience`.
    pub(in crate::engine) fn write_within<T>(
        &self,
        patience: Duration,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, EngineError>,
    ) -> Result<(T, Written), EngineError> {
        let mut writer = Writer::begin(self, patience)?;
        let result = work(&mut writer)?;
        writer.end_conflicts_of_recorded()?;
        let Writer { write, entries, warnings, .. } = writer;
        write.commit()?;
        Ok((result, Written { entries, warnings }))
    }

    /// Runs `work` as [`Session::write`] does, and then rolls it back.
    pub(in crate::engine) fn rehearse<T>(
        &self,
        work: impl FnOnce(&mut Writer<'_>) -> Result<T, EngineError>,
    ) -> Result<(T, Written), EngineError> {
        let mut writer = Writer::begin(self, self.options.timeout)?;
        let result = work(&mut writer)?;
        writer.end_conflicts_of_recorded()?;
        Ok((result, Written { entries: writer.entries, warnings: writer.warnings }))
    }
}

impl<'e> Writer<'e> {
    fn begin(session: &'e Session, patience: Duration) -> Result<Self, EngineError> {
        let write = session.core.database.begin_within(patience)?;
        let store = &write;
        crate::engine::base::rebuild::bring_up_to_date(&write)?;
        let head = store.head()?;
        let now = session.core.clock.seconds().max(head.timestamp);
        let empty = head.seq == 0 && !store.has_documents()?;
        let recorded = empty.then(HashSet::new);
        let log_id = store.log_id()?;
        let batch = head.seq + 1;
        Ok(Self {
            session,
            write,
            entries: Vec::new(),
            warnings: Vec::new(),
            acting: None,
            charging: Charging::default(),
            undoes: Vec::new(),
            insists: false,
            breaks_claims: false,
            now,
            log_id,
            head,
            batch,
            counters: HashMap::new(),
            recorded,
        })
    }

    /// The database as this transaction sees it.
    pub(in crate::engine) fn view(&self) -> View<'_> {
        View::within(self.session, &self.write)
    }

    /// From here on, entries belong to another command: a hand edit taken before a write is an import of its own.
    pub(in crate::engine) fn start_batch(&mut self) {
        self.batch = self.head.seq + 1;
    }

    /// Whether the current command has already changed an entity.
    pub(super) fn changed_now(&self, entity: &Entity) -> bool {
        self.entries.iter().any(|entry| entry.facts.batch == self.batch && entry.facts.subject == *entity)
    }

    /// The last entry so far.
    pub(in crate::engine) fn seq(&self) -> u64 {
        self.head.seq
    }

    /// Whether the database was empty when this transaction began.
    pub(in crate::engine) fn is_filling(&self) -> bool {
        self.recorded.is_some()
    }

    /// Records a change; `None` if no document would differ from what is stored.
    pub(in crate::engine) fn record(&mut self, draft: Draft) -> Result<Option<Entry>, EngineError> {
        self.record_with(draft, None)
    }

    /// Records a change of one document into which another version of it went. The log knows that version from then on,
    /// even where it brought nothing new.
    pub(in crate::engine) fn record_merge(
        &mut self,
        draft: Draft,
        theirs: &Reading,
    ) -> Result<Option<Entry>, EngineError> {
        self.write.put_blob(&theirs.sha, &theirs.text)?;
        self.record_with(draft, Some(&theirs.sha))
    }

    fn record_with(&mut self, draft: Draft, theirs: Option<&Sha256>) -> Result<Option<Entry>, EngineError> {
        let Draft { entity, action, reason, mut revisions } = draft;
        revisions.sort_by(|a, b| order(&a.located).cmp(&order(&b.located)));
        let fresh = self.recorded.as_mut().is_some_and(|recorded| recorded.insert(entity.clone()));
        let before = if fresh { Vec::new() } else { self.write.documents_of(&entity)? };
        let mut touched = Vec::with_capacity(revisions.len());
        for revision in &revisions {
            let path = &revision.located.path;
            let old = if fresh { None } else { self.write.document_sha(path)? };
            let new = revision.new.as_ref().map(|reading| reading.sha.clone());
            // A version that equals the text before is already known.
            if old != new || theirs.is_some_and(|theirs| old.as_ref() != Some(theirs)) {
                touched.push(Touched { path: path.clone(), old, new, theirs: theirs.cloned() });
            }
        }
        revisions.retain(|revision| touched.iter().any(|touched| touched.path == revision.located.path));
        if touched.is_empty() {
            return Ok(None);
        }
        let old = self.read(&before)?;
        let own = revisions.iter().filter(|revision| revision.located.entity == entity);
        let new: Vec<_> = own.map(|revision| (&revision.located, revision.new.as_ref())).collect();
        let before: Vec<(&DocPath, &Reading)> = old.iter().map(|(path, reading)| (path, reading)).collect();
        let after = after(&before, &new);
        let changes = semantic(&before, &new);
        self.check_limits(&Attempt { entity: &entity, action, before: &before, after: &after, changes: &changes })?;
        let counted: HashSet<Id> = old.iter().flat_map(|(_, reading)| named_ids(&reading.fields)).collect();
        for revision in &revisions {
            self.store_revision(revision, &counted)?;
        }
        for (from, to) in moves(&revisions) {
            self.write.move_conflicts(from, to)?;
        }
        let facts = Facts {
            log_id: self.log_id.clone(),
            seq: self.head.seq + 1,
            batch: self.batch,
            subject: Subject::Entity(entity.clone()),
            action,
            actor: self
                .acting
                .as_ref()
                .map_or_else(|| self.session.actor(), |acting| Ok(&acting.actor))?
                .as_str()
                .to_owned(),
            initiator: match self.acting.as_ref().and_then(|acting| acting.initiator.clone()) {
                Some(initiator) => initiator,
                None => self.session.initiator()?,
            }
            .as_str()
            .to_owned(),
            via: match &self.acting {
                Some(acting) => acting.via,
                None => self.session.options.caller.via,
            }
            .map(str::to_owned),
            reason,
            undoes: self.undoes.clone(),
            timestamp: self.now,
            documents: touched,
            changes,
        };
        let entry = facts.seal(self.head.hash.clone());
        self.write.append(&entry)?;
        self.head = Head { seq: entry.facts.seq, hash: entry.hash.clone(), timestamp: self.now };
        self.project(&revisions, fresh)?;
        self.entries.push(entry.clone());
        Ok(Some(entry))
    }

    /// Notes that a document has no file in this mirror, as of the last entry of the log.
    pub(in crate::engine) fn note_absence(&self, path: &DocPath) -> Result<(), EngineError> {
        self.note(&MirrorDocument { position: Some(self.seq()), ..MirrorDocument::unknown(path.clone()) })
    }

    /// Sets what is known of a document in this mirror.
    pub(in crate::engine) fn note(&self, document: &MirrorDocument) -> Result<(), EngineError> {
        Ok(self.write.put_mirror_document(self.session.mirror_id(), document)?)
    }

    /// Stores a text and what it belongs to; IDs in `counted` were named by the text before.
    fn store_revision(&mut self, revision: &Revision, counted: &HashSet<Id>) -> Result<(), EngineError> {
        let located = &revision.located;
        let Some(reading) = &revision.new else {
            return Ok(self.write.remove_document(&located.path)?);
        };
        self.write.put_blob(&reading.sha, &reading.text)?;
        self.write.put_document(&DocumentRow {
            path: located.path.clone(),
            entity: located.entity.clone(),
            audience: located.audience,
            sha256: reading.sha.clone(),
        })?;
        let named = named_ids(&reading.fields).chain([located.entity.owner().clone()]);
        named.filter(|id| !counted.contains(id)).try_for_each(|id| self.raise_counter(&id))
    }

    fn read(&self, rows: &[DocumentRow]) -> Result<Vec<(DocPath, Reading)>, EngineError> {
        let mut readings = Vec::with_capacity(rows.len());
        for row in rows {
            match stored(&self.write, &row.path, &row.sha256) {
                // Who insists that the file wins replaces the damaged text.
                Err(EngineError::Damaged { .. }) if self.insists => {}
                stored => readings.extend(stored?.map(|reading| (row.path.clone(), reading))),
            }
        }
        Ok(readings)
    }

    fn project(&mut self, revisions: &[Revision], fresh: bool) -> Result<(), EngineError> {
        let entities: BTreeSet<&Entity> = revisions.iter().map(|revision| &revision.located.entity).collect();
        for entity in entities {
            if let Entity::StageDoc { card, .. } = entity {
                settle_spellings(&self.write, card, entity)?;
            }
            let primary = revisions.iter().find(|revision| &revision.located.entity == entity);
            let row = match primary {
                // In an empty database the first of the revisions is the primary, and nothing is known of it before.
                Some(Revision { located, new: Some(reading) }) if fresh && located.canonical => projection::row(
                    entity,
                    Primary { located, reading, first_seen: &instant(self.now), git_commit: None },
                ),
                _ => {
                    let at_hand =
                        |path: &DocPath| revisions.iter().find(|revision| revision.located.path == *path)?.new.as_ref();
                    match projection::expected_of(&self.write, entity, at_hand) {
                        // What is derived from a damaged text stays as it is.
                        Err(EngineError::Damaged { .. }) => continue,
                        row => row?,
                    }
                }
            };
            put_row(&self.write, entity, row)?;
        }
        Ok(())
    }
}

/// The old and the new path of each document that a change moves.
fn moves(revisions: &[Revision]) -> impl Iterator<Item = (&DocPath, &DocPath)> {
    revisions.iter().filter(|old| old.new.is_none()).filter_map(|old| {
        let is_its_own = |new: &&Revision| {
            new.new.is_some()
                && new.located.entity == old.located.entity
                && new.located.audience == old.located.audience
        };
        Some((&old.located.path, &revisions.iter().find(is_its_own)?.located.path))
    })
}

/// What a change of an entity means: the difference of its primary document before and after, and of companions that
/// were there before and after. `new` holds what the change does to documents of the entity.
pub(in crate::engine) fn semantic(old: &[(&DocPath, &Reading)], new: &[(&Located, Option<&Reading>)]) -> Changes {
    let after = after(old, new);
    let first = |documents: &[(&DocPath, &Reading)]| {
        documents.iter().min_by_key(|(path, _)| primary_order(path)).map(|(path, _)| (*path).clone())
    };
    let (old_primary, new_primary) = (first(old), first(&after));
    let mut changes =
        Changes::between(parts(view(old, old_primary.as_ref())), parts(view(&after, new_primary.as_ref())));
    for (path, reading) in old {
        let companion = Some(*path) != old_primary.as_ref() && Some(*path) != new_primary.as_ref();
        if let (true, Some(now)) = (companion, view(&after, Some(path))) {
            changes.merge(Changes::between(parts(Some(reading)), parts(Some(now))));
        }
    }
    changes
}

/// The documents of an entity after a change.
fn after<'a>(
    old: &[(&'a DocPath, &'a Reading)],
    new: &[(&'a Located, Option<&'a Reading>)],
) -> Vec<(&'a DocPath, &'a Reading)> {
    let untouched = old.iter().filter(|(path, _)| new.iter().all(|(located, _)| &&located.path != path));
    let made = new.iter().filter_map(|(located, reading)| Some((&located.path, (*reading)?)));
    untouched.copied().chain(made).collect()
}

fn view<'a>(documents: &[(&DocPath, &'a Reading)], path: Option<&DocPath>) -> Option<&'a Reading> {
    documents.iter().find(|(other, _)| Some(*other) == path).map(|(_, reading)| *reading)
}

fn parts(reading: Option<&Reading>) -> Option<(&Fields, &str)> {
    reading.map(|reading| (&reading.fields, reading.body()))
}

/// The primary of an entity sorts first: `.user.md`, then `.agent.md`, then by path.
pub(super) fn primary_order(path: &DocPath) -> (u8, String) {
    let text = path.as_str();
    let rank = if text.ends_with(".user.md") {
        0
    } else if text.ends_with(".agent.md") {
        1
    } else {
        2
    };
    (rank, text.to_owned())
}

fn order(located: &Located) -> (&Entity, (u8, String)) {
    (&located.entity, primary_order(&located.path))
}
