//! Changing keys, list items and the body of a card or an idea.

use std::collections::BTreeSet;

use super::{
    edit::NewBody,
    fields::{Edits, Value, check_was, field_edits},
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, dependencies::cycle_through, entity::Entity, id::Id, suggest::nearest, value::Fields},
    engine::{
        base::{error::EngineError, view::View},
        write::writer::{Draft, Writer},
    },
};

impl Writer<'_> {
    pub(super) fn set_card(&mut self, target: &Target, request: &Edits) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let entity = Entity::Card(id.clone());
        let edits = field_edits(&entity, &documents.primary.reading.fields, request)?;
        check_was(&id, request, &documents.primary.reading.fields)?;
        let before = documents.primary.reading.fields.clone();
        let primary = documents.primary.located.path.clone();
        let revisions = self.revise(documents, edits, new_body(request))?;
        let after = revisions.iter().find(|revision| revision.located.path == primary);
        if let Some(after) = after.and_then(|revision| revision.new.as_ref()) {
            self.view().check_dependencies(&id, &before, &after.fields)?;
        }
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Set, reason: None, revisions })?;
        self.warn_of_business(request);
        Ok(Outcome::of(entity, entry.is_some()))
    }

    pub(super) fn set_idea(&mut self, target: &Target, request: &Edits) -> Result<Outcome, EngineError> {
        let (id, documents) = self.idea(target)?;
        let entity = Entity::Idea(id.clone());
        let edits = field_edits(&entity, &documents.primary.reading.fields, request)?;
        check_was(&id, request, &documents.primary.reading.fields)?;
        let revisions = self.revise(documents, edits, new_body(request))?;
        let entry = self.record(Draft { entity: entity.clone(), action: Action::Set, reason: None, revisions })?;
        self.warn_of_business(request);
        Ok(Outcome::of(entity, entry.is_some()))
    }

    fn warn_of_business(&mut self, request: &Edits) {
        if let Some((_, Value::Text(business))) = request.set.iter().find(|(key, _)| key == "Business")
            && self.view().catalogue_with_finding().0.is_some_and(|catalogue| !catalogue.lists(business))
        {
            self.warnings.push(format!("the catalogue lists no business {business}"));
        }
    }
}

fn new_body(request: &Edits) -> Option<NewBody> {
    request.body.clone().map(if request.agent { NewBody::Companion } else { NewBody::Primary })
}

impl View<'_> {
    /// New dependencies must exist, and no card may come to wait for itself.
    pub(super) fn check_dependencies(&self, id: &Id, before: &Fields, after: &Fields) -> Result<(), EngineError> {
        let known: BTreeSet<&str> = before.items("Dependencies").into_iter().collect();
        let wanted = after.items("Dependencies");
        let added: Vec<&str> = wanted.iter().copied().filter(|item| !known.contains(item)).collect();
        for dependency in &added {
            let found = match Id::of_idea(dependency) {
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
