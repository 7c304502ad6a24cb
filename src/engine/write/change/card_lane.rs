//! What entering and leaving a lane does to a card's keys.

use serde_json::Value;

use super::{card_block::blocks, card_move::Move};
use crate::{
    domain::{
        action::Action,
        claim::Claim,
        entity::Entity,
        entry::Entry,
        id::Id,
        lane::Lane,
        value::{FieldValue, Fields},
    },
    engine::{
        base::{clock::Clock, error::EngineError},
        write::writer::Writer,
    },
    markdown::Edit,
    store::LogFilter,
};

impl Writer<'_> {
    /// The edits of a card's keys when it goes to another lane.
    pub(super) fn lane_edits(
        &self,
        id: &Id,
        fields: &Fields,
        from: &str,
        request: &Move,
    ) -> Result<Vec<Edit>, EngineError> {
        let to = request.lane;
        let set = |key: &str, value| Edit::Set { key: key.to_owned(), value };
        let unset = |key: &str| Edit::Unset { key: key.to_owned() };
        let mut edits = vec![set("Lane", FieldValue::Str(to.as_str().to_owned()))];
        let was_over = Lane::parse(from).is_some_and(is_over);
        let completed = fields.get("Completed-Date").is_some();
        if to == Lane::Done && !(was_over && completed) {
            edits.push(set("Completed-Date", FieldValue::Source(Clock::local(self.now).0)));
        } else if was_over && !is_over(to) && completed {
            edits.push(unset("Completed-Date"));
        }
        if to == Lane::Blocked {
            edits.push(set("Blocked", FieldValue::Bool(true)));
            if let Some(reason) = &request.reason {
                edits.push(set("Blocked-Reason", FieldValue::Str(reason.clone())));
            }
        } else if from == Lane::Blocked.as_str() {
            let before = self.entered_blocked(id)?.map(|(entered, _)| entered);
            let set_by_lane = |key: &str| fields.get(key).is_some() && set_by(before.as_ref(), key);
            if set_by_lane("Blocked") && fields.get("Blocked").is_some_and(blocks) {
                let was_false = before.as_ref().is_some_and(said_not_blocked);
                edits.push(if was_false { set("Blocked", FieldValue::Bool(false)) } else { unset("Blocked") });
            }
            if set_by_lane("Blocked-Reason") {
                edits.push(unset("Blocked-Reason"));
            }
        }
        if fields.text("Proposed-Lane") == Some(to.as_str()) {
            edits.push(unset("Proposed-Lane"));
        }
        if matches!(to, Lane::Done | Lane::Reflected) {
            edits.extend(Claim::KEYS.into_iter().filter(|key| fields.get(key).is_some()).map(unset));
        }
        Ok(edits)
    }

    /// Whether the card said `Blocked: false` until it was blocked.
    pub(super) fn was_not_blocked(&self, id: &Id) -> Result<bool, EngineError> {
        let (_, entries) = self.write.entries(&LogFilter { id: Some(id.clone()), ..LogFilter::default() })?;
        let blocked = |entry: &Entry| entry.facts.subject == Entity::Card(id.clone()) && sets_blocked(entry);
        Ok(entries.into_iter().find(blocked).is_some_and(|entry| said_not_blocked(&entry)))
    }

    /// The last entry that put the card into the lane Blocked, and the lane it was in before, where that is known. An
    /// undo that brings a card back there tells nothing: what it takes back came after the entry that counts.
    pub(super) fn entered_blocked(&self, id: &Id) -> Result<Option<(Entry, Option<Lane>)>, EngineError> {
        let (_, entries) = self.write.entries(&LogFilter { id: Some(id.clone()), ..LogFilter::default() })?;
        let entity = Entity::Card(id.clone());
        Ok(entries.into_iter().filter(|entry| entry.facts.subject == entity).find_map(|entry| {
            let (from, to) = entry.facts.changes.iter().find(|(key, _)| *key == "Lane")?.1?;
            let from = from.as_str().and_then(Lane::parse);
            (to == Lane::Blocked.as_str() && entry.facts.undoes.is_empty()).then_some((entry, from))
        }))
    }
}

/// Whether a card in this lane is finished.
fn is_over(lane: Lane) -> bool {
    matches!(lane, Lane::Done | Lane::Reflected)
}

/// Whether the entry that put a card into the lane Blocked set this key: leaving the lane does not clear what the card
/// had before.
fn set_by(entered: Option<&Entry>, key: &str) -> bool {
    entered.is_none_or(|entry| {
        !matches!(entry.facts.action, Action::Move | Action::Accept)
            || entry.facts.changes.iter().any(|(name, _)| name == key)
    })
}

/// Whether the entry set `Blocked: true`.
fn sets_blocked(entry: &Entry) -> bool {
    let blocked = entry.facts.changes.iter().find(|(key, _)| *key == "Blocked");
    blocked.is_some_and(|(_, values)| values.is_some_and(|(_, to)| *to == Value::Bool(true)))
}

/// Whether the card said `Blocked: false` until that entry.
fn said_not_blocked(entered: &Entry) -> bool {
    let blocked = entered.facts.changes.iter().find(|(key, _)| *key == "Blocked");
    blocked.is_some_and(|(_, values)| {
        values.is_some_and(|(from, _)| {
            *from == Value::Bool(false) || from.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"))
        })
    })
}
