//! `bos business set`.

use clap_complete::engine::ArgValueCompleter;
use serde_json::Value;

use crate::{
    cli::{
        args::Global,
        assignments::{item, json_assignment},
        business_view, complete,
        error::CliError,
        sanitize::sanitize,
        ui::Ui,
    },
    engine::{BusinessChange, BusinessEdits},
};

/// Change what the catalogue says of a business
///
/// Keys are name, description, owner, category, status, created and tags; others are allowed and kept. Only the bytes
/// of what changes are touched in docs/business-os/strategy/businesses.json: commit it. `bos undo` does not revert
/// this; use git.
///
/// Examples:
///   bos business set BAKE name="Half Past Five" status=closed
///   bos business set BAKE --add tags=market --remove tags=retail
///   bos business set BAKE seats:=12 --unset category
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: String,
    /// key=value for a text, key:=JSON for a typed value
    #[arg(value_name = "KEY=VALUE", add = ArgValueCompleter::new(complete::business_keys))]
    set: Vec<String>,
    /// Add an item to a list: tags=market
    #[arg(long, value_name = "KEY=ITEM")]
    add: Vec<String>,
    /// Remove an item from a list: tags=retail
    #[arg(long, value_name = "KEY=ITEM")]
    remove: Vec<String>,
    /// Remove a key
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Allow a new key that is nearly a known one
    #[arg(long)]
    force_key: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let edits = BusinessEdits {
        set: args.set.iter().map(|text| json_assignment(text)).collect::<Result<_, _>>()?,
        add: args.add.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
        remove: args.remove.iter().map(|text| item(text)).collect::<Result<_, _>>()?,
        unset: args.unset.clone(),
        force_key: args.force_key,
    };
    if [&args.set, &args.add, &args.remove, &args.unset].into_iter().all(Vec::is_empty) {
        return Err(CliError::Usage {
            message: "there is nothing to change".to_owned(),
            hint: "name what to set: bos business set CODE name=\"A name\"".to_owned(),
        });
    }
    let session = global.open(ui)?;
    let (code, changes) = session.set_business(&args.business, &edits)?;
    if !changes.is_empty() {
        ui.has_done(format!("{code} was changed"));
    }
    if ui.json {
        return business_view::document(&session, ui, &code, !changes.is_empty());
    }
    if changes.is_empty() {
        ui.line(&format!("{code}  unchanged"))?;
    }
    for BusinessChange { key, from, to } in &changes {
        let line = format!("{code}  {key}: {} -> {}", shown(from), shown(to));
        ui.line(&sanitize(&line))?;
    }
    Ok(0)
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
