//! One import under way: what is found out about each file, and what is done about it.

use std::{
    collections::{HashMap, HashSet},
    sync::mpsc,
};

use super::{
    ImportOptions,
    reader::{Seen, Walk, read_ahead},
};
use crate::{
    domain::{
        action::Action,
        audience::Audience,
        catalogue::Catalogue,
        diagnostic::{Diagnostic, Severity},
        doc_path::DocPath,
        entity::Entity,
        hash::Sha256,
        id::Id,
        state::{Age, Found, State},
        timeline::MirrorPosition,
    },
    engine::{
        base::{
            arrival::Arrival,
            error::EngineError,
            file_probe::{FileProbe, Probed},
            import_report::ImportReport,
            notices,
            reading::Reading,
            selection::Selection,
            tracked_document::TrackedDocument,
            walk::{Walked, walk},
        },
        rules,
        write::{
            charge::Acting,
            writer::{Draft, Revision, Writer},
        },
    },
    markdown::locate::{Located, Place, locate},
    store::{FileStat, MirrorDocument},
};

/// How many files the reader hands over at a time: to wake the writer takes longer than to look at a file.
const BATCH: usize = 64;

/// How many batches may be read ahead of the writing.
const READ_AHEAD: usize = 4;

/// How often progress is told, in files.
const PROGRESS_STEP: u64 = 64;

/// A file to be taken, with what is known of it.
pub(super) struct Taken {
    pub(super) located: Located,
    pub(super) reading: Reading,
    pub(super) known: TrackedDocument,
    pub(super) stat: Option<FileStat>,
    /// Where the place stands with it was told already: what the log exported is in `known` as the base.
    pub(super) arrived: Option<Age>,
}

/// What needs a look at the log and at history.
enum Suspect {
    File(Box<Taken>),
    Gone(Box<TrackedDocument>),
}

/// One import under way.
pub(super) struct Importer<'a, 'e> {
    pub(super) writer: &'a mut Writer<'e>,
    pub(super) probe: &'a FileProbe,
    pub(super) options: &'a ImportOptions,
    catalogue: Option<Catalogue>,
    pub(super) report: ImportReport,
    group: Vec<Taken>,
    facts: Vec<rules::Facts>,
    suspects: Vec<Suspect>,
    /// Documents whose files are gone, and that nobody has changed here.
    pub(super) gone: Vec<TrackedDocument>,
    /// Documents without a file here that nobody removed.
    pub(super) elsewhere: HashSet<DocPath>,
    /// Cards and ideas that cannot be read: they are there all the same.
    unread: HashSet<String>,
    /// In an empty database: which file has claimed which entity for which audience, and which kind an ID.
    claims: HashMap<(Entity, Option<Audience>), DocPath>,
}

impl<'a, 'e> Importer<'a, 'e> {
    pub(super) fn new(
        writer: &'a mut Writer<'e>,
        probe: &'a FileProbe,
        options: &'a ImportOptions,
        catalogue: Option<Catalogue>,
        finding: Option<Diagnostic>,
    ) -> Self {
        writer.insists = options.theirs;
        Self {
            writer,
            probe,
            options,
            catalogue,
            report: ImportReport { diagnostics: finding.into_iter().collect(), ..ImportReport::default() },
            group: Vec::new(),
            facts: Vec::new(),
            suspects: Vec::new(),
            gone: Vec::new(),
            elsewhere: HashSet::new(),
            unread: HashSet::new(),
            claims: HashMap::new(),
        }
    }

