//! BOS034: the business of a card or idea is listed in the catalogue.

use super::{Tree, seen::Seen, spot::Spot};
use crate::{
    domain::{
        catalogue::{Catalogue, PATH},
        diagnostic::{Code, Diagnostic},
        id::is_code,
    },
    engine::base::wording::{choices, quoted},
};

/// A business that the catalogue does not list.
#[derive(Debug, Clone)]
pub(super) struct Unlisted {
    at: Spot,
    message: String,
    help: String,
}

impl Unlisted {
    /// Checks `Business`, or if it is missing the business in the ID's prefix.
    pub(super) fn of(seen: &Seen<'_>, catalogue: &Catalogue) -> Option<Box<Self>> {
        let field = seen.text("Business");
        let business = field.unwrap_or_else(|| seen.located.entity.owner().business());
        if business.is_empty() || catalogue.lists(business) {
            return None;
        }
        let source = if field.is_some() { "" } else { ", which the ID begins with," };
        let known = catalogue.businesses.iter().map(|business| business.id.as_str());
        let list = if is_code(business) {
            format!("list it with `bos business new {business} NAME`")
        } else {
            format!("add it to {PATH}")
        };
        let help = match catalogue.businesses.as_slice() {
            [] => list,
            _ => format!("{}; or {list}", choices(business, known)),
        };
        let message = format!("the business {}{source} is not in the catalogue", quoted(business));
        Some(Box::new(Self { at: Spot::of(seen.reading, "Business"), message, help }))
    }
}

pub(super) fn check(tree: &Tree<'_>, found: &mut Vec<Diagnostic>) {
    for facts in tree.facts {
        if let Some(Unlisted { at, message, help }) = facts.unlisted.as_deref() {
            found.push(facts.at(*at, Code::UnknownBusiness, message.clone(), help.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{domain::catalogue::Catalogue, engine::rules::testing::told_of_tree_with};

    #[test]
    fn the_field_counts_and_failing_that_the_prefix() {
        let catalogue = Catalogue::parse(r#"{"businesses": [{"id": "SHOP"}, {"id": "YARD"}]}"#).unwrap();
        let files = [
            ("cards/KITE-1.user.md", "---\nBusiness: SHOP\n---\n"),
            ("cards/KITE-2.user.md", "---\nTitle: Kites\n---\n"),
            ("cards/SHOP-1.user.md", "---\nBusiness: SHPO\n---\n"),
            ("cards/SHOP-1/plan.user.md", "---\nBusiness: KITE\n---\n"),
            ("ideas/inbox/SCAN-YARD-1.user.md", "---\nType: Idea\n---\n"),
        ];
        insta::assert_snapshot!(told_of_tree_with(&files, Some(&catalogue)), @"
        BOS034 cards/KITE-2.user.md: the business `KITE`, which the ID begins with, is not in the catalogue
            write one of SHOP, YARD; or list it with `bos business new KITE NAME`
        BOS034 cards/SHOP-1.user.md:2:11: the business `SHPO` is not in the catalogue
            did you mean `SHOP`? It is one of SHOP, YARD; or list it with `bos business new SHPO NAME`
        ");
        assert_eq!(told_of_tree_with(&files, None), "");
    }
}
