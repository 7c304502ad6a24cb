//! Dropping an idea: it is marked, and its file leaves the inbox for the archive beside it.

use super::{
    card_new::one_line,
    edit::Documents,
    idea_convert::card_of,
    target::{Outcome, Target},
};
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        id::Id,
        value::FieldValue,
    },
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{
        Edit,
        locate::{Place, locate},
    },
};

/// The folder of ideas that nobody follows any more.
const ARCHIVE: &str = "archive";

impl Writer<'_> {
    pub(super) fn drop_idea(&mut self, target: &Target, reason: &str) -> Result<Outcome, EngineError> {
        let (id, documents) = self.idea(target)?;
        let reason = one_line("the reason", reason)?;
        if let Some(card) = card_of(&documents.primary.reading.fields) {
            return Err(EngineError::Converted { id: id.to_string(), card });
        }
        let entity = Entity::Idea(id.clone());
        let dropped = documents.primary.reading.fields.text("Status") == Some("dropped");
        if dropped && documents.primary.located.archived {
            return Ok(Outcome::of(entity, false));
        }
        let edits = vec![Edit::Set { key: "Status".to_owned(), value: FieldValue::Str("dropped".to_owned()) }];
        let revisions = self.revise_and_relocate(&id, documents, edits, archived_path)?;
        self.record(Draft { entity: entity.clone(), action: Action::Drop, reason: Some(reason), revisions })?;
        Ok(Outcome::of(entity, true))
    }

    /// Edits the documents of an idea, and moves all of them to where `place` says.
    pub(super) fn revise_and_relocate(
        &mut self,
        id: &Id,
        documents: Documents,
        edits: Vec<Edit>,
        place: fn(&DocPath) -> Option<DocPath>,
    ) -> Result<Vec<Revision>, EngineError> {
        let mut unchanged = vec![(documents.primary.located.clone(), documents.primary.reading.clone())];
        unchanged
            .extend(documents.companion.iter().map(|companion| (companion.located.clone(), companion.reading.clone())));
        let mut revisions = self.revise(documents, edits, None)?;
        for (located, reading) in unchanged {
            if revisions.iter().all(|revision| revision.located != located) {
                revisions.push(Revision { located, new: Some(reading) });
            }
        }
        let mut moved = Vec::with_capacity(revisions.len() * 2);
        for revision in revisions {
            let Some(path) = place(&revision.located.path) else {
                moved.push(revision);
                continue;
            };
            let Place::Document(located) = locate(&path) else {
                return Err(EngineError::NotADocument { path: id.to_string() });
            };
            self.view().check_free(&path)?;
            moved.push(Revision { located: revision.located, new: None });
            moved.push(Revision { located, new: revision.new });
        }
        Ok(moved)
    }
}

/// `ideas/inbox/q1/X` goes to `ideas/inbox/archive/q1/X`; one that is in an archive already stays.
fn archived_path(path: &DocPath) -> Option<DocPath> {
    let below = path.as_str().strip_prefix(MIRROR)?.strip_prefix("/ideas/")?;
    let (location, rest) = below.split_once('/')?;
    let is_there = rest.split('/').any(|folder| folder == ARCHIVE);
    if is_there { None } else { DocPath::parse(&format!("{MIRROR}/ideas/{location}/{ARCHIVE}/{rest}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_idea_goes_to_the_archive_of_its_folder() {
        let path = |below: &str| DocPath::parse(&format!("{MIRROR}/ideas/{below}")).unwrap();
        assert_eq!(archived_path(&path("inbox/A-OPP-1.user.md")), Some(path("inbox/archive/A-OPP-1.user.md")));
        assert_eq!(archived_path(&path("worked/q1/A-1.user.md")), Some(path("worked/archive/q1/A-1.user.md")));
        assert_eq!(archived_path(&path("inbox/q1/archive/A-1.user.md")), None);
    }
}
