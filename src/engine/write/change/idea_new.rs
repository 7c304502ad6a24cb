//! Making an idea: the next number of its business, a file in the inbox, one entry.

use super::{
    card_new::{one_line, readable},
    fields::known_word,
    target::Outcome,
};
use crate::{
    domain::{action::Action, entity::Entity, idea::KINDS, priority::Priority, value::FieldValue},
    engine::{
        base::{clock::Clock, error::EngineError},
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{Edit, edit, locate::idea_place, template},
};

/// An idea to be made.
#[derive(Debug, Clone)]
pub struct NewIdea {
    /// The code of its business, as typed.
    pub business: String,
    /// One line.
    pub title: String,
    /// Its `Type`: `Idea` when absent.
    pub kind: Option<String>,
    /// How urgent, where that is known.
    pub priority: Option<Priority>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Other keys.
    pub keys: Vec<(String, FieldValue)>,
    /// The body; by default a heading with the title.
    pub body: Option<String>,
}

impl Writer<'_> {
    /// Makes an idea; its ID is one that was never given out before.
    pub(super) fn new_idea(&mut self, request: &NewIdea) -> Result<Outcome, EngineError> {
        let business = self.view().business_for_new(&request.business)?;
        let title = one_line("the title", &request.title)?;
        let id = self.next_id(&self.session.config()?.idea_id, &business)?;
        let located = idea_place(&id).ok_or_else(|| EngineError::NotADocument { path: id.to_string() })?;
        let body = request.body.clone().unwrap_or_else(|| format!("# {title}\n"));
        let set = |key: &str, value| Edit::Set { key: key.to_owned(), value };
        let mut edits = vec![set("Title", FieldValue::Str(title)), set("Business", FieldValue::Str(business))];
        if let Some(kind) = &request.kind {
            known_word("the type", kind, &KINDS)?;
            edits.push(set("Type", FieldValue::Str(kind.clone())));
        }
        match request.priority {
            Some(priority) => edits.push(set("Priority", FieldValue::Str(priority.as_str().to_owned()))),
            None => edits.push(Edit::Unset { key: "Priority".to_owned() }),
        }
        if !request.tags.is_empty() {
            edits.push(set("Tags", FieldValue::List(request.tags.clone())));
        }
        edits.extend(request.keys.iter().map(|(key, value)| set(key, value.clone())));
        let text = edit(&template::idea(&id, &Clock::local(self.now).0, &body), &edits)
            .map_err(|source| EngineError::Edit { path: id.to_string(), source })?;
        let reading = readable(located.path.as_str(), text)?;
        let entity = Entity::Idea(id);
        let revisions = vec![Revision { located, new: Some(reading) }];
        self.record(Draft { entity: entity.clone(), action: Action::Create, reason: None, revisions })?;
        Ok(Outcome::created(entity))
    }
}
