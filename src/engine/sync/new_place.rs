//! Where a document went that has left its path: its old file is not removed before the new one is written.

use std::collections::BTreeSet;

use crate::{
    domain::doc_path::DocPath,
    engine::base::{error::EngineError, view::View},
    markdown::locate::{Located, Place, locate},
    store::LogFilter,
};

impl View<'_> {
    /// Which of the places where an export could not write is the new one of a document that has left this path.
    pub(super) fn new_place_among(
        &self,
        path: &DocPath,
        not_written: &BTreeSet<DocPath>,
    ) -> Result<Option<DocPath>, EngineError> {
        let (mut at, mut passed) = (path.clone(), BTreeSet::new());
        while !not_written.is_empty() && passed.insert(at.clone()) {
            let Place::Document(located) = locate(&at) else { break };
            let Some(next) = self.moved_on_to(&located)? else { break };
            if not_written.contains(&next) {
                return Ok(Some(next));
            }
            at = next;
        }
        Ok(None)
    }

    /// The path that the last entry that removed a document gave it.
    fn moved_on_to(&self, old: &Located) -> Result<Option<DocPath>, EngineError> {
        let filter = LogFilter { id: Some(old.entity.owner().clone()), limit: None, until: None };
        let (_, entries) = self.store.entries(&filter)?;
        let mut documents = entries.into_iter().map(|entry| entry.facts.documents);
        let removes = |path: &DocPath, new: bool| *path == old.path && !new;
        let last = documents.find(|touched| touched.iter().any(|one| removes(&one.path, one.new.is_some())));
        let is_same = |path: &DocPath| match locate(path) {
            Place::Document(new) => role(&new) == role(old),
            Place::Unknown | Place::Foreign => false,
        };
        let made = last.into_iter().flatten().filter(|touched| touched.new.is_some()).map(|touched| touched.path);
        Ok(made.into_iter().find(is_same))
    }
}

/// What a document is to its card or idea, whatever the ID of that is.
fn role(located: &Located) -> (Option<crate::domain::audience::Audience>, &'static str, String) {
    let (entity, id) = (&located.entity, located.entity.id());
    let beside = id.strip_prefix(entity.owner().as_str()).unwrap_or(&id).to_owned();
    (located.audience, entity.kind(), beside)
}
