//! `bos card list`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Filters, Global},
        complete,
        error::CliError,
        json, list_view,
        ui::Ui,
    },
    domain::{lane::Lane, one_of::OneOf, priority::Priority},
};

/// List cards, business by business, in board order
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code of a business; all when left out
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let business = args.business.as_deref().map(|typed| engine.business(typed)).transpose()?;
    let mut cards = engine.cards(&args.filters.query(business))?;
    let total = cards.len();
    cards.truncate(args.filters.limit.unwrap_or(usize::MAX));
    if ui.json {
        ui.document(&json::cards(total, &cards))?;
    } else {
        let rows = cards.iter().map(|card| {
            [
                card.id.to_string(),
                word(&card.lane, Lane::as_str),
                word(&card.priority, Priority::as_str),
                card.owner.clone(),
                card.due.clone().unwrap_or_default(),
                card.title.clone(),
            ]
        });
        list_view::print(ui, ["ID", "LANE", "PRI", "OWNER", "DUE", "TITLE"], rows.collect())?;
        list_view::cut_note(ui, cards.len(), total)?;
    }
    ui.flush()?;
    Global::notices(&engine, ui)?;
    Ok(0)
}

fn word<T: Copy>(value: &OneOf<T>, name: impl Fn(T) -> &'static str) -> String {
    match value {
        OneOf::Known(value) => name(*value).to_owned(),
        OneOf::Other(other) => other.clone(),
    }
}
