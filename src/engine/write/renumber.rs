//! Two databases that gave out one ID: the card or idea made here, which no file shows yet, gets the next number. Its
//! documents move, and what refers to it here says so from then on.

use super::{
    change::readable,
    writer::{Draft, Revision, Writer},
};
use crate::{
    domain::{
        action::Action,
        doc_path::DocPath,
        entity::Entity,
        id::Id,
        value::{FieldValue, Fields},
    },
    engine::base::{
        error::EngineError, projection::stored, reading::Reading, tracked_document::TrackedDocument, view::View,
    },
    git::CommitId,
    markdown::{
        Edit, edit,
        locate::{Located, Place, locate},
    },
    store::DocumentRow,
};

/// How many commits of history are looked at to tell whether a file began as a text of this database.
const MAX_COMMITS: usize = 20_000;

impl Writer<'_> {
    /// Gives a new number to every card and idea made here whose ID a commit of somebody else has for another one; the
    /// old and the new ID of each.
    pub(in crate::engine) fn settle_collisions(
        &mut self,
        known: &[TrackedDocument],
    ) -> Result<Vec<(Id, Id)>, EngineError> {
        let mut renumbered: Vec<(Id, Id)> = Vec::new();
        for one in known.iter().filter(|one| one.mirrored.base.is_none() && one.database.is_some()) {
            let Place::Document(located) = locate(one.path()) else { continue };
            let id = located.entity.owner().clone();
            let is_primary = matches!(located.entity, Entity::Card(_) | Entity::Idea(_));
            if is_primary && renumbered.iter().all(|(old, _)| *old != id) && self.collides(&located)? {
                renumbered.push((id.clone(), self.renumber(&located.entity)?));
            }
        }
        Ok(renumbered)
    }

    /// Whether HEAD has another card or idea under the ID of one that was made here: its file has no text of this
    /// database in its whole history.
    fn collides(&self, located: &Located) -> Result<bool, EngineError> {
        let (view, store) = (self.view(), &self.write);
        if !store.was_made_here(&located.entity)? || !view.tree().has(&located.path) {
            return Ok(false);
        }
        let Some(head) = view.repository()?.map(|repository| repository.head()).transpose()?.flatten() else {
            return Ok(false);
        };
        view.is_foreign(located, head)
    }

    /// Moves everything that belongs to a card or an idea to the next free ID. What names it refers to it, unless its
    /// file did so before: what files name already is the card of somebody else.
    pub(in crate::engine) fn renumber(&mut self, entity: &Entity) -> Result<Id, EngineError> {
        let id = entity.owner().clone();
        self.renumber_beside(entity, &|view, path| {
            let base = view.tracked_document(path)?.mirrored.base;
            let base = base.map_or(Ok(None), |base| view.store.blob(&base))?;
            Ok(base.is_some_and(|text| mentions(&text, &id)))
        })
    }

    /// As [`Writer::renumber`], where `is_theirs` says of a document whether it means the card of somebody else.
    pub(in crate::engine) fn renumber_beside(
        &mut self,
        entity: &Entity,
        is_theirs: &dyn Fn(&View<'_>, &DocPath) -> Result<bool, EngineError>,
    ) -> Result<Id, EngineError> {
        let old = entity.owner().clone();
        let new = self.next_like(&old)?;
        let store = &self.write;
        let mut rows = store.documents_of(entity)?;
        if matches!(entity, Entity::Card(_)) {
            rows.extend(store.documents_below(&old)?);
        }
        let own: Vec<DocPath> = rows.iter().map(|row| row.path.clone()).collect();
        let (mut gone, mut made) = (Vec::new(), Vec::new());
        for row in &rows {
            let (Place::Document(located), Some(reading)) = (locate(&row.path), stored(store, &row.path, &row.sha256)?)
            else {
                continue;
            };
            let path = renamed(&row.path, &old, &new);
            let Some(Place::Document(moved)) = path.as_ref().map(locate) else { continue };
            self.write.move_conflicts(&row.path, &moved.path)?;
            made.push(Revision { located: moved, new: Some(named_anew(&row.path, &reading, &old, &new)?) });
            gone.push(Revision { located, new: None });
        }
        let referring = self.referring(&old, &own, is_theirs)?;
        let entity_of = |id: &Id| match entity {
            Entity::Idea(_) => Entity::Idea(id.clone()),
            _ => Entity::Card(id.clone()),
        };
        let record = |writer: &mut Self, entity, reason: Option<String>, revisions| {
            writer.record(Draft { entity, action: Action::Renumber, reason, revisions }).map(|_| ())
        };
        record(self, entity_of(&old), Some(format!("it is {new} now: another clone gave {old} out too")), gone)?;
        for path in &own {
            // What lies there from now on is somebody else's; what was attached and never lay there may come home yet.
            let is_attached = matches!(locate(path), Place::Document(located) if located.entity != *entity);
            if !is_attached || self.view().tracked_document(path)?.was_here() {
                self.note_absence(path)?;
            }
        }
        record(self, entity_of(&new), Some(format!("it was {old}")), made)?;
        for (row, reading) in referring {
            let Place::Document(located) = locate(&row.path) else { continue };
            let text = named_anew(&row.path, &reading, &old, &new)?;
            if text.sha == reading.sha {
                continue;
            }
            let revisions = vec![Revision { located, new: Some(text) }];
            record(self, row.entity, Some(format!("{old} is {new} now")), revisions)?;
        }
        Ok(new)
    }

    /// The other documents that name this ID and do not mean the card of somebody else.
    fn referring(
        &self,
        id: &Id,
        own: &[DocPath],
        is_theirs: &dyn Fn(&View<'_>, &DocPath) -> Result<bool, EngineError>,
    ) -> Result<Vec<(DocumentRow, Reading)>, EngineError> {
        let (store, view) = (&self.write, self.view());
        let mut referring = Vec::new();
        for row in store.documents()? {
            if own.contains(&row.path) || !store.blob(&row.sha256)?.is_some_and(|text| mentions(&text, id)) {
                continue;
            }
            if is_theirs(&view, &row.path)? {
                continue;
            }
            if let Some(reading) = stored(store, &row.path, &row.sha256)? {
                referring.push((row, reading));
            }
        }
        Ok(referring)
    }
}

impl View<'_> {
    /// Whether a document of a commit has nothing to do with the one of this database at the same path: no text of it
    /// stood there in the commit's history.
    pub(in crate::engine) fn is_foreign(&self, located: &Located, commit: CommitId) -> Result<bool, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(false) };
        let path = self.workspace.git_path(located.path.as_str());
        if repository.blob_at(commit, &path)?.is_none() {
            return Ok(false);
        }
        let known = self.known_ancestors(commit, std::slice::from_ref(located))?;
        Ok(known.iter().all(Option::is_none))
    }

    /// The newest text of a document in a commit or its history that the log knows, at a path that the document had
    /// before: both sides may have moved it.
    pub(in crate::engine) fn known_ancestor_elsewhere(
        &self,
        commit: CommitId,
        located: &Located,
    ) -> Result<Option<Reading>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(None) };
        for path in self.places_of(&located.path)?.into_iter().skip(1) {
            let timeline = self.timeline(&path)?;
            let knows = |_, blob| -> Result<bool, EngineError> {
                let reading = Reading::of_blob(repository, blob)?.ok();
                Ok(reading.is_some_and(|reading| timeline.knows(&reading.sha)))
            };
            let found = repository.newest(commit, &[self.workspace.git_path(path.as_str())], MAX_COMMITS, knows)?;
            if let Some(blob) = found.into_iter().next().flatten() {
                return Ok(Reading::of_blob(repository, blob)?.ok());
            }
        }
        Ok(None)
    }
}

