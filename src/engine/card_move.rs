//! Moving cards from lane to lane, with what each lane asks for.

use super::{
    Engine, Written,
    clock::Clock,
    commit::{Draft, Revision, Writer},
    entity_edit::Documents,
    error::EngineError,
    reading::Reading,
};
use crate::{
    domain::{
        card::title,
        change::Changes,
        doc_path::DocPath,
        entity::Entity,
        id::Id,
        lane::Lane,
        stage::Stage,
        value::{FieldValue, Fields},
    },
    markdown::{
        Edit,
        locate::{Place, locate, stage_path},
        template,
    },
    store::LogFilter,
};

/// One card to be moved.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its ID as typed.
    pub id: String,
    /// The text the caller looked at, as a SHA-256.
    pub expect: Option<String>,
}

/// A move of one or more cards: all of them, or none.
#[derive(Debug, Clone)]
pub struct Move {
    /// The cards.
    pub targets: Vec<Target>,
    /// Where to.
    pub lane: Lane,
    /// Why; for the lane Blocked it becomes `Blocked-Reason`.
    pub reason: Option<String>,
}

/// What became of one card of a move.
#[derive(Debug, Clone)]
pub struct Moved {
    /// The card.
    pub id: Id,
    /// The lane it was in, as written.
    pub from: String,
    /// The lane it is in.
    pub to: Lane,
    /// Whether anything changed.
    pub changed: bool,
    /// A stage doc that the lane asks for and that was made from a template.
    pub created: Option<DocPath>,
}

