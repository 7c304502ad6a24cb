//! Every integration test, in one binary: a file per command or topic.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod as_of;
mod audit;
mod board;
mod card_move;
mod card_new;
mod card_set;
mod cli;
mod days;
mod documentation;
mod env;
mod export;
mod import;
mod layers;
mod lists;
mod publish;
mod races;
mod readme;
mod show;
mod source;
mod sql;
mod states;
mod stats;
mod validate;
