//! `bos next`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Filters, Global, Language},
        board_view::{cut, wrap},
        card_rows, complete,
        error::CliError,
        lane_words, list_view,
        paging::Paging,
        sanitize::sanitize,
        shape::{Picked, Shape, shown},
        ui::{BOLD, DIM, Ui},
    },
    domain::{card::Card, entity::Entity, one_of::OneOf, priority::Priority, query::Query, readiness::WaitsFor},
    engine::{NextOptions, NextReport},
    wire,
};

/// Show what can be worked on now, the most urgent first
///
/// A card is ready when it is on the board, is neither done nor blocked, is not claimed by somebody else, and
/// everything it depends on is done, archived, or an idea that was worked out. More urgent cards come first, then those
/// due earlier, further along, and changed most recently.
///
/// Examples:
///   bos next                      in every business
///   bos next BAKE --limit 1       the one to take
///   bos next --sort due           by date, in place of the order to take them in
///   bos next BAKE --explain       why, and what the most urgent others wait for
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
    /// Say why each is ready, and what the most urgent others wait for
    #[arg(long, conflicts_with = "after")]
    explain: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    if args.filters.archived {
        return Err(CliError::Usage {
            message: "archived cards are not worked on".to_owned(),
            hint: "list them with `bos card list --archived`".to_owned(),
        });
    }
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let business = args.business.as_deref().map(|typed| view.business(typed)).transpose()?;
    let query = Query { lang: args.language.wanted(&view)?, ..args.filters.query(business.clone()) };
    let report = view.next(&NextOptions {
        query,
        limit: args.paging.limit(),
        explain: args.explain,
        order: args.paging.order(),
        after: args.paging.after()?.cloned(),
    })?;
    let shape = &args.shape;
    let ready = shape.pick(&view, ui, report.ready.iter().map(|(card, _)| Entity::Card(card.id.clone())), None);
    let waiting = shape.pick(&view, ui, report.waiting.iter().map(|(card, _)| Entity::Card(card.id.clone())), None);
    if ui.json {
        ui.document(&wire::Next::new(&report, business.as_deref(), shape.form(), &ready, &waiting))?;
    } else {
        if args.explain {
            explain(ui, &report, shape, &ready, &waiting)?;
        } else {
            card_rows::print(ui, report.ready.iter().map(|(card, _)| card), shape, &ready)?;
        }
        if report.total == 0 && report.waiting_total > 0 && !args.explain {
            ui.line("Nothing can be worked on now; bos next --explain says why.")?;
        }
        list_view::count_note(ui, "cards", report.ready.len(), report.total)?;
    }
    ui.flush()?;
    Global::notices(&view, ui)?;
    Ok(0)
}

/// Prints each ready card with its reasons, then the waiting cards with what they wait for.
fn explain(
    ui: &mut Ui,
    report: &NextReport,
    shape: &Shape,
    ready: &[Picked],
    waiting: &[Picked],
) -> Result<(), CliError> {
    let keys = |ui: &mut Ui, picked: &Picked| {
        let values = shape.fields.iter().zip(picked);
        values.into_iter().try_for_each(|(key, value)| detail(ui, 0, &format!("{key}: {}", shown(value.as_ref()))))
    };
    heading(ui, &format!("Ready ({})", report.total))?;
    for ((card, why), picked) in report.ready.iter().zip(ready) {
        print_card(ui, card)?;
        keys(ui, picked)?;
        let settled = why.settled.iter().map(|one| format!("; {one}"));
        detail(ui, 0, &(why.facts.join(", ") + &settled.collect::<String>()))?;
    }
    ui.text("\n")?;
    heading(ui, &format!("Waiting ({})", report.waiting_total))?;
    for ((card, waits), picked) in report.waiting.iter().zip(waiting) {
        print_card(ui, card)?;
        keys(ui, picked)?;
        for WaitsFor { id, reason, depth, .. } in &waits.told {
            let is_own = id == card.id.as_str() && *depth == 0;
            detail(ui, *depth, &if is_own { reason.clone() } else { format!("waits for {id}: {reason}") })?;
        }
        if waits.more > 0 {
            detail(ui, 0, &format!("... and {} more", waits.more))?;
        }
    }
    let more = report.waiting_total - report.waiting.len();
    if more > 0 {
        let more = ui.paint(DIM, &format!("  ... {more} more; --limit shows as many as it says"));
        ui.line(&more)?;
    }
    Ok(())
}

fn heading(ui: &mut Ui, text: &str) -> Result<(), CliError> {
    let text = ui.paint(BOLD, text);
    ui.line(&text)
}

fn print_card(ui: &mut Ui, card: &Card) -> Result<(), CliError> {
    let lane = match &card.lane {
        OneOf::Known(lane) => lane_words::shown(*lane),
        OneOf::Other(other) => other,
    };
    let priority = match &card.priority {
        OneOf::Known(priority) => Priority::as_str(*priority),
        OneOf::Other(other) => other,
    };
    let line = sanitize(&format!("  {}  {priority}  {lane}  {}", card.id, card.title)).into_owned();
    ui.line(&cut(&line, ui.width().unwrap_or(usize::MAX)))
}

fn detail(ui: &mut Ui, depth: usize, text: &str) -> Result<(), CliError> {
    let indent = "  ".repeat(depth + 2);
    let text = sanitize(text);
    let lines = match ui.width() {
        Some(width) => wrap(&text, width.saturating_sub(indent.len()).max(20)),
        None => vec![text.into_owned()],
    };
    for line in lines {
        let line = ui.paint(DIM, &line);
        ui.line(&format!("{indent}{line}"))?;
    }
    Ok(())
}
