//! Making a card of an idea: the card, its first stage doc, the idea's new place, and the links between them.

use super::{
    card_new::NewCard,
    target::{Outcome, Target},
};
use crate::{
    domain::{
        action::Action,
        card::{business, title},
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        lane::Lane,
        priority::Priority,
        stage::Stage,
        value::{FieldValue, Fields},
    },
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Writer},
    },
    markdown::Edit,
};

/// What the card of an idea should be, beyond what the idea says.
#[derive(Debug, Clone, Default)]
pub struct Convert {
    /// Where it starts; the inbox when absent.
    pub lane: Option<Lane>,
    /// How urgent; what the idea says when absent.
    pub priority: Option<Priority>,
    /// Whose.
    pub owner: Option<String>,
}

/// The key of a card that names the idea it came from.
const IDEA_KEY: &str = "Idea-ID";

impl Writer<'_> {
    /// Makes a card of an idea. An idea that became one already is refused, and the card is named.
    pub(super) fn convert_idea(&mut self, target: &Target, request: &Convert) -> Result<Outcome, EngineError> {
        let (id, documents) = self.idea(target)?;
        let (fields, body) = (&documents.primary.reading.fields, documents.primary.reading.body());
        if let Some(card) = card_of(fields) {
            return Err(EngineError::Converted { id: id.to_string(), card });
        }
        if fields.text("Status") == Some("dropped") {
            return Err(EngineError::Dropped { id: id.to_string() });
        }
        let business = business(&id, fields);
        if business.is_empty() {
            return Err(EngineError::NoBusiness { id: id.to_string() });
        }
        let priority = request.priority.or_else(|| fields.text("Priority").and_then(Priority::parse));
        let title = title(&id, fields, body).split_whitespace().collect::<Vec<_>>().join(" ");
        let made = self.new_card(&NewCard {
            priority: priority.unwrap_or(Priority::DEFAULT),
            owner: request.owner.clone().or_else(|| fields.text("Owner").map(str::to_owned)),
            lane: request.lane.unwrap_or(Lane::Inbox),
            tags: fields.items("Tags").into_iter().map(str::to_owned).collect(),
            keys: carried(fields).chain([(IDEA_KEY.to_owned(), FieldValue::Str(id.to_string()))]).collect(),
            stage: request.lane.and_then(Lane::stage_doc).or_else(|| Some(Stage::fact_find())),
            body: Some(body.trim_start_matches(['\r', '\n']).to_owned()),
            ..NewCard::new(&business, &title)
        })?;
        let set = |key: &str, value: &str| Edit::Set { key: key.to_owned(), value: FieldValue::Str(value.to_owned()) };
        let edits = vec![set("Status", "converted"), set("Card-ID", made.id().as_str())];
        let revisions = self.revise_and_relocate(&id, documents, edits, worked_path)?;
        self.record(Draft { entity: Entity::Idea(id), action: Action::Convert, reason: None, revisions })?;
        Ok(made)
    }
}

/// The card that an idea became.
pub(super) fn card_of(fields: &Fields) -> Option<String> {
    fields.text("Card-ID").filter(|card| !card.trim().is_empty()).map(str::to_owned)
}

/// Translations of the title and the body belong to the card too.
fn carried(fields: &Fields) -> impl Iterator<Item = (String, FieldValue)> {
    let translated = |key: &str| key.starts_with("Title-") || key.starts_with("content-");
    fields.iter().filter(move |(key, _)| translated(key)).map(|(key, value)| (key.to_owned(), value.clone()))
}

/// `ideas/inbox/q1/X` goes to `ideas/worked/q1/X`; one that is there already stays.
pub(super) fn worked_path(path: &DocPath) -> Option<DocPath> {
    let rest = path.as_str().strip_prefix(MIRROR)?.strip_prefix("/ideas/inbox/")?;
    DocPath::parse(&format!("{MIRROR}/ideas/worked/{rest}"))
}
