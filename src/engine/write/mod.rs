//! Changes: the one way in for writes, and every change there is.

pub(in crate::engine) mod business;
pub(in crate::engine) mod change;
pub(in crate::engine) mod charge;
mod following;
mod hand_edits;
pub(in crate::engine) mod import_from;
mod imported_before;
pub(in crate::engine) mod item_left_out;
mod limits;
pub(in crate::engine) mod merging;
mod numbers;
pub(in crate::engine) mod renumber;
pub(in crate::engine) mod templates;
pub(in crate::engine) mod undo;
pub(in crate::engine) mod writer;
