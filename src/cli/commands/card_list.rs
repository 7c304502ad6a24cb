//! `bos card list`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Filters, Global},
        card_rows, complete,
        error::CliError,
        json, list_view,
        shape::Shape,
        ui::Ui,
    },
    domain::entity::Entity,
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
    shape: Shape,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let business = args.business.as_deref().map(|typed| engine.business(typed)).transpose()?;
    let mut cards = engine.cards(&args.filters.query(business))?;
    let total = cards.len();
    cards.truncate(args.filters.limit.unwrap_or(usize::MAX));
    let picked = args.shape.pick(&engine, cards.iter().map(|card| Entity::Card(card.id.clone())))?;
    match (ui.json, args.shape.is_usual()) {
        (true, true) => ui.document(&json::cards(total, &cards))?,
        (true, false) => ui.document(&json::shaped_cards(total, &cards, &args.shape, &picked))?,
        (false, _) => {
            card_rows::print(ui, cards.iter(), &args.shape, &picked)?;
            list_view::cut_note(ui, cards.len(), total)?;
        }
    }
    ui.flush()?;
    Global::notices(&engine, ui)?;
    Ok(0)
}
