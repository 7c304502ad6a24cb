//! The commands, a file each: its arguments, whose comments are its help, and its `run`.

pub(crate) mod audit;
pub(crate) mod board;
pub(crate) mod business;
pub(crate) mod card;
mod card_list;
mod card_move;
mod card_new;
mod card_set;
mod card_show;
pub(crate) mod completions;
pub(crate) mod export;
pub(crate) mod idea;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod log;
pub(crate) mod man;
pub(crate) mod stage;
pub(crate) mod stats;
pub(crate) mod status;
pub(crate) mod validate;
