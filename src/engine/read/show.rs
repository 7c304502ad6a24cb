//! One card, idea or stage doc in full, with the state of its files.

use serde_json::{Map, Value};

use super::{entity_at::EntityAt, moment::Moment};
use crate::{
    domain::{
        audience::Audience, card::Card, claim::Claim, doc_path::DocPath, entity::Entity, entry::Entry, hash::Sha256,
        idea::Idea, lang::Lang, stage::Stage, stage_doc::StageDoc, state::State, value::Fields,
    },
    engine::base::{
        error::EngineError,
        projection::{PROJECTION_VERSION, Row, expected, stored},
        rebuild::VERSION_KEY,
        view::View,
    },
    markdown,
    markdown::locate::{Place, locate},
    store::{DocumentRow, LogFilter},
};

/// The number of log entries shown with a card.
const LOG_ENTRIES: usize = 10;

/// A document of an entity and the state of its file.
#[derive(Debug, Clone)]
pub struct DocumentState {
    /// The path of the document.
    pub path: DocPath,
    /// Its audience; `None` for comments and notes.
    pub audience: Option<Audience>,
    /// The hash of its text in the database.
    pub sha256: Sha256,
    /// The state between file and database; `None` in the past, whose files are not known.
    pub state: Option<State>,
}

/// A comment on a card.
#[derive(Debug, Clone)]
pub struct Comment {
    /// `Author`, if present.
    pub author: Option<String>,
    /// `Created` or `Date`, if present.
    pub at: Option<String>,
    /// The path of the document.
    pub path: DocPath,
    /// Its body.
    pub body: String,
}

/// A card in full.
#[derive(Debug, Clone)]
pub struct CardDetail {
    /// The fields shown in lists.
    pub card: Card,
    /// All front matter fields of the primary document.
    pub fields: Fields,
    /// The same fields with the types that YAML gives them.
    pub typed: Map<String, Value>,
    /// The body of the primary document.
    pub body: String,
    /// Its documents, with their states.
    pub documents: Vec<DocumentState>,
    /// Its stage docs.
    pub stage_docs: Vec<StageDoc>,
    /// Its comments, sorted by file.
    pub comments: Vec<Comment>,
    /// The latest log entries about it.
    pub log: Vec<Entry>,
}

/// An idea in full.
#[derive(Debug, Clone)]
pub struct IdeaDetail {
    /// The fields shown in lists.
    pub idea: Idea,
    /// All front matter fields of the primary document.
    pub fields: Fields,
    /// The same fields with the types that YAML gives them.
    pub typed: Map<String, Value>,
    /// The body of the primary document.
    pub body: String,
    /// Its documents, with their states.
    pub documents: Vec<DocumentState>,
    /// The latest log entries about it.
    pub log: Vec<Entry>,
}

/// A stage doc in full.
#[derive(Debug, Clone)]
pub struct StageDetail {
    /// The fields shown in lists.
    pub stage_doc: StageDoc,
    /// All front matter fields of the primary document.
    pub fields: Fields,
    /// The same fields with the types that YAML gives them.
    pub typed: Map<String, Value>,
    /// The body of the primary document.
    pub body: String,
    /// Its documents, with their states.
    pub documents: Vec<DocumentState>,
    /// The latest log entries about its card.
    pub log: Vec<Entry>,
}

/// The content of an entity's primary document.
#[derive(Default)]
struct Primary {
    fields: Fields,
    typed: Map<String, Value>,
    body: String,
    documents: Vec<DocumentState>,
}

