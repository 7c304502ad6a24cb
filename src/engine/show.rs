//! One card, idea or stage doc in full, with a look at its own files.

use super::{
    Engine, error::EngineError, look::Look, moment::Moment, project::stored, reading::Reading, standpoint::Standpoint,
};
use crate::{
    domain::{
        audience::Audience,
        card::Card,
        doc_path::DocPath,
        entity::Entity,
        entry::Entry,
        hash::Sha256,
        id::Id,
        idea::Idea,
        lang::Lang,
        stage::Stage,
        stage_doc::StageDoc,
        state::{Found, State},
        value::Fields,
    },
    store::{DocumentRow, LogFilter},
};

/// How many log entries a card is shown with.
const LOG_ENTRIES: usize = 10;

/// A document of an entity, and how its file stands.
#[derive(Debug, Clone)]
pub struct DocumentState {
    /// Where it lies.
    pub path: DocPath,
    /// For whom.
    pub audience: Option<Audience>,
    /// Its text in the database.
    pub sha256: Sha256,
    /// How file and database stand; `None` in the past, whose files are not known.
    pub state: Option<State>,
}

/// A comment on a card.
#[derive(Debug, Clone)]
pub struct Comment {
    /// `Author`, where the comment names one.
    pub author: Option<String>,
    /// `Created` or `Date`, where the comment names one.
    pub at: Option<String>,
    /// Where it lies.
    pub path: DocPath,
    /// What it says.
    pub body: String,
}

/// A card in full.
#[derive(Debug, Clone)]
pub struct CardDetail {
    /// What lists show.
    pub card: Card,
    /// Every front matter key of the primary document.
    pub fields: Fields,
    /// The body of the primary document.
    pub body: String,
    /// Its documents.
    pub documents: Vec<DocumentState>,
    /// Its stage docs.
    pub stage_docs: Vec<StageDoc>,
    /// Its comments, in the order of their files.
    pub comments: Vec<Comment>,
    /// The last entries of the log about it.
    pub log: Vec<Entry>,
}

/// An idea in full.
#[derive(Debug, Clone)]
pub struct IdeaDetail {
    /// What lists show.
    pub idea: Idea,
    /// Every front matter key of the primary document.
    pub fields: Fields,
    /// The body of the primary document.
    pub body: String,
    /// Its documents.
    pub documents: Vec<DocumentState>,
    /// The last entries of the log about it.
    pub log: Vec<Entry>,
}

/// A stage doc in full.
#[derive(Debug, Clone)]
pub struct StageDetail {
    /// What lists show.
    pub stage_doc: StageDoc,
    /// Every front matter key of the primary document.
    pub fields: Fields,
    /// The body of the primary document.
    pub body: String,
    /// Its documents.
    pub documents: Vec<DocumentState>,
    /// The last entries of the log about its card.
    pub log: Vec<Entry>,
}

impl Engine {
    /// One card in full, as it is or as it was; its title, its text and its comments in this language, where they are
    /// there in it.
    pub fn card(&self, typed: &str, lang: Option<&Lang>, at: Option<&Moment>) -> Result<CardDetail, EngineError> {
        let standpoint = Standpoint::new(self, "card", typed, at)?;
        let mut card = standpoint.card()?;
        let (fields, mut body, documents) = self.entity(&standpoint, &Entity::Card(card.id.clone()), &card.path)?;
        let stage_docs = standpoint.stage_docs()?;
        let comments = self.comments(&standpoint, lang)?;
        if let Some(lang) = lang {
            card.title = lang.title(&fields).map_or(card.title, str::to_owned);
            body = lang.body(&fields).map_or(body, str::to_owned);
        }
        let log = self.recent(&standpoint)?;
        Ok(CardDetail { card, fields, body, documents, stage_docs, comments, log })
    }

    /// One idea in full, as it is or as it was.
    pub fn idea(&self, typed: &str, at: Option<&Moment>) -> Result<IdeaDetail, EngineError> {
        let standpoint = Standpoint::new(self, "idea", typed, at)?;
        let idea = standpoint.idea()?;
        let (fields, body, documents) = self.entity(&standpoint, &Entity::Idea(idea.id.clone()), &idea.path)?;
        let log = self.recent(&standpoint)?;
        Ok(IdeaDetail { idea, fields, body, documents, log })
    }

    /// One stage doc in full, as it is or as it was.
    pub fn stage_doc(&self, card: &str, stage: &str, at: Option<&Moment>) -> Result<StageDetail, EngineError> {
        let standpoint = Standpoint::new(self, "card", card, at)?;
        let id = standpoint.card()?.id;
        let stage_docs = standpoint.stage_docs()?;
        let wanted = Stage::parse(stage);
        let found = stage_docs.iter().find(|stage_doc| Some(&stage_doc.stage) == wanted.as_ref()).cloned();
        let Some(stage_doc) = found else {
            let known: Vec<String> = stage_docs.iter().map(|doc| doc.stage.as_str().to_owned()).collect();
            let nearest = crate::domain::suggest::nearest(stage, known.iter().map(String::as_str)).map(str::to_owned);
            return Err(EngineError::Unknown { what: "stage doc", id: format!("{id}/{stage}"), nearest, known });
        };
        let entity = Entity::StageDoc { card: id, stage: stage_doc.stage.clone() };
        let (fields, body, documents) = self.entity(&standpoint, &entity, &stage_doc.path)?;
        let log = self.recent(&standpoint)?;
        Ok(StageDetail { stage_doc, fields, body, documents, log })
    }

