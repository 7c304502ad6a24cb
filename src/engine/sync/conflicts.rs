//! Conflicts: what a merge could not settle, shown, and settled by a person's choice.

use super::merging::MergeRequest;
use crate::{
    domain::{
        action::Action, change::BODY, conflict::Conflict, doc_path::DocPath, entity::Entity, hash::Sha256, state::State,
    },
    engine::{
        base::{
            engine::{Engine, Written},
            error::EngineError,
            projection::stored,
        },
        write::{
            change::readable,
            writer::{Draft, Revision, Writer},
        },
    },
    markdown::{
        Clash, ClashPlace, Merge, Side,
        locate::{Place, locate},
        merge, resolve,
    },
    store::MirrorDocument,
};

/// An open conflict with its texts and what clashes in them.
#[derive(Debug, Clone)]
pub struct OpenConflict {
    /// The three versions.
    pub conflict: Conflict,
    /// What it is about.
    pub entity: Entity,
    /// What both sides changed differently.
    pub clashes: Vec<Clash>,
    /// The text both began with.
    pub base: Option<String>,
    /// The text of the database.
    pub ours: Option<String>,
    /// The other text.
    pub theirs: Option<String>,
    /// The merge as far as it goes, with conflict markers in the body.
    pub marked: Option<String>,
}

/// How a conflict is to be settled.
#[derive(Debug, Clone)]
pub enum Settlement {
    /// Whatever clashes is taken from one side; the rest is merged from both.
    All(Side),
    /// A side for each key that clashes; `content` is the body.
    Fields(Vec<(String, Side)>),
    /// A person's text, for the one document that is in conflict.
    Text(String),
}

impl Engine {
    /// The open conflicts of this place, in the order of the paths.
    pub fn conflicts(&self) -> Result<Vec<OpenConflict>, EngineError> {
        let mut open = Vec::new();
        for conflict in self.store.conflicts(self.mirror_id())? {
            if let Place::Document(located) = locate(&conflict.path)
                && self.is_open(&conflict)?
            {
                let ours = match &conflict.revision {
                    Some(_) => self.store.document_sha(&conflict.path)?,
                    None => conflict.ours,
                };
                let conflict = Conflict { ours, ..conflict };
                open.push(self.open_conflict(conflict, located.entity)?);
            }
        }
        Ok(open)
    }

    /// The open conflicts about a card or an idea and what is attached to it.
    pub fn conflicts_of(&self, typed: &str) -> Result<Vec<OpenConflict>, EngineError> {
        let mut open = self.conflicts()?;
        open.retain(|open| {
            typed.eq_ignore_ascii_case(open.entity.owner().as_str()) || open.conflict.path.as_str().ends_with(typed)
        });
        if open.is_empty() {
            return Err(EngineError::NoConflict { id: typed.to_owned() });
        }
        Ok(open)
    }

    /// Settles the conflicts about a card or an idea.
    pub fn resolve_conflicts(&self, typed: &str, settlement: &Settlement) -> Result<Written, EngineError> {
        let open = self.conflicts_of(typed)?;
        let (_, written) = self.write(|writer| {
            for one in &open {
                let text = settled(typed, one, settlement)?;
                writer.settle(one, text)?;
            }
            Ok(())
        })?;
        Ok(written)
    }

    fn is_open(&self, conflict: &Conflict) -> Result<bool, EngineError> {
        if conflict.revision.is_some() {
            return Ok(!self.remerged(conflict)?.clashes.is_empty());
        }
        Ok(self.state_of(&conflict.path)?.0 == State::Conflict)
    }

    /// A merge of the other text into what the database has by now.
    fn remerged(&self, conflict: &Conflict) -> Result<Merge, EngineError> {
        let text = |sha: Option<&Sha256>| sha.map_or(Ok(None), |sha| self.store.blob(sha));
        let (base, theirs) = (text(conflict.base.as_ref())?, text(conflict.theirs.as_ref())?);
        let ours = text(self.store.document_sha(&conflict.path)?.as_ref())?;
        Ok(merge(base.as_deref(), ours.as_deref(), theirs.as_deref()))
    }

    fn open_conflict(&self, conflict: Conflict, entity: Entity) -> Result<OpenConflict, EngineError> {
        let text = |sha: &Option<Sha256>| match sha {
            Some(sha) => self.store.blob(sha),
            None => Ok(None),
        };
        let (base, ours, theirs) = (text(&conflict.base)?, text(&conflict.ours)?, text(&conflict.theirs)?);
        let Merge { clashes, marked, .. } = merge(base.as_deref(), ours.as_deref(), theirs.as_deref());
        Ok(OpenConflict { conflict, entity, clashes, base, ours, theirs, marked })
    }
}

