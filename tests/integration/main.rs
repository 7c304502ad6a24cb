//! Every integration test, in one binary: a file per command or topic.

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
