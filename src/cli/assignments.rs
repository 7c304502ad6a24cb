//! Changes to keys as typed by a person: `Key=Value`, `Key:=JSON`, and the related options.

use clap::Args;
use serde_json::Value as Json;

use super::{error::CliError, input::read_body};
use crate::{
    domain::value::FieldValue,
    engine::{Edits, Value},
    markdown::of_json,
};

/// Changes to a document.
#[derive(Debug, Clone, Args)]
pub(crate) struct Assignments {
    /// Key=Value for a string, Key:=JSON for a typed value
    #[arg(value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Add an item to a list: Tags=garden
    #[arg(long, value_name = "KEY=ITEM")]
    add: Vec<String>,
    /// Remove an item from a list: Tags=later
    #[arg(long, value_name = "KEY=ITEM")]
    remove: Vec<String>,
    /// Remove a key
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// A file with the new text, - for standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<String>,
    /// The text is that of the companion for agents
    #[arg(long, requires = "body_file")]
    agent: bool,
    /// Allow a new key that is nearly a known one
    #[arg(long)]
    force_key: bool,
}

impl Assignments {
    /// The changes as the engine expects them.
    pub(crate) fn edits(&self) -> Result<Edits, CliError> {
        Ok(Edits {
            set: self.set.iter().map(|text| assignment(text)).collect::<Result<_, _>>()?,
            add: self.add.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
            remove: self.remove.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
            unset: self.unset.clone(),
            body: self.body_file.as_deref().map(read_body).transpose()?,
            agent: self.agent,
            force_key: self.force_key,
            was: Vec::new(),
        })
    }
}

/// Rejects a request without any change.
pub(crate) fn check_any(edits: &Edits, example: &str) -> Result<(), CliError> {
    let lists = [edits.add.is_empty(), edits.remove.is_empty(), edits.unset.is_empty()];
    if edits.set.is_empty() && lists.iter().all(|empty| *empty) && edits.body.is_none() {
        return Err(CliError::Usage {
            message: "there is nothing to change".to_owned(),
            hint: format!("name what to set: {example}"),
        });
    }
    Ok(())
}

fn assignment(text: &str) -> Result<(String, Value), CliError> {
    let (key, value) = text.split_once('=').ok_or_else(|| not_an_assignment(text))?;
    match key.strip_suffix(':') {
        Some(key) => Ok((key.to_owned(), Value::Typed(typed(value)?))),
        None => Ok((key.to_owned(), Value::Text(value.to_owned()))),
    }
}

/// Parses `key=item`.
pub(crate) fn item(text: &str) -> Result<(String, String), CliError> {
    let (key, item) = text.split_once('=').ok_or_else(|| not_an_assignment(text))?;
    Ok((key.to_owned(), item.to_owned()))
}

fn not_an_assignment(text: &str) -> CliError {
    CliError::Usage {
        message: format!("{text:?} names no value"),
        hint: "write Key=Value, or Key:=JSON for a typed value".to_owned(),
    }
}

/// Parses `key=text` or `key:=JSON`.
pub(crate) fn json_assignment(text: &str) -> Result<(String, Json), CliError> {
    let (key, value) = text.split_once('=').ok_or_else(|| not_an_assignment(text))?;
    match key.strip_suffix(':') {
        Some(key) => Ok((key.to_owned(), json(value)?)),
        None => Ok((key.to_owned(), Json::from(value))),
    }
}

/// Parses JSON into a front matter value.
fn typed(text: &str) -> Result<FieldValue, CliError> {
    Ok(of_json(&json(text)?))
}

fn json(text: &str) -> Result<Json, CliError> {
    serde_json::from_str(text).map_err(|error| CliError::Usage {
        message: format!("{text:?} is not JSON: {error}"),
        hint: "Key:=JSON takes JSON; Key=Value takes text as it is".to_owned(),
    })
}
