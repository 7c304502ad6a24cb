//! The only layer that knows libgit2 and the `git` program: reads trees and history, writes commits. It knows paths,
//! blobs, trees and commits, but not what the files mean. Paths are relative to the top of the work tree, UTF-8 and
//! separated by `/` on every platform.

mod branch;
mod commit;
mod config_file;
mod elsewhere;
mod error;
mod file_story;
mod filter;
mod history;
mod id;
mod introduced;
mod location;
mod loose;
mod makers;
mod merge_base;
#[cfg(unix)]
mod moving;
mod new_objects;
mod pack;
mod program;
mod range;
mod remote;
mod repository;
mod trailer;
mod tree;
mod tree_edit;
mod tree_path;
mod under_way;
mod unmerged;
mod work_tree;

#[cfg(test)]
mod tests;

pub use commit::{Change, CommitOutcome, NewCommit};
pub use error::GitError;
pub use file_story::FileChange;
pub use history::{Authored, Occurrence};
pub use id::{BlobId, CommitId, InvalidId};
pub use location::{Location, locate};
pub use makers::Makers;
pub use merge_base::BothChanged;
pub use program::{MergedLines, merge_lines, set_in, setting_in, unset_in};
pub use range::{Range, Told};
pub use remote::PushOutcome;
pub use repository::{Repository, user_name};
pub use trailer::TrailedCommit;
pub use tree::TreeChange;
pub use under_way::IndexMark;
pub use unmerged::UnmergedPath;
