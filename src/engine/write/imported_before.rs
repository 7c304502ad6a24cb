//! The cards that earlier imports made, those that a person deleted since included.

use std::collections::{HashMap, HashSet};

use super::writer::Writer;
use crate::{
    domain::{action::Action, entity::Entity, entry::Entry, hash::Sha256, id::Id, value::Fields},
    engine::base::{error::EngineError, projection::stored},
    foreign::{Exported, Item},
    store::LogFilter,
};

/// The key that holds what a card was made from.
pub(super) const SOURCE: &str = "Source";

/// A card that was made from an item.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) id: Id,
    /// The entry that deleted it.
    pub(super) deleted: Option<u64>,
    /// The titles that it began with and has now; empty where it does not matter.
    pub(super) titles: Vec<String>,
    /// When it was created, by its first text.
    pub(super) created: Option<String>,
}

impl Before {
    /// Whether the card was made from another item: one with another title, which the card has not got since either, or
    /// with another date.
    pub(super) fn is_of_other(&self, item: &Item) -> bool {
        let has_title = self.titles.is_empty() || self.titles.contains(&item.title);
        let has_date = self.created.is_none() || item.created.is_none() || self.created == item.created;
        !(has_title && has_date)
    }
}

impl Writer<'_> {
    /// The cards that were made from what an export names, by source. Where sources are unique only in their export,
    /// those that were made for another business are left out.
    pub(super) fn imported_before(
        &self,
        exported: &Exported,
        business: &str,
    ) -> Result<HashMap<String, Before>, EngineError> {
        let wanted: HashSet<&String> =
            exported.items.iter().flat_map(|item| item.links().chain([&item.source])).collect();
        let mut found = HashMap::new();
        for id in self.write.gone_cards()? {
            let entries = self.entries_of(&id)?;
            let Some(removal) = entries.first().filter(|last| is_deletion(last, &entries)) else { continue };
            let Some(fields) = self.fields(removal, |old, _| old)? else { continue };
            let Some(source) = fields.text(SOURCE).map(str::to_owned).filter(|source| wanted.contains(source)) else {
                continue;
            };
            let deleted = Some(removal.facts.seq);
            let before = Before { id, deleted, titles: Vec::new(), created: None };
            found.extend(self.beginning(before, &entries, exported, business)?.map(|before| (source, before)));
        }
        for (source, id) in self.write.cards_by_key(SOURCE)?.into_iter().filter(|(source, _)| wanted.contains(source)) {
            let entries = if exported.is_local { self.entries_of(&id)? } else { Vec::new() };
            let before = Before { id, deleted: None, titles: Vec::new(), created: None };
            found.extend(self.beginning(before, &entries, exported, business)?.map(|before| (source, before)));
        }
        Ok(found)
    }

    /// Adds what the first text of a card says, where that matters; `None` where it was made for another business.
    fn beginning(
        &self,
        mut before: Before,
        entries: &[Entry],
        exported: &Exported,
        business: &str,
    ) -> Result<Option<Before>, EngineError> {
        let first = entries.last().filter(|_| exported.is_local);
        let Some(first) = first.map(|first| self.fields(first, |_, new| new)).transpose()?.flatten() else {
            return Ok(Some(before));
        };
        let businesses = [Some(before.id.business()), first.text("Business")];
        if !businesses.into_iter().flatten().any(|one| one.eq_ignore_ascii_case(business)) {
            return Ok(None);
        }
        if before.deleted.is_none() {
            let now = self.documents(&Entity::Card(before.id.clone()))?.primary.reading;
            before.titles =
                [&first, &now.fields].into_iter().filter_map(|all| all.text("Title")).map(str::to_owned).collect();
            before.created = first.text("Created").map(str::to_owned);
        }
        Ok(Some(before))
    }

    /// The entries about a card itself, newest first.
    fn entries_of(&self, id: &Id) -> Result<Vec<Entry>, EngineError> {
        let (_, mut entries) = self.write.entries(&LogFilter { id: Some(id.clone()), ..LogFilter::default() })?;
        let card = Entity::Card(id.clone());
        entries.retain(|entry| entry.facts.subject == card);
        Ok(entries)
    }

    /// The front matter of the first document that an entry touched, before or after it; `None` where it was erased.
    fn fields(
        &self,
        entry: &Entry,
        side: impl Fn(Option<Sha256>, Option<Sha256>) -> Option<Sha256>,
    ) -> Result<Option<Fields>, EngineError> {
        for touched in &entry.facts.documents {
            if let Some(sha) = side(touched.old.clone(), touched.new.clone())
                && let Some(reading) = stored(&self.write, &touched.path, &sha)?
                && reading.fields.get(SOURCE).is_some()
            {
                return Ok(Some(reading.fields));
            }
        }
        Ok(None)
    }
}

/// Whether an entry removed its card because somebody wanted it gone: an undo that takes back what made the card did not,
/// one that takes back the undo of a deletion did.
fn is_deletion(removal: &Entry, entries: &[Entry]) -> bool {
    if removal.facts.action != Action::Undo {
        return removal.facts.only_removes();
    }
    let undone = |undo: &Entry| -> Vec<&Entry> {
        entries.iter().filter(|entry| undo.facts.undoes.contains(&entry.facts.batch)).collect()
    };
    let brought_back = undone(removal).into_iter().filter(|entry| entry.facts.action == Action::Undo);
    brought_back.flat_map(undone).any(|entry| entry.facts.only_removes() && is_deletion(entry, entries))
}
