//! Changing the documents of one card, idea or stage doc: its files are looked at first, the primary is edited, and the
//! companion follows where both agreed.

use super::target::Target;
use crate::{
    domain::{
        audience::Audience,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        id::Id,
        state::State,
        value::Fields,
    },
    engine::{
        base::{
            clock::Clock,
            error::{EngineError, in_tree},
            projection::stored,
            reading::Reading,
            view::View,
        },
        write::writer::{Revision, Writer},
    },
    markdown::{
        Edit, Touch, edit,
        locate::{Located, Place, locate},
        touch,
    },
};

/// One stored document of an entity.
#[derive(Debug)]
pub(in crate::engine) struct Current {
    pub(in crate::engine) located: Located,
    pub(in crate::engine) reading: Reading,
}

/// A new body, and the document it is for.
#[derive(Debug)]
pub(in crate::engine) enum NewBody {
    Primary(String),
    Companion(String),
}

/// The stored documents of an entity, the primary first.
#[derive(Debug)]
pub(in crate::engine) struct Documents {
    pub(in crate::engine) primary: Current,
    pub(in crate::engine) companion: Option<Current>,
}

impl Writer<'_> {
    /// The documents of a card that exists, as they are stored now; refused where the caller has seen another text. A
    /// claim that the caller takes over is taken over first.
    pub(super) fn card(&mut self, target: &Target) -> Result<(Id, Documents), EngineError> {
        let id = self.view().existing_card(&target.id)?;
        let entity = Entity::Card(id.clone());
        let mut documents = self.documents(&entity)?;
        self.view().expect(id.as_str(), target.expect.as_deref(), &documents.primary.reading)?;
        if let Some(why) = &target.take_over {
            self.take_over(&id, documents, why)?;
            documents = self.documents(&entity)?;
        }
        Ok((id, documents))
    }

    /// The documents of an idea that exists, as [`Writer::card`] gives those of a card.
    pub(super) fn idea(&self, target: &Target) -> Result<(Id, Documents), EngineError> {
        let id = self.view().existing_idea(&target.id)?;
        let documents = self.documents(&Entity::Idea(id.clone()))?;
        self.view().expect(id.as_str(), target.expect.as_deref(), &documents.primary.reading)?;
        Ok((id, documents))
    }

    /// The documents of an entity as they are stored now.
    pub(in crate::engine) fn documents(&self, entity: &Entity) -> Result<Documents, EngineError> {
        let mut found = Vec::new();
        for row in self.write.documents_of(entity)? {
            let (Place::Document(located), Some(reading)) =
                (locate(&row.path), stored(&self.write, &row.path, &row.sha256)?)
            else {
                continue;
            };
            found.push(Current { located, reading });
        }
        let mut found = found.into_iter();
        match found.next() {
            Some(primary) => Ok(Documents { primary, companion: found.next() }),
            None => Err(self.view().unknown(entity.kind(), &entity.id())?),
        }
    }

    /// Edits the primary, and the companion where it had the same value; a new body is for one of the two.
    pub(super) fn revise(
        &mut self,
        documents: Documents,
        mut edits: Vec<Edit>,
        body: Option<NewBody>,
    ) -> Result<Vec<Revision>, EngineError> {
        let Documents { primary, companion } = documents;
        let mut revisions = Vec::with_capacity(2);
        if let Some(companion) = companion {
            let mut followed = follow(&primary.reading.fields, &companion, &edits, &mut self.warnings);
            if let Some(NewBody::Companion(text)) = &body {
                followed.push(Edit::Body(lead(companion.reading.body(), text)));
            }
            if !followed.is_empty() {
                revisions.push(self.edited(companion, followed, false)?);
            }
        } else if let Some(NewBody::Companion(_)) = &body {
            return Err(EngineError::Unknown {
                what: "document for agents of",
                id: primary.located.entity.id(),
                nearest: None,
                known: Vec::new(),
            });
        }
        if let Some(NewBody::Primary(text)) = &body {
            edits.push(Edit::Body(lead(primary.reading.body(), text)));
        }
        if !edits.is_empty() {
            revisions.insert(0, self.edited(primary, edits, true)?);
        }
        Ok(revisions)
    }

    /// Edits one document alone, and updates its bookkeeping dates if that changed anything.
    fn edited(&mut self, current: Current, edits: Vec<Edit>, is_primary: bool) -> Result<Revision, EngineError> {
        let path = current.located.path.clone();
        let failed = |source| EngineError::Edit { path: path.to_string(), source };
        let text = &current.reading.text;
        let asked = edit(text, &edits).map_err(failed)?;
        if asked == *text {
            return Ok(Revision { new: Some(current.reading), located: current.located });
        }
        self.touched(current, edits, is_primary)
    }

    /// Edits one document alone, and updates its bookkeeping dates in any case.
    pub(super) fn touched(
        &mut self,
        current: Current,
        mut edits: Vec<Edit>,
        is_primary: bool,
    ) -> Result<Revision, EngineError> {
        let path = current.located.path.clone();
        let text = &current.reading.text;
        let (date, _) = Clock::local(self.now);
        let Touch { edits: bookkeeping, left } =
            touch(&current.reading.fields, &date, &Clock::date_time(self.now), is_primary);
        let set: Vec<&str> = edits.iter().filter_map(Edit::key).collect();
        let bookkeeping: Vec<Edit> =
            bookkeeping.into_iter().filter(|edit| edit.key().is_none_or(|key| !set.contains(&key))).collect();
        self.warnings
            .extend(left.into_iter().map(|key| format!("{path}: {key} does not start with a date, so it was left")));
        edits.extend(bookkeeping);
        let new = edit(text, &edits).map_err(|source| EngineError::Edit { path: path.to_string(), source })?;
        let reading = Reading::of_bytes(new.into_bytes()).map_err(|problem| EngineError::Unreadable {
            path: path.to_string(),
            diagnostic: Box::new(problem.at(path.as_str())),
        })?;
        Ok(Revision { located: current.located, new: Some(reading) })
    }
}

