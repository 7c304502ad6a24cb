//! The settings that hold in a place: where `bos.toml` is, what the environment puts in its place, how it is changed.
//! Needs no database.

mod file;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    error::{EngineError, in_tree},
    file_probe::read_text,
    session::Session,
    workspace::Workspace,
};
use crate::{
    domain::{
        config::{Config, Given, Key, Source},
        diagnostic::{Diagnostic, Problem},
        doc_path::DocPath,
        suggest::nearest,
    },
    tree::{Stat, Tree},
};

/// The name of the file.
const FILE: &str = "bos.toml";

/// Settings given past the file: each with its text, as an environment variable holds it.
pub type Environment = Vec<(Key, String)>;

/// What a change of a setting did.
#[derive(Debug, Clone)]
pub struct ConfigChange {
    /// Whether the file was written.
    pub changed: bool,
    /// What holds now.
    pub config: Config,
}

/// `bos.toml`: in the root, else in the nearest folder above it within the work tree.
#[must_use]
pub fn config_file(workspace: &Workspace) -> Option<PathBuf> {
    let root = workspace.root().ok()?;
    let top = workspace.git.as_ref().and_then(|git| git.workdir.as_deref()).unwrap_or(root);
    let within = root.ancestors().take_while(|folder| folder.starts_with(top));
    let name = DocPath::parse(FILE)?;
    within.filter(|folder| Tree::at(folder).has(&name)).map(|folder| folder.join(FILE)).next()
}

/// The file as messages name it: relative to the root, with `/`.
#[must_use]
pub fn config_name(workspace: &Workspace, file: &Path) -> String {
    let below = workspace.root().ok().zip(file.parent()).and_then(|(root, folder)| root.strip_prefix(folder).ok());
    "../".repeat(below.map_or(0, |below| below.components().count())) + FILE
}

/// The settings that hold in a place.
///
/// # Errors
/// The first thing that is wrong with the file, or with the environment.
pub fn settings(workspace: &Workspace, environment: &Environment) -> Result<Config, EngineError> {
    let mut config = Config::default();
    if let Some(file) = config_file(workspace) {
        let name = config_name(workspace, &file);
        let text = read(&file).map_err(|problem| refused(problem, 0, &name))?;
        in_order(file::read(&text, &mut config), &name)?;
    }
    for (key, text) in environment {
        if !config.set(*key, &Given::of_text(*key, text), Source::Environment) {
            return Err(bad_value(key.variable(), text, *key));
        }
    }
    Ok(config)
}

/// Everything that is wrong with the file.
pub(in crate::engine) fn findings(workspace: &Workspace) -> Vec<Diagnostic> {
    let Some(file) = config_file(workspace) else { return Vec::new() };
    let name = config_name(workspace, &file);
    let problems = match read(&file) {
        Ok(text) => file::read(&text, &mut Config::default()),
        Err(problem) => vec![problem],
    };
    problems.into_iter().map(|problem| problem.at(&name)).collect()
}

/// Changes a setting in the file; `None` removes it. Where there is no file, one is made in the root.
///
/// # Errors
/// An invalid value, a key that is neither known nor in the file, or a file that is invalid after the change.
pub fn set_config(
    workspace: &Workspace,
    environment: &Environment,
    name: &str,
    value: Option<&str>,
) -> Result<ConfigChange, EngineError> {
    let found = config_file(workspace);
    let root = workspace.root()?;
    let file = found.clone().unwrap_or_else(|| root.join(FILE));
    let shown = config_name(workspace, &file);
    let text = match &found {
        Some(file) => read(file).map_err(|problem| refused(problem, 0, &shown))?,
        None => String::new(),
    };
    let key = Key::parse(name);
    if key.is_none() && (value.is_some() || !file::has(&text, name)) {
        return Err(EngineError::Unknown {
            what: "setting",
            id: name.to_owned(),
            nearest: nearest(name, Key::ALL.map(Key::as_str)).map(str::to_owned),
            known: Key::ALL.map(|key| key.as_str().to_owned()).into(),
        });
    }
    let given = match (key, value) {
        (Some(key), Some(value)) => {
            let given = Given::of_text(key, value);
            if !Config::default().set(key, &given, Source::Default) {
                return Err(bad_value(name, value, key));
            }
            Some(given)
        }
        _ => None,
    };
    let new = file::write(&text, name, given.as_ref()).map_err(|problem| refused(problem, 0, &shown))?;
    in_order(file::read(&new, &mut Config::default()), &shown)?;
    let changed = new != text;
    if changed {
        let (folder, path) = (file.parent().unwrap_or(root), DocPath::parse(FILE));
        path.map_or(Ok(()), |path| Tree::at(folder).write(&path, new.as_bytes())).map_err(in_tree("write", folder))?;
    }
    Ok(ConfigChange { changed, config: settings(workspace, environment)? })
}

impl Session {
    /// The settings that hold here: read when first needed, and again when the file has changed.
    ///
    /// # Errors
    /// As those of [`settings`].
    pub fn config(&self) -> Result<Arc<Config>, EngineError> {
        let file = config_file(&self.workspace).and_then(|file| Some((stat(&file)?, file)));
        if let Some(known) = self.config.borrow().as_ref().filter(|known| known.file == file) {
            return Ok(Arc::clone(&known.config));
        }
        let config = Arc::new(settings(&self.workspace, &self.options.environment)?);
        *self.config.borrow_mut() = Some(KnownConfig { file, config: Arc::clone(&config) });
        Ok(config)
    }

    /// The folder that paths in the settings are relative to.
    pub(in crate::engine) fn config_folder(&self) -> Result<PathBuf, EngineError> {
        let file = config_file(&self.workspace);
        match file.as_deref().and_then(Path::parent) {
            Some(folder) => Ok(folder.to_path_buf()),
            None => Ok(self.root()?.to_path_buf()),
        }
    }
}

/// The settings as they were read, and what the file looked like then.
#[derive(Debug, Clone)]
pub(in crate::engine) struct KnownConfig {
    file: Option<(Stat, PathBuf)>,
    config: Arc<Config>,
}

fn stat(file: &Path) -> Option<Stat> {
    Tree::at(file.parent()?).stat(&DocPath::parse(FILE)?).ok().flatten()
}

fn read(file: &Path) -> Result<String, Problem> {
    let (Some(folder), Some(name)) = (file.parent(), DocPath::parse(FILE)) else { return Ok(String::new()) };
    read_text(&Tree::at(folder), &name).map(Option::unwrap_or_default)
}

fn in_order(problems: Vec<Problem>, name: &str) -> Result<(), EngineError> {
    let more = problems.len().saturating_sub(1);
    problems.into_iter().next().map_or(Ok(()), |first| Err(refused(first, more, name)))
}

fn refused(first: Problem, more: usize, name: &str) -> EngineError {
    EngineError::BadConfig { finding: Box::new(first.at(name)), more }
}

fn bad_value(what: &str, value: &str, key: Key) -> EngineError {
    let fault = Config::fault(key, &Given::of_text(key, value)).map(|fault| format!(" ({fault})")).unwrap_or_default();
    EngineError::BadValue {
        what: what.to_owned(),
        value: value.to_owned(),
        expected: key.expected().to_owned() + &fault,
    }
}
