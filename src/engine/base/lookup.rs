//! From what a person typed to what there is: cards, ideas and businesses, in whatever case and with whatever zeros.

use std::collections::BTreeSet;

use super::{
    catalogue::read_catalogue,
    error::EngineError,
    file_probe::Probed,
    session::Session,
    view::View,
    walk::{Walked, walk},
};
use crate::{
    domain::{
        catalogue::Catalogue, diagnostic::Diagnostic, doc_path::DocPath, entity::Entity, entry::Entry, id::Id,
        suggest::nearest,
    },
    markdown::locate::Located,
    store::LogFilter,
};

impl View<'_> {
    /// The ID of a card that exists, however it was typed.
    pub fn existing_card(&self, typed: &str) -> Result<Id, EngineError> {
        match self.card_if_any(typed)? {
            Some(id) => Ok(id),
            None => Err(self.unknown("card", typed)?),
        }
    }

    /// The ID of an idea that exists, however it was typed.
    pub fn existing_idea(&self, typed: &str) -> Result<Id, EngineError> {
        match self.idea_if_any(typed)? {
            Some(id) => Ok(id),
            None => Err(self.unknown("idea", typed)?),
        }
    }

    /// The ID of a card, where there is one.
    pub fn card_if_any(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        self.first_meant(typed, |id| Ok(self.store.has_card(id)?))
    }

    /// The ID of an idea, where there is one.
    pub fn idea_if_any(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        match self.first_meant(typed, |id| Ok(self.store.has_idea(id)?))? {
            None => self.named_idea(typed),
            found => Ok(found),
        }
    }

    /// The idea with this name in any case, where there is one and no other.
    fn named_idea(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        let ids = self.ideas_near(typed)?;
        let mut meant = ids.iter().filter_map(|id| Id::of_idea(id));
        let mut meant = meant.by_ref().filter(|id| id.as_str().to_lowercase() == typed.to_lowercase());
        Ok(meant.next().filter(|_| meant.next().is_none()))
    }

    /// The ideas whose name begins with the letter that this begins with, where it can be a name.
    fn ideas_near(&self, typed: &str) -> Result<Vec<String>, EngineError> {
        let Some(first) = typed.chars().next().filter(|_| Id::of_idea(typed).is_some_and(|id| id.is_name())) else {
            return Ok(Vec::new());
        };
        let mut ids = Vec::new();
        for prefix in BTreeSet::from([first.to_lowercase().to_string(), first.to_uppercase().to_string()]) {
            ids.extend(self.store.idea_ids(&prefix, u32::MAX)?.into_iter().map(|(id, _)| id));
        }
        Ok(ids)
    }

    /// The ID of a card or an idea that there is, or that the log knows: it outlives what it describes.
    pub fn existing_id(&self, typed: &str) -> Result<Id, EngineError> {
        match self.id_if_any(typed)? {
            Some(id) => Ok(id),
            None => Err(self.unknown("card", typed)?),
        }
    }

    /// As [`View::existing_id`], where there is one.
    pub fn id_if_any(&self, typed: &str) -> Result<Option<Id>, EngineError> {
        let is_there = |id: &Id| Ok(self.store.has_card(id)? || self.store.has_idea(id)?);
        if let Some(id) = self.first_meant(typed, is_there)? {
            return Ok(Some(id));
        }
        if let Some(id) = self.named_idea(typed)? {
            return Ok(Some(id));
        }
        let is_logged = |id: &Id| {
            let filter = LogFilter { id: Some(id.clone()), limit: Some(1), until: None };
            Ok(self.store.entries(&filter)?.0 > 0)
        };
        self.first_meant(typed, is_logged)
    }

    /// Everything that takes an ID from a person finds it here.
    fn first_meant(
        &self,
        typed: &str,
        is_there: impl Fn(&Id) -> Result<bool, EngineError>,
    ) -> Result<Option<Id>, EngineError> {
        for id in Id::meant(typed) {
            if is_there(&id)? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Card IDs that start with `prefix`, each with its title, for completion.
    pub fn card_ids(&self, prefix: &str, limit: u32) -> Result<Vec<(String, String)>, EngineError> {
        Ok(self.store.card_ids(prefix, limit)?)
    }

    /// Idea IDs that start with `prefix`, each with its title, for completion.
    pub fn idea_ids(&self, prefix: &str, limit: u32) -> Result<Vec<(String, String)>, EngineError> {
        Ok(self.store.idea_ids(prefix, limit)?)
    }

    /// IDs that start with `prefix`, of cards and then of ideas, each with its title.
    pub fn ids(&self, prefix: &str, limit: u32) -> Result<Vec<(String, String)>, EngineError> {
        let mut ids = self.card_ids(prefix, limit)?;
        ids.extend(self.idea_ids(prefix, limit)?);
        Ok(ids)
    }

    /// The ID a person means, for a card or idea that exists.
    pub(in crate::engine) fn unknown(&self, what: &'static str, typed: &str) -> Result<EngineError, EngineError> {
        if let Some(unreadable) = self.files_of(typed).iter().find_map(|path| self.bad_file(path)) {
            return Ok(unreadable);
        }
        for id in Id::meant(typed) {
            if let Some(entry) = self.removal(what, &id)? {
                return Ok(EngineError::Removed { what, id: id.to_string(), entry: Box::new(entry) });
            }
        }
        if what == "card"
            && let Some(id) = self.idea_if_any(typed)?
        {
            return Ok(EngineError::IsIdea { id: id.to_string() });
        }
        if what == "idea"
            && let Some(id) = self.card_if_any(typed)?
        {
            return Ok(EngineError::IsCard { id: id.to_string() });
        }
        let prefix = typed.split('-').next().unwrap_or_default().to_ascii_uppercase();
        let ids = match what {
            "idea" => self.store.idea_ids(&prefix, 500)?,
            _ => self.store.card_ids(&prefix, 500)?,
        };
        let names = if what == "idea" { self.ideas_near(typed)? } else { Vec::new() };
        let ids = ids.iter().map(|(id, _)| id).chain(&names);
        let nearest = nearest(typed, ids.map(String::as_str)).map(str::to_owned);
        Ok(EngineError::Unknown { what, id: typed.to_owned(), nearest, known: Vec::new() })
    }

    /// The entry that took a card or an idea away, where one did.
    fn removal(&self, what: &str, id: &Id) -> Result<Option<Entry>, EngineError> {
        let entity = match what {
            "card" => Entity::Card(id.clone()),
            "idea" => Entity::Idea(id.clone()),
            _ => return Ok(None),
        };
        let (_, entries) = self.store.entries(&LogFilter { id: Some(id.clone()), limit: None, until: None })?;
        let last = entries.into_iter().find(|entry| entry.facts.subject == entity);
        Ok(last.filter(|entry| entry.facts.only_removes()))
    }

    /// The files of a card or an idea by its ID, whether the database knows them or not.
    pub(in crate::engine) fn files_of(&self, typed: &str) -> Vec<DocPath> {
        let meant: Vec<Id> = Id::meant(typed).collect();
        let is_own = |located: &Located| {
            let id = located.entity.owner();
            let is_meant = meant.contains(id) || (id.is_name() && id.as_str().eq_ignore_ascii_case(typed));
            matches!(located.entity, Entity::Card(_) | Entity::Idea(_)) && is_meant
        };
        let own = |walked| match walked {
            Walked::Document(located) if is_own(&located) => Some(located.path),
            Walked::Document(_) | Walked::Problem(_) => None,
        };
        if self.is_in_memory() || meant.is_empty() { Vec::new() } else { walk(&self.tree()).filter_map(own).collect() }
    }
}

impl Session {
    /// Why a file cannot be read, where it cannot.
    pub fn bad_file(&self, path: &DocPath) -> Option<EngineError> {
        match self.file_probe().probe(path, None) {
            Probed::Unreadable(problem, _) => {
                let diagnostic = Box::new(problem.at(path.as_str()));
                Some(EngineError::BadFile { path: path.to_string(), diagnostic })
            }
            _ => None,
        }
    }

    /// The catalogue, where there is a readable one, and what is wrong with one that is not.
    pub(in crate::engine) fn catalogue_with_finding(&self) -> (Option<Catalogue>, Option<Diagnostic>) {
        read_catalogue(&self.tree())
    }
}
