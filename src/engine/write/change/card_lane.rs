//! What entering and leaving a lane does to a card's keys.

use super::card_move::Move;
use crate::{
    domain::{
        action::Action,
        change::Changes,
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
    /// What a card's keys become when it goes to another lane.
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
        if to == Lane::Done {
            edits.push(set("Completed-Date", FieldValue::Source(Clock::local(self.now).0)));
        } else if from == Lane::Done.as_str() && fields.get("Completed-Date").is_some() {
            edits.push(unset("Completed-Date"));
        }
        if to == Lane::Blocked {
            edits.push(set("Blocked", FieldValue::Bool(true)));
            if let Some(reason) = &request.reason {
                edits.push(set("Blocked-Reason", FieldValue::Str(reason.clone())));
            }
        } else if from == Lane::Blocked.as_str() {
            let kept = self.set_before_blocking(id)?;
            let set_by_lane = |key: &&&str| fields.get(key).is_some() && !kept.contains(key);
            edits.extend(["Blocked", "Blocked-Reason"].iter().filter(set_by_lane).map(|key| unset(key)));
        }
        if fields.text("Proposed-Lane") == Some(to.as_str()) {
            edits.push(unset("Proposed-Lane"));
        }
        if matches!(to, Lane::Done | Lane::Reflected) {
            edits.extend(Claim::KEYS.into_iter().filter(|key| fields.get(key).is_some()).map(unset));
        }
        Ok(edits)
    }

    /// The keys that the card had before it entered the lane Blocked: leaving it does not clear those.
    fn set_before_blocking(&self, id: &Id) -> Result<Vec<&'static str>, EngineError> {
        let Some((entered, _)) = self.entered_blocked(id)? else { return Ok(Vec::new()) };
        let changed = |changes: &Changes, key: &str| changes.iter().any(|(name, _)| name == key);
        if !matches!(entered.facts.action, Action::Move | Action::Accept) {
            return Ok(Vec::new());
        }
        Ok(["Blocked", "Blocked-Reason"].into_iter().filter(|key| !changed(&entered.facts.changes, key)).collect())
    }

    /// The last entry that put the card into the lane Blocked, and the lane it was in before, where that is known. An
    /// undo that brings a card back there tells nothing: what it takes back came after the entry that counts.
    pub(super) fn entered_blocked(&self, id: &Id) -> Result<Option<(Entry, Option<Lane>)>, EngineError> {
        let (_, entries) = self.write.store().entries(&LogFilter { id: Some(id.clone()), ..LogFilter::default() })?;
        let entity = Entity::Card(id.clone());
        Ok(entries.into_iter().filter(|entry| entry.facts.entity == entity).find_map(|entry| {
            let (from, to) = entry.facts.changes.iter().find(|(key, _)| *key == "Lane")?.1?;
            let from = from.as_str().and_then(Lane::parse);
            (to == Lane::Blocked.as_str() && entry.facts.undoes.is_empty()).then_some((entry, from))
        }))
    }
}
