//! Every integration test, in one binary: a file per command or topic.

mod audit;
mod card_move;
mod env;
mod layers;
mod publish;
mod races;
mod source;
mod sql;
