//! Where database, files and git meet.

pub(in crate::engine) mod agents_file;
pub(in crate::engine) mod conflicts;
pub(in crate::engine) mod export;
pub(in crate::engine) mod export_report;
pub(in crate::engine) mod guard;
pub(in crate::engine) mod import;
pub(in crate::engine) mod lost_log;
pub(in crate::engine) mod merge_driver;
mod new_place;
pub(in crate::engine) mod places;
pub(in crate::engine) mod publish;
pub(in crate::engine) mod refresh;
pub(in crate::engine) mod section_file;
pub(in crate::engine) mod shared_id;
pub(in crate::engine) mod status;
pub(in crate::engine) mod watch;
