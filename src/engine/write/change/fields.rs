//! Edits of keys as a caller requests them, each value checked for its key.

use super::card_new::{calendar_date, one_line};
use crate::{
    domain::{
        entity::Entity,
        id::Id,
        idea::{KINDS, STATUSES},
        key::{Holds, holds, meant},
        lane::Lane,
        priority::Priority,
        text::is_unprintable,
        value::{FieldValue, Fields},
    },
    engine::base::error::{EngineError, KeyCommand},
    markdown::Edit,
};

/// A value as a caller gives it.
#[derive(Debug, Clone)]
pub enum Value {
    /// `Key=Value`: a string, read as what the key holds.
    Text(String),
    /// `Key:=JSON`: a typed value.
    Typed(FieldValue),
}

/// What to change in a card or an idea.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Keys to set.
    pub set: Vec<(String, Value)>,
    /// Items to add to lists.
    pub add: Vec<(String, String)>,
    /// Items to remove from lists.
    pub remove: Vec<(String, String)>,
    /// Keys to remove.
    pub unset: Vec<String>,
    /// A new body.
    pub body: Option<String>,
    /// Whether the body is the companion's.
    pub agent: bool,
    /// Whether a new key may be one that is nearly a known one.
    pub force_key: bool,
    /// What keys must hold before; the change is refused if one differs. `None`: it must be missing.
    pub was: Vec<(String, Option<Value>)>,
}

/// The edits of a document that a request asks for.
///
/// A new key that is nearly a known one is refused, unless the caller insists.
pub(super) fn field_edits(entity: &Entity, fields: &Fields, request: &Edits) -> Result<Vec<Edit>, EngineError> {
    let check_key = |key: &str| check_key(entity, key);
    let added = request.set.iter().map(|(key, _)| key).chain(request.add.iter().map(|(key, _)| key));
    for key in added.filter(|key| !request.force_key && fields.get(key).is_none()) {
        if let Some(known) = meant(key) {
            return Err(EngineError::NearKey { key: key.clone(), meant: known });
        }
    }
    let mut edits = Vec::new();
    for (key, value) in &request.set {
        check_key(key)?;
        let value = value_for(key, value)?;
        if matches!(entity, Entity::Idea(_)) && fields.get(key) != Some(&value) {
            check_idea_word(key, value.as_text().unwrap_or_default())?;
        }
        edits.push(Edit::Set { key: key.clone(), value });
    }
    for (key, item) in &request.add {
        check_key(key)?;
        edits.push(Edit::Append { key: key.clone(), item: one_line(key, item)? });
    }
    for (key, item) in &request.remove {
        check_key(key)?;
        edits.push(Edit::Remove { key: key.clone(), item: item.clone() });
    }
    for key in &request.unset {
        check_key(key)?;
        if key == "Type" {
            return Err(EngineError::BadValue {
                what: "the key to change".to_owned(),
                value: key.clone(),
                expected: format!("{key}=VALUE: every document has one"),
            });
        }
        edits.push(Edit::Unset { key: key.clone() });
    }
    Ok(edits)
}

/// Refuses a status or type that an idea cannot be given. A status that a command gives does more than that word says.
fn check_idea_word(key: &str, word: &str) -> Result<(), EngineError> {
    let of_command = |command| Err(EngineError::KeyOfCommand { key: format!("{key}={word}"), command });
    match (key, word) {
        ("Type", kind) => known_word("the type", kind, &KINDS),
        ("Status", "worked") => of_command(KeyCommand::Work),
        ("Status", "converted") => of_command(KeyCommand::Convert),
        ("Status", "dropped") => of_command(KeyCommand::Drop),
        ("Status", status) => known_word("the status", status, &STATUSES),
        _ => Ok(()),
    }
}

/// Refuses a word that is not one of those allowed.
pub(super) fn known_word(what: &str, word: &str, known: &[&str]) -> Result<(), EngineError> {
    if known.contains(&word) {
        return Ok(());
    }
    Err(EngineError::BadValue { what: what.to_owned(), value: word.to_owned(), expected: known.join(", ") })
}