    pub(super) fn run(
        mut self,
        walked: Walk,
        known: &[TrackedDocument],
        selection: &Selection,
    ) -> Result<ImportReport, EngineError> {
        let session = self.writer.session;
        let total = session.options.progress.map(|_| walk(&session.tree()).count() as u64);
        let mut visited = vec![false; known.len()];
        let probe = self.probe.clone();
        std::thread::scope(|scope| {
            let (sender, seen) = mpsc::sync_channel(READ_AHEAD);
            scope.spawn(move || {
                let mut files = read_ahead(walked, &probe, known, selection);
                loop {
                    let batch: Vec<Seen> = files.by_ref().take(BATCH).collect();
                    if batch.is_empty() || sender.send(batch).is_err() {
                        return;
                    }
                }
            });
            for item in seen.into_iter().flatten() {
                self.report.found += 1;
                if self.report.found.is_multiple_of(PROGRESS_STEP) {
                    session.report_progress(self.report.found, total);
                }
                if let Some(index) = item.known {
                    visited[index] = true;
                }
                let known = item.known.map(|index| known[index].clone());
                self.see_or_leave(item.walked, known, item.look)?;
            }
            Ok::<_, EngineError>(())
        })?;
        // A file that moved takes its document along before the old path is looked at.
        self.flush()?;
        let absent: Vec<&TrackedDocument> =
            known.iter().zip(visited).filter(|(_, visited)| !visited).map(|(one, _)| one).collect();
        self.elsewhere = self.elsewhere(&absent)?;
        for known in absent {
            if let Err(error) = self.see_absent(known) {
                self.leave(known.path(), error)?;
            }
        }
        self.flush()?;
        self.resolve_suspects()?;
        self.flush()?;
        if !self.writer.is_filling() {
            self.take_attached_along()?;
        }
        self.take_deletions()?;
        let pruned = self.report.pruned.len();
        let documents = known.iter().filter(|known| known.database.is_some()).count();
        if selection.is_all() {
            self.options.prune.check(pruned, documents)?;
        }
        if let Some(path) = selection.unmatched(|one| self.touches(known, one)) {
            return Err(EngineError::Unknown {
                what: "document",
                id: path.to_owned(),
                nearest: None,
                known: Vec::new(),
            });
        }
        let store = &self.writer.write;
        let exists = |text: &str| {
            let in_database = |id| store.has_card(&id).unwrap_or(false) || store.has_idea(&id).unwrap_or(false);
            self.unread.contains(text) || Id::of_idea(text).is_some_and(in_database)
        };
        self.report.diagnostics.extend(rules::tree(&self.facts, &exists));
        self.report
            .diagnostics
            .sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
        session.report_progress(self.report.found, Some(self.report.found));
        Ok(self.report)
    }

    /// Whether a selected path names anything: a known document, or one that was found.
    fn touches(&self, known: &[TrackedDocument], selection: &Selection) -> bool {
        known.iter().any(|known| selection.contains(known.path()))
            || self.facts.iter().any(|facts| selection.contains(facts.path()))
            || self
                .report
                .diagnostics
                .iter()
                .any(|found| DocPath::parse(&found.path).is_some_and(|path| selection.contains(&path)))
            || [&self.report.diverged, &self.report.conflicts, &self.report.stale]
                .into_iter()
                .flatten()
                .any(|path| selection.contains(path))
    }

    /// Looks at one file; damage in what the database has of it must not keep the others from being taken.
    fn see_or_leave(
        &mut self,
        walked: Walked,
        known: Option<TrackedDocument>,
        look: Probed,
    ) -> Result<(), EngineError> {
        let Walked::Document(located) = &walked else { return self.see(walked, known, look) };
        let path = located.path.clone();
        self.see(walked, known, look).or_else(|error| self.leave(&path, error))
    }

