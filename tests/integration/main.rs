//! Every integration test, in one binary: a file per command or topic.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands; clippy.toml covers test functions only")]

mod board;
mod card_move;
mod card_new;
mod card_set;
mod cli;
mod env;
mod import;
mod lists;
mod show;
mod states;
mod validate;
