//! A document as seen by the rules: its place and its text.

use super::{odd_value, spot::Spot};
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
    },
    engine::base::reading::Reading,
    markdown::locate::Located,
};

/// A document to check.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Its place in the tree.
    pub located: &'a Located,
    /// Its parsed text.
    pub reading: &'a Reading,
}

impl<'a> Seen<'a> {
    /// The text of a scalar; `None` if it is absent, blank, null, or of a type that [`odd_value`] reports.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let fields = &self.reading.fields;
        let text = fields.text(key)?;
        fields.get(key).is_some_and(|value| odd_value::kind(value).is_none()).then_some(text)
    }

    /// Whether it is a card.
    pub(super) fn is_card(&self) -> bool {
        matches!(self.located.entity, Entity::Card(_))
    }

    /// Whether it is an idea.
    pub(super) fn is_idea(&self) -> bool {
        matches!(self.located.entity, Entity::Idea(_))
    }

    /// A finding about the value of `key`.
    pub(super) fn about(&self, key: &str, code: Code, message: String, help: String) -> Diagnostic {
        self.at(Spot::of(self.reading, key), code, message, help)
    }

    /// A finding at a position in this document.
    pub(super) fn at(&self, spot: Spot, code: Code, message: String, help: String) -> Diagnostic {
        let path = self.located.path.to_string();
        Diagnostic { code, path, line: spot.line, column: spot.column, message, help }
    }
}
