//! Deleting a card: its documents and those attached to it are removed; the log entry stays and says why.

use super::{
    card_new::one_line,
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, doc_path::DocPath, entity::Entity, id::Id},
    engine::{
        base::error::{EngineError, in_tree},
        write::writer::{Draft, Revision, Writer},
    },
    markdown::locate::{Place, locate},
    store::DocumentRow,
    tree::{Folder, Kind, TreeError},
};

/// The depth to which folders are searched for what a card leaves behind.
const DEEPEST: usize = 40;

impl Writer<'_> {
    /// Takes the hand edits of all that belongs to a card, files that nobody has imported yet included: they go too, and
    /// come back with an undo.
    pub(super) fn prepare_delete(&mut self, typed: &str) -> Result<(), EngineError> {
        let Some(id) = self.known_card(typed)? else { return Ok(()) };
        let mut paths = self.view().paths_of(&Entity::Card(id.clone()))?;
        paths.extend(self.write.documents_below(&id)?.into_iter().map(|row| row.path));
        for path in self.files_below(&id)?.iter().filter_map(|path| DocPath::parse(path)) {
            if is_of(&path, &id) && !paths.contains(&path) {
                paths.push(path);
            }
        }
        self.take_hand_edits(&id, &paths)
    }

    pub(super) fn delete(&mut self, target: &Target, why: &str) -> Result<Outcome, EngineError> {
        let why = one_line("the reason", why)?;
        let (id, _) = self.card(target)?;
        let entity = Entity::Card(id.clone());
        // By their rows: a document whose text cannot be read goes like any other.
        let mut revisions = Vec::new();
        for row in self.rows_of(&id)? {
            let Place::Document(located) = locate(&row.path) else {
                return Err(EngineError::NotADocument { path: row.path.to_string() });
            };
            revisions.push(Revision { located, new: None });
        }
        for path in self.files_below(&id)? {
            if DocPath::parse(&path).is_none_or(|path| !is_of(&path, &id)) {
                self.warnings.push(format!("{path} is no document, so it stays where it is"));
            }
        }
        self.record(Draft { entity: entity.clone(), action: Action::Delete, reason: Some(why), revisions })?;
        Ok(Outcome::of(entity, true))
    }

    /// Warns of cards that wait for one that was deleted just now: nobody will ever finish it.
    pub(super) fn tell_who_waits_in_vain(&mut self) -> Result<(), EngineError> {
        let deleted: Vec<String> = self
            .entries
            .iter()
            .filter(|entry| entry.facts.action == Action::Delete)
            .map(|entry| entry.facts.subject.id())
            .collect();
        if deleted.is_empty() {
            return Ok(());
        }
        for (id, others) in self.view().dependencies()? {
            for other in others.iter().filter(|other| deleted.contains(other)) {
                self.warnings
                    .push(format!("{id} depends on {other}, which is deleted: take it out of its Dependencies"));
            }
        }
        Ok(())
    }

    fn rows_of(&self, id: &Id) -> Result<Vec<DocumentRow>, EngineError> {
        let store = &self.write;
        let mut rows = store.documents_of(&Entity::Card(id.clone()))?;
        rows.extend(store.documents_below(id)?);
        Ok(rows)
    }

    /// Every file in the folder of a card, of whatever kind, except hidden ones.
    fn files_below(&self, id: &Id) -> Result<Vec<String>, EngineError> {
        let rows = self.write.documents_of(&Entity::Card(id.clone()))?;
        let folder = rows.first().and_then(|row| row.path.as_str().rsplit_once('/')).map(|(folder, _)| folder);
        let Some(folder) = folder.and_then(|folder| DocPath::parse(&format!("{folder}/{id}"))) else {
            return Ok(Vec::new());
        };
        let mut files = Vec::new();
        if !self.session.is_in_memory() {
            let tree = self.session.tree();
            let found = tree.folder(&folder).and_then(|folder| match folder {
                Some(folder) => list(&folder, DEEPEST, &mut files),
                None => Ok(()),
            });
            found.map_err(in_tree("read", tree.root()))?;
        }
        Ok(files)
    }
}

/// The files of a folder and those in it, so many levels deep.
fn list(folder: &Folder, levels: usize, files: &mut Vec<String>) -> Result<(), TreeError> {
    for entry in folder.entries()? {
        let name = entry.name.to_string_lossy();
        match (entry.kind, entry.name.to_str()) {
            _ if name.starts_with('.') => {}
            (Kind::Folder, Some(name)) if levels > 0 => list(&folder.folder(name)?, levels - 1, files)?,
            _ => files.push(format!("{}/{name}", folder.path())),
        }
    }
    files.sort();
    Ok(())
}

fn is_of(path: &DocPath, id: &Id) -> bool {
    matches!(locate(path), Place::Document(located) if located.entity.owner() == id)
}