impl View<'_> {
    /// One card in full, now or at a moment; its title, body and comments are in the given language where available.
    pub fn card(&self, typed: &str, lang: Option<&Lang>, at: Option<&Moment>) -> Result<CardDetail, EngineError> {
        let entity_at = EntityAt::new(self, "card", typed, at)?;
        let mut card = entity_at.card()?;
        let Primary { fields, typed, mut body, documents } =
            self.entity(&entity_at, &Entity::Card(card.id.clone()), &card.path)?;
        let stage_docs = entity_at.stage_docs()?;
        let comments = self.comments(&entity_at, lang)?;
        if let Some(lang) = lang {
            card.title = lang.title(&fields).map_or(card.title, str::to_owned);
            body = lang.body(&fields).map_or(body, str::to_owned);
        }
        if at.is_none() {
            card.claim = Claim::read(&fields).filter(|claim| claim.holds_at(self.core.clock.seconds()));
        }
        let log = self.recent(&entity_at)?;
        Ok(CardDetail { card, fields, typed, body, documents, stage_docs, comments, log })
    }

    /// One idea in full, now or at a moment.
    pub fn idea(&self, typed: &str, at: Option<&Moment>) -> Result<IdeaDetail, EngineError> {
        let entity_at = EntityAt::new(self, "idea", typed, at)?;
        let idea = entity_at.idea()?;
        let Primary { fields, typed, body, documents } =
            self.entity(&entity_at, &Entity::Idea(idea.id.clone()), &idea.path)?;
        let log = self.recent(&entity_at)?;
        Ok(IdeaDetail { idea, fields, typed, body, documents, log })
    }

    /// One stage doc in full, now or at a moment.
    pub fn stage_doc(&self, card: &str, stage: &str, at: Option<&Moment>) -> Result<StageDetail, EngineError> {
        let entity_at = EntityAt::new(self, "card", card, at)?;
        let id = entity_at.card()?.id;
        let stage_docs = entity_at.stage_docs()?;
        let wanted = Stage::parse(stage);
        let found = stage_docs.iter().find(|stage_doc| Some(&stage_doc.stage) == wanted.as_ref()).cloned();
        let Some(stage_doc) = found else {
            let is_meant = |path: &DocPath| {
                let entity = wanted.clone().map(|stage| Entity::StageDoc { card: id.clone(), stage });
                matches!(locate(path), Place::Document(located) if Some(&located.entity) == entity.as_ref())
            };
            let unreadable = self.store.unreadable(self.mirror_id())?;
            if let Some(error) =
                unreadable.iter().filter(|(path, _)| is_meant(path)).find_map(|(path, _)| self.bad_file(path))
            {
                return Err(error);
            }
            let known: Vec<String> = stage_docs.iter().map(|doc| doc.stage.as_str().to_owned()).collect();
            let nearest = crate::domain::suggest::nearest(stage, known.iter().map(String::as_str)).map(str::to_owned);
            return Err(EngineError::Unknown { what: "stage doc", id: format!("{id}/{stage}"), nearest, known });
        };
        let entity = Entity::StageDoc { card: id, stage: stage_doc.stage.clone() };
        let Primary { fields, typed, body, documents } = self.entity(&entity_at, &entity, &stage_doc.path)?;
        let log = self.recent(&entity_at)?;
        Ok(StageDetail { stage_doc, fields, typed, body, documents, log })
    }

    /// The stage docs of one card, now or at a moment, each with the card's title in the given language.
    pub fn stage_docs_of(
        &self,
        card: &str,
        lang: Option<&Lang>,
        at: Option<&Moment>,
    ) -> Result<Vec<(StageDoc, Option<String>)>, EngineError> {
        let entity_at = EntityAt::new(self, "card", card, at)?;
        let card = entity_at.card()?;
        let title = self.translated(lang.filter(|_| at.is_none()), card.id.as_str())?.unwrap_or(card.title);
        Ok(entity_at.stage_docs()?.into_iter().map(|doc| (doc, Some(title.clone()))).collect())
    }

    fn entity(&self, entity_at: &EntityAt<'_>, entity: &Entity, primary: &DocPath) -> Result<Primary, EngineError> {
        if !entity_at.is_past() {
            self.check_row(entity)?;
        }
        let rows = entity_at.documents_of(entity)?;
        let mut main = None;
        for row in &rows {
            if &row.path == primary {
                main = stored(&self.store, &row.path, &row.sha256)?;
            }
        }
        let documents = rows.into_iter().map(|row| self.document_state(row, entity_at)).collect::<Result<_, _>>()?;
        let Some(reading) = main else { return Ok(Primary { documents, ..Primary::default() }) };
        let (typed, body) = (markdown::typed(&reading.text, &reading.fields), reading.body().to_owned());
        Ok(Primary { fields: reading.fields, typed, body, documents })
    }

    /// A single entity is shown from its row and its document, so this checks that they agree.
    fn check_row(&self, entity: &Entity) -> Result<(), EngineError> {
        // Rows derived by an older program differ; the next write rebuilds them.
        if self.store.metadata(VERSION_KEY)?.is_none_or(|known| known != PROJECTION_VERSION) {
            return Ok(());
        }
        let altered = match expected(&self.store, entity)? {
            Some(Row::Card(row)) => self.store.altered_card(&row)?,
            Some(Row::Idea(row)) => self.store.altered_idea(&row)?,
            Some(Row::StageDoc(row)) => self.store.altered_stage_doc(&row)?,
            None => None,
        };
        altered.map_or(Ok(()), |column| Err(EngineError::Altered { id: entity.id(), column }))
    }

    fn document_state(&self, row: DocumentRow, entity_at: &EntityAt<'_>) -> Result<DocumentState, EngineError> {
        let state = if entity_at.is_past() { None } else { Some(self.state_of(&row.path)?.0) };
        Ok(DocumentState { path: row.path, audience: row.audience, sha256: row.sha256, state })
    }

    fn comments(&self, entity_at: &EntityAt<'_>, lang: Option<&Lang>) -> Result<Vec<Comment>, EngineError> {
        let mut comments = Vec::new();
        let mut rows = entity_at.documents_below()?;
        // File names begin with the time; further comments within the same second have a number at the end.
        rows.sort_by(|a, b| a.path.as_str().trim_end_matches(".md").cmp(b.path.as_str().trim_end_matches(".md")));
        for row in rows {
            if !matches!(row.entity, Entity::Comment { .. }) {
                continue;
            }
            let Some(reading) = stored(&self.store, &row.path, &row.sha256)? else { continue };
            let text = |key: &str| reading.fields.text(key).map(str::to_owned);
            comments.push(Comment {
                author: text("Author"),
                at: text("Created").or_else(|| text("Date")),
                body: lang.and_then(|lang| lang.body(&reading.fields)).unwrap_or(reading.body()).to_owned(),
                path: row.path,
            });
        }
        Ok(comments)
    }

    fn recent(&self, entity_at: &EntityAt<'_>) -> Result<Vec<Entry>, EngineError> {
        let (id, until) = (Some(entity_at.owner().clone()), entity_at.until());
        Ok(self.store.entries(&LogFilter { id, limit: Some(LOG_ENTRIES), until })?.1)
    }
}
