//! `bos board`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Filters, Global, Language},
        board_view::{self, PlainBoard},
        complete,
        error::CliError,
        json,
        ui::Ui,
    },
    domain::{board::into_lanes, query::Query},
    engine::{Clock, Engine},
};

/// Show a board: lanes as columns, stacked when the terminal is narrow
///
/// Without a business it is the global board: P0 and P1 of every business.
///
/// Examples:
///   bos board                     what is most urgent everywhere
///   bos board BAKE                one business
///   bos board BAKE --owner Pete --due-before 2026-03-01
///   bos board BAKE --lang it      titles in Italian, where there are any
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    language: Language,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let business = args.business.as_deref().map(|typed| engine.business(typed)).transpose()?;
    let query = Query { lang: args.language.wanted().cloned(), ..args.filters.query(business.clone()) };
    let limit = args.filters.limit;
    if ui.json {
        let mut board = json::BoardJson::default();
        engine.each_on_board(&query, |card| board.add(card, limit))?;
        board.print(ui, business.as_deref(), engine.seq()?)?;
        return finish(&engine, ui);
    }
    let heading = match &business {
        Some(code) => match engine.business_name(code) {
            Some(name) => format!("{code}  {name}"),
            None => code.clone(),
        },
        None => "P0 and P1 of every business".to_owned(),
    };
    let (today, _) = Clock::local(Global::clock()?.seconds());
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
    finish(&engine, ui)
}

fn finish(engine: &Engine, ui: &mut Ui) -> Result<u8, CliError> {
    ui.flush()?;
    Global::notices(engine, ui)?;
    Ok(0)
}
