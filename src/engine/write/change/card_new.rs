//! Creating a card: the next number of its business, a text from the skeleton, one entry.

use super::target::Outcome;
use crate::{
    domain::{
        action::Action,
        card::UNASSIGNED,
        date,
        entity::Entity,
        id::{Id, is_code},
        lane::Lane,
        priority::Priority,
        stage::Stage,
        text::is_unprintable,
        value::{FieldValue, Fields},
    },
    engine::{
        base::{clock::Clock, error::EngineError, reading::Reading, view::View},
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{Edit, edit, locate::card_place, template},
};

/// A card to be made.
#[derive(Debug, Clone)]
pub struct NewCard {
    /// The code of its business, as typed.
    pub business: String,
    /// One line.
    pub title: String,
    /// How urgent.
    pub priority: Priority,
    /// Whose.
    pub owner: Option<String>,
    /// Where it starts.
    pub lane: Lane,
    /// Its tags.
    pub tags: Vec<String>,
    /// A calendar date.
    pub due: Option<String>,
    /// What it depends on.
    pub dependencies: Vec<String>,
    /// Other keys, such as its source.
    pub keys: Vec<(String, FieldValue)>,
    /// The first stage doc; by default that of its lane.
    pub stage: Option<Stage>,
    /// The body; by default a heading with the title.
    pub body: Option<String>,
}

impl NewCard {
    /// A card in the inbox with nothing but a title.
    #[must_use]
    pub fn new(business: &str, title: &str) -> Self {
        Self {
            business: business.to_owned(),
            title: title.to_owned(),
            priority: Priority::DEFAULT,
            owner: None,
            lane: Lane::Inbox,
            tags: Vec::new(),
            due: None,
            dependencies: Vec::new(),
            keys: Vec::new(),
            stage: None,
            body: None,
        }
    }
}

impl Writer<'_> {
    /// Creates a card; its ID was never given out before.
    pub(super) fn new_card(&mut self, request: &NewCard) -> Result<Outcome, EngineError> {
        let business = self.view().business_for_new(&request.business)?;
        let title = one_line("the title", &request.title)?;
        if let Some(due) = &request.due {
            calendar_date("the due date", due)?;
        }
        let config = self.session.config()?;
        let owner = request.owner.as_deref().or(config.owner.as_deref());
        let owner = owner.map(|owner| one_line("the owner", owner)).transpose()?;
        let id = self.next_id(&config.card_id, &business)?;
        let located = card_place(&id).ok_or_else(|| EngineError::NotADocument { path: id.to_string() })?;
        let path = located.path.clone();
        let keys = Keys { business: &business, title: &title, owner: owner.as_deref() };
        let text = card_text(&id, keys, request, &Clock::local(self.now).0)?;
        let reading = readable(path.as_str(), text)?;
        self.view().check_dependencies(&id, &Fields::default(), &reading.fields)?;
        let mut revisions = vec![Revision { located, new: Some(reading) }];
        if let Some(stage) = request.stage.clone().or_else(|| request.lane.stage_doc()) {
            revisions.extend(self.new_stage_doc(&id, &path, &stage, &title)?);
        }
        let made = revisions.iter().skip(1).map(|revision| revision.located.path.clone()).collect();
        let entity = Entity::Card(id);
        self.record(Draft { entity: entity.clone(), action: Action::Create, reason: None, revisions })?;
        Ok(Outcome { made, ..Outcome::created(entity) })
    }
}

impl View<'_> {
    /// An existing business; if there is no catalogue, or an empty one, any code will do.
    pub(super) fn business_for_new(&self, typed: &str) -> Result<String, EngineError> {
        match self.business(typed) {
            Err(EngineError::Unknown { .. })
                if self.catalogue_with_finding().0.is_none_or(|catalogue| catalogue.businesses.is_empty())
                    && is_code(&typed.to_ascii_uppercase()) =>
            {
                Ok(typed.to_ascii_uppercase())
            }
            other => other,
        }
    }
}

/// The keys of a new card, checked.
struct Keys<'a> {
    business: &'a str,
    title: &'a str,
    owner: Option<&'a str>,
}

fn card_text(id: &Id, keys: Keys<'_>, request: &NewCard, today: &str) -> Result<String, EngineError> {
    let Keys { business, title, owner } = keys;
    let body = request.body.clone().unwrap_or_else(|| format!("# {title}\n"));
    let text = |value: &str| FieldValue::Str(value.to_owned());
    let keys = [
        ("Lane", Some(text(request.lane.as_str()))),
        ("Priority", Some(text(request.priority.as_str()))),
        ("Owner", Some(text(owner.unwrap_or(UNASSIGNED)))),
        ("Title", Some(text(title))),
        ("Business", Some(text(business))),
        ("Due-Date", request.due.clone().map(FieldValue::Source)),
        ("Tags", (!request.tags.is_empty()).then(|| FieldValue::List(request.tags.clone()))),
        ("Dependencies", (!request.dependencies.is_empty()).then(|| FieldValue::List(request.dependencies.clone()))),
        ("Blocked", (request.lane == Lane::Blocked).then_some(FieldValue::Bool(true))),
        ("Completed-Date", (request.lane == Lane::Done).then(|| FieldValue::Source(today.to_owned()))),
    ];
    let mut edits: Vec<Edit> = keys
        .into_iter()
        .filter_map(|(key, value)| {
            let key = key.to_owned();
            match value {
                Some(value) => Some(Edit::Set { key, value }),
                None if matches!(key.as_str(), "Blocked" | "Completed-Date" | "Dependencies") => None,
                None => Some(Edit::Unset { key }),
            }
        })
        .collect();
    edits.extend(request.keys.iter().map(|(key, value)| Edit::Set { key: key.clone(), value: value.clone() }));
    edit(&template::card(id, today, &body), &edits).map_err(|source| EngineError::Edit { path: id.to_string(), source })
}

/// A text for the database; refused if it could not be read back.
pub(in crate::engine) fn readable(path: &str, text: String) -> Result<Reading, EngineError> {
    Reading::of_bytes(text.into_bytes())
        .map_err(|problem| EngineError::Unreadable { path: path.to_owned(), diagnostic: Box::new(problem.at(path)) })
}

/// A value on one line, not empty and without invisible characters.
pub(super) fn one_line(what: &str, text: &str) -> Result<String, EngineError> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.chars().any(is_unprintable) {
        return Err(EngineError::BadValue {
            what: what.to_owned(),
            value: text.to_owned(),
            expected: "text on one line, without control characters".to_owned(),
        });
    }
    Ok(trimmed.to_owned())
}

/// Refuses what is not a calendar date.
pub(super) fn calendar_date(what: &str, text: &str) -> Result<(), EngineError> {
    if text.len() == 10 && date::leading_date(text).is_some() {
        return Ok(());
    }
    Err(EngineError::BadValue {
        what: what.to_owned(),
        value: text.to_owned(),
        expected: "a calendar date like 2026-03-01".to_owned(),
    })
}
