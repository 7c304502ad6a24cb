//! `bos stats`.

use std::path::Path;

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, flow_svg, stats_view, ui::Ui},
    engine::replace_file,
    wire,
};

/// Show how work flows: what was done each week, how long it took, what is under way
///
/// The figures come from the log. They begin with the first import: the log does not know when its cards were made,
/// and the figures say so. A card counts as done when it reaches Done, or Reflected without passing Done; if it is
/// taken out again, it does not count. Weeks are ISO 8601 weeks, days are local.
///
/// Examples:
///   bos stats                     every business
///   bos stats BAKE --weeks 26     half a year of one
///   bos stats BAKE --svg flow.svg
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    /// How many weeks, this one included
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=520))]
    weeks: u16,
    /// Draw the cards in each lane as an SVG picture too; `-` prints the picture alone
    #[arg(long, value_name = "FILE")]
    svg: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    if ui.json && args.svg.as_deref() == Some("-") {
        let message = "--json and --svg - both want standard output".to_owned();
        return Err(CliError::Usage { message, hint: "name a file for the picture".to_owned() });
    }
    let session = global.open_to_read(ui)?;
    let view = session.look_back()?;
    let business = args.business.as_deref().map(|typed| view.business(typed)).transpose()?;
    let stats = view.stats(business.as_deref(), usize::from(args.weeks))?;
    let heading = match &business {
        Some(code) => match view.business_name(code) {
            Some(name) => format!("{code}  {name}"),
            None => code.clone(),
        },
        None => "Every business".to_owned(),
    };
    match args.svg.as_deref() {
        Some("-") => {
            ui.text(&flow_svg::draw(&heading, &stats.figures.days))?;
            return Ok(0);
        }
        Some(file) => replace_file(Path::new(file), flow_svg::draw(&heading, &stats.figures.days))?,
        None => {}
    }
    if ui.json {
        ui.document(&wire::Stats::new(&stats, business.as_deref()))?;
    } else {
        stats_view::print(ui, &heading, &stats)?;
    }
    ui.flush()?;
    if let Some(file) = &args.svg {
        ui.note(&format!("wrote {file}"));
    }
    Global::notices(&view, ui)?;
    Ok(0)
}
