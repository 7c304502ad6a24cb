//! Setting keys, list items and the body of a card, each value checked for what its key means.

use std::collections::BTreeSet;

use super::{
    Engine, Written,
    card_new::{calendar_date, one_line},
    commit::Draft,
    entity_edit::NewBody,
    error::EngineError,
};
use crate::{
    domain::{
        card::UPDATED_KEYS,
        dependencies::cycle_through,
        entity::Entity,
        id::Id,
        lane::Lane,
        priority::Priority,
        suggest::nearest,
        text::is_unprintable,
        value::{FieldValue, Fields},
    },
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

/// What to change of a card.
#[derive(Debug, Clone, Default)]
pub struct CardEdits {
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
    /// The text the caller looked at, as a SHA-256.
    pub expect: Option<String>,
}

/// Keys that hold lists.
const LISTS: [&str; 2] = ["Tags", "Dependencies"];

impl Engine {
    /// Changes one card.
    pub fn set_card(&self, typed: &str, request: &CardEdits) -> Result<(Id, Written), EngineError> {
        let id = self.existing_card(typed)?;
        let edits = field_edits(request)?;
        let mut warnings = Vec::new();
        let (_, entries) = self.write(|writer| {
            writer.take_hand_edits(&id, &self.card_paths(&id)?)?;
            let documents = writer.documents(&id)?;
            self.expect(&id, request.expect.as_deref(), &documents.primary.reading)?;
            let before = documents.primary.reading.fields.clone();
            let primary = documents.primary.located.path.clone();
            let body = request.body.clone().map(if request.agent { NewBody::Companion } else { NewBody::Primary });
            let revisions = writer.revise(documents, edits, body, &mut warnings)?;
            let after = revisions.iter().find(|revision| revision.located.path == primary);
            if let Some(after) = after.and_then(|revision| revision.new.as_ref()) {
                self.check_dependencies(&id, &before, &after.fields)?;
            }
            let draft = Draft { entity: Entity::Card(id.clone()), action: "set", reason: None, revisions };
            writer.record(draft)
        })?;
        if let Some((_, Value::Text(business))) = request.set.iter().find(|(key, _)| key == "Business")
            && self.catalogue_with_finding().0.is_some_and(|catalogue| !catalogue.lists(business))
        {
            warnings.push(format!("the catalogue lists no business {business}"));
        }
        Ok((id, Written { entries, warnings }))
    }

    /// New dependencies must exist, and no card may come to wait for itself.
    fn check_dependencies(&self, id: &Id, before: &Fields, after: &Fields) -> Result<(), EngineError> {
        let known: BTreeSet<&str> = before.items("Dependencies").into_iter().collect();
        let wanted = after.items("Dependencies");
        let added: Vec<&str> = wanted.iter().copied().filter(|item| !known.contains(item)).collect();
        for dependency in &added {
            let found = match Id::parse(dependency) {
                Some(other) => self.store.has_card(&other)? || self.store.has_idea(&other)?,
                None => false,
            };
            if !found {
                let prefix = dependency.split('-').next().unwrap_or_default();
                let ids = self.ids(prefix, 500)?;
                let nearest = nearest(dependency, ids.iter().map(|(id, _)| id.as_str())).map(str::to_owned);
                return Err(EngineError::UnknownDependency {
                    id: id.to_string(),
                    dependency: (*dependency).to_owned(),
                    nearest,
                });
            }
        }
        if added.is_empty() {
            return Ok(());
        }
        let mut graph = self.dependencies()?;
        graph.insert(id.to_string(), wanted.into_iter().map(str::to_owned).collect());
        match cycle_through(&graph, id.as_str()) {
            Some(cycle) => Err(EngineError::Cycle { cycle }),
            None => Ok(()),
        }
    }
}

fn field_edits(request: &CardEdits) -> Result<Vec<Edit>, EngineError> {
    let mut edits = Vec::new();
    for (key, value) in &request.set {
        check_key(key)?;
        edits.push(Edit::Set { key: key.clone(), value: value_for(key, value)? });
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
        edits.push(Edit::Unset { key: key.clone() });
    }
    Ok(edits)
}

/// Keys that name the card or have a command of their own cannot be set.
fn check_key(key: &str) -> Result<(), EngineError> {
    let refuse = |expected: &str| {
        Err(EngineError::BadValue {
            what: "a key to change".to_owned(),
            value: key.to_owned(),
            expected: expected.to_owned(),
        })
    };
    match key {
        "Lane" => refuse("`bos card move`, which does what the lane asks for"),
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
        ("Proposed-Lane", _) if Lane::parse(&shown).is_none() => {
            return Err(bad(&shown, &Lane::ALL.map(Lane::as_str).join(", ")));
        }
        (key, FieldValue::List(_)) if LISTS.contains(&key) => {}
        (key, _) if LISTS.contains(&key) => {
            return Err(bad(&shown, &format!("--add {key}=ITEM and --remove {key}=ITEM, or {key}:='[\"a\", \"b\"]'")));
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
    matches!(key, "Due-Date" | "Completed-Date" | "Created" | "Created-Date") || UPDATED_KEYS.contains(&key)
}
