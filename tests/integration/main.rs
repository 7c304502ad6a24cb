//! Every integration test, in one binary: a file per command or topic.

mod card_move;
mod card_new;
mod card_set;
mod env;
mod import;
mod states;
