//! Every integration test, in one binary: a file per command or topic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

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
