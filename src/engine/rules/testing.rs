//! Sample documents for tests of the rules, and findings formatted as text.

use super::{Facts, Seen, document, tree};
use crate::{
    domain::{
        catalogue::Catalogue,
        diagnostic::Diagnostic,
        doc_path::{DocPath, MIRROR},
    },
    engine::base::reading::Reading,
    markdown::locate::{Located, Place, locate},
};

/// The place of a path below `docs/business-os`.
pub(super) fn located(below: &str) -> Located {
    match locate(&DocPath::parse(&format!("{MIRROR}/{below}")).unwrap()) {
        Place::Document(located) => located,
        other => panic!("{below} is {other:?}"),
    }
}

pub(super) fn reading(text: &str) -> Reading {
    Reading::of(text.to_owned()).unwrap()
}

/// The findings in one document.
pub(super) fn told(below: &str, text: &str) -> String {
    spell(&document(&Seen { located: &located(below), reading: &reading(text) }))
}

/// The findings across documents; besides these, only KNOWN-1 exists.
pub(super) fn told_of_tree(files: &[(&str, &str)]) -> String {
    told_of_tree_with(files, None)
}

pub(super) fn told_of_tree_with(files: &[(&str, &str)], catalogue: Option<&Catalogue>) -> String {
    let facts = |(below, text): &(&str, &str)| {
        Facts::of(&Seen { located: &located(below), reading: &reading(text) }, catalogue)
    };
    spell(&tree(&files.iter().map(facts).collect::<Vec<_>>(), &|id| id == "KNOWN-1"))
}

/// Formats findings as `BOS030 cards/A-1.user.md:3:7: message (help)`, one per line.
pub(super) fn spell(found: &[Diagnostic]) -> String {
    let number = |number: Option<u32>| number.map(|number| format!(":{number}")).unwrap_or_default();
    let line = |d: &Diagnostic| {
        let path = d.path.strip_prefix(MIRROR).map_or(d.path.as_str(), |path| &path[1..]);
        format!("{} {path}{}{}: {}\n    {}", d.code.as_str(), number(d.line), number(d.column), d.message, d.help)
    };
    found.iter().map(line).collect::<Vec<_>>().join("\n")
}
