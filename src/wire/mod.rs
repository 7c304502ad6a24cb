//! The JSON contract: a type for each kind of document, from which its schema is generated. Domain types are never
//! serialised, so they can change without affecting the contract.

mod board;
mod business;
mod card;
mod config;
mod conflict;
mod dependencies;
mod diagnostic;
mod error;
mod form;
mod guard;
mod history;
mod idea;
mod import_from;
mod log;
mod me;
mod next;
mod place;
mod schema;
mod search;
mod setup;
mod stage_doc;
mod stats;
mod sync;
mod verify;
mod watch;
mod words;
mod write;

use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use board::{Board, BoardLanes};
pub(crate) use business::{Businesses, OneBusiness};
pub(crate) use card::{Cards, OneCard};
pub(crate) use config::Settings;
pub(crate) use conflict::Conflicts;
pub(crate) use dependencies::{Dependencies, Graph};
pub(crate) use diagnostic::Validation;
pub(crate) use error::Failure;
pub(crate) use form::Form;
pub(crate) use guard::Guard;
pub(crate) use history::History;
pub(crate) use idea::{Ideas, OneIdea};
pub(crate) use import_from::ImportFrom;
pub(crate) use log::{Entry, Log};
pub(crate) use me::Mine;
pub(crate) use next::Next;
pub(crate) use place::Status;
pub(crate) use schema::Kinds;
pub(crate) use search::Search;
pub(crate) use setup::{Guide, Init, MergeDriver, Rebuild};
pub(crate) use stage_doc::{OneStageDoc, StageDocs};
pub(crate) use stats::Stats;
pub(crate) use sync::{Export, Import};
pub(crate) use verify::Verification;
pub(crate) use watch::News;
pub(crate) use write::Write;

/// A kind of JSON document: its content, apart from `schema` and `notes`.
pub(crate) trait Kind: Serialize + JsonSchema {
    /// The name in its `schema` value, `bos.<name>/1`.
    const NAME: &'static str;
}

/// A document as printed.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a, T> {
    schema: String,
    #[serde(flatten)]
    body: &'a T,
}

impl<'a, T: Kind> From<&'a T> for Document<'a, T> {
    fn from(body: &'a T) -> Self {
        Self { schema: tag(T::NAME), body }
    }
}

/// The `schema` value of this kind of document.
pub(crate) fn tag(name: &str) -> String {
    format!("bos.{name}/1")
}

/// A kind of document and its schema.
pub(crate) struct KindEntry {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) schema: fn() -> serde_json::Value,
}

/// Declares all kinds; this is the only list of them.
macro_rules! kinds {
    ($($name:literal, $kind:ty, $about:literal;)*) => {
        $(impl Kind for $kind {
            const NAME: &'static str = $name;
        })*

        /// Every kind, in order of name.
        pub(crate) const KINDS: &[KindEntry] =
            &[$(KindEntry { name: $name, about: $about, schema: || schema::of::<$kind>($about) }),*];
    };
}

kinds! {
    "board", Board<'_>, "A board: lanes in their order, empty ones too, each with its cards.";
    "business", OneBusiness<'_>, "One business.";
    "businesses", Businesses<'_>, "Businesses, those of the catalogue first.";
    "card", OneCard<'_>, "One card in full.";
    "cards", Cards<'_>, "Cards, in board order.";
    "config", Settings<'_>, "Settings, each with where it comes from.";
    "conflicts", Conflicts<'_>, "Conflicts that wait for a person.";
    "deps", Dependencies<'_>, "What a card waits for, and what waits for it: trees line by line.";
    "entry", Entry<'_>, "One entry of the log, of a log that is followed.";
    "error", Failure, "Why a command failed; on standard error.";
    "export", Export<'_>, "What an export wrote and what it left out.";
    "graph", Graph<'_>, "Dependencies among cards.";
    "guard", Guard<'_>, "Changes of documents that did not come from an export.";
    "guide", Guide<'_>, "The page for agents.";
    "history", History<'_>, "What happened to a card or an idea, the oldest first.";
    "idea", OneIdea<'_>, "One idea in full.";
    "ideas", Ideas<'_>, "Ideas.";
    "import", Import<'_>, "What an import took in and what it left.";
    "import-from", ImportFrom<'_>, "What became of the work of another program.";
    "init", Init<'_>, "A tree that was started.";
    "log", Log<'_>, "Entries of the audit log, the newest first.";
    "me", Mine<'_>, "What belongs to a person, and what waits for them.";
    "merge-driver", MergeDriver<'_>, "How git merges documents in this clone.";
    "next", Next<'_>, "What can be worked on now, and what the rest waits for.";
    "rebuild", Rebuild<'_>, "A derivation of all rows from texts and log.";
    "schemas", Kinds, "The kinds of documents there are.";
    "search", Search<'_>, "What a search found, the best first.";
    "stage", OneStageDoc<'_>, "One stage doc in full.";
    "stages", StageDocs<'_>, "Stage docs.";
    "stats", Stats<'_>, "How work flows.";
    "status", Status<'_>, "The state of database, files and git.";
    "validate", Validation<'_>, "Findings of a check of every document.";
    "verify", Verification<'_>, "What a verification checked.";
    "watch", News<'_>, "One thing that a watch did or found; an object a line.";
    "write", Write<'_>, "What a command changed, entry by entry.";
}
