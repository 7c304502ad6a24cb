//! Every integration test, in one binary: a file per command or topic.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod apply;
mod audit;
mod board;
mod card_edit;
mod card_move;
mod card_new;
mod card_set;
mod card_states;
mod claims;
mod cli;
mod comments;
mod config;
mod days;
mod dependencies;
mod documentation;
mod env;
mod export;
mod guide;
mod history;
mod ideas;
mod import;
mod layers;
mod lists;
mod log;
mod model;
mod next;
mod per_change;
mod publish;
mod publish_layouts;
mod publish_meetings;
mod push;
mod races;
mod readme;
mod search;
mod shapes;
mod show;
mod source;
mod sql;
mod states;
mod templates;
mod undo;
mod validate;
mod witness;
