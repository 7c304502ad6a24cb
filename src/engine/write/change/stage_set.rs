//! Setting the text of a stage doc: made where there is none, replaced where there is one.

use super::{
    card_new::readable,
    edit::NewBody,
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, audience::Audience, card::title, doc_path::DocPath, entity::Entity, stage::Stage},
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{
        Edit, edit,
        locate::{Place, locate},
    },
};

/// The text of a stage doc.
#[derive(Debug, Clone)]
pub struct StageText {
    /// The ID of the card, as typed.
    pub card: String,
    /// Which stage.
    pub stage: Stage,
    /// All after the front matter.
    pub body: String,
    /// Whether it is the document for agents.
    pub agent: bool,
    /// The text of the stage doc that the caller looked at, as a SHA-256.
    pub expect: Option<String>,
    /// Why the claim of somebody else on the card is taken over, where there is one.
    pub take_over: Option<String>,
}

impl Writer<'_> {
    /// Takes hand edits of the card and of every file that stands for the stage.
    pub(super) fn prepare_stage(&mut self, request: &StageText) -> Result<(), EngineError> {
        let Some(id) = self.known_card(&request.card)? else { return Ok(()) };
        let mut paths = self.view().paths_of(&Entity::Card(id.clone()))?;
        if let Some(card) = paths.first().cloned() {
            paths.extend(self.view().stage_files(&card, &id, &request.stage));
        }
        self.take_hand_edits(&id, &paths)
    }

    pub(super) fn set_stage(&mut self, request: &StageText) -> Result<Outcome, EngineError> {
        let (id, card) = self.card(&Target { take_over: request.take_over.clone(), ..Target::of(&request.card) })?;
        let entity = Entity::StageDoc { card: id.clone(), stage: request.stage.clone() };
        let exists = !self.write.documents_of(&entity)?.is_empty();
        let (revisions, action) = if exists {
            let documents = self.documents(&entity)?;
            self.view().expect(&entity.id(), request.expect.as_deref(), &documents.primary.reading)?;
            let is_companion = request.agent && documents.primary.located.audience != Some(Audience::Agent);
            if is_companion && documents.companion.is_none() {
                (
                    vec![self.new_companion(
                        &documents.primary.located.path,
                        request,
                        &documents.primary.reading.text,
                    )?],
                    Action::Set,
                )
            } else {
                let body = request.body.clone();
                let body = if is_companion { NewBody::Companion(body) } else { NewBody::Primary(body) };
                (self.revise(documents, Vec::new(), Some(body))?, Action::Set)
            }
        } else {
            if let Some(expected) = &request.expect {
                return Err(EngineError::NotThere { id: entity.id(), expected: expected.clone() });
            }
            let reading = &card.primary.reading;
            let title = title(&id, &reading.fields, reading.body());
            let made = self.new_stage_doc(&id, &card.primary.located.path, &request.stage, &title)?;
            let Some(Revision { located, new: Some(reading) }) = made else {
                return Err(EngineError::NotADocument { path: entity.id() });
            };
            let path = if request.agent { agent_path(&located.path) } else { Some(located.path) };
            (vec![self.stage_text(path, &reading.text, &request.body)?], Action::Create)
        };
        let made = if exists { Vec::new() } else { revisions.iter().map(|r| r.located.path.clone()).collect() };
        let entry = self.record(Draft { entity: entity.clone(), action, reason: None, revisions })?;
        Ok(Outcome { made, created: !exists, ..Outcome::of(entity, entry.is_some()) })
    }

    /// The document for agents beside the one for people, with its keys.
    fn new_companion(&self, primary: &DocPath, request: &StageText, text: &str) -> Result<Revision, EngineError> {
        self.stage_text(agent_path(primary), text, &request.body)
    }

    /// A new document with the front matter of `text` and another body.
    fn stage_text(&self, path: Option<DocPath>, text: &str, body: &str) -> Result<Revision, EngineError> {
        let Some(Place::Document(located)) = path.as_ref().map(locate) else {
            return Err(EngineError::NotADocument { path: path.map(|path| path.to_string()).unwrap_or_default() });
        };
        let path = located.path.to_string();
        let body = if body.starts_with(['\n', '\r']) { body.to_owned() } else { format!("\n{body}") };
        let text =
            edit(text, &[Edit::Body(body)]).map_err(|source| EngineError::Edit { path: path.clone(), source })?;
        Ok(Revision { new: Some(readable(&path, text)?), located })
    }
}

fn agent_path(path: &DocPath) -> Option<DocPath> {
    let stem = path.as_str().strip_suffix(".user.md")?;
    DocPath::parse(&format!("{stem}.{}.md", Audience::Agent.as_str()))
}
