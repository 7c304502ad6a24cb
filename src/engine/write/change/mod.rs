//! Every change there is, as a value: commands and `bos apply` ask for the same ones. [`Session::apply`] carries them out,
//! all of them or none, in one transaction.

mod card_archive;
mod card_block;
mod card_claim;
mod card_comment;
mod card_delete;
mod card_lane;
mod card_move;
mod card_new;
mod card_propose;
mod edit;
mod fields;
mod idea_convert;
mod idea_drop;
mod idea_new;
mod idea_work;
mod rewrite;
mod set;
mod stage_set;
mod target;

use std::collections::HashSet;

pub use target::{Outcome, Target};

use super::writer::Writer;
use crate::{
    domain::{entity::Entity, id::Id, lane::Lane},
    engine::base::{
        error::EngineError,
        session::{Session, Written},
    },
    markdown::locate::{Place, locate},
};

pub use card_claim::Claiming;
pub use card_comment::Comment as NewComment;
pub use card_move::Move;
pub use card_new::NewCard;
pub(in crate::engine) use card_new::readable;
pub use fields::{Edits, Value};
pub use idea_convert::Convert;
pub use idea_new::NewIdea;
pub use rewrite::Rewrite;
pub use stage_set::StageText;

/// One change, as somebody asks for it. IDs are as typed.
#[derive(Debug, Clone)]
pub enum Change {
    /// Makes a card.
    NewCard(NewCard),
    /// Changes keys, list items or the body of a card.
    SetCard(Target, Edits),
    /// Writes a whole document of a card anew.
    Rewrite(Target, Rewrite),
    /// Moves a card to a lane.
    Move(Target, Move),
    /// Adds a comment to a card.
    Comment(NewComment),
    /// Takes, keeps or gives back the work on a card.
    Claim(Target, Claiming),
    /// Marks a card as blocked, where it stands.
    Block(Target, Option<String>),
    /// Clears what blocks a card; one in the lane Blocked goes back to where it came from.
    Unblock(Target),
    /// Puts a card and all that is attached to it into the archive.
    Archive(Target),
    /// Takes a card out of the archive.
    Unarchive(Target),
    /// Takes a card away with all that is attached to it; why is for the log.
    Delete(Target, String),
    /// Proposes a lane for a card; why is for the log.
    Propose(Target, Lane, Option<String>),
    /// Moves a card to the lane that was proposed for it.
    Accept(Target, Option<String>),
    /// Makes an idea.
    NewIdea(NewIdea),
    /// Changes keys, list items or the body of an idea.
    SetIdea(Target, Edits),
    /// Marks an idea as worked out, and takes it out of the inbox.
    WorkIdea(Target),
    /// Drops an idea; why is for the log.
    DropIdea(Target, String),
    /// Makes a card of an idea.
    ConvertIdea(Target, Convert),
    /// Creates or replaces the text of a stage doc.
    SetStage(StageText),
}

impl Session {
    /// Carries out changes in their order, all of them or none.
    pub fn apply(&self, changes: &[Change]) -> Result<(Vec<Outcome>, Written), EngineError> {
        self.write(|writer| writer.apply(changes.iter(), |_, error| error))
    }

    /// Carries out one change.
    pub fn apply_one(&self, change: Change) -> Result<(Outcome, Written), EngineError> {
        self.write(|writer| {
            writer.prepare(&change)?;
            writer.start_batch();
            let outcome = writer.perform(&change)?;
            writer.tell_who_waits_in_vain()?;
            Ok(outcome)
        })
    }

    /// Carries out the changes of a file, each with its line: all of them or none, and none either in a rehearsal. An
    /// error names the line.
    pub fn apply_lines(
        &self,
        lines: &[(usize, Change)],
        rehearse: bool,
    ) -> Result<(Vec<Outcome>, Written), EngineError> {
        let told = |index: usize, source| EngineError::Line { line: lines[index].0, source: Box::new(source) };
        let work = |writer: &mut Writer<'_>| writer.apply(lines.iter().map(|(_, change)| change), told);
        if rehearse { self.rehearse(work) } else { self.write(work) }
    }
}

