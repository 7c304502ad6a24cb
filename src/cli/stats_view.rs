//! The flow metrics of a board as text: bars, a table, a chart, and what the log does not cover.

use super::{
    args::minute,
    detail_view::section,
    error::CliError,
    flow_chart, list_view,
    sanitize::sanitize,
    ui::{BOLD, GOOD, Ui},
};
use crate::{
    domain::{
        calendar::week_name,
        flow::{FlowMetrics, Spread},
        one_of::OneOf,
        priority::Priority,
    },
    engine::{InProgress, Stats},
};

/// The width if output is not a terminal.
const PLAIN_WIDTH: usize = 80;

/// The maximum length of a bar in columns.
const LONGEST_BAR: usize = 50;

/// Prints all metrics.
pub(crate) fn print(ui: &mut Ui, heading: &str, stats: &Stats) -> Result<(), CliError> {
    let figures = &stats.figures;
    let title = ui.paint(BOLD, &sanitize(heading));
    let (first, last) = (figures.days.first(), figures.days.last());
    let span = first.zip(last).map(|(first, last)| format!("{} to {}", first.0, last.0)).unwrap_or_default();
    ui.line(&format!("{title}  {span}"))?;
    let width = ui.width().unwrap_or(PLAIN_WIDTH);
    throughput(ui, figures, width)?;
    if figures.done() > 0 {
        section(ui, "How long finished cards took")?;
        took(ui, "from In progress", &figures.cycle)?;
        took(ui, "from when it was made", &figures.lead)?;
    }
    in_progress(ui, stats)?;
    flow(ui, figures, width)?;
    unknown(ui, stats)
}

fn throughput(ui: &mut Ui, figures: &FlowMetrics, width: usize) -> Result<(), CliError> {
    section(ui, &format!("Done each week ({})", figures.done()))?;
    let most = figures.weeks.iter().map(|(_, done)| *done).max().unwrap_or_default();
    let room = width.saturating_sub(20).clamp(1, LONGEST_BAR);
    for (monday, done) in &figures.weeks {
        let bar = ui.paint(GOOD, &bar(*done, most, room));
        let space = if *done == 0 { "" } else { " " };
        ui.line(&format!("  {}  {bar}{space}{done}", week_name(*monday)))?;
    }
    Ok(())
}

/// A bar with one block per card if the largest fits, otherwise scaled, in eighths of a column.
fn bar(count: usize, most: usize, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if most <= room {
        return "█".repeat(count);
    }
    let eighths = (count * room * 8 / most).max(usize::from(count > 0));
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

fn took(ui: &mut Ui, from: &str, spread: &Spread) -> Result<(), CliError> {
    let days =
        |percent| spread.percentile(percent).map_or("not known".to_owned(), |span| format!("{} days", days(span)));
    let cards = if spread.known() == 1 { "1 card".to_owned() } else { format!("{} cards", spread.known()) };
    let more = if spread.unknown == 0 { String::new() } else { format!("; {} more not known", spread.unknown) };
    if spread.known() == 0 {
        return ui.line(&format!("  {from:<21}  not known"));
    }
    ui.line(&format!("  {from:<21}  p50 {}, p85 {}  ({cards}{more})", days(50), days(85)))
}

/// Seconds as days, rounded to a tenth.
fn days(seconds: i64) -> String {
    let tenths = (seconds * 10 + 43_200) / 86_400;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn in_progress(ui: &mut Ui, stats: &Stats) -> Result<(), CliError> {
    section(ui, &format!("In progress, the oldest first ({})", stats.in_progress.len()))?;
    let rows = stats.in_progress.iter().map(|InProgress { card, age }| {
        let over = if age.is_known { "" } else { "over " };
        let priority = match &card.priority {
            OneOf::Known(priority) => Priority::as_str(*priority).to_owned(),
            OneOf::Other(other) => other.clone(),
        };
        let age = format!("{over}{}", days(stats.now - age.since));
        [card.id.to_string(), age, priority, card.owner.clone(), card.title.clone()]
    });
    list_view::print(ui, ["ID", "DAYS", "PRI", "OWNER", "TITLE"], rows.collect())
}

fn flow(ui: &mut Ui, figures: &FlowMetrics, width: usize) -> Result<(), CliError> {
    section(ui, "Cards in each lane at the end of each day")?;
    flow_chart::print(ui, &figures.days, width)
}

/// Prints what is unknown because it happened before the log began.
fn unknown(ui: &mut Ui, stats: &Stats) -> Result<(), CliError> {
    let figures = &stats.figures;
    let Some(began) = stats.began else {
        ui.text("\n")?;
        return ui.line("The log has no entry yet, so nothing is known.");
    };
    let began = minute(began);
    let mut remarks = Vec::new();
    match figures.done_before {
        0 => {}
        1 => remarks.push(format!("1 card was done before the log began, {began}: when is not known.")),
        many => remarks.push(format!("{many} cards were done before the log began, {began}: when is not known.")),
    }
    if stats.in_progress.iter().any(|InProgress { age, .. }| !age.is_known) {
        remarks.push(format!("\"over\": it was in progress when the log began, {began}."));
    }
    let put_away =
        figures.days.last().map_or(0, |(_, lanes)| lanes.iter().sum::<usize>()) - figures.board.iter().sum::<usize>();
    match put_away {
        0 => {}
        1 => remarks.push("1 card that is done is archived; the chart has it, the board does not.".to_owned()),
        many => {
            remarks.push(format!("{many} cards that are done are archived; the chart has them, the board does not."))
        }
    }
    if remarks.is_empty() {
        return Ok(());
    }
    ui.text("\n")?;
    remarks.iter().try_for_each(|remark| ui.line(remark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_scale_where_they_would_not_fit() {
        assert_eq!((bar(3, 5, 10).as_str(), bar(0, 5, 10).as_str()), ("███", ""));
        assert_eq!((bar(80, 80, 10).as_str(), bar(20, 80, 10).as_str()), ("██████████", "██▌"));
        assert_eq!(bar(1, 8000, 10), "▏");
    }

    #[test]
    fn spans_are_told_in_tenths_of_a_day() {
        assert_eq!([0, 4_320, 86_400, 1_000_000].map(days), ["0.0", "0.1", "1.0", "11.6"]);
    }
}
