//! What is attached to a card that an import or a settled conflict moved, and that came without it, such as a plan which
//! only the database has.

use super::{
    charge::Acting,
    writer::{Draft, Revision, Writer},
};
use crate::{
    domain::{
        action::Action,
        actor::Actor,
        doc_path::DocPath,
        entity::Entity,
        entry::{Entry, WORK_TREE},
    },
    engine::base::{error::EngineError, projection::stored},
    markdown::locate::{Place, locate},
    store::Txn,
};

impl Writer<'_> {
    /// Takes along what is attached to cards that were moved by imports, or by a conflict that was settled, recorded from
    /// the entry at `begin` on, where the place they came from has `never_had` the attached document.
    pub(in crate::engine) fn take_attached_along(
        &mut self,
        begin: usize,
        never_had: impl Fn(&Txn, &DocPath) -> Result<bool, EngineError>,
    ) -> Result<(), EngineError> {
        let moved: Vec<(Entry, String, String)> = self.entries[begin..]
            .iter()
            .filter(|entry| matches!(entry.facts.action, Action::Import | Action::Resolve))
            .filter_map(|entry| moved_from_to(entry).map(|(from, to)| (entry.clone(), from, to)))
            .collect();
        for (entry, from, to) in moved {
            let Some(Entity::Card(id)) = entry.facts.subject.entity() else { continue };
            let mut revisions = Vec::new();
            for row in self.write.documents_below(id)? {
                let below = row.path.as_str().strip_prefix(&from).filter(|below| below.starts_with(id.as_str()));
                let new = below.and_then(|below| DocPath::parse(&format!("{to}{below}")));
                let (Place::Document(old), Some(Place::Document(new))) = (locate(&row.path), new.as_ref().map(locate))
                else {
                    continue;
                };
                let is_here = |path: &DocPath| Ok::<_, EngineError>(!never_had(&self.write, path)?);
                if self.write.document_sha(&new.path)?.is_some() || is_here(&row.path)? || is_here(&new.path)? {
                    continue;
                }
                let Some(reading) = stored(&self.write, &row.path, &row.sha256)? else { continue };
                revisions.push(Revision { located: old, new: None });
                revisions.push(Revision { located: new, new: Some(reading) });
            }
            if revisions.is_empty() {
                continue;
            }
            let before = self.acting.replace(acting_as(&entry));
            let (entity, action) = (Entity::Card(id.clone()), entry.facts.action);
            let recorded = self.record(Draft { entity, action, reason: None, revisions });
            self.acting = before;
            recorded?;
        }
        Ok(())
    }
}

/// The folders from which and to which an entry moved a document of a card, each with a slash at its end.
fn moved_from_to(entry: &Entry) -> Option<(String, String)> {
    let documents = &entry.facts.documents;
    let gone = documents.iter().find(|one| one.old.is_some() && one.new.is_none())?;
    let made = documents.iter().find(|one| one.old.is_none() && one.new.is_some())?;
    let name = |path: &DocPath| path.as_str().rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    let (from, to) = (name(&gone.path)?, name(&made.path)?);
    (from != to).then_some((from, to))
}

/// The actor of an entry.
fn acting_as(entry: &Entry) -> Acting {
    let actor = |name: &str| Actor::parse(name).unwrap_or_else(|_| Actor::unknown());
    Acting {
        initiator: Some(actor(&entry.facts.initiator)),
        via: entry.facts.via.as_deref().filter(|via| *via == WORK_TREE).map(|_| WORK_TREE),
        ..Acting::of(actor(&entry.facts.actor))
    }
}
