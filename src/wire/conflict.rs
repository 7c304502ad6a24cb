//! `bos.conflicts/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{conflict::Other, hash::Sha256},
    engine::OpenConflict,
    markdown,
};

/// `bos.conflicts/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Conflicts<'a> {
    total: usize,
    conflicts: Vec<Conflict<'a>>,
}

/// A document that both the database and another place changed, with the hashes of its three texts.
#[derive(Debug, Serialize, JsonSchema)]
struct Conflict<'a> {
    entity: &'static str,
    id: String,
    path: &'a str,
    base: Option<&'a str>,
    ours: Option<&'a str>,
    theirs: Option<&'a str>,
    /// The place of the other text: `file` for the work tree, or the file's path where that is elsewhere than the
    /// document, otherwise a branch or a commit.
    place: &'a str,
    /// The branch or commit of the other text; null for a file of the work tree.
    revision: Option<&'a str>,
    /// The commit that holds the other text, if known.
    commit: Option<&'a str>,
    at: &'a str,
    clashes: Vec<Clash<'a>>,
}

/// A key or a part of the text that both sides changed.
#[derive(Debug, Serialize, JsonSchema)]
struct Clash<'a> {
    place: String,
    base: Option<&'a str>,
    ours: Option<&'a str>,
    theirs: Option<&'a str>,
}

impl<'a> From<&'a markdown::Clash> for Clash<'a> {
    fn from(clash: &'a markdown::Clash) -> Self {
        Self {
            place: clash.place.to_string(),
            base: clash.base.as_deref(),
            ours: clash.ours.as_deref(),
            theirs: clash.theirs.as_deref(),
        }
    }
}

impl<'a> From<&'a OpenConflict> for Conflict<'a> {
    fn from(open: &'a OpenConflict) -> Self {
        let conflict = &open.conflict;
        Self {
            entity: open.entity.kind(),
            id: open.entity.id(),
            path: conflict.path.as_str(),
            base: conflict.base.as_ref().map(Sha256::as_str),
            ours: conflict.ours.as_ref().map(Sha256::as_str),
            theirs: conflict.theirs.as_ref().map(Sha256::as_str),
            place: conflict.place(),
            revision: match &conflict.with {
                Other::Revision(name) => Some(name),
                Other::File(_) => None,
            },
            commit: conflict.commit.as_deref(),
            at: &conflict.at,
            clashes: open.clashes.iter().map(Clash::from).collect(),
        }
    }
}

impl<'a> From<&'a [OpenConflict]> for Conflicts<'a> {
    fn from(conflicts: &'a [OpenConflict]) -> Self {
        Self { total: conflicts.len(), conflicts: conflicts.iter().map(Conflict::from).collect() }
    }
}
