//! `bos.init/1`, `bos.guide/1`, `bos.merge-driver/1` and `bos.rebuild/1`: the results of setup and repair.

use schemars::JsonSchema;
use serde::Serialize;

use super::sync::paths;
use crate::{domain::doc_path::DocPath, engine};

/// `bos.init/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Init<'a> {
    root: &'a str,
    database: &'a str,
    /// The files that were created.
    files: Vec<&'a str>,
    /// Whether git merges documents key by key in this clone.
    merge_driver: bool,
}

impl<'a> Init<'a> {
    /// A tree, its database and the files that were created.
    pub(crate) fn new(root: &'a str, database: &'a str, files: &'a [DocPath], merge_driver: bool) -> Self {
        Self { root, database, files: paths(files), merge_driver }
    }
}

/// `bos.guide/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Guide<'a> {
    text: &'a str,
    /// The file that contains it, if one was requested.
    file: Option<&'a str>,
    changed: bool,
}

impl<'a> Guide<'a> {
    /// The page, and the file that contains it.
    pub(crate) fn new(text: &'a str, file: Option<&'a str>, changed: bool) -> Self {
        Self { text, file, changed }
    }
}

/// `bos.merge-driver/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MergeDriver<'a> {
    installed: bool,
    /// The command that git runs.
    driver: Option<&'a str>,
    patterns: &'a [String],
    /// The files that were written.
    changed: Vec<String>,
}

impl<'a> MergeDriver<'a> {
    /// The present configuration of git.
    pub(crate) fn new(driver: &'a engine::MergeDriver, installed: bool) -> Self {
        Self {
            installed,
            driver: driver.command.as_deref(),
            patterns: &driver.patterns,
            changed: driver.changed.iter().map(|file| file.display().to_string()).collect(),
        }
    }
}

/// `bos.rebuild/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Rebuild<'a> {
    /// The number of entities rebuilt.
    entities: u64,
    /// Documents whose damaged text was put back from their files.
    restored: Vec<&'a str>,
    /// Documents whose text is damaged, and of which no file holds the right one.
    damaged: Vec<&'a str>,
}

impl<'a> From<&'a engine::Rebuilt> for Rebuild<'a> {
    fn from(rebuilt: &'a engine::Rebuilt) -> Self {
        let engine::Rebuilt { entities, restored, damaged } = rebuilt;
        Self { entities: *entities, restored: paths(restored), damaged: paths(damaged) }
    }
}