    pub(super) fn see(
        &mut self,
        walked: Walked,
        known: Option<TrackedDocument>,
        look: Probed,
    ) -> Result<(), EngineError> {
        let located = match walked {
            Walked::Document(located) => located,
            Walked::Problem(diagnostic) => {
                if diagnostic.severity() == Severity::Error {
                    self.report.failed += 1;
                }
                self.report.diagnostics.push(diagnostic);
                return Ok(());
            }
        };
        let mut known = known.unwrap_or_else(|| TrackedDocument::nothing(located.path.clone()));
        match look {
            Probed::Nothing => self.absent(&known, false),
            Probed::Unreadable(problem, stat) => {
                let diagnostic = problem.at(located.path.as_str());
                self.set_aside(known.mirrored, diagnostic, None, stat)
            }
            Probed::Same(None) => {
                self.report.failed += 1;
                self.unread.insert(located.entity.id());
                let earlier = known.mirrored.diagnostics.as_deref().map(notices::from_json);
                self.report.diagnostics.extend(earlier.into_iter().flatten());
                Ok(())
            }
            Probed::Same(Some(sha)) => {
                let is_known = known.mirrored.base.as_ref() == Some(&sha) && known.database.as_ref() == Some(&sha);
                if is_known && !self.options.theirs {
                    self.report.unchanged += 1;
                    return Ok(());
                }
                // The stat vouches for the text, but the text itself is needed to decide what it is.
                known.mirrored.stat = None;
                let look = self.probe.probe(&located.path, Some(&known.mirrored));
                match look {
                    Probed::Same(_) => Ok(()),
                    look => self.see(Walked::Document(located), Some(known), look),
                }
            }
            Probed::Read(reading, stat) => {
                self.decide(Taken { located, reading: *reading, known, stat, arrived: None })
            }
        }
    }

    /// Decides about a file that was read.
    fn decide(&mut self, mut taken: Taken) -> Result<(), EngineError> {
        let view = self.writer.view();
        if !self.writer.is_filling() {
            // Another file of the same card may have changed the document earlier in this import.
            taken.known.database = self.writer.write.document_sha(&taken.located.path)?;
        }
        let Taken { reading, known, arrived: age, .. } = &taken;
        let age = *age;
        let state = known.sync_input(Found::Text(&reading.sha)).state(|| match age {
            Some(age) => Ok(age),
            None if self.writer.is_filling() => Ok(Age::Edit),
            None if view.may_be_ours(known, Some(&reading.sha))? => Err(Undecided::Suspect),
            None => Ok(Age::Edit),
        });
        let is_as_before = known.mirrored.base.as_ref() == Some(&reading.sha);
        let state = match state {
            Ok(State::Ahead) if age.is_none() && is_as_before && view.may_have_come_and_gone(known)? => {
                Err(Undecided::Suspect)
            }
            state => state,
        };
        let state = match state {
            Ok(state) => state,
            Err(Undecided::Suspect) => {
                // By the time it is judged, its old place is known to be empty.
                if taken.known.saw_no_file()
                    && let Some((standing, _)) = self.writer.view().stood_elsewhere(&taken.located.path)?
                {
                    let MirrorPosition { base, position } = standing;
                    taken.known.mirrored = MirrorDocument { base, position: Some(position), ..taken.known.mirrored };
                }
                self.suspects.push(Suspect::File(Box::new(taken)));
                return Ok(());
            }
            Err(Undecided::Failed(error)) => return Err(error),
        };
        let wins = self.options.theirs && taken.known.database.as_ref() != Some(&taken.reading.sha);
        if taken.known.conflict.is_some() && (wins || state != State::Conflict) {
            // Somebody settled it, or either side has changed since: it is decided anew.
            self.writer.write.forget_file_conflict(view.mirror_id(), taken.known.path())?;
        }
        match state {
            State::InSync => {
                self.report.unchanged += 1;
                let (sha, mirrored) = (&taken.reading.sha, &taken.known.mirrored);
                if self.options.theirs {
                    // The text of the database may be damaged.
                    self.writer.write.put_blob(sha, &taken.reading.text)?;
                }
                // A file that did not change has not come by anything: where it stands stays.
                let position = match mirrored.position {
                    Some(position) if mirrored.base.as_ref() == Some(sha) => position,
                    _ => view.timeline(&mirrored.path)?.last(Some(sha), mirrored.position.unwrap_or_default()),
                };
                self.remember(&taken, position)
            }
            _ if wins => self.take(taken),
            State::Behind if self.may_have_begun_with_another(&taken, &taken.known)? => self.merge_document(&taken),
            State::Untracked | State::Behind => self.take(taken),
            // A file whose age is not known may be an old one: taking its lines for edits would bring old values back.
            State::Diverged if age != Some(Age::Unknown) => self.merge_document(&taken),
            State::Conflict => {
                self.report.conflicts.push(taken.located.path.clone());
                self.remember_file(&taken)
            }
            State::Stale | State::Diverged => {
                let list = if state == State::Stale { &mut self.report.stale } else { &mut self.report.diverged };
                list.push(taken.located.path.clone());
                self.remember_file(&taken)
            }
            State::Ahead => {
                self.report.unchanged += 1;
                self.remember_file(&taken)
            }
            State::Invalid | State::Missing => Ok(()),
        }
    }

