//! `bos board`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Filters, Global},
        board_view, complete,
        error::CliError,
        json,
        ui::Ui,
    },
    domain::board::into_lanes,
    engine::Clock,
};

/// Show a board: lanes as columns, stacked when the terminal is narrow
///
/// Without a business it is the global board: P0 and P1 of every business.
///
/// Examples:
///   bos board                     what is most urgent everywhere
///   bos board BRIK                one business
///   bos board BRIK --owner Pete --due-before 2026-03-01
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    #[command(flatten)]
    filters: Filters,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let engine = global.open_to_read(ui)?;
    let business = args.business.as_deref().map(|typed| engine.business(typed)).transpose()?;
    let cards = engine.board(&args.filters.query(business.clone()))?;
    let mut groups = into_lanes(cards, args.filters.limit);
    if ui.json {
        ui.document(&json::board(business.as_deref(), engine.seq()?, &groups))?;
    } else {
        let heading = match &business {
            Some(code) => match engine.business_name(code) {
                Some(name) => format!("{code}  {name}"),
                None => code.clone(),
            },
            None => "P0 and P1 of every business".to_owned(),
        };
        // Asked for some lanes, nobody wants to read that the others are empty.
        groups.retain(|group| {
            args.filters.lane.is_empty() || group.lane.is_some_and(|lane| args.filters.lane.contains(&lane))
        });
        let (today, _) = Clock::local(Global::clock()?.seconds());
        board_view::print(ui, &heading, &groups, &today)?;
    }
    ui.flush()?;
    Global::notices(&engine, ui)?;
    Ok(0)
}