/// The edits that the companion gets too: of keys whose value both had the same, or both lacked.
fn follow(primary: &Fields, companion: &Current, edits: &[Edit], warnings: &mut Vec<String>) -> Vec<Edit> {
    let fields = &companion.reading.fields;
    let (agreed, differed): (Vec<&Edit>, Vec<&Edit>) = edits
        .iter()
        .filter(|edit| edit.key().is_some())
        .partition(|edit| edit.key().is_some_and(|key| primary.get(key) == fields.get(key)));
    for key in differed.into_iter().filter_map(Edit::key) {
        let path = &companion.located.path;
        warnings.push(format!("{path}: {key} differed already, so only the primary document was changed"));
    }
    agreed.into_iter().cloned().collect()
}

/// A new body keeps the blank line that the old one began with, unless it brings one.
fn lead(old: &str, new: &str) -> String {
    let blank = if old.starts_with("\r\n") { "\r\n" } else { "\n" };
    let keeps = old.is_empty() || old.starts_with(blank);
    if keeps && !new.starts_with(['\n', '\r']) { format!("{blank}{new}") } else { new.to_owned() }
}

impl View<'_> {
    /// The files that belong to a card or an idea: those stored, and those that may have been added by hand beside them.
    pub(super) fn paths_of(&self, entity: &Entity) -> Result<Vec<DocPath>, EngineError> {
        let id = entity.owner();
        let mut paths: Vec<DocPath> = self.store.documents_of(entity)?.into_iter().map(|row| row.path).collect();
        for audience in [Audience::User, Audience::Agent] {
            let beside = paths
                .first()
                .and_then(|first| first.as_str().rsplit_once('/'))
                .and_then(|(folder, _)| DocPath::parse(&format!("{folder}/{id}.{}.md", audience.as_str())));
            paths.extend(beside.filter(|path| !paths.contains(path)));
        }
        // A companion that is there only as a file and never was a document counts; one that never was anything does not.
        let tree = self.tree();
        paths.retain(|path| tree.has(path) || self.store.document_sha(path).ok().flatten().is_some());
        Ok(paths)
    }

    /// Whether a file already lies where a new card with this ID would be.
    pub(in crate::engine) fn has_card_file(&self, id: &Id) -> bool {
        let tree = self.tree();
        [Audience::User, Audience::Agent].into_iter().any(|audience| {
            let path = DocPath::parse(&format!("{MIRROR}/cards/{id}.{}.md", audience.as_str()));
            path.is_some_and(|path| tree.has(&path))
        })
    }

    /// Whether a file, known or not, stands for a stage of a card.
    pub(in crate::engine) fn stage_files(
        &self,
        card: &DocPath,
        id: &Id,
        stage: &crate::domain::stage::Stage,
    ) -> Vec<DocPath> {
        let Some((folder, _)) = card.as_str().rsplit_once('/') else { return Vec::new() };
        let Some(folder) = DocPath::parse(&format!("{folder}/{id}")) else { return Vec::new() };
        let Ok(Some(entries)) = self.tree().folder(&folder) else { return Vec::new() };
        let Ok(entries) = entries.entries() else { return Vec::new() };
        let wanted = Entity::StageDoc { card: id.clone(), stage: stage.clone() };
        entries
            .into_iter()
            .filter_map(|entry| DocPath::parse(&format!("{folder}/{}", entry.name.to_str()?)))
            .filter(|path| matches!(locate(path), Place::Document(located) if located.entity == wanted))
            .collect()
    }

    /// Refuses a place that a document has already, or a file that the next export would not remove.
    pub(super) fn check_free(&self, path: &DocPath) -> Result<(), EngineError> {
        let has_file = || -> Result<bool, EngineError> {
            let tree = self.tree();
            let found = tree.stat(path).map_err(in_tree("read", tree.root()))?;
            Ok(!self.is_in_memory() && found.is_some() && self.state_of(path)?.0 != State::Ahead)
        };
        if self.store.document_sha(path)?.is_some() || has_file()? {
            return Err(EngineError::PlaceTaken { path: path.to_string() });
        }
        Ok(())
    }

    /// Refuses a write that was based on a text other than the current one.
    pub(super) fn expect(&self, id: &str, expected: Option<&str>, current: &Reading) -> Result<(), EngineError> {
        match expected {
            Some(expected) if expected != current.sha.as_str() => Err(EngineError::MovedOn {
                id: id.to_string(),
                expected: expected.to_owned(),
                current: current.sha.clone(),
            }),
            _ => Ok(()),
        }
    }
}
