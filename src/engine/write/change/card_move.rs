//! Moving cards between lanes, with the stage doc that a lane requires.

use super::{
    edit::Documents,
    target::{Outcome, Target},
};
use crate::{
    domain::{
        action::Action, card::title, doc_path::DocPath, entity::Entity, gate::Gate, id::Id, lane::Lane, stage::Stage,
    },
    engine::{
        base::{clock::Clock, error::EngineError, projection::stored, reading::Reading},
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{
        locate::{Place, locate, stage_path},
        template::Blanks,
    },
};

/// Where a card goes.
#[derive(Debug, Clone)]
pub struct Move {
    /// The lane.
    pub lane: Lane,
    /// The reason; for the lane Blocked it also becomes `Blocked-Reason`.
    pub reason: Option<String>,
    /// The lane it must be in now, as typed; otherwise the move is refused.
    pub from: Option<String>,
    /// What to do about a missing stage doc; by default what the settings say.
    pub gate: Option<Gate>,
}

impl Move {
    /// A move to this lane, without a reason.
    #[must_use]
    pub fn to(lane: Lane) -> Self {
        Self { lane, reason: None, from: None, gate: None }
    }
}

impl Writer<'_> {
    /// Takes hand edits of everything a move looks at.
    pub(super) fn prepare_move(&mut self, target: &Target, request: &Move) -> Result<(), EngineError> {
        let lane = request.lane;
        let Some(id) = self.known_card(&target.id)? else { return Ok(()) };
        let mut paths = self.view().paths_of(&Entity::Card(id.clone()))?;
        let stages = [lane.stage_doc(), self.asked_by_gate(request)?];
        if let Some(card) = paths.first().cloned() {
            for stage in stages.into_iter().flatten() {
                paths.extend(self.view().stage_files(&card, &id, &stage));
            }
        }
        self.take_hand_edits(&id, &paths)
    }

    /// Moves a card. One that is already in the lane is left alone.
    pub(super) fn move_card(&mut self, target: &Target, request: &Move) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let lane = documents.primary.reading.fields.text("Lane").unwrap_or(Lane::Inbox.as_str());
        if let Some(expected) = request.from.as_ref().filter(|from| *from != lane) {
            return Err(EngineError::ValueMoved {
                id: id.to_string(),
                key: "Lane".to_owned(),
                expected: expected.clone(),
                current: lane.to_owned(),
            });
        }
        self.move_to(&id, documents, request, Action::Move)
    }

    /// Moves a card whose documents were read already; `action` goes into the log.
    pub(super) fn move_to(
        &mut self,
        id: &Id,
        documents: Documents,
        request: &Move,
        action: Action,
    ) -> Result<Outcome, EngineError> {
        let fields = &documents.primary.reading.fields;
        let from = fields.text("Lane").unwrap_or(Lane::Inbox.as_str()).to_owned();
        let (to, path) = (request.lane, documents.primary.located.path.clone());
        let entity = Entity::Card(id.clone());
        if Lane::parse(&from) == Some(to) {
            return Ok(Outcome { moved: Some((from, to)), ..Outcome::of(entity, false) });
        }
        let edits = self.lane_edits(id, fields, &from, request)?;
        if let Some(stage) = self.asked_by_gate(request)? {
            self.check_gate(id, &documents, to, &stage)?;
        }
        let stage_doc = match to.stage_doc() {
            Some(stage) => self.missing_stage_doc(id, &documents, &path, &stage)?,
            None => None,
        };
        let made = stage_doc.iter().map(|revision| revision.located.path.clone()).collect();
        let mut revisions = self.revise(documents, edits, None)?;
        revisions.extend(stage_doc);
        let reason = request.reason.clone().filter(|_| to != Lane::Blocked);
        self.record(Draft { entity: entity.clone(), action, reason, revisions })?;
        Ok(Outcome { moved: Some((from, to)), made, ..Outcome::of(entity, true) })
    }

    /// The stage doc that must be there, filled in, before a card may go to a lane: none unless the gate is strict. Done
    /// asks for the last one too.
    fn asked_by_gate(&self, request: &Move) -> Result<Option<Stage>, EngineError> {
        let stage = match request.lane {
            Lane::Done => Some(Stage::reflect()),
            lane => lane.stage_doc(),
        };
        let is_strict = request.gate.unwrap_or(self.session.config()?.gate) == Gate::Strict;
        Ok(stage.filter(|_| is_strict))
    }

    /// Refuses a lane whose stage doc the card does not have, or has only as the bare template.
    fn check_gate(&self, id: &Id, documents: &Documents, to: Lane, stage: &Stage) -> Result<(), EngineError> {
        let reading = &documents.primary.reading;
        let title = title(id, &reading.fields, reading.body());
        let store = &self.write;
        let entity = Entity::StageDoc { card: id.clone(), stage: stage.clone() };
        let refuse = |path: Option<String>| {
            let lane = self.session.config()?.lanes.shown(to).to_owned();
            Err(EngineError::Gate { id: id.to_string(), lane, stage: stage.as_str().to_owned(), bare: path })
        };
        let Some(row) = store.documents_of(&entity)?.into_iter().next() else { return refuse(None) };
        match stored(store, &row.path, &row.sha256)? {
            Some(text) if self.view().is_bare(id, stage, &title, text.body())? => refuse(Some(row.path.to_string())),
            _ => Ok(()),
        }
    }

    /// A stage doc from its template, where the card has none for the stage.
    fn missing_stage_doc(
        &self,
        id: &Id,
        documents: &Documents,
        card: &DocPath,
        stage: &Stage,
    ) -> Result<Option<Revision>, EngineError> {
        if self.write.stage_docs_of(id)?.iter().any(|doc| doc.stage == *stage) {
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
        let date = Clock::local(self.now).0;
        let text = self.view().stage_text(&Blanks { title: &title, card: id, stage, date: &date })?;
        let path = located.path.to_string();
        let reading = Reading::of(text)
            .map_err(|problem| EngineError::Unreadable { diagnostic: Box::new(problem.at(&path)), path })?;
        Ok(Some(Revision { located, new: Some(reading) }))
    }
}
