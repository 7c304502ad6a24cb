//! `bos.init/1`, `bos.guide/1`, `bos.merge-driver/1` and `bos.rebuild/1`: what sets up and repairs.

use schemars::JsonSchema;
use serde::Serialize;

use super::sync::paths;
use crate::{domain::doc_path::DocPath, engine};

/// `bos.init/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Init<'a> {
    root: &'a str,
    database: &'a str,
    /// Files that were made.
    files: Vec<&'a str>,
    /// Whether git merges documents key by key in this clone.
    merge_driver: bool,
}

impl<'a> Init<'a> {
    /// A tree with its database, and the files that were made.
    pub(crate) fn new(root: &'a str, database: &'a str, files: &'a [DocPath], merge_driver: bool) -> Self {
        Self { root, database, files: paths(files), merge_driver }
    }
}

/// `bos.guide/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Guide<'a> {
    text: &'a str,
    /// The file it is kept in, where one was asked for.
    file: Option<&'a str>,
    changed: bool,
}

impl<'a> Guide<'a> {
    /// The page, and the file it is kept in.
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
    /// Files that were written.
    changed: Vec<String>,
}

impl<'a> MergeDriver<'a> {
    /// How git is set up now.
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
pub(crate) struct Rebuild {
    /// How many were derived anew.
    pub(crate) entities: u64,
}
