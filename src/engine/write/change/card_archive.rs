//! Archiving and unarchiving a card: its files move, with everything attached to it.

use super::{
    edit::Current,
    target::{Outcome, Target},
};
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
    },
    engine::{
        base::{error::EngineError, projection::stored},
        write::writer::{Draft, Revision, Writer},
    },
    markdown::locate::{Located, Place, locate},
};

impl Writer<'_> {
    pub(super) fn archive(&mut self, target: &Target, into: bool) -> Result<Outcome, EngineError> {
        let (id, documents) = self.card(target)?;
        let entity = Entity::Card(id.clone());
        if documents.primary.located.archived == into {
            return Ok(Outcome::of(entity, false));
        }
        let mut revisions = Vec::new();
        let below = self.attached(&id)?;
        let primary = documents.primary.located.path.clone();
        for current in documents.companion.into_iter().chain([documents.primary]) {
            let is_primary = current.located.path == primary;
            let old = current.located.clone();
            let touched = self.touched(current, Vec::new(), is_primary)?;
            revisions.extend(self.relocated(old, touched, into)?);
        }
        for current in below {
            let old = current.located.clone();
            let same = Revision { located: old.clone(), new: Some(current.reading) };
            revisions.extend(self.relocated(old, same, into)?);
        }
        let made = revisions.iter().filter(|revision| revision.new.is_some());
        let made = made.map(|revision| revision.located.path.clone()).collect();
        let action = if into { Action::Archive } else { Action::Unarchive };
        self.record(Draft { entity: entity.clone(), action, reason: None, revisions })?;
        Ok(Outcome { made, ..Outcome::of(entity, true) })
    }

    /// Stage docs, comments and notes of a card, as they are stored.
    fn attached(&self, id: &crate::domain::id::Id) -> Result<Vec<Current>, EngineError> {
        let store = &self.write;
        let mut found = Vec::new();
        for row in store.documents_below(id)? {
            if let (Place::Document(located), Some(reading)) =
                (locate(&row.path), stored(store, &row.path, &row.sha256)?)
            {
                found.push(Current { located, reading });
            }
        }
        Ok(found)
    }

    /// A document's move to another folder, as a removal and an addition.
    fn relocated(&self, old: Located, revision: Revision, into: bool) -> Result<[Revision; 2], EngineError> {
        let moved = moved_path(&old.path, into);
        let Some(Place::Document(located)) = moved.as_ref().map(locate) else {
            return Err(EngineError::NotADocument { path: old.path.to_string() });
        };
        self.view().check_free(&located.path)?;
        Ok([Revision { located: old, new: None }, Revision { located, new: revision.new }])
    }
}

/// The path of a card's document in the archive, or out of it. Folders within the archive are left behind.
fn moved_path(path: &DocPath, into: bool) -> Option<DocPath> {
    let below = path.as_str().strip_prefix(MIRROR)?.strip_prefix("/cards/")?;
    if into {
        return DocPath::parse(&format!("{MIRROR}/cards/archive/{below}"));
    }
    let Place::Document(located) = locate(path) else { return None };
    let owner = located.entity.owner().as_str();
    let parts: Vec<&str> = below.split('/').collect();
    // The folder of an attached document bears the card's ID; the card's own documents have none.
    let from = parts.iter().position(|part| *part == owner).unwrap_or(parts.len() - 1);
    DocPath::parse(&format!("{MIRROR}/cards/{}", parts[from..].join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_goes_along() {
        let path = |below: &str| DocPath::parse(&format!("{MIRROR}/cards/{below}")).unwrap();
        for (out, inside) in [
            ("BRIK-001.user.md", "archive/BRIK-001.user.md"),
            ("BRIK-001/plan.user.md", "archive/BRIK-001/plan.user.md"),
            ("BRIK-001/comments/1.md", "archive/BRIK-001/comments/1.md"),
        ] {
            assert_eq!(moved_path(&path(out), true), Some(path(inside)));
            assert_eq!(moved_path(&path(inside), false), Some(path(out)));
        }
        assert_eq!(moved_path(&path("archive/2025/BRIK-001/a.md"), false), Some(path("BRIK-001/a.md")));
    }
}