impl Engine {
    /// Moves cards. A card that is in the lane already is left as it is.
    pub fn move_cards(&self, request: &Move) -> Result<(Vec<Moved>, Written), EngineError> {
        let mut warnings = Vec::new();
        let mut ids = Vec::with_capacity(request.targets.len());
        for target in &request.targets {
            let id = self.existing_card(&target.id)?;
            if !ids.iter().any(|(known, _)| *known == id) {
                ids.push((id, target));
            }
        }
        let (moved, entries) = self.write(|writer| {
            for (id, target) in &ids {
                self.prepare(writer, id, target, request.lane)?;
            }
            writer.start_batch();
            ids.iter().map(|(id, _)| writer.move_card(id, request, &mut warnings)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok((moved, Written { entries, warnings }))
    }

    /// Takes hand edits of everything the move looks at, then checks what the caller based it on.
    fn prepare(&self, writer: &mut Writer<'_>, id: &Id, target: &Target, lane: Lane) -> Result<(), EngineError> {
        let mut paths = self.card_paths(id)?;
        if let (Some(stage), Some(card)) = (lane.stage_doc(), paths.first().cloned()) {
            paths.extend(self.stage_files(&card, id, &stage));
        }
        writer.take_hand_edits(id, &paths)?;
        let current = writer.documents(id)?.primary.reading;
        self.expect(id, target.expect.as_deref(), &current)
    }
}

impl Writer<'_> {
    fn move_card(&mut self, id: &Id, request: &Move, warnings: &mut Vec<String>) -> Result<Moved, EngineError> {
        let documents = self.documents(id)?;
        let fields = &documents.primary.reading.fields;
        let from = fields.text("Lane").unwrap_or(Lane::Inbox.as_str()).to_owned();
        let (to, path) = (request.lane, documents.primary.located.path.clone());
        if Lane::parse(&from) == Some(to) {
            return Ok(Moved { id: id.clone(), from, to, changed: false, created: None });
        }
        let edits = self.lane_edits(id, fields, &from, request)?;
        let stage_doc = match to.stage_doc() {
            Some(stage) => self.missing_stage_doc(id, &documents, &path, &stage)?,
            None => None,
        };
        let created = stage_doc.as_ref().map(|revision| revision.located.path.clone());
        let mut revisions = self.revise(documents, edits, None, warnings)?;
        revisions.extend(stage_doc);
        let reason = request.reason.clone().filter(|_| to != Lane::Blocked);
        self.record(Draft { entity: Entity::Card(id.clone()), action: "move", reason, revisions })?;
        Ok(Moved { id: id.clone(), from, to, changed: true, created })
    }

    fn lane_edits(&self, id: &Id, fields: &Fields, from: &str, request: &Move) -> Result<Vec<Edit>, EngineError> {
        let to = request.lane;
        let set = |key: &str, value| Edit::Set { key: key.to_owned(), value };
        let unset = |key: &str| Edit::Unset { key: key.to_owned() };
        let mut edits = vec![set("Lane", FieldValue::Str(to.as_str().to_owned()))];
        if to == Lane::Done {
            edits.push(set("Completed-Date", FieldValue::Source(Clock::local(self.now).0)));
        } else if from == Lane::Done.as_str() && fields.get("Completed-Date").is_some() {
            edits.push(unset("Completed-Date"));
        }
        if to == Lane::Blocked {
            edits.push(set("Blocked", FieldValue::Bool(true)));
            if let Some(reason) = &request.reason {
                edits.push(set("Blocked-Reason", FieldValue::Str(reason.clone())));
            }
        } else if from == Lane::Blocked.as_str() {
            let kept = self.set_before_blocking(id)?;
            let set_by_lane = |key: &&&str| fields.get(key).is_some() && !kept.contains(key);
            edits.extend(["Blocked", "Blocked-Reason"].iter().filter(set_by_lane).map(|key| unset(key)));
        }
        if fields.text("Proposed-Lane") == Some(to.as_str()) {
            edits.push(unset("Proposed-Lane"));
        }
        Ok(edits)
    }

    /// The keys that the card had before it entered the lane Blocked: leaving it does not clear those.
    fn set_before_blocking(&self, id: &Id) -> Result<Vec<&'static str>, EngineError> {
        let (_, entries) = self.write.store().entries(&LogFilter { id: Some(id.clone()), ..LogFilter::default() })?;
        let blocked = Lane::Blocked.as_str();
        let entered = entries.iter().find(|entry| {
            let lane = entry.facts.changes.iter().find(|(key, _)| *key == "Lane");
            entry.facts.entity == Entity::Card(id.clone())
                && lane.is_some_and(|(_, change)| change.is_some_and(|(_, to)| to == blocked))
        });
        let Some(entered) = entered.filter(|entry| entry.facts.action == "move") else { return Ok(Vec::new()) };
        let changed = |changes: &Changes, key: &str| changes.iter().any(|(name, _)| name == key);
        Ok(["Blocked", "Blocked-Reason"].into_iter().filter(|key| !changed(&entered.facts.changes, key)).collect())
    }

    /// A stage doc from its template, where the card has none for the stage.
    fn missing_stage_doc(
        &self,
        id: &Id,
        documents: &Documents,
        card: &DocPath,
        stage: &Stage,
    ) -> Result<Option<Revision>, EngineError> {
        if self.write.store().stage_docs_of(id)?.iter().any(|doc| doc.stage == *stage) {
            return Ok(None);
        }
        let reading = &documents.primary.reading;
        let title = title(id, &reading.fields, reading.body());
        self.new_stage_doc(id, card, stage, &title)
    }

    /// The first text of a stage doc.
    pub(super) fn new_stage_doc(
        &self,
        id: &Id,
        card: &DocPath,
        stage: &Stage,
        title: &str,
    ) -> Result<Option<Revision>, EngineError> {
        let Some(Place::Document(located)) = stage_path(card, id, stage).as_ref().map(locate) else { return Ok(None) };
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = template::stage_doc(id, stage, &title, &Clock::local(self.now).0);
        let path = located.path.to_string();
        let reading = Reading::of(text)
            .map_err(|problem| EngineError::Unreadable { diagnostic: Box::new(problem.at(&path)), path })?;
        Ok(Some(Revision { located, new: Some(reading) }))
    }
}
