//! Git's own merge driver for documents: telling git of it, and taking that back. Needs no database.

mod attributes;
mod files;

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::section_file::{rewrite, text};
use crate::{
    engine::base::{error::EngineError, workspace::Workspace},
    git::{Location, set_in, setting_in, unset_in},
};
use attributes::{lists, patterns, with_patterns, without_patterns};

pub use files::{Merged, Overlap, merge_files};

/// What git calls it in lists.
const NAME_KEY: &str = "merge.bos.name";
const NAME: &str = "bos: front matter key by key, the text by lines";

/// The command that git runs.
const DRIVER_KEY: &str = "merge.bos.driver";

/// How git is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeDriver {
    /// The command that git runs; `None` where it has none.
    pub command: Option<String>,
    /// The documents it is for, as git writes patterns.
    pub patterns: Vec<String>,
    /// The files that were changed to get there.
    pub changed: Vec<PathBuf>,
}

/// Lets git merge the documents of this tree with `program`. `local` keeps the patterns out of what is committed.
///
/// # Errors
/// No repository, or a section of an attributes file that a person has broken.
pub fn install_merge_driver(workspace: &Workspace, program: &str, local: bool) -> Result<MergeDriver, EngineError> {
    let (git, top) = repository(workspace)?;
    let patterns = patterns(&workspace.prefix);
    let attributes = if local { local_attributes(git) } else { shared_attributes(&top) };
    // Git does not always make the folder of its own attributes.
    if let Some(folder) = attributes.parent() {
        let failed = |source| EngineError::Io { doing: "write", path: folder.to_path_buf(), source };
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut changed = Vec::new();
    if rewrite(&attributes, |text| with_patterns(text, &patterns))? {
        changed.push(attributes);
    }
    let config = config_file(git);
    // The folder is named so that BOS_REPO cannot lead elsewhere: the files that git names are relative.
    let command = format!("{} -C . merge-driver run %O %A %B %L %P", quoted(program));
    let mut configured = false;
    for (key, value) in [(NAME_KEY, NAME), (DRIVER_KEY, &command)] {
        if setting_in(&config, key)?.as_deref() != Some(value) {
            set_in(&config, key, value)?;
            configured = true;
        }
    }
    if configured {
        changed.push(config);
    }
    Ok(MergeDriver { command: Some(command), patterns, changed })
}

/// Whether git runs a merge driver for documents in this clone, and has documents of this tree for it.
///
/// # Errors
/// Settings or attributes that cannot be read.
pub fn has_merge_driver(workspace: &Workspace) -> Result<bool, EngineError> {
    let Ok((git, top)) = repository(workspace) else { return Ok(false) };
    if setting_in(&config_file(git), DRIVER_KEY)?.is_none() {
        return Ok(false);
    }
    let own = patterns(&workspace.prefix);
    for file in [shared_attributes(&top), local_attributes(git)] {
        let text = text(&file)?;
        if own.iter().all(|pattern| text.contains(pattern.as_str())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes back what [`install_merge_driver`] did for this tree, whichever way. The settings stay as long as another tree
/// of the repository has documents for it.
///
/// # Errors
/// No repository, or a section of an attributes file that a person has broken.
pub fn uninstall_merge_driver(workspace: &Workspace) -> Result<MergeDriver, EngineError> {
    let (git, top) = repository(workspace)?;
    let own = patterns(&workspace.prefix);
    let mut changed = Vec::new();
    let mut is_needed = false;
    for attributes in [shared_attributes(&top), local_attributes(git)] {
        if rewrite(&attributes, |text| without_patterns(text, &own))? {
            changed.push(attributes.clone());
        }
        is_needed |= lists(&text(&attributes)?);
    }
    let config = config_file(git);
    let mut command = setting_in(&config, DRIVER_KEY)?;
    if !is_needed && (command.is_some() || setting_in(&config, NAME_KEY)?.is_some()) {
        unset_in(&config, NAME_KEY)?;
        unset_in(&config, DRIVER_KEY)?;
        command = None;
        changed.push(config);
    }
    Ok(MergeDriver { command, patterns: own, changed })
}

fn repository(workspace: &Workspace) -> Result<(&Location, PathBuf), EngineError> {
    let found = workspace.git.as_ref().and_then(|git| Some((git, git.workdir.clone()?)));
    let root = workspace.root()?;
    found.ok_or_else(|| EngineError::NoRepository { root: root.to_path_buf() })
}

fn config_file(git: &Location) -> PathBuf {
    git.common_dir.join("config")
}

fn shared_attributes(top: &Path) -> PathBuf {
    top.join(".gitattributes")
}

/// The attributes of this clone alone.
fn local_attributes(git: &Location) -> PathBuf {
    git.common_dir.join("info/attributes")
}

/// A program as the shell that git starts has to read it, where `%` also has to be doubled for git.
fn quoted(program: &str) -> String {
    let doubled = program.replace('%', "%%");
    if doubled.chars().all(|c| c.is_alphanumeric() || "._-/+%".contains(c)) {
        return doubled;
    }
    format!("'{}'", doubled.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_the_program() {
        let rows = [
            ("bos", "bos"),
            ("/usr/local/bin/bos", "/usr/local/bin/bos"),
            ("/Zoë's tools/bos", r"'/Zoë'\''s tools/bos'"),
            (r"C:\bin\bos.exe", r"'C:\bin\bos.exe'"),
            ("/100%/$x/bos", "'/100%%/$x/bos'"),
        ];
        for (program, expected) in rows {
            assert_eq!(quoted(program), expected);
        }
    }
}
