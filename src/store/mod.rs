//! The database: the only layer that knows SQLite. All SQL is here, values are always bound, and results are domain
//! values, never rows or statements.

mod adoption;
mod blobs;
mod card_versions;
mod cards;
mod conflicts;
mod connection;
mod counters;
mod data;
mod documents;
mod error;
mod idea_versions;
mod ideas;
mod log;
mod log_search;
mod migrations;
mod mirrors;
mod projection;
mod reading;
mod row;
mod schema;
mod search;
mod search_index;
mod snapshot;
mod stage_docs;
mod tables;
mod txn;
mod wal;

pub use card_versions::{CardVersion, Stamp};
pub use cards::{CardRow, Scope};
pub use connection::{Database, Monitor, Reach};
pub use documents::DocumentRow;
pub use error::{StoreError, Trouble};
pub use idea_versions::IdeaVersion;
pub use ideas::IdeaRow;
pub use log::{Head, LogFilter, RawEntry};
pub use log_search::LogPage;
pub use migrations::SCHEMA_VERSION;
pub use mirrors::{COMMITS, FileStat, FilesDigest, Mirror, MirrorDocument};
pub use projection::Should;
pub use search::Match;
pub use search_index::SearchDocument;
pub use snapshot::Snapshot;
pub use stage_docs::StageDocRow;
pub use tables::{Kind, TABLES};
pub use txn::Txn;
