//! `bos card list`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{AsOf, Filters, Global, Language, notices},
        card_rows, complete,
        error::CliError,
        list_view,
        paging::Paging,
        shape::Shape,
        ui::Ui,
    },
    domain::{entity::Entity, page::Page, query::Query},
    wire::Cards,
};

/// List cards, business by business, in board order
///
/// Examples:
///   bos card list                      every card on a board
///   bos card list BAKE --lane planned,in-progress --owner Nora
///   bos card list --archived --limit 20
///   bos card list --sort due --limit 10
///   bos card list --json --fields Estimate
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business; all when left out
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    language: Language,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view_at(moment.as_ref())?;
    let moment = moment.as_ref();
    let business = args.business.as_deref().map(|typed| view.business_then(typed, moment)).transpose()?;
    let lang = if moment.is_some() { None } else { args.language.wanted(&view)? };
    let query = Query { at: moment.map(|moment| moment.seq), lang, ..args.filters.query(business) };
    let order = args.paging.order();
    let Page { items: cards, total, next, .. } = args.paging.page(view.cards(&query)?, |card| order.of_card(card))?;
    let picked = args.shape.pick(&view, ui, cards.iter().map(|card| Entity::Card(card.id.clone())), moment);
    if ui.json {
        ui.document(&Cards::new(total, next.as_ref(), &cards, args.shape.form(), &picked))?;
    } else {
        list_view::heading(ui, moment)?;
        card_rows::print(ui, cards.iter(), &args.shape, &picked)?;
        list_view::count_note(ui, "cards", cards.len(), total)?;
    }
    ui.flush()?;
    notices(&view, moment, ui)?;
    Ok(0)
}