/// The path with the new ID in the names of its file and folders.
fn renamed(path: &DocPath, old: &Id, new: &Id) -> Option<DocPath> {
    let parts = path.as_str().split('/').map(|part| match part.strip_prefix(old.as_str()) {
        // The folders of ideas are not named after them, though an idea may be called like one.
        Some("") if !old.is_name() => new.to_string(),
        Some(rest) if rest.starts_with('.') => format!("{new}{rest}"),
        _ => part.to_owned(),
    });
    DocPath::parse(&parts.collect::<Vec<_>>().join("/"))
}

/// Whether a text holds this ID, and not only a longer one.
fn names(text: &str, id: &Id) -> bool {
    places(text, id).next().is_some()
}

/// Whether a whole document may name this ID.
fn mentions(text: &str, id: &Id) -> bool {
    if id.is_name() { text.contains(id.as_str()) } else { names(text, id) }
}

/// Where a text holds this ID as a word of its own.
fn places<'t>(text: &'t str, id: &'t Id) -> impl Iterator<Item = usize> + 't {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_meant = !id.is_name() || text.trim() == id.as_str();
    text.match_indices(id.as_str()).filter(move |_| is_meant).map(|(at, _)| at).filter(move |at| {
        let after = &text[at + id.as_str().len()..];
        !text[..*at].ends_with(is_part) && !after.starts_with(|c: char| c.is_ascii_alphanumeric())
    })
}

