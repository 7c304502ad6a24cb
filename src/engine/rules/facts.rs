//! What rules across documents need of each document, without its text, so that large trees fit in memory.

use super::{business::Unlisted, seen::Seen, spot::Spot};
use crate::domain::{
    audience::Audience,
    catalogue::Catalogue,
    diagnostic::{Code, Diagnostic},
    doc_path::DocPath,
    entity::Entity,
    value::{FieldValue, Fields},
};

/// A document, reduced to what rules across documents need.
#[derive(Debug, Clone)]
pub struct Facts {
    pub(super) path: DocPath,
    pub(super) entity: Entity,
    pub(super) audience: Option<Audience>,
    pub(super) canonical: bool,
    pub(super) dependencies: Vec<String>,
    pub(super) dependencies_at: Spot,
    pub(super) unlisted: Option<Box<Unlisted>>,
}

impl Facts {
    /// Extracts the facts. Without a readable catalogue no business is reported.
    #[must_use]
    pub fn of(seen: &Seen<'_>, catalogue: Option<&Catalogue>) -> Self {
        let located = seen.located;
        let has_id = seen.is_card() || seen.is_idea();
        let dependencies: Vec<String> =
            if has_id { dependencies(&seen.reading.fields).map(str::to_owned).collect() } else { Vec::new() };
        let dependencies_at =
            if dependencies.is_empty() { Spot::default() } else { Spot::of(seen.reading, "Dependencies") };
        Self {
            path: located.path.clone(),
            entity: located.entity.clone(),
            audience: located.audience,
            canonical: located.canonical,
            dependencies,
            dependencies_at,
            unlisted: catalogue.filter(|_| has_id).and_then(|catalogue| Unlisted::of(seen, catalogue)),
        }
    }

    /// The path of the document.
    #[must_use]
    pub fn path(&self) -> &DocPath {
        &self.path
    }

    /// A finding at a position in this document.
    pub(super) fn at(&self, spot: Spot, code: Code, message: String, help: String) -> Diagnostic {
        Diagnostic { code, path: self.path.to_string(), line: spot.line, column: spot.column, message, help }
    }
}

/// The IDs a document depends on, as written; none if the value is neither a list nor text.
pub(super) fn dependencies(fields: &Fields) -> impl Iterator<Item = &str> {
    let items: &[String] = match fields.get("Dependencies") {
        Some(FieldValue::List(items)) => items,
        Some(FieldValue::Str(item)) => std::slice::from_ref(item),
        _ => &[],
    };
    items.iter().map(|item| item.trim()).filter(|item| !item.is_empty())
}