/// Refuses a request that was based on other values than the current ones.
pub(super) fn check_was(id: &Id, request: &Edits, fields: &Fields) -> Result<(), EngineError> {
    for (key, was) in &request.was {
        let was = was.as_ref().map(|value| value_for(key, value)).transpose()?;
        let found = fields.get(key);
        let same = match (&was, found) {
            (Some(was), Some(found)) => was.items() == found.items() && was.as_text() == found.as_text(),
            (None, found) => found.is_none(),
            (Some(_), None) => false,
        };
        if !same {
            let shown = |value: Option<&FieldValue>| value.map_or_else(|| "nothing".to_owned(), shown);
            return Err(EngineError::ValueMoved {
                id: id.to_string(),
                key: key.clone(),
                expected: shown(was.as_ref()),
                current: shown(found),
            });
        }
    }
    Ok(())
}

fn shown(value: &FieldValue) -> String {
    match value {
        FieldValue::List(items) => format!("[{}]", items.join(", ")),
        FieldValue::Bool(value) => value.to_string(),
        other => other.as_text().unwrap_or_default().to_owned(),
    }
}

/// Keys that name the document or have a command of their own cannot be set.
fn check_key(entity: &Entity, key: &str) -> Result<(), EngineError> {
    let refuse = |expected: &str| {
        Err(EngineError::BadValue {
            what: "the key to change".to_owned(),
            value: key.to_owned(),
            expected: expected.to_owned(),
        })
    };
    let of_command = |command| Err(EngineError::KeyOfCommand { key: key.to_owned(), command });
    let is_card = matches!(entity, Entity::Card(_));
    match key {
        "Lane" if is_card => of_command(KeyCommand::Move),
        "Claimed-By" | "Claimed-Until" if is_card => of_command(KeyCommand::Claim),
        "Card-ID" if !is_card => of_command(KeyCommand::Convert),
        "Type" if matches!(entity, Entity::Idea(_)) => Ok(()),
        "ID" | "Type" => refuse("another key: this one says which document it is"),
        "" => refuse("a name"),
        _ if key.chars().count() > 100 || key.chars().any(is_unprintable) => {
            refuse("a name of at most 100 characters, without control characters")
        }
        _ => Ok(()),
    }
}

/// The value as its key holds it: text for a list or a flag is told what to do instead.
fn value_for(key: &str, value: &Value) -> Result<FieldValue, EngineError> {
    let bad = |value: &str, expected: &str| EngineError::BadValue {
        what: key.to_owned(),
        value: value.to_owned(),
        expected: expected.to_owned(),
    };
    let value = match value {
        Value::Typed(value) => value.clone(),
        Value::Text(text) => match (key, text.as_str()) {
            ("Blocked", "true") => FieldValue::Bool(true),
            ("Blocked", "false") => FieldValue::Bool(false),
            _ if is_calendar_key(key) => FieldValue::Source(text.clone()),
            _ => FieldValue::Str(text.clone()),
        },
    };
    let shown = value.as_text().unwrap_or_default().to_owned();
    match (key, &value) {
        ("Blocked", FieldValue::Bool(_)) => {}
        ("Blocked", _) => return Err(bad(&shown, "true or false")),
        ("Priority", _) if Priority::parse(&shown).is_none() => {
            return Err(bad(&shown, &Priority::ALL.map(Priority::as_str).join(", ")));
        }
        ("Proposed-Lane", _) => {
            let lane = Lane::from_argument(&shown);
            let lane = lane.ok_or_else(|| bad(&shown, &Lane::ALL.map(Lane::as_str).join(", ")))?;
            return Ok(FieldValue::Str(lane.as_str().to_owned()));
        }
        (key, FieldValue::List(_)) if holds(key) == Some(Holds::List) => {}
        (key, _) if holds(key) == Some(Holds::List) => {
            return Err(EngineError::ListKey { key: key.to_owned(), value: shown });
        }
        ("Title" | "Owner" | "Business", _) => {
            one_line(key, &shown)?;
        }
        (key, _) if is_calendar_key(key) => calendar_date(key, &shown)?,
        _ => {}
    }
    Ok(value)
}

/// Keys that hold a calendar date, written without quotes as real trees do.
fn is_calendar_key(key: &str) -> bool {
    holds(key) == Some(Holds::Date)
}
