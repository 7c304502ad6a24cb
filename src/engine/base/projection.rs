//! From a document's text to its row: what the projections hold of an entity.

use super::{
    derived::Derived,
    error::EngineError,
    reading::{Reading, text_of},
};
use crate::{
    domain::{
        audience::Audience,
        card::{Card, Source, created},
        doc_path::DocPath,
        entity::Entity,
        id::Id,
        idea::{Idea, Location},
        stage_doc::StageDoc,
        value::Fields,
    },
    markdown::locate::{Located, Place, locate},
    store::{CardRow, IdeaRow, Snapshot, StageDocRow},
};

/// The version of what is derived from texts and log; raised with every change to it.
pub(in crate::engine) const PROJECTION_VERSION: &str = "2";

/// A row of one of the projections.
#[derive(Debug)]
pub(in crate::engine) enum Row {
    Card(CardRow),
    Idea(IdeaRow),
    StageDoc(StageDocRow),
}

/// What boards and lists show of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) enum Item {
    Card(Card),
    Idea(Idea),
    StageDoc(StageDoc),
}

/// What an entity's row is derived from.
pub(in crate::engine) struct Primary<'a> {
    pub(in crate::engine) located: &'a Located,
    pub(in crate::engine) reading: &'a Reading,
    /// When the log first saw the entity, an instant in UTC.
    pub(in crate::engine) first_seen: &'a str,
    /// The commit that exported this text.
    pub(in crate::engine) git_commit: Option<String>,
}

/// The row of an entity; `None` for those that have none.
pub(in crate::engine) fn row(entity: &Entity, primary: Primary<'_>) -> Option<Row> {
    let Primary { located, reading, first_seen, git_commit } = primary;
    let item = item(entity, located, reading, first_seen)?;
    let Derived { data_json, git_sha } = reading.derived_at(&located.path);
    Some(match item {
        Item::Card(card) => Row::Card(CardRow::new(card, data_json, git_sha, git_commit)),
        Item::Idea(idea) => Row::Idea(IdeaRow::new(idea, data_json, git_sha, git_commit)),
        Item::StageDoc(stage_doc) => Row::StageDoc(StageDocRow::new(stage_doc, data_json, git_sha, git_commit)),
    })
}

/// What boards and lists show of an entity with this primary document; `None` for those that they do not show.
pub(in crate::engine) fn item(entity: &Entity, located: &Located, reading: &Reading, first_seen: &str) -> Option<Item> {
    let source = Source { path: &located.path, sha256: &reading.sha, archived: located.archived, first_seen };
    let (fields, body) = (&reading.fields, reading.body());
    match entity {
        Entity::Card(id) => Some(Item::Card(Card::read(id, fields, body, &source))),
        Entity::Idea(id) => {
            let location = located.location.unwrap_or(Location::Inbox);
            Some(Item::Idea(Idea::read(id, location, fields, body, &source)))
        }
        Entity::StageDoc { card, stage } => {
            let audience = located.audience.unwrap_or(Audience::User);
            Some(Item::StageDoc(StageDoc::read(card, stage, audience, fields, &source)))
        }
        Entity::Comment { .. } | Entity::Note { .. } => None,
    }
}

/// The row an entity should have, read from its primary document; `None` where it has none.
pub(in crate::engine) fn expected(store: &Snapshot, entity: &Entity) -> Result<Option<Row>, EngineError> {
    expected_of(store, entity, |_| None)
}

/// As [`expected`], where some documents were read already.
pub(in crate::engine) fn expected_of<'r>(
    store: &Snapshot,
    entity: &Entity,
    at_hand: impl Fn(&DocPath) -> Option<&'r Reading>,
) -> Result<Option<Row>, EngineError> {
    let Some(primary) = store.documents_of(entity)?.into_iter().next() else { return Ok(None) };
    let Place::Document(located) = locate(&primary.path) else { return Ok(None) };
    let loaded;
    let reading = match at_hand(&primary.path).filter(|reading| reading.sha == primary.sha256) {
        Some(reading) => reading,
        None => {
            loaded = stored(store, &primary.path, &primary.sha256)?;
            let Some(reading) = &loaded else { return Ok(None) };
            reading
        }
    };
    let first_seen = first_seen(store, entity, &reading.fields, u64::MAX)?;
    let git_commit = store.exported_commit(&primary.path, &primary.sha256)?;
    Ok(row(entity, Primary { located: &located, reading, first_seen: &first_seen, git_commit }))
}

/// When the log first saw an entity, by this entry. It is asked only where the document does not tell when it was made.
pub(in crate::engine) fn first_seen(
    store: &Snapshot,
    entity: &Entity,
    fields: &Fields,
    until: u64,
) -> Result<String, EngineError> {
    match created(fields) {
        Some(_) => Ok(String::new()),
        None => Ok(store.first_seen(entity, until)?.unwrap_or_default()),
    }
}

/// A stored text, read; `None` where it was erased.
pub(in crate::engine) fn stored(
    store: &Snapshot,
    path: &DocPath,
    sha: &crate::domain::hash::Sha256,
) -> Result<Option<Reading>, EngineError> {
    let damaged = |what| EngineError::Damaged { path: path.to_string(), what };
    let Some(bytes) = store.blob_bytes(sha)? else { return Ok(None) };
    let reading = text_of(bytes).and_then(Reading::of).map_err(|problem| damaged(problem.message))?;
    if reading.sha != *sha {
        return Err(damaged("its SHA-256 is another".to_owned()));
    }
    Ok(Some(reading))
}

/// The IDs a document names in its front matter: no number up to theirs is ever given out again.
pub(in crate::engine) fn named_ids(fields: &Fields) -> impl Iterator<Item = Id> {
    fields.iter().flat_map(|(_, value)| value.items()).filter_map(|item| Id::parse(item.trim()))
}

impl Row {
    pub(in crate::engine) fn card(self) -> Option<CardRow> {
        if let Self::Card(row) = self { Some(row) } else { None }
    }

    pub(in crate::engine) fn idea(self) -> Option<IdeaRow> {
        if let Self::Idea(row) = self { Some(row) } else { None }
    }

    pub(in crate::engine) fn stage_doc(self) -> Option<StageDocRow> {
        if let Self::StageDoc(row) = self { Some(row) } else { None }
    }
}
