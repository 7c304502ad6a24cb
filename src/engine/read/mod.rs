//! Queries: boards, lists, single entities, search, the past. Nothing here writes, except to fill projections.

pub(in crate::engine) mod dependencies;
pub(in crate::engine) mod entity_at;
pub(in crate::engine) mod git_past;
pub(in crate::engine) mod history;
pub(in crate::engine) mod lists;
pub(in crate::engine) mod log;
pub(in crate::engine) mod me;
pub(in crate::engine) mod moment;
pub(in crate::engine) mod next;
pub(in crate::engine) mod past;
pub(in crate::engine) mod search;
pub(in crate::engine) mod show;
pub(in crate::engine) mod stats;
pub(in crate::engine) mod versions;