    /// The database has the text of the file as of an entry: it is the base from now on.
    pub(super) fn remember(&mut self, taken: &Taken, position: u64) -> Result<(), EngineError> {
        let sha = Some(taken.reading.sha.clone());
        let position = Some(position);
        let commit = taken.known.mirrored.commit.clone().filter(|_| taken.known.mirrored.base == sha);
        let after = MirrorDocument { base: sha.clone(), file: sha, position, commit, ..noted(taken) };
        self.note(&taken.known.mirrored, after)
    }

    /// The file holds another text than the database; where the place stands stays.
    pub(super) fn remember_file(&mut self, taken: &Taken) -> Result<(), EngineError> {
        let after = MirrorDocument { file: Some(taken.reading.sha.clone()), ..noted(taken) };
        if taken.arrived.is_some() { self.writer.note(&after) } else { self.note(&taken.known.mirrored, after) }
    }

    fn note(&self, before: &MirrorDocument, after: MirrorDocument) -> Result<(), EngineError> {
        if *before == after { Ok(()) } else { self.writer.note(&after) }
    }

    fn set_aside(
        &mut self,
        mirrored: MirrorDocument,
        diagnostic: Diagnostic,
        file: Option<Sha256>,
        stat: Option<FileStat>,
    ) -> Result<(), EngineError> {
        if let Place::Document(located) = locate(&mirrored.path) {
            self.unread.insert(located.entity.id());
        }
        let diagnostics = Some(notices::to_json(std::slice::from_ref(&diagnostic)));
        self.report.failed += 1;
        self.report.diagnostics.push(diagnostic);
        let after = MirrorDocument { file, stat, diagnostics, ..mirrored.clone() };
        self.note(&mirrored, after)
    }

    /// Puts a file with the others of its entity, unless another file has its place.
    fn take(&mut self, taken: Taken) -> Result<(), EngineError> {
        if self.group.first().is_some_and(|first| first.located.entity != taken.located.entity) {
            self.flush()?;
        }
        if taken.known.database.is_none()
            && let Some(began) = self.edited_before_it_moved(&taken)?
        {
            let mirrored = MirrorDocument { base: Some(began.sha), ..taken.known.mirrored };
            return self.merge_document(&Taken { known: TrackedDocument { mirrored, ..taken.known }, ..taken });
        }
        if taken.known.database.is_none()
            && let Some(old) = self.moved_from(&taken.located)?
            && let Some(moved) = self.moved_with_more(old, &taken)?
        {
            return self.take_along(moved, taken);
        }
        if taken.known.database.is_none()
            && let Some(other) = self.same_without_file(&taken.located)?
        {
            // Made here and there: it is one document all the same, and lies with its card.
            return match self.lies_with_its_card(&taken.located)? {
                true => self.take_along(other, taken),
                false => self.merge_document(&taken),
            };
        }
        if taken.known.database.is_none()
            && let Some(rival) = self.rival(&taken.located)?
        {
            let id = taken.located.entity.owner().as_str();
            let diagnostic = rules::duplicate_id(&taken.located.path, id, &rival);
            // No stat: once the rival is gone, this file is read again.
            return self.set_aside(taken.known.mirrored, diagnostic, Some(taken.reading.sha), None);
        }
        self.group.push(taken);
        Ok(())
    }

