//! Conflicts: what a merge could not settle, shown, and settled by a person's choice.

use std::collections::BTreeSet;

use crate::{
    domain::{
        action::Action,
        change::BODY,
        conflict::{Conflict, Other},
        entity::Entity,
        hash::Sha256,
        state::State,
    },
    engine::{
        base::{
            error::EngineError,
            projection::stored,
            session::{Session, Written},
            view::View,
        },
        write::{
            change::readable,
            writer::{Draft, Revision, Writer},
        },
    },
    markdown::{
        Clash, ClashPlace, Merge, Side,
        locate::{Located, Place, locate},
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

impl View<'_> {
    /// The open conflicts of this place and those with branches and commits, in the order of the paths.
    pub fn conflicts(&self) -> Result<Vec<OpenConflict>, EngineError> {
        let mut open = Vec::new();
        for conflict in self.store.conflicts(self.mirror_id())? {
            if let Place::Document(located) = locate(&conflict.path)
                && self.is_open(&conflict)?
            {
                let ours =
                    if is_in_place(&conflict) { conflict.ours } else { self.store.document_sha(&conflict.path)? };
                let conflict = Conflict { ours, ..conflict };
                open.push(self.open_conflict(conflict, located.entity)?);
            }
        }
        Ok(open)
    }

    /// The open conflicts about a card or an idea and what is attached to it, with all places or with one.
    pub fn conflicts_of(&self, typed: &str, with: Option<&str>) -> Result<Vec<OpenConflict>, EngineError> {
        let mut open = self.conflicts()?;
        open.retain(|open| {
            typed.eq_ignore_ascii_case(open.entity.owner().as_str()) || open.conflict.path.as_str().ends_with(typed)
        });
        if open.is_empty() {
            return Err(EngineError::NoConflict { id: typed.to_owned() });
        }
        let places: BTreeSet<String> = open.iter().map(|open| open.conflict.place().to_owned()).collect();
        open.retain(|open| with.is_none_or(|with| open.conflict.place() == with));
        match with {
            Some(with) if open.is_empty() => Err(EngineError::NoConflictWith {
                id: typed.to_owned(),
                with: with.to_owned(),
                places: places.into_iter().collect(),
            }),
            _ => Ok(open),
        }
    }

    fn is_open(&self, conflict: &Conflict) -> Result<bool, EngineError> {
        if is_in_place(conflict) {
            return Ok(self.state_of(&conflict.path)?.0 == State::Conflict);
        }
        Ok(!self.remerged(conflict)?.clashes.is_empty())
    }

    /// A conflict with what the database has at this moment.
    fn as_it_is_now(&self, open: &OpenConflict) -> Result<OpenConflict, EngineError> {
        let ours = self.store.document_sha(&open.conflict.path)?;
        self.open_conflict(Conflict { ours, ..open.conflict.clone() }, open.entity.clone())
    }

    /// Where else the database has the document of a conflict, and its text there, as when it was archived here and edited
    /// there: it is one document, and its conflict is between these texts.
    fn moved_elsewhere(&self, conflict: &Conflict) -> Result<Option<(Located, Sha256)>, EngineError> {
        let Place::Document(located) = locate(&conflict.path) else { return Ok(None) };
        // A file that is gone says nothing of the document where it lies now.
        if conflict.theirs.is_none() {
            return Ok(None);
        }
        for row in self.store.documents_of(&located.entity)? {
            if row.audience == located.audience
                && row.path != located.path
                && let Place::Document(other) = locate(&row.path)
                && other.entity == located.entity
            {
                return Ok(Some((other, row.sha256)));
            }
        }
        Ok(None)
    }

    /// A conflict with its texts; that of the database is where its document lies now.
    fn open_conflict(&self, mut conflict: Conflict, entity: Entity) -> Result<OpenConflict, EngineError> {
        if conflict.ours.is_none() {
            conflict.ours = self.moved_elsewhere(&conflict)?.map(|(_, ours)| ours);
        }
        let text = |sha: &Option<Sha256>| match sha {
            Some(sha) => self.store.blob(sha),
            None => Ok(None),
        };
        let (base, ours, theirs) = (text(&conflict.base)?, text(&conflict.ours)?, text(&conflict.theirs)?);
        let Merge { clashes, marked, .. } = merge(base.as_deref(), ours.as_deref(), theirs.as_deref());
        Ok(OpenConflict { conflict, entity, clashes, base, ours, theirs, marked })
    }
}

impl Session {
    /// Settles the conflicts about a card or an idea, with all places or with one. Several about one document are
    /// settled one after the other; where two places clash with each other, no one choice is enough.
    pub fn resolve_conflicts(
        &self,
        typed: &str,
        with: Option<&str>,
        settlement: &Settlement,
    ) -> Result<Written, EngineError> {
        let (_, written) = self.write(|writer| {
            let open = writer.view().conflicts_of(typed, with)?;
            for one in &open {
                // Settling an earlier one may have settled this one too.
                if !is_in_place(&one.conflict) && writer.open_again(&one.conflict)?.is_none() {
                    continue;
                }
                let now = writer.view().as_it_is_now(one)?;
                if let Settlement::All(_) | Settlement::Fields(_) = settlement {
                    settled_before(typed, one, &now, &open)?;
                }
                let text = settled(typed, &now, settlement)?;
                let is_theirs = matches!(settlement, Settlement::All(Side::Theirs) | Settlement::Text(_));
                writer.settle(&now, text, is_theirs)?;
            }
            Ok(())
        })?;
        Ok(written)
    }
}

/// Whether a conflict is with the file of its own document: whatever that holds is decided anew with each import.
fn is_in_place(conflict: &Conflict) -> bool {
    matches!(&conflict.with, Other::File(file) if *file == conflict.path)
}

impl OpenConflict {
    /// The text an editor begins with: merged as far as it goes, with conflict markers in the body.
    #[must_use]
    pub fn draft(&self) -> String {
        self.marked.clone().or_else(|| self.ours.clone()).or_else(|| self.theirs.clone()).unwrap_or_default()
    }
}

impl Writer<'_> {
    /// The same conflict, where it is still open.
    fn open_again(&self, conflict: &Conflict) -> Result<Option<Conflict>, EngineError> {
        let open = self.write.conflicts(self.session.mirror_id())?;
        Ok(open.into_iter().find(|open| open.path == conflict.path && open.with == conflict.with))
    }

    /// Records what the person made of both sides; the log keeps the text of the other side too. Where the database has
    /// the document at another path by now, it goes to that of the conflict only with `is_theirs`.
    fn settle(&mut self, open: &OpenConflict, text: Option<String>, is_theirs: bool) -> Result<(), EngineError> {
        let Place::Document(located) = locate(&open.conflict.path) else { return Ok(()) };
        let path = located.path.clone();
        let elsewhere = match self.write.document_sha(&path)? {
            Some(_) => None,
            None => self.view().moved_elsewhere(&open.conflict)?.map(|(other, _)| other),
        };
        let theirs = match &open.conflict.theirs {
            Some(sha) => stored(&self.write, &path, sha)?,
            None => None,
        };
        let new = text.map(|text| readable(path.as_str(), text)).transpose()?;
        let begin = self.entries.len();
        let entity = located.entity.clone();
        let revisions = match elsewhere {
            Some(other) if is_theirs => vec![Revision { located, new }, Revision { located: other, new: None }],
            Some(other) => vec![Revision { located: other, new }],
            None => vec![Revision { located, new }],
        };
        let draft = Draft { entity, action: Action::Resolve, reason: None, revisions };
        match theirs {
            Some(theirs) => self.record_merge(draft, &theirs)?,
            None => self.record(draft)?,
        };
        self.take_attached_along(begin, |_, _| Ok(true))?;
        self.forget_settled(&open.conflict)?;
        // The file's text has been decided about; what the database has beyond it is for the next export to write.
        match (&open.conflict.with, &open.conflict.theirs) {
            (Other::File(file), Some(theirs)) => {
                let position = Some(self.seq());
                let known = self.view().tracked_document(file)?.mirrored;
                self.note(&MirrorDocument { base: Some(theirs.clone()), position, commit: None, ..known })
            }
            (Other::File(file), None) => self.note_absence(file),
            (Other::Revision(_), _) => Ok(()),
        }
    }

    /// Forgets a conflict that a person settled, and those with branches that have the same text.
    fn forget_settled(&self, settled: &Conflict) -> Result<(), EngineError> {
        let mirror = self.session.mirror_id();
        self.write.forget_conflict(mirror, &settled.path, &settled.with)?;
        for other in self.write.revision_conflicts(&settled.path)? {
            if other.theirs == settled.theirs && other.base == settled.base {
                self.write.forget_conflict(mirror, &other.path, &other.with)?;
            }
        }
        Ok(())
    }
}

/// Refuses to go on where a place clashes with what another place has just given.
fn settled_before(
    typed: &str,
    before: &OpenConflict,
    now: &OpenConflict,
    open: &[OpenConflict],
) -> Result<(), EngineError> {
    let is_new = |clash: &&Clash| {
        let same =
            |known: &&Clash| (&known.base, &known.ours, &known.theirs) == (&clash.base, &clash.ours, &clash.theirs);
        !before.clashes.iter().any(|known| same(&known))
    };
    let clashes: Vec<String> = now.clashes.iter().filter(is_new).map(|clash| clash.place.to_string()).collect();
    if clashes.is_empty() {
        return Ok(());
    }
    let about_it = open.iter().filter(|other| other.conflict.path == before.conflict.path);
    let places = about_it.map(|other| other.conflict.place().to_owned()).collect();
    Err(EngineError::PlacesClash { id: typed.to_owned(), places, clashes })
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
