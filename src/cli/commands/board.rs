//! `bos board`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{AsOf, Filters, Global, Language, as_of, notices},
        board_view::{self, PlainBoard},
        card_rows, complete,
        error::CliError,
        lane_words, list_view,
        paging::Paging,
        shape::Shape,
        ui::Ui,
    },
    domain::{
        board::{BoardPage, Group, into_lanes},
        entity::Entity,
        lane::Lane,
        query::Query,
    },
    engine::{Moment, View},
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
///   bos board BAKE --brief        as a list, one short line per card
///   bos board BAKE --lang it      titles in Italian, where there are any
///   bos board BAKE --sort updated --limit 5      what changed last in each lane
///   bos board BAKE --at 2026-11-20          how it stood at the end of that day
///   bos board BAKE --at "2 weeks ago"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, mut_arg("limit", |limit| limit.help("Show at most N in each lane")))]
pub(crate) struct Args {
    /// The code of a business
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
    let query = Query {
        // A board of the past has the titles recorded in the log.
        lang: if moment.is_some() { None } else { args.language.wanted(&view)? },
        at: moment.map(|moment| moment.seq),
        ..args.filters.query(business.clone())
    };
    let page = args.paging.board()?;
    if !args.shape.is_usual() || (ui.json && !page.is_usual()) {
        let mut groups = into_lanes(view.board(&query)?, &page);
        if !ui.json {
            leave_out_hidden(&mut groups, &query, ui);
        }
        shaped(&view, ui, business.as_deref(), &groups, &args.shape, moment)?;
    } else if ui.json {
        let mut board = wire::BoardLanes::default();
        view.each_on_board(&query, |card| board.add(card, &page).map_err(|error| error.to_string()))?;
        let seq = moment.map_or_else(|| view.seq(), |moment| Ok(moment.seq))?;
        ui.written_document(&board.into_document(business.as_deref(), seq, &view.config()?.lanes))?;
    } else {
        let mut heading = match &business {
            Some(code) => match view.business_name(code) {
                Some(name) => format!("{code}  {name}"),
                None => code.clone(),
            },
            None => "P0 and P1 of every business".to_owned(),
        };
        if let Some(moment) = moment {
            heading += &format!("  {}", as_of(moment));
        }
        as_text(&view, ui, &query, &page, &heading, &view.date(moment))?;
    }
    finish(&view, moment, ui)
}

fn as_text(
    view: &View<'_>,
    ui: &mut Ui,
    query: &Query,
    page: &BoardPage<'_>,
    heading: &str,
    today: &str,
) -> Result<(), CliError> {
    // If only some lanes were requested, the others are not listed as empty.
    let is_asked = |lane: Option<Lane>| {
        page.shows(lane) && (query.lanes.is_empty() || lane.is_some_and(|lane| query.lanes.contains(&lane)))
    };
    if let (None, true) = (ui.width(), page.is_usual()) {
        let mut board = PlainBoard::default();
        view.each_line(query, |card| board.add(ui, card, today, page.limit))?;
        let counts = board.counts().filter(|(lane, _)| is_left_out(*lane, query)).collect::<Vec<_>>();
        board.print(ui, heading, |lane| is_asked(lane) && !is_left_out(lane, query))?;
        tell_left_out(ui, &counts);
        return Ok(());
    }
    let mut groups = into_lanes(view.board(query)?, page);
    groups.retain(|group| is_asked(group.lane));
    leave_out_hidden(&mut groups, query, ui);
    match ui.width() {
        None => PlainBoard::of(ui, &groups, today).print(ui, heading, is_asked),
        Some(width) => board_view::print(ui, heading, &groups, today, width),
    }
}

/// Whether the settings hide a lane that was not requested by name.
fn is_left_out(lane: Option<Lane>, query: &Query) -> bool {
    query.lanes.is_empty() && lane.is_some_and(|lane| lane_words::names().is_hidden(lane))
}

/// Removes the hidden lanes, and notes how many cards they contain.
fn leave_out_hidden(groups: &mut Vec<Group>, query: &Query, ui: &Ui) {
    let left_out: Vec<Group> = groups.extract_if(.., |group| is_left_out(group.lane, query)).collect();
    tell_left_out(ui, &left_out.iter().map(|group| (group.lane, group.count)).collect::<Vec<_>>());
}

fn tell_left_out(ui: &Ui, lanes: &[(Option<Lane>, usize)]) {
    let full = lanes.iter().filter(|(_, count)| *count > 0).filter_map(|(lane, count)| Some(((*lane)?, count)));
    let told: Vec<String> = full.map(|(lane, count)| format!("{} ({count})", lane_words::shown(lane))).collect();
    if !told.is_empty() {
        ui.note(&format!("not shown, since bos.toml hides it: {}; --lane shows it", told.join(", ")));
    }
}

/// The board as a list in board order: lanes side by side have no room for more columns, and brief lines are only
/// possible in a list.
fn shaped(
    view: &View<'_>,
    ui: &mut Ui,
    business: Option<&str>,
    groups: &[Group],
    shape: &Shape,
    moment: Option<&Moment>,
) -> Result<(), CliError> {
    let seq = moment.map_or_else(|| view.seq(), |moment| Ok(moment.seq))?;
    let cards = || groups.iter().flat_map(|group| &group.cards);
    let picked = shape.pick(view, ui, cards().map(|card| Entity::Card(card.id.clone())), moment);
    if ui.json {
        return ui.document(&wire::Board::new(groups, business, seq, &view.config()?.lanes, shape.form(), &picked));
    }
    card_rows::print(ui, cards(), shape, &picked)?;
    list_view::count_note(ui, "cards", picked.len(), groups.iter().map(|group| group.count).sum())
}

fn finish(view: &View<'_>, moment: Option<&Moment>, ui: &mut Ui) -> Result<u8, CliError> {
    ui.flush()?;
    notices(view, moment, ui)?;
    Ok(0)
}