    /// The file that has the ID, or the place, that a new file claims. A file that was moved is no rival of itself:
    /// where the old one is gone, its document is dropped in the same entry.
    fn rival(&mut self, located: &Located) -> Result<Option<DocPath>, EngineError> {
        let (Entity::Card(id) | Entity::Idea(id)) = &located.entity else { return Ok(None) };
        let store = &self.writer.write;
        let (other, has_other) = match &located.entity {
            Entity::Card(_) => (Entity::Idea(id.clone()), store.has_idea(id)?),
            _ => (Entity::Card(id.clone()), store.has_card(id)?),
        };
        if has_other {
            return Ok(store.documents_of(&other)?.into_iter().next().map(|row| row.path));
        }
        let key = (located.entity.clone(), located.audience);
        if let Some(first) = self.claims.get(&key) {
            return Ok(Some(first.clone()));
        }
        for row in store.documents_of(&located.entity)? {
            if row.audience == located.audience && row.path != located.path && !self.has_gone(&row.path)? {
                return Ok(Some(row.path));
            }
        }
        self.claims.insert(key, located.path.clone());
        Ok(None)
    }

    /// Records the group of files of one entity as one entry.
    pub(super) fn flush(&mut self) -> Result<(), EngineError> {
        let group = std::mem::take(&mut self.group);
        let Some(first) = group.first() else { return Ok(()) };
        let entity = first.located.entity.clone();
        self.check(&group);
        let mut notes = Vec::with_capacity(group.len());
        let mut revisions = Vec::with_capacity(group.len());
        let (mut imported, mut updated, mut moved, mut acting) = (0, 0, Vec::new(), None);
        for taken in group {
            *if taken.known.database.is_none() { &mut imported } else { &mut updated } += 1;
            let charged = self.charge(&taken);
            let commit = match &charged {
                Some(charged) => charged.commit,
                None => self.writer.maker(&taken.located.path, &taken.reading).ok().flatten(),
            };
            let commit = commit.map(|commit| commit.to_string());
            acting = acting.or(charged);
            let sha = Some(taken.reading.sha.clone());
            notes.push(MirrorDocument { base: sha.clone(), file: sha, commit, ..noted(&taken) });
            if taken.known.database.is_none() {
                moved.extend(self.moved(&taken.located)?);
            }
            revisions.push(Revision { located: taken.located, new: Some(taken.reading) });
        }
        let gone = moved.iter().map(|old| Revision { located: old.clone(), new: None });
        revisions.extend(gone);
        let kind = entity.kind();
        self.writer.acting = acting;
        let recorded = self.writer.record(Draft { entity, action: Action::Import, reason: None, revisions });
        self.writer.acting = None;
        if let Err(error) = recorded {
            return self.leave_all(notes.iter().map(|note| &note.path), error);
        }
        *self.report.taken.entry(kind).or_default() += 1;
        self.report.imported += imported;
        self.report.updated += updated;
        moved.iter().try_for_each(|old| self.writer.note_absence(&old.path))?;
        for note in notes {
            let position = Some(self.position_taken(&note)?);
            self.writer.note(&MirrorDocument { position, ..note })?;
        }
        Ok(())
    }

    /// Where the place stands with a document whose edit was taken just now.
    pub(super) fn position_taken(&self, mirrored: &MirrorDocument) -> Result<u64, EngineError> {
        let now = self.writer.seq();
        let Some(position) = mirrored.position.filter(|position| *position < now && !self.writer.is_filling()) else {
            return Ok(now);
        };
        Ok(self.writer.view().timeline(&mirrored.path)?.taken(position, now))
    }