impl OpenConflict {
    /// The text an editor begins with: merged as far as it goes, with conflict markers in the body.
    #[must_use]
    pub fn draft(&self) -> String {
        self.marked.clone().or_else(|| self.ours.clone()).or_else(|| self.theirs.clone()).unwrap_or_default()
    }
}

impl Writer<'_> {
    /// Takes what conflicts with other places still hold, where nothing of it clashes any more: both sides agree by now.
    pub(in crate::engine) fn end_agreed_conflicts(&mut self) -> Result<(), EngineError> {
        let mirror = self.engine.mirror_id();
        for conflict in self.engine.store.conflicts(mirror)? {
            let (Some(revision), Place::Document(located)) = (&conflict.revision, locate(&conflict.path)) else {
                continue;
            };
            if self.engine.remerged(&conflict)?.clashes.is_empty() {
                let read = |sha: &Option<Sha256>| match sha {
                    Some(sha) => stored(&self.engine.store, &conflict.path, sha),
                    None => Ok(None),
                };
                let (base, theirs) = (read(&conflict.base)?, read(&conflict.theirs)?);
                let ours = self.engine.store.document_sha(&conflict.path)?;
                let (base, theirs) = (base.as_ref(), theirs.as_ref());
                self.merge_document(&MergeRequest { located: &located, base, ours, theirs, revision: Some(revision) })?;
                self.write.forget_conflict(mirror, &conflict.path)?;
            }
        }
        Ok(())
    }

    /// Records what the person made of both sides; the log keeps the text of the other side too.
    fn settle(&mut self, open: &OpenConflict, text: Option<String>) -> Result<(), EngineError> {
        let Place::Document(located) = locate(&open.conflict.path) else { return Ok(()) };
        let path = located.path.clone();
        let theirs = match &open.conflict.theirs {
            Some(sha) => stored(self.write.store(), &path, sha)?,
            None => None,
        };
        let new = text.map(|text| readable(path.as_str(), text)).transpose()?;
        let draft = Draft {
            entity: located.entity.clone(),
            action: Action::Resolve,
            reason: None,
            revisions: vec![Revision { located, new }],
        };
        match theirs {
            Some(theirs) => self.record_merge(draft, &theirs)?,
            None => self.record(draft)?,
        };
        let position = Some(self.seq());
        self.write.forget_conflict(self.engine.mirror_id(), &path)?;
        if let Some(revision) = &open.conflict.revision {
            // A file that lies where the document was before: what it had is decided about, and the export removes it.
            if let Some(place) = DocPath::parse(revision).filter(|path| matches!(locate(path), Place::Document(_))) {
                let known = self.engine.tracked_document(&place)?.mirrored;
                self.note(&MirrorDocument { base: open.conflict.theirs.clone(), position, commit: None, ..known })?;
            }
            return Ok(());
        }
        // Both have seen the file's text: what was decided beyond it is for the next export to write.
        match &open.conflict.theirs {
            Some(_) => {
                let known = self.engine.tracked_document(&path)?.mirrored;
                self.note(&MirrorDocument { base: open.conflict.theirs.clone(), position, commit: None, ..known })
            }
            None => self.note_absence(&path),
        }
    }
}

/// The text that a settlement makes of a conflict.
fn settled(typed: &str, open: &OpenConflict, settlement: &Settlement) -> Result<Option<String>, EngineError> {
    let base = open.base.as_deref();
    let (ours, theirs) = (open.ours.as_deref(), open.theirs.as_deref());
    let choices = match settlement {
        Settlement::Text(text) => return Ok(Some(text.clone())),
        Settlement::All(side) => return put_together(open, resolve(base, ours, theirs, |_| *side)),
        Settlement::Fields(choices) => choices,
    };
    let chosen = |clash: &Clash| {
        let name = match &clash.place {
            ClashPlace::Key(key) => key.as_str(),
            ClashPlace::Body { .. } | ClashPlace::Whole => BODY,
        };
        choices.iter().find(|(key, _)| key == name).map(|(_, side)| *side)
    };
    let undecided: Vec<String> =
        open.clashes.iter().filter(|clash| chosen(clash).is_none()).map(|clash| clash.place.to_string()).collect();
    if !undecided.is_empty() {
        return Err(EngineError::Unsettled { id: typed.to_owned(), places: undecided });
    }
    put_together(open, resolve(base, ours, theirs, |clash| chosen(clash).unwrap_or(Side::Ours)))
}

fn put_together(open: &OpenConflict, merged: Option<Merge>) -> Result<Option<String>, EngineError> {
    let failed = || EngineError::NotMerged { path: open.conflict.path.to_string() };
    merged.map(|merged| merged.text).ok_or_else(failed)
}
