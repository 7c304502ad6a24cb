//! A local-first database for the work of small businesses: markdown in, SQLite inside, git out.

pub mod cli;
pub mod domain;
pub mod engine;
pub mod foreign;
pub mod git;
pub mod markdown;
pub mod store;
pub mod tree;
mod wire;
