//! Every integration test, in one binary: a file per command or topic.

mod audit;
mod card_move;
mod days;
mod env;
mod export;
mod layers;
mod publish;
mod races;
mod source;
mod sql;