fn replaced(text: &str, old: &Id, new: &Id) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for at in places(text, old) {
        result.push_str(&text[from..at]);
        result.push_str(new.as_str());
        from = at + old.as_str().len();
    }
    result + &text[from..]
}

/// A document in which another ID stands for `old`, in its keys and in its text.
fn named_anew(path: &DocPath, reading: &Reading, old: &Id, new: &Id) -> Result<Reading, EngineError> {
    let mut edits = value_edits(&reading.fields, old, new);
    // The name of an idea may be any word: only a value that is nothing else means the idea.
    if !old.is_name() && names(reading.body(), old) {
        edits.push(Edit::Body(replaced(reading.body(), old, new)));
    }
    let text = edit(&reading.text, &edits).map_err(|source| EngineError::Edit { path: path.to_string(), source })?;
    readable(path.as_str(), text)
}

fn value_edits(fields: &Fields, old: &Id, new: &Id) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (key, value) in fields.iter() {
        let value = match value {
            FieldValue::Str(text) if names(text, old) => FieldValue::Str(replaced(text, old, new)),
            FieldValue::List(items) if items.iter().any(|item| names(item, old)) => {
                FieldValue::List(items.iter().map(|item| replaced(item, old, new)).collect())
            }
            _ => continue,
        };
        edits.push(Edit::Set { key: key.to_owned(), value });
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ids_are_replaced() {
        let (old, new) = (Id::parse("A-ENG-1").unwrap(), Id::parse("A-ENG-2").unwrap());
        let text = "A-ENG-1, (A-ENG-1) XA-ENG-1 A-ENG-12 docs/A-ENG-1.user.md A-ENG-1-x";
        assert_eq!(replaced(text, &old, &new), "A-ENG-2, (A-ENG-2) XA-ENG-1 A-ENG-12 docs/A-ENG-2.user.md A-ENG-2-x");
        assert!(!names("A-ENG-12", &old));
    }

    #[test]
    fn a_name_is_a_word_unless_it_stands_alone() {
        let (old, new) = (Id::of_idea("inbox").unwrap(), Id::of_idea("inbox_2").unwrap());
        assert_eq!(replaced("inbox", &old, &new), "inbox_2");
        assert_eq!(replaced("in the inbox", &old, &new), "in the inbox");
        let path = |below: &str| DocPath::parse(&format!("docs/business-os/ideas/inbox/{below}")).unwrap();
        assert_eq!(renamed(&path("inbox.user.md"), &old, &new), Some(path("inbox_2.user.md")));
        let card = |id: &str| DocPath::parse(&format!("docs/business-os/cards/{id}/plan.user.md")).unwrap();
        let (a, b) = (Id::parse("A-1").unwrap(), Id::parse("A-2").unwrap());
        assert_eq!(renamed(&card("A-1"), &a, &b), Some(card("A-2")));
    }
}
