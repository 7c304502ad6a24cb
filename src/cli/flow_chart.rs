//! The cards in each lane over time as a text chart: stacked, with a different character for each lane, so that it is
//! readable without colours.

use anstyle::{AnsiColor, Style};
use jiff::civil::Date;

use super::{
    error::CliError,
    lane_words,
    ui::{DIM, Ui},
};
use crate::domain::{flow::GROUPS, lane::Lane};

/// The maximum number of rows.
const HEIGHT: usize = 12;

/// The width of the number and the axis to the left of the chart.
const MARGIN: usize = 7;

/// The maximum width of a day in columns.
const WIDEST_DAY: usize = 6;

/// The stacking order of the lanes, from the bottom: finished work lies lowest, new work on top.
pub(crate) const STACK: [usize; GROUPS] = [6, 5, 4, 3, 2, 1, 0, 7];

/// The character and style of each lane, the unknown one last.
const LOOKS: [(char, Style); GROUPS] = [
    ('·', Style::new().dimmed()),
    (':', AnsiColor::Cyan.on_default()),
    ('░', AnsiColor::Blue.on_default()),
    ('▒', AnsiColor::Yellow.on_default()),
    ('×', AnsiColor::Red.on_default()),
    ('█', AnsiColor::Green.on_default()),
    ('▓', AnsiColor::Magenta.on_default()),
    ('?', AnsiColor::White.on_default()),
];

/// A day with the number of cards in each lane at its end.
type Day = (Date, [usize; GROUPS]);

/// Prints the chart, its axes and its legend, at most `width` columns wide.
pub(crate) fn print(ui: &mut Ui, days: &[Day], width: usize) -> Result<(), CliError> {
    let Some(chart) = Chart::of(days, width.saturating_sub(MARGIN).max(1)) else {
        return ui.line("  no cards");
    };
    for (row, cells) in chart.rows.iter().enumerate() {
        let label = chart.label(row);
        let (label, tick) = label.map_or((String::new(), '│'), |label| (label.to_string(), '┤'));
        let mut line = format!("{label:>5} {}", ui.paint(DIM, &tick.to_string()));
        for run in cells.chunk_by(|a, b| a == b) {
            match run[0] {
                Some(lane) => ui.paint_onto(&mut line, LOOKS[lane].1, &LOOKS[lane].0.to_string().repeat(run.len())),
                None => line.push_str(&" ".repeat(run.len())),
            }
        }
        ui.line(line.trim_end())?;
    }
    let axis = format!("└{}", "─".repeat(chart.width));
    let axis = ui.paint(DIM, &axis);
    ui.line(&format!("{:>5} {axis}", chart.base))?;
    print_dates(ui, days, chart.width)?;
    print_legend(ui, days, width)
}

fn print_dates(ui: &mut Ui, days: &[Day], width: usize) -> Result<(), CliError> {
    let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Ok(()) };
    let (first, last) = (first.to_string(), last.to_string());
    let gap = width.saturating_sub(first.len() + last.len());
    if first == last || gap == 0 {
        return ui.line(&format!("{:MARGIN$}{first}", ""));
    }
    ui.line(&format!("{:MARGIN$}{first}{:gap$}{last}", "", ""))
}

/// Prints every lane that ever had cards, with its number of cards on the last day.
fn print_legend(ui: &mut Ui, days: &[Day], width: usize) -> Result<(), CliError> {
    let Some((_, last)) = days.last() else { return Ok(()) };
    let (mut line, mut used) = (String::new(), 0);
    for lane in (0..GROUPS).filter(|lane| days.iter().any(|(_, lanes)| lanes[*lane] > 0)) {
        let (glyph, style) = LOOKS[lane];
        let text = format!(" {} {}", name(lane), last[lane]);
        if used > 0 && used + 3 + 1 + text.len() > width {
            ui.line(&line)?;
            (line, used) = (String::new(), 0);
        }
        line.push_str(if used == 0 { "  " } else { "   " });
        ui.paint_onto(&mut line, style, &glyph.to_string());
        line.push_str(&text);
        used += 4 + text.len();
    }
    ui.line(&line)
}

/// The display name of a lane by its index; the last is the unknown lane.
pub(crate) fn name(lane: usize) -> &'static str {
    Lane::ALL.get(lane).map_or("Unknown lane", |lane| lane_words::shown(*lane))
}

/// The number of cards at which the vertical axis begins: the cards finished all the time would squeeze the others.
pub(crate) fn base(days: &[Day]) -> usize {
    let finished =
        |lanes: &[usize; GROUPS]| lanes[usize::from(Lane::Done.rank())] + lanes[usize::from(Lane::Reflected.rank())];
    days.iter().map(|(_, lanes)| finished(lanes)).min().unwrap_or_default()
}

