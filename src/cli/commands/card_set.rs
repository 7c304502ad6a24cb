//! `bos card set`.

use std::io::Read as _;

use clap_complete::engine::ArgValueCompleter;
use serde_json::Value as Json;

use crate::{
    cli::{args::Global, complete, error::CliError, json, ui::Ui},
    domain::value::FieldValue,
    engine::{CardEdits, Value},
};

/// Change keys, list items or the text of a card
///
/// Key=Value sets a string, Key:=JSON a typed value. Keys that are not known are allowed and kept. Only the lines of
/// what changes are touched.
///
/// Examples:
///   bos card set BAKE-ENG-0001 Title="A better title" Priority=P1
///   bos card set BAKE-ENG-0001 Due-Date=2026-03-01 --add Tags=garden --remove Tags=later
///   bos card set BAKE-ENG-0001 Estimate:=5 --unset Owner
///   bos card set BAKE-ENG-0001 --body-file text.md
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
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
    /// Refuse if the card is no longer at this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let edits = CardEdits {
        set: args.set.iter().map(|text| assignment(text)).collect::<Result<_, _>>()?,
        add: args.add.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
        remove: args.remove.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
        unset: args.unset.clone(),
        body: args.body_file.as_deref().map(read_body).transpose()?,
        agent: args.agent,
        expect: args.expect.clone(),
    };
    if edits.set.is_empty()
        && edits.add.is_empty()
        && edits.remove.is_empty()
        && edits.unset.is_empty()
        && edits.body.is_none()
    {
        return Err(CliError::Usage {
            message: "there is nothing to change".to_owned(),
            hint: "name what to set: bos card set ID Key=Value".to_owned(),
        });
    }
    let engine = global.open(ui)?;
    let (id, written) = engine.set_card(&args.id, &edits)?;
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&json::write(&written))?;
        return Ok(0);
    }
    match written.entries.last().filter(|entry| entry.facts.action == "set") {
        Some(entry) => {
            let keys: Vec<&str> = entry.facts.changes.iter().map(|(key, _)| key).collect();
            ui.line(&format!("{id}  {}", crate::cli::sanitize::sanitize(&keys.join(", "))))?;
        }
        None => ui.line(&format!("{id}  unchanged"))?,
    }
    Ok(0)
}

/// A text for a body: a file, or standard input for `-`.
pub(super) fn read_body(file: &str) -> Result<String, CliError> {
    let failed = |source| CliError::Input { path: file.to_owned(), source };
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(failed)?;
        return Ok(text);
    }
    std::fs::read_to_string(file).map_err(failed)
}

fn assignment(text: &str) -> Result<(String, Value), CliError> {
    let (key, value) = text.split_once('=').ok_or_else(|| not_an_assignment(text))?;
    match key.strip_suffix(':') {
        Some(key) => Ok((key.to_owned(), Value::Typed(typed(value)?))),
        None => Ok((key.to_owned(), Value::Text(value.to_owned()))),
    }
}

fn item(text: &str) -> Result<(String, String), CliError> {
    let (key, item) = text.split_once('=').ok_or_else(|| not_an_assignment(text))?;
    Ok((key.to_owned(), item.to_owned()))
}

fn not_an_assignment(text: &str) -> CliError {
    CliError::Usage {
        message: format!("{text:?} names no value"),
        hint: "write Key=Value, or Key:=JSON for a typed value".to_owned(),
    }
}

/// The JSON value as front matter holds it.
fn typed(text: &str) -> Result<FieldValue, CliError> {
    let bad = |message: String| CliError::Usage {
        message,
        hint: "Key:=JSON takes a string, a number, true, false, null or a list of strings".to_owned(),
    };
    let json: Json = serde_json::from_str(text).map_err(|error| bad(format!("{text:?} is not JSON: {error}")))?;
    match json {
        Json::String(text) => Ok(FieldValue::Str(text)),
        Json::Bool(value) => Ok(FieldValue::Bool(value)),
        Json::Null | Json::Number(_) => Ok(FieldValue::Source(json.to_string())),
        Json::Array(items) => {
            let strings: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            strings.map(FieldValue::List).ok_or_else(|| bad(format!("{text} holds something else than strings")))
        }
        Json::Object(_) => Err(bad(format!("{text} is an object"))),
    }
}
