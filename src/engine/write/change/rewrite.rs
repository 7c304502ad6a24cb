//! Writing a whole document anew, as after an editor: what others changed meanwhile is merged in.

use super::{
    card_new::readable,
    edit::Current,
    target::{Outcome, Target},
};
use crate::{
    domain::{action::Action, card::UPDATED_KEYS, diagnostic::Severity, entity::Entity, id::Id},
    engine::{
        base::{error::EngineError, reading::Reading, session::Session},
        rules,
        write::writer::{Draft, Revision, Writer},
    },
    markdown::merge,
};

/// A document as somebody edited it.
#[derive(Debug, Clone)]
pub struct Rewrite {
    /// Whether it is the companion for agents.
    pub agent: bool,
    /// The text the editor began with.
    pub base: String,
    /// The text it ended with.
    pub text: String,
}

impl Session {
    /// The text of a card for an editor, with hand edits of its file taken first.
    ///
    /// # Errors
    /// Somebody else has claimed the card: nobody should write a text that will be refused.
    pub fn text_to_edit(&self, target: &Target, agent: bool) -> Result<(Id, String), EngineError> {
        let (found, _) = self.write(|writer| {
            let id = writer.view().existing_card(&target.id)?;
            writer.prepare_card(&target.id)?;
            let (_, current) = writer.document_to_edit(&Target::of(&target.id), agent)?;
            if target.take_over.is_none() {
                writer.refuse_claimed(&id)?;
            }
            Ok((id, current.reading.text))
        })?;
        Ok(found)
    }
}

impl Writer<'_> {
    fn document_to_edit(&mut self, target: &Target, agent: bool) -> Result<(Id, Current), EngineError> {
        let (id, documents) = self.card(target)?;
        match (agent, documents.companion) {
            (false, _) => Ok((id, documents.primary)),
            (true, Some(companion)) => Ok((id, companion)),
            (true, None) => Err(EngineError::Unknown {
                what: "document for agents of",
                id: id.to_string(),
                nearest: None,
                known: Vec::new(),
            }),
        }
    }

    pub(super) fn rewrite(&mut self, target: &Target, request: &Rewrite) -> Result<Outcome, EngineError> {
        let (id, current) = self.document_to_edit(target, request.agent)?;
        let entity = Entity::Card(id.clone());
        let merged = merge(Some(&request.base), Some(&current.reading.text), Some(&request.text));
        if !merged.clashes.is_empty() {
            let places = merged.clashes.iter().map(|clash| clash.place.to_string()).collect();
            return Err(EngineError::EditClash { id: id.to_string(), places });
        }
        let text = merged.text.unwrap_or_default();
        if text == current.reading.text {
            return Ok(Outcome::of(entity, false));
        }
        let reading = readable(current.located.path.as_str(), text)?;
        check_rules(&current, &reading)?;
        self.view().check_dependencies(&id, &current.reading.fields, &reading.fields)?;
        let dated = UPDATED_KEYS.iter().any(|key| current.reading.fields.get(key) != reading.fields.get(key));
        let edited = Current { located: current.located, reading };
        let revision = if dated {
            Revision { located: edited.located, new: Some(edited.reading) }
        } else {
            self.touched(edited, Vec::new(), !request.agent)?
        };
        self.record(Draft { entity: entity.clone(), action: Action::Edit, reason: None, revisions: vec![revision] })?;
        Ok(Outcome::of(entity, true))
    }
}

/// Refuses errors that the document did not have before.
fn check_rules(before: &Current, after: &Reading) -> Result<(), EngineError> {
    let errors = |reading: &Reading| {
        let mut found = rules::document(&rules::Seen { located: &before.located, reading });
        found.retain(|finding| finding.severity() == Severity::Error);
        found
    };
    let known = errors(&before.reading);
    let mut findings = errors(after);
    findings.retain(|finding| known.iter().all(|old| (old.code, &old.message) != (finding.code, &finding.message)));
    if findings.is_empty() {
        return Ok(());
    }
    Err(EngineError::Findings { path: before.located.path.to_string(), findings })
}
