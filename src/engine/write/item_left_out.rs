//! Why an import made no card of an item.

use super::imported_before::Before;
use crate::{domain::id::Id, foreign::Item};

/// An item that no card was made of.
#[derive(Debug, Clone)]
pub struct ItemLeftOut {
    /// Its source.
    pub source: String,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why no card was made of an item.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WhyLeftOut {
    /// Somebody deleted its card.
    #[error("{id} was deleted")]
    Deleted {
        /// The card.
        id: Id,
        /// The entry that deleted it.
        entry: u64,
    },
    /// An earlier item of the export has the same source.
    #[error("{title:?} on line {line} has the key of {first:?} on line {first_line}")]
    Repeated {
        /// Its title.
        title: String,
        /// Its line.
        line: usize,
        /// The title of the earlier item.
        first: String,
        /// The line of the earlier item.
        first_line: usize,
    },
    /// The card with its source was made from another item.
    #[error(
        "line {line} has {title:?}{}, and {id} with this key was made from {first:?}{}",
        of(created.as_deref()),
        of(first_created.as_deref())
    )]
    Another {
        /// Its title.
        title: String,
        /// Its line.
        line: usize,
        /// When it was created.
        created: Option<String>,
        /// The card.
        id: Id,
        /// The title of what the card was made from.
        first: String,
        /// When that was created.
        first_created: Option<String>,
    },
}

fn of(created: Option<&str>) -> String {
    created.map(|date| format!(" of {date}")).unwrap_or_default()
}

impl WhyLeftOut {
    /// Whether work may be missing here that nobody wanted to be left out.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        !matches!(self, Self::Deleted { .. })
    }

    pub(super) fn repeated(item: &Item, first: &Item) -> Self {
        let (title, first_title) = (item.title.clone(), first.title.clone());
        Self::Repeated { title, line: item.line, first: first_title, first_line: first.line }
    }

    /// Why an item whose source a card has is left out; `None` if it is what the card was made from.
    pub(super) fn of(item: &Item, before: &Before) -> Option<Self> {
        let id = before.id.clone();
        if let Some(entry) = before.deleted {
            return Some(Self::Deleted { id, entry });
        }
        // A date is told where it is what differs.
        let differs = item.created.is_some() && before.created.is_some() && item.created != before.created;
        let date = |date: &Option<String>| date.clone().filter(|_| differs);
        before.is_of_other(item).then(|| Self::Another {
            title: item.title.clone(),
            line: item.line,
            created: date(&item.created),
            id,
            first: before.titles.first().cloned().unwrap_or_default(),
            first_created: date(&before.created),
        })
    }
}
