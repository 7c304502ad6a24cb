//! Importing what another program exported: a card for each item that is not here yet, in one batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{
    change::{Change, Edits, NewCard, Target, Value},
    imported_before::SOURCE,
    item_left_out::{ItemLeftOut, WhyLeftOut},
    writer::Writer,
};
use crate::{
    domain::{id::Id, lane::Lane, priority::Priority, value::FieldValue},
    engine::base::{
        error::EngineError,
        session::{Session, Written},
    },
    foreign::{Exported, Item, lane_of},
};

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportFrom {
    /// The code of the business whose cards they will be.
    pub business: String,
    /// Which lane a word of the other program means; the first that fits, in any case.
    pub lanes: Vec<(String, Lane)>,
    /// What the users of the other program are called here.
    pub owners: Vec<(String, String)>,
    /// What the other program wrote.
    pub exported: Exported,
}

/// The outcome.
#[derive(Debug, Clone, Default)]
pub struct ImportedFrom {
    /// The cards that were made, in the order of the file.
    pub made: Vec<MadeCard>,
    /// The items that were here already, each with its card.
    pub here: Vec<(String, Id)>,
    /// The items that no card was made of.
    pub left_out: Vec<ItemLeftOut>,
    /// Status words that match no lane; such cards are in the inbox.
    pub unknown: BTreeSet<String>,
}

/// A card that was made from an item.
#[derive(Debug, Clone)]
pub struct MadeCard {
    /// Its ID.
    pub id: Id,
    /// What it was made from.
    pub source: String,
    /// Its lane.
    pub lane: Lane,
    /// Its title.
    pub title: String,
}

impl Session {
    /// Makes a card of each piece of work whose source no card names yet; none at all in a rehearsal. An error names the
    /// line of the file.
    pub fn import_from(&self, request: &ImportFrom, rehearse: bool) -> Result<(ImportedFrom, Written), EngineError> {
        let work = |writer: &mut Writer<'_>| writer.import_from(request);
        if rehearse { self.rehearse(work) } else { self.write(work) }
    }
}

impl Writer<'_> {
    fn import_from(&mut self, request: &ImportFrom) -> Result<ImportedFrom, EngineError> {
        self.start_batch();
        self.warnings.extend(request.strangers().map(|name| format!("nobody in the export is called {name:?}")));
        let mut found = ImportedFrom::default();
        let (new, mut cards) = self.sorted_out(request, &mut found)?;
        let coming: HashSet<&str> = new.iter().map(|item| item.source.as_str()).collect();
        let mut made: Vec<(&Item, Id)> = Vec::new();
        for item in new {
            let lane = request.lane(item);
            if lane.is_none() {
                found.unknown.extend(item.status.clone());
            }
            let lane = lane.unwrap_or(Lane::Inbox);
            let is_known = |source: &&String| coming.contains(source.as_str()) || cards.contains_key(*source);
            let lost: Vec<String> = item.links().filter(|source| !is_known(source)).cloned().collect();
            let card = request.card(item, lane, lost);
            let at = |source| EngineError::Line { line: item.line, source: Box::new(source) };
            let outcome = self.perform(&Change::NewCard(card)).map_err(at)?;
            let id = outcome.id().clone();
            cards.insert(item.source.clone(), id.clone());
            found.made.push(MadeCard { id: id.clone(), source: item.source.clone(), lane, title: item.title.clone() });
            made.push((item, id));
        }
        for (item, id) in made {
            self.link(item, &id, &cards)?;
        }
        Ok(found)
    }

    /// The items that are new, and the cards of all others that links lead to.
    fn sorted_out<'r>(
        &self,
        request: &'r ImportFrom,
        found: &mut ImportedFrom,
    ) -> Result<(Vec<&'r Item>, HashMap<String, Id>), EngineError> {
        let mut cards = self.imported_before(&request.exported, &request.business)?;
        let mut seen: HashMap<&str, &Item> = HashMap::new();
        let mut new = Vec::new();
        for item in &request.exported.items {
            let source = item.source.clone();
            if let Some(first) = seen.get(item.source.as_str()) {
                found.left_out.push(ItemLeftOut { source, why: WhyLeftOut::repeated(item, first) });
                continue;
            }
            seen.insert(&item.source, item);
            let Some(card) = cards.get(&source) else {
                new.push(item);
                continue;
            };
            if let Some(why) = WhyLeftOut::of(item, card) {
                cards.remove(&source);
                found.left_out.push(ItemLeftOut { source, why });
            } else {
                found.here.push((source, card.id.clone()));
            }
        }
        let linked = cards.into_iter().filter(|(_, card)| card.deleted.is_none());
        Ok((new, linked.map(|(source, card)| (source, card.id)).collect()))
    }

    /// Names the cards that a new one waits for and belongs to.
    fn link(&mut self, item: &Item, id: &Id, cards: &HashMap<String, Id>) -> Result<(), EngineError> {
        let named = |source: &String| cards.get(source).map(|card| card.to_string());
        let parent = item.parent.as_ref().and_then(named);
        let mut edits = Edits {
            set: parent.map(|parent| ("Parent".to_owned(), Value::Text(parent))).into_iter().collect(),
            add: item.depends_on.iter().filter_map(named).map(|other| ("Dependencies".to_owned(), other)).collect(),
            ..Edits::default()
        };
        while !(edits.set.is_empty() && edits.add.is_empty()) {
            match self.perform(&Change::SetCard(Target::of(id.as_str()), edits.clone())) {
                Ok(_) => break,
                // Other programs allow circular dependencies. The link that closes a circle is left out and reported.
                Err(EngineError::Cycle { cycle }) => {
                    self.warnings.push(format!("{id} does not wait for all it did: {}", cycle.join(" -> ")));
                    edits.add.retain(|(_, other)| cycle.get(1) != Some(other) && other != id.as_str());
                }
                Err(source) => return Err(EngineError::Line { line: item.line, source: Box::new(source) }),
            }
        }
        Ok(())
    }
}