    /// The stage docs of one card, as they are or as they were.
    pub fn stage_docs_of(&self, card: &str, at: Option<&Moment>) -> Result<Vec<StageDoc>, EngineError> {
        let standpoint = Standpoint::new(self, "card", card, at)?;
        standpoint.card()?;
        standpoint.stage_docs()
    }

    /// The ID of a card that exists, in whatever case it was typed.
    pub fn existing_card(&self, typed: &str) -> Result<Id, EngineError> {
        match self.card_if_any(typed)? {
            Some(id) => Ok(id),
            None => Err(self.unknown("card", typed)?),
        }
    }

    /// The ID of an idea that exists, in whatever case it was typed.
    pub fn existing_idea(&self, typed: &str) -> Result<Id, EngineError> {
        match self.idea_if_any(typed)? {
            Some(id) => Ok(id),
            None => Err(self.unknown("idea", typed)?),
        }
    }

    /// The ID of a card, where there is one.
    pub(super) fn card_if_any(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        match Id::parse(&typed.to_ascii_uppercase()) {
            Some(id) if self.store.has_card(&id)? => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    /// The ID of an idea, where there is one.
    pub(super) fn idea_if_any(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        match Id::parse(&typed.to_ascii_uppercase()) {
            Some(id) if self.store.has_idea(&id)? => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    /// The ID of a card or an idea that exists, in whatever case it was typed.
    pub fn existing_id(&self, typed: &str) -> Result<Id, EngineError> {
        match Id::parse(&typed.to_ascii_uppercase()) {
            Some(id) if self.store.has_card(&id)? || self.store.has_idea(&id)? => Ok(id),
            // The log outlives what it describes.
            Some(id) if self.store.entries(&LogFilter { id: Some(id.clone()), limit: Some(1), until: None })?.0 > 0 => {
                Ok(id)
            }
            _ => Err(self.unknown("card", typed)?),
        }
    }

    fn entity(
        &self,
        standpoint: &Standpoint<'_>,
        entity: &Entity,
        primary: &DocPath,
    ) -> Result<(Fields, String, Vec<DocumentState>), EngineError> {
        let rows = standpoint.documents_of(entity)?;
        let mut main = None;
        for row in &rows {
            if &row.path == primary {
                main = stored(&self.store, &row.path, &row.sha256)?;
            }
        }
        let documents = rows.into_iter().map(|row| self.document_state(row, standpoint)).collect::<Result<_, _>>()?;
        let (fields, body) =
            main.map(|reading| (reading.fields.clone(), reading.body().to_owned())).unwrap_or_default();
        Ok((fields, body, documents))
    }

    fn document_state(&self, row: DocumentRow, standpoint: &Standpoint<'_>) -> Result<DocumentState, EngineError> {
        let state = if standpoint.is_past() { None } else { Some(self.state_of(&row.path)?.0) };
        Ok(DocumentState { path: row.path, audience: row.audience, sha256: row.sha256, state })
    }

    /// How one document stands now, and the text of its file where that was read.
    pub(super) fn state_of(&self, path: &DocPath) -> Result<(State, Option<Box<Reading>>), EngineError> {
        let known = self.known(path)?;
        let look = match self.glance().look(path, Some(&known.mirrored)) {
            Look::Same(Some(sha)) if known.sighting(Found::Text(&sha)).is_in_sync() => {
                return Ok((State::InSync, None));
            }
            Look::Same(Some(_)) => self.glance().look(path, None),
            look => look,
        };
        match look {
            Look::Nothing => Ok((
                known.sighting(Found::Nothing).state(|| Ok::<_, EngineError>(crate::domain::state::Age::Edit))?,
                None,
            )),
            Look::Same(_) | Look::Unreadable(..) => Ok((State::Invalid, None)),
            Look::Read(reading, _) if known.refuses(&reading.sha) => Ok((State::Invalid, None)),
            Look::Read(reading, _) => {
                let state = known.sighting(Found::Text(&reading.sha)).state(|| self.age(path, &reading, &known))?;
                Ok((state, Some(reading)))
            }
        }
    }

    fn comments(&self, standpoint: &Standpoint<'_>, lang: Option<&Lang>) -> Result<Vec<Comment>, EngineError> {
        let mut comments = Vec::new();
        let mut rows = standpoint.documents_below()?;
        // Names begin with their time; a second one of the same second has a number at its end.
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

    fn recent(&self, standpoint: &Standpoint<'_>) -> Result<Vec<Entry>, EngineError> {
        let (id, until) = (Some(standpoint.owner().clone()), standpoint.until());
        Ok(self.store.entries(&LogFilter { id, limit: Some(LOG_ENTRIES), until })?.1)
    }
}
