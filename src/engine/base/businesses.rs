//! The businesses: those of the catalogue, and those that only cards and ideas name.

use super::{error::EngineError, view::View};
use crate::domain::{catalogue::Business, suggest::nearest};

/// A business, with its catalogue entry and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusinessSummary {
    /// Its code.
    pub id: String,
    /// The catalogue's entry; `None` for a business it does not list.
    pub listed: Option<Business>,
    /// The number of cards on the board.
    pub cards: u64,
    /// The number of ideas that are not archived.
    pub ideas: u64,
}

impl View<'_> {
    /// The code of a business as it is spelled, in whatever case it was typed; an error names the nearest.
    pub fn business(&self, typed: &str) -> Result<String, EngineError> {
        // Counting what every business has takes longer than a board does.
        let catalogue = self.catalogue_with_finding().0.unwrap_or_default();
        if let Some(listed) = catalogue.businesses.into_iter().find(|known| known.id.eq_ignore_ascii_case(typed)) {
            return Ok(listed.id);
        }
        let known: Vec<String> = self.businesses()?.into_iter().map(|business| business.id).collect();
        if let Some(code) = known.iter().find(|code| code.eq_ignore_ascii_case(typed)) {
            return Ok(code.clone());
        }
        let nearest = nearest(typed, known.iter().map(String::as_str)).map(str::to_owned);
        Err(EngineError::Unknown { what: "business", id: typed.to_owned(), nearest, known })
    }

    /// The businesses of the catalogue, then those that only cards and ideas name.
    pub fn businesses(&self) -> Result<Vec<BusinessSummary>, EngineError> {
        let (cards, ideas) = (self.store.card_counts()?, self.store.idea_counts()?);
        let count = |counts: &[(String, u64)], id: &str| {
            counts.iter().find(|(business, _)| business == id).map_or(0, |(_, count)| *count)
        };
        let catalogue = self.catalogue_with_finding().0.unwrap_or_default();
        let listed = catalogue.businesses.iter().map(|business| (business.id.clone(), Some(business.clone())));
        let mut named: Vec<&String> = cards.iter().chain(&ideas).map(|(business, _)| business).collect();
        named.sort();
        named.dedup();
        // An idea whose ID is a name may have no business.
        named.retain(|business| !business.is_empty() && !catalogue.lists(business));
        let unlisted = named.into_iter().map(|business| (business.clone(), None));
        let summary = |(id, listed): (String, Option<Business>)| BusinessSummary {
            cards: count(&cards, &id),
            ideas: count(&ideas, &id),
            id,
            listed,
        };
        Ok(listed.chain(unlisted).map(summary).collect())
    }

    /// The full name of a business, if the catalogue has one.
    #[must_use]
    pub fn business_name(&self, code: &str) -> Option<String> {
        let catalogue = self.catalogue_with_finding().0?;
        catalogue.businesses.into_iter().find(|business| business.id == code)?.name
    }
}
