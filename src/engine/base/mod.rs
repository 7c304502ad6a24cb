//! What all rooms stand upon: the engine itself, its settings and clock, files and texts, rows derived from texts.

pub(in crate::engine) mod arrival;
pub(in crate::engine) mod catalogue;
pub(in crate::engine) mod clock;
pub(in crate::engine) mod config;
pub(in crate::engine) mod derived;
pub(in crate::engine) mod elsewhere;
pub(in crate::engine) mod engine;
pub(in crate::engine) mod error;
pub(in crate::engine) mod export_trailers;
pub(in crate::engine) mod file_probe;
pub(in crate::engine) mod file_state;
pub(in crate::engine) mod import_report;
pub(in crate::engine) mod lookup;
pub(in crate::engine) mod named_file;
pub(in crate::engine) mod notices;
pub(in crate::engine) mod projection;
pub(in crate::engine) mod reading;
pub(in crate::engine) mod rebuild;
pub(in crate::engine) mod rows;
pub(in crate::engine) mod selection;
pub(in crate::engine) mod tracked_document;
pub(in crate::engine) mod tree_digest;
pub(in crate::engine) mod walk;
pub(in crate::engine) mod wording;
pub(in crate::engine) mod workspace;
