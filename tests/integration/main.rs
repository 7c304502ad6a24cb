//! Every integration test, in one binary: a file per command or topic.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod card_move;
mod card_new;
mod card_set;
mod documentation;
mod env;
mod import;
mod readme;
mod states;