    /// Who is charged with a file that is taken. A first import is the deed of whoever runs it, and so is the word that
    /// the file wins.
    pub(super) fn charge(&mut self, taken: &Taken) -> Option<Acting> {
        if self.writer.is_filling() || self.writer.insists {
            return None;
        }
        Some(self.writer.charge(&taken.located.entity, &taken.located.path, &taken.reading))
    }

    /// A document whose file has moved is dropped at its old path: that of a card or an idea, and what lay in the
    /// folder of a card that moved with it. Where the old file is still there, or the database has changed, it stays.
    fn moved(&self, located: &Located) -> Result<Vec<Located>, EngineError> {
        let mut moved = Vec::new();
        if self.writer.is_filling() {
            return Ok(moved);
        }
        for row in self.writer.write.documents_of(&located.entity)? {
            if row.audience == located.audience
                && row.path != located.path
                && let Place::Document(old) = locate(&row.path)
                && self.has_gone(&row.path)?
            {
                moved.push(old);
            }
        }
        Ok(moved)
    }

    /// Whether a document that this place had, and that the database has not changed since, has no file any more.
    fn has_gone(&self, path: &DocPath) -> Result<bool, EngineError> {
        let known = self.writer.view().tracked_document(path)?;
        Ok(known.mirrored.base == known.database && matches!(self.probe.probe(path, None), Probed::Nothing))
    }

    /// Applies the rules to the files of one entity.
    fn check(&mut self, group: &[Taken]) {
        let seen: Vec<_> =
            group.iter().map(|taken| rules::Seen { located: &taken.located, reading: &taken.reading }).collect();
        self.report.diagnostics.extend(rules::entity(&seen));
        self.facts.extend(seen.iter().map(|seen| rules::Facts::of(seen, self.catalogue.as_ref())));
    }

    /// A document without a file, which the log may have removed.
    pub(super) fn suspect_gone(&mut self, known: &TrackedDocument) {
        self.suspects.push(Suspect::Gone(Box::new(known.clone())));
    }

    /// Looks into log and git, once, for all files that may hold what this log exported.
    fn resolve_suspects(&mut self) -> Result<(), EngineError> {
        let mut suspects = std::mem::take(&mut self.suspects);
        for suspect in &mut suspects {
            let known = match suspect {
                Suspect::File(taken) => &mut taken.known,
                Suspect::Gone(known) => known.as_mut(),
            };
            known.database = self.writer.write.document_sha(known.path())?;
        }
        let arrivals: Vec<Arrival<'_>> = suspects
            .iter()
            .map(|suspect| match suspect {
                Suspect::File(taken) => Arrival::of(&taken.known, Some(&taken.reading)),
                Suspect::Gone(known) => Arrival::of(known, None),
            })
            .collect();
        let arrived = self.writer.view().arrivals(&arrivals)?;
        for (suspect, arrived) in suspects.into_iter().zip(arrived) {
            if let Some(joined) = &arrived.joined {
                self.writer.write.put_blob(&joined.sha, &joined.text)?;
            }
            match suspect {
                Suspect::File(taken) => {
                    let (path, known) = (taken.located.path.clone(), taken.known.moved_on(&arrived));
                    let decided = self.decide(Taken { known, arrived: Some(arrived.age), ..*taken });
                    decided.or_else(|error| self.leave(&path, error))?;
                }
                Suspect::Gone(known) => {
                    let path = known.path().clone();
                    let decided = self.absent(&(*known).moved_on(&arrived), true);
                    decided.or_else(|error| self.leave(&path, error))?;
                }
            }
        }
        Ok(())
    }
}

/// Why a state is not known yet.
enum Undecided {
    Suspect,
    Failed(EngineError),
}

impl From<EngineError> for Undecided {
    fn from(error: EngineError) -> Self {
        Self::Failed(error)
    }
}

/// What is known of a file that was just read and is no longer unreadable.
fn noted(taken: &Taken) -> MirrorDocument {
    MirrorDocument { stat: taken.stat, diagnostics: None, ..taken.known.mirrored.clone() }
}
