//! Text to fields and back: the lens. Pure: no I/O, no clock.

mod conflict_markers;
mod core_schema;
mod edit;
mod edit_error;
#[cfg(test)]
mod examples;
mod flat;
mod flow;
mod flow_rewrite;
mod kept;
#[cfg(test)]
mod laws;
mod line_diff;
pub mod locate;
mod merge;
mod node;
mod parse;
mod rewrite;
mod scalar;
mod scan;
mod section;
mod split;
pub mod template;
mod touch;
mod typed;

pub use conflict_markers::{Unmerged, sides, unmerged};
pub use edit::{Edit, edit};
pub use edit_error::EditError;
pub use line_diff::{distance, only_adds, shared_lines, unified_diff};
pub use merge::{Clash, ClashPlace, LineRange, Merge, Side, merge, merge_marking, resolve};
pub use parse::{Document, parse};
pub use section::{Markers, SectionError, section, with_section, without_section};
pub use split::{Split, split};
pub use touch::{Touch, is_bookkeeping, touch};
pub use typed::{of_json, typed};
