//! `bos card list`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{AsOf, Filters, Global, notices},
        complete,
        error::CliError,
        json, list_view,
        ui::Ui,
    },
    domain::{lane::Lane, one_of::OneOf, priority::Priority, query::Query},
};

/// List cards, business by business, in board order
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code of a business; all when left out
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&engine)?;
    let moment = moment.as_ref();
    let business = args.business.as_deref().map(|typed| engine.business_then(typed, moment)).transpose()?;
    let query = Query { at: moment.map(|moment| moment.seq), ..args.filters.query(business) };
    let mut cards = engine.cards(&query)?;
    let total = cards.len();
    cards.truncate(args.filters.limit.unwrap_or(usize::MAX));
    if ui.json {
        ui.document(&json::cards(total, &cards))?;
    } else {
        list_view::heading(ui, moment)?;
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
    notices(&engine, moment, ui)?;
    Ok(0)
}

fn word<T: Copy>(value: &OneOf<T>, name: impl Fn(T) -> &'static str) -> String {
    match value {
        OneOf::Known(value) => name(*value).to_owned(),
        OneOf::Other(other) => other.clone(),
    }
}
