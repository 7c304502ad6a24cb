//! Checks of the files, and of the database against its log.

pub(in crate::engine) mod validate;
pub(in crate::engine) mod verify;
