//! `bos board`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{AsOf, Filters, Global, Language, as_of, notices},
        board_view::{self, PlainBoard},
        card_rows, complete,
        error::CliError,
        list_view,
        shape::Shape,
        ui::Ui,
    },
    domain::{
        board::{Group, into_lanes},
        entity::Entity,
        query::Query,
    },
    engine::{Engine, Moment},
    wire,
};

/// Show a board: lanes as columns, stacked when the terminal is narrow
///
/// Without a business it is the global board: P0 and P1 of every business.
///
/// Examples:
///   bos board                     what is most urgent everywhere
///   bos board BAKE                one business
///   bos board BAKE --owner Pete --due-before 2026-03-01
///   bos board BAKE --brief        as a list, a short line a card
///   bos board BAKE --lang it      titles in Italian, where there are any
///   bos board BAKE --at 2026-11-20          how it stood at the end of that day
///   bos board BAKE --at "2 weeks ago"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    language: Language,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&engine)?;
    let moment = moment.as_ref();
    let business = args.business.as_deref().map(|typed| engine.business_then(typed, moment)).transpose()?;
    let query = Query {
        // A board of the past has the titles that the log has.
        lang: if moment.is_some() { None } else { args.language.wanted(&engine)? },
        at: moment.map(|moment| moment.seq),
        ..args.filters.query(business.clone())
    };
    let limit = args.filters.limit;
    if !args.shape.is_usual() {
        let groups = into_lanes(engine.board(&query)?, limit);
        shaped(&engine, ui, business.as_deref(), &groups, &args.shape, moment)?;
        return finish(&engine, moment, ui);
    }
    if ui.json {
        let mut board = wire::BoardLanes::default();
        engine.each_on_board(&query, |card| board.add(card, limit))?;
        let seq = moment.map_or_else(|| engine.seq(), |moment| Ok(moment.seq))?;
        let document = board.into_document(business.as_deref(), seq).map_err(|error| CliError::Output(error.into()))?;
        ui.written_document(&document)?;
        return finish(&engine, moment, ui);
    }
    let mut heading = match &business {
        Some(code) => match engine.business_name(code) {
            Some(name) => format!("{code}  {name}"),
            None => code.clone(),
        },
        None => "P0 and P1 of every business".to_owned(),
    };
    if let Some(moment) = moment {
        heading += &format!("  {}", as_of(moment));
    }
    let today = engine.date(moment);
    // Asked for some lanes, nobody wants to read that the others are empty.
    match ui.width() {
        None => {
            let mut board = PlainBoard::default();
            engine.each_line(&query, |card| board.add(ui, card, &today, limit))?;
            board.print(ui, &heading, &args.filters.lane)?;
        }
        Some(width) => {
            let mut groups = into_lanes(engine.board(&query)?, limit);
            groups.retain(|group| query.lanes.is_empty() || group.lane.is_some_and(|lane| query.lanes.contains(&lane)));
            board_view::print(ui, &heading, &groups, &today, width)?;
        }
    }
    finish(&engine, moment, ui)
}

/// The board as a list, in board order: lanes side by side have no room for more columns, and shorter than that is
/// only a list.
fn shaped(
    engine: &Engine,
    ui: &mut Ui,
    business: Option<&str>,
    groups: &[Group],
    shape: &Shape,
    moment: Option<&Moment>,
) -> Result<(), CliError> {
    let seq = moment.map_or_else(|| engine.seq(), |moment| Ok(moment.seq))?;
    let cards = || groups.iter().flat_map(|group| &group.cards);
    let picked = shape.pick(engine, ui, cards().map(|card| Entity::Card(card.id.clone())), moment);
    if ui.json {
        return ui.document(&wire::Board::new(groups, business, seq, shape.form(), &picked));
    }
    card_rows::print(ui, cards(), shape, &picked)?;
    list_view::count_note(ui, "cards", picked.len(), groups.iter().map(|group| group.count).sum())
}

fn finish(engine: &Engine, moment: Option<&Moment>, ui: &mut Ui) -> Result<u8, CliError> {
    ui.flush()?;
    notices(engine, moment, ui)?;
    Ok(0)
}
