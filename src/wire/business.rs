//! `bos.businesses/1` and `bos.business/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::form::Item;
use crate::engine::BusinessSummary;

/// A business.
#[derive(Debug, Serialize, JsonSchema)]
struct Business<'a> {
    /// Its code.
    id: &'a str,
    /// Whether the catalogue lists it.
    listed: bool,
    name: Option<&'a str>,
    description: Option<&'a str>,
    owner: Option<&'a str>,
    category: Option<&'a str>,
    status: Option<&'a str>,
    tags: &'a [String],
    /// The number of cards on its board.
    cards: u64,
    /// The number of ideas that are not archived.
    ideas: u64,
}

/// A business in brief.
#[derive(Debug, Serialize, JsonSchema)]
struct BriefBusiness<'a> {
    id: &'a str,
    name: Option<&'a str>,
}

impl<'a> From<&'a BusinessSummary> for Business<'a> {
    fn from(business: &'a BusinessSummary) -> Self {
        let listed = business.listed.as_ref();
        Self {
            id: &business.id,
            listed: listed.is_some(),
            name: listed.and_then(|listed| listed.name.as_deref()),
            description: listed.and_then(|listed| listed.description.as_deref()),
            owner: listed.and_then(|listed| listed.owner.as_deref()),
            category: listed.and_then(|listed| listed.category.as_deref()),
            status: listed.and_then(|listed| listed.status.as_deref()),
            tags: listed.map(|listed| listed.tags.as_slice()).unwrap_or_default(),
            cards: business.cards,
            ideas: business.ideas,
        }
    }
}

/// `bos.businesses/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Businesses<'a> {
    total: usize,
    businesses: Vec<Item<Business<'a>, BriefBusiness<'a>>>,
}

impl<'a> Businesses<'a> {
    /// A list of businesses, in full or in brief.
    pub(crate) fn new(businesses: &'a [BusinessSummary], brief: bool) -> Self {
        let item = |summary: &'a BusinessSummary| match Business::from(summary) {
            Business { id, name, .. } if brief => Item::Brief(BriefBusiness { id, name }),
            full => Item::Full(full),
        };
        Self { total: businesses.len(), businesses: businesses.iter().map(item).collect() }
    }
}

/// `bos.business/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneBusiness<'a> {
    business: Business<'a>,
    /// Whether the command changed it; absent if the command only shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
}

impl<'a> OneBusiness<'a> {
    /// A business that a command created or changed, or would have left as it is.
    pub(crate) fn changed(summary: &'a BusinessSummary, changed: bool) -> Self {
        Self { business: Business::from(summary), changed: Some(changed) }
    }
}

impl<'a> From<&'a BusinessSummary> for OneBusiness<'a> {
    fn from(summary: &'a BusinessSummary) -> Self {
        Self { business: Business::from(summary), changed: None }
    }
}
