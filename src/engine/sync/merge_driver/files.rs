//! The merge of three files that git asks for. Needs no tree and no database; the file is replaced as a whole or not at
//! all.

use std::{io::ErrorKind, path::Path};

use crate::{
    engine::base::{
        error::EngineError,
        named_file::{read_file, replace_file},
        reading::{Reading, text_of},
    },
    git::merge_lines,
    markdown::{Clash, ClashPlace, merge_marking},
};

/// Files larger than this are left to git.
const LARGEST: u64 = 1 << 30;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merged {
    /// Our file holds what both sides made of the document.
    Clean,
    /// Our file holds what could be merged, and a person decides about the rest.
    Overlapping(Vec<Overlap>),
}

/// One thing for a person to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlap {
    /// Both sides changed a key or the same lines of the body.
    Clash(Clash),
    /// It is no text; our file is as it was.
    NoText,
    /// It could only be merged by lines, like any file, and both sides changed the same ones.
    Lines,
    /// It could only be merged by lines, and what came out cannot be read: what is wrong.
    Unreadable(String),
}

/// Merges what `theirs` made of `base` into `ours`; conflict markers begin with so many signs.
///
/// # Errors
/// A file that cannot be read or written; `ours` is as it was then.
pub fn merge_files(base: &Path, ours: &Path, theirs: &Path, marker_size: usize) -> Result<Merged, EngineError> {
    let read = |file: &Path| {
        let absent = || EngineError::Io { doing: "read", path: file.to_path_buf(), source: ErrorKind::NotFound.into() };
        read_file(file, LARGEST)?.ok_or_else(absent)
    };
    let bytes = [read(base)?, read(ours)?, read(theirs)?];
    if bytes.iter().any(|bytes| bytes.contains(&0)) {
        return Ok(Merged::Overlapping(vec![Overlap::NoText]));
    }
    let sides_can_be_read = bytes[1..].iter().all(|side| Reading::of_bytes(side.clone()).is_ok());
    if let [Ok(base), Ok(ours_text), Ok(theirs)] = bytes.map(text_of) {
        let merge = merge_marking(Some(&base), Some(&ours_text), Some(&theirs), marker_size);
        if let Some(text) = merge.marked.or(merge.text)
            && !merge.clashes.iter().any(|clash| clash.place == ClashPlace::Whole)
        {
            replace_file(ours, text)?;
            let overlaps = merge.clashes.into_iter().map(Overlap::Clash).collect::<Vec<_>>();
            return Ok(if overlaps.is_empty() { Merged::Clean } else { Merged::Overlapping(overlaps) });
        }
    }
    let merged = merge_lines(base, ours, theirs, marker_size)?;
    let overlap = match (merged.is_clean, Reading::of_bytes(merged.bytes.clone())) {
        (false, _) => Some(Overlap::Lines),
        (true, Err(problem)) if sides_can_be_read => Some(Overlap::Unreadable(problem.message)),
        (true, _) => None,
    };
    replace_file(ours, &merged.bytes)?;
    Ok(overlap.map_or(Merged::Clean, |overlap| Merged::Overlapping(vec![overlap])))
}