impl ImportFrom {
    /// The names that the mapping of owners has in vain.
    fn strangers(&self) -> impl Iterator<Item = &String> {
        let is_met = |name: &str| self.exported.items.iter().any(|item| item.has_owner(name));
        self.owners.iter().map(|(name, _)| name).filter(move |name| !is_met(name))
    }

    /// The lane of an item; `None` if its status word is unknown.
    fn lane(&self, item: &Item) -> Option<Lane> {
        let Some(status) = &item.status else { return Some(Lane::Inbox) };
        let mapped = self.lanes.iter().find(|(word, _)| word.to_lowercase() == status.to_lowercase());
        mapped.map(|(_, lane)| *lane).or_else(|| lane_of(status))
    }

    fn card(&self, item: &Item, lane: Lane, lost: Vec<String>) -> NewCard {
        let text = |text: &str| FieldValue::Str(text.to_owned());
        let mut keys = vec![(SOURCE.to_owned(), text(&item.source))];
        keys.extend(item.status.as_deref().map(|status| ("Source-Status".to_owned(), text(status))));
        let dates = [("Created", &item.created), ("Completed-Date", &item.completed)];
        let is_wanted = |key: &str| key != "Completed-Date" || matches!(lane, Lane::Done | Lane::Reflected);
        for (key, date) in dates.into_iter().filter(|(key, _)| is_wanted(key)) {
            keys.extend(date.clone().map(|date| (key.to_owned(), FieldValue::Source(date))));
        }
        if !lost.is_empty() {
            keys.push(("Source-Links".to_owned(), FieldValue::List(lost)));
        }
        keys.extend(item.keys.iter().cloned());
        let gap = if item.body.is_empty() { "" } else { "\n" };
        let end = if item.body.is_empty() || item.body.ends_with('\n') { "" } else { "\n" };
        let owner = item.owner.as_ref().map(|owner| {
            let known = self.owners.iter().find(|(name, _)| item.has_owner(name));
            known.map_or(owner, |(_, here)| here).clone()
        });
        NewCard {
            priority: item.priority.unwrap_or(Priority::DEFAULT),
            owner,
            lane,
            tags: item.tags.clone(),
            due: item.due.clone(),
            keys,
            body: Some(format!("# {}\n{gap}{}{end}", item.title, item.body)),
            ..NewCard::new(&self.business, &item.title)
        }
    }
}
