//! What all callers share: the database and the clock. It knows no caller, no tree and no file.

use super::clock::Clock;
use crate::store::Database;

/// A database with its clock. Threads may share it.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Core {
    pub(in crate::engine) database: Database,
    pub(in crate::engine) clock: Clock,
}