/// The maximum number of cards at the end of a day.
pub(crate) fn most(days: &[Day]) -> usize {
    days.iter().map(|(_, lanes)| lanes.iter().sum()).max().unwrap_or_default()
}

/// A text chart: the lane shown by each cell.
#[derive(Debug, PartialEq, Eq)]
struct Chart {
    /// The rows, from the top.
    rows: Vec<Vec<Option<usize>>>,
    width: usize,
    base: usize,
    span: usize,
}

impl Chart {
    /// Draws the days in at most `room` columns; `None` if there is nothing to draw.
    fn of(days: &[Day], room: usize) -> Option<Self> {
        let (base, most) = (base(days), most(days));
        if days.is_empty() || most == 0 {
            return None;
        }
        // If all cards were finished all the time, a single row shows them.
        let span = (most - base).max(1);
        let base = most - span;
        let height = span.min(HEIGHT);
        let each = (room / days.len()).min(WIDEST_DAY);
        let width = if each > 0 { each * days.len() } else { room };
        // If there are more days than columns, each column shows the last of its days.
        let day_at = |column: usize| column.checked_div(each).unwrap_or_else(|| (column + 1) * days.len() / width - 1);
        // The middle of a cell decides its lane; heights are in half shares of a row.
        let rows = (0..height).map(|row| {
            let middle = (2 * (height - row) - 1) * span;
            (0..width).map(|column| lane_at(&days[day_at(column)].1, base, middle, 2 * height)).collect()
        });
        Some(Self { rows: rows.collect(), width, base, span })
    }

    /// The number of cards at the top of a row, for every third row.
    fn label(&self, row: usize) -> Option<usize> {
        let height = self.rows.len();
        row.is_multiple_of(3).then(|| self.base + (height - row) * self.span / height)
    }
}

/// The lane at a height above the base; the height is a fraction of cards.
fn lane_at(lanes: &[usize; GROUPS], base: usize, numerator: usize, denominator: usize) -> Option<usize> {
    let height = base * denominator + numerator;
    let mut top = 0;
    STACK.into_iter().find(|lane| {
        top += lanes[*lane] * denominator;
        height <= top
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: i8, inbox: usize, in_progress: usize, done: usize) -> Day {
        (jiff::civil::date(2026, 11, day), [inbox, 0, 0, in_progress, 0, done, 0, 0])
    }

    fn drawn(days: &[Day], room: usize) -> String {
        let chart = Chart::of(days, room).unwrap();
        let row = |(index, cells): (usize, &Vec<Option<usize>>)| {
            let cells: String = cells.iter().map(|lane| lane.map_or(' ', |lane| LOOKS[lane].0)).collect();
            format!("{:>3}{}|", chart.label(index).map(|label| label.to_string()).unwrap_or_default(), cells)
        };
        let rows: Vec<String> = chart.rows.iter().enumerate().map(row).collect();
        format!("{}\n{:>3}", rows.join("\n"), chart.base)
    }

    #[test]
    fn few_cards_take_a_row_each() {
        let days = [day(1, 3, 0, 5), day(2, 2, 1, 5), day(3, 2, 1, 6)];
        assert_eq!(drawn(&days, 7), "  9    ··|\n   ······|\n   ····▒▒|\n  6··▒▒██|\n  5");
    }

    #[test]
    fn many_days_are_thinned_out_to_the_last_ones() {
        let days: Vec<Day> = (1..=20).map(|number| day(number, usize::try_from(number).unwrap(), 0, 0)).collect();
        let chart = Chart::of(&days, 10).unwrap();
        assert_eq!((chart.width, chart.rows.len(), chart.span), (10, HEIGHT, 20));
        let heights: Vec<usize> =
            (0..10).map(|column| chart.rows.iter().filter(|row| row[column].is_some()).count()).collect();
        assert_eq!(heights, [1, 2, 4, 5, 6, 7, 8, 10, 11, 12]);
        assert_eq!([0, 1, 3].map(|row| chart.label(row)), [Some(20), None, Some(15)]);
    }

    #[test]
    fn what_was_always_done_is_one_row() {
        assert_eq!(drawn(&[day(1, 0, 0, 7), day(2, 0, 0, 7)], 3), "  7██|\n  6");
        assert_eq!(Chart::of(&[day(1, 0, 0, 0)], 10), None);
        assert_eq!(Chart::of(&[], 10), None);
    }
}