impl Writer<'_> {
    /// Hand edits of everything that the changes look at are taken first, as batches of their own.
    fn apply<'c>(
        &mut self,
        changes: impl Iterator<Item = &'c Change> + Clone,
        told: impl Fn(usize, EngineError) -> EngineError,
    ) -> Result<Vec<Outcome>, EngineError> {
        for (index, change) in changes.clone().enumerate() {
            self.prepare(change).map_err(|error| told(index, error))?;
        }
        self.start_batch();
        let performed =
            changes.enumerate().map(|(index, change)| self.perform(change).map_err(|error| told(index, error)));
        let outcomes = performed.collect::<Result<_, _>>()?;
        self.tell_who_waits_in_vain()?;
        Ok(outcomes)
    }

    /// Takes the hand edits of what a change looks at.
    fn prepare(&mut self, change: &Change) -> Result<(), EngineError> {
        match change {
            Change::NewCard(_) | Change::NewIdea(_) => Ok(()),
            Change::Move(target, request) => self.prepare_move(target, request),
            Change::Accept(target, _) => self.prepare_accept(target),
            Change::SetCard(target, _)
            | Change::Rewrite(target, _)
            | Change::Claim(target, _)
            | Change::Block(target, _)
            | Change::Unblock(target)
            | Change::Propose(target, ..) => self.prepare_card(&target.id),
            Change::Archive(target) | Change::Unarchive(target) => self.prepare_whole_card(&target.id),
            Change::Delete(target, _) => self.prepare_delete(&target.id),
            Change::Comment(comment) => self.prepare_card(&comment.card),
            Change::SetIdea(target, _)
            | Change::WorkIdea(target)
            | Change::DropIdea(target, _)
            | Change::ConvertIdea(target, _) => self.prepare_idea(&target.id),
            Change::SetStage(stage) => self.prepare_stage(stage),
        }
    }

    pub(in crate::engine::write) fn perform(&mut self, change: &Change) -> Result<Outcome, EngineError> {
        match change {
            Change::NewCard(card) => self.new_card(card),
            Change::SetCard(target, edits) => self.set_card(target, edits),
            Change::Rewrite(target, rewrite) => self.rewrite(target, rewrite),
            Change::Move(target, request) => self.move_card(target, request),
            Change::Comment(comment) => self.comment(comment),
            Change::Claim(target, claiming) => self.claim(target, claiming),
            Change::Block(target, reason) => self.block(target, reason.as_deref()),
            Change::Unblock(target) => self.unblock(target),
            Change::Archive(target) => self.archive(target, true),
            Change::Unarchive(target) => self.archive(target, false),
            Change::Delete(target, reason) => self.delete(target, reason),
            Change::Propose(target, lane, reason) => self.propose(target, *lane, reason.clone()),
            Change::Accept(target, reason) => self.accept(target, reason.clone()),
            Change::NewIdea(idea) => self.new_idea(idea),
            Change::SetIdea(target, edits) => self.set_idea(target, edits),
            Change::WorkIdea(target) => self.work_idea(target),
            Change::DropIdea(target, reason) => self.drop_idea(target, reason),
            Change::ConvertIdea(target, convert) => self.convert_idea(target, convert),
            Change::SetStage(stage) => self.set_stage(stage),
        }
    }

    /// A card that is there, be it only as files so far: those are taken first.
    fn known_card(&mut self, typed: &str) -> Result<Option<Id>, EngineError> {
        self.take_new_files(typed)?;
        self.view().card_if_any(typed)
    }

    /// Takes the files of a card or an idea that the database does not know, unless two claim one place.
    fn take_new_files(&mut self, typed: &str) -> Result<(), EngineError> {
        if self.view().card_if_any(typed)?.is_some() || self.view().idea_if_any(typed)?.is_some() {
            return Ok(());
        }
        let paths = self.view().files_of(typed);
        let places = paths.iter().filter_map(|path| match locate(path) {
            Place::Document(located) => Some((located.entity, located.audience)),
            Place::Unknown | Place::Foreign => None,
        });
        let entities: HashSet<_> = places.clone().map(|(entity, _)| entity).collect();
        let id = if entities.len() == 1 { entities.into_iter().next() } else { None };
        match id.map(|entity| entity.owner().clone()) {
            Some(id) if places.collect::<HashSet<_>>().len() == paths.len() => self.take_hand_edits(&id, &paths),
            _ => Ok(()),
        }
    }

    /// Takes the hand edits of a card's own documents. One that is not there yet may be made by an earlier change.
    fn prepare_card(&mut self, typed: &str) -> Result<(), EngineError> {
        let Some(id) = self.known_card(typed)? else { return Ok(()) };
        let paths = self.view().paths_of(&Entity::Card(id.clone()))?;
        self.take_hand_edits(&id, &paths)
    }

    fn prepare_whole_card(&mut self, typed: &str) -> Result<(), EngineError> {
        let Some(id) = self.known_card(typed)? else { return Ok(()) };
        let mut paths = self.view().paths_of(&Entity::Card(id.clone()))?;
        paths.extend(self.write.documents_below(&id)?.into_iter().map(|row| row.path));
        self.take_hand_edits(&id, &paths)
    }

    fn prepare_idea(&mut self, typed: &str) -> Result<(), EngineError> {
        self.take_new_files(typed)?;
        let Some(id) = self.view().idea_if_any(typed)? else { return Ok(()) };
        let paths = self.view().paths_of(&Entity::Idea(id.clone()))?;
        self.take_hand_edits(&id, &paths)
    }
}
