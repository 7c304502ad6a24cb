//! A board as text: lanes side by side on a wide terminal, one under the other elsewhere. In a pipe nothing is cut.

use comfy_table::{Cell, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{
    error::CliError,
    sanitize::sanitize,
    ui::{ALARM, BOLD, CAUTION, DIM, Ui},
};
use crate::domain::{board::Group, card::Card, date::leading_date, lane::Lane, one_of::OneOf, priority::Priority};

/// Columns a lane needs to be read side by side with others.
const LANE_WIDTH: usize = 21;

/// Prints the lanes of a board; `today` is the local date, `with_business` for a board of several businesses.
pub(crate) fn print(ui: &mut Ui, heading: &str, groups: &[Group], today: &str) -> Result<(), CliError> {
    let total: usize = groups.iter().map(|group| group.count).sum();
    let count = if total == 1 { "1 card".to_owned() } else { format!("{total} cards") };
    let title = ui.paint(BOLD, &sanitize(heading));
    ui.line(&format!("{title}  {count}"))?;
    match ui.width() {
        Some(width) if width >= LANE_WIDTH * groups.len() => side_by_side(ui, groups, today, width),
        width => stacked(ui, groups, today, width),
    }
}

fn side_by_side(ui: &mut Ui, groups: &[Group], today: &str, width: usize) -> Result<(), CliError> {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    table.set_header(groups.iter().map(|group| Cell::new(format!("{} ({})", lane_title(group.lane), group.count))));
    let inner = (width - 1) / groups.len() - 3;
    let cells: Vec<String> = groups
        .iter()
        .map(|group| group.cards.iter().map(|card| block(ui, card, today, inner)).collect::<Vec<_>>().join("\n\n"))
        .collect();
    table.add_row(cells);
    ui.line(&table.to_string())
}

/// A card in a column: its ID and priority, its title wrapped, what is urgent about it.
fn block(ui: &Ui, card: &Card, today: &str, width: usize) -> String {
    let mut lines = vec![format!("{} {}", card.id, painted_priority(ui, card))];
    lines.extend(wrap(&sanitize(&card.title), width));
    for (text, style) in remarks(card, today) {
        lines.extend(wrap(&text, width).into_iter().map(|line| ui.paint(style, &line)));
    }
    lines.join("\n")
}

fn stacked(ui: &mut Ui, groups: &[Group], today: &str, width: Option<usize>) -> Result<(), CliError> {
    let widest = groups.iter().flat_map(|group| &group.cards).map(|card| card.id.as_str().len()).max().unwrap_or(0);
    for group in groups {
        let title = ui.paint(BOLD, &format!("{} ({})", lane_title(group.lane), group.count));
        ui.text("\n")?;
        ui.line(&title)?;
        for card in &group.cards {
            line(ui, card, today, widest, width)?;
        }
        if group.cards.len() < group.count {
            let more = format!("  ... {} more", group.count - group.cards.len());
            let more = ui.paint(DIM, &more);
            ui.line(&more)?;
        }
    }
    Ok(())
}

/// A card on one line, and what stands out about it: on a narrow terminal on a line of its own where it does not fit.
fn line(ui: &mut Ui, card: &Card, today: &str, widest: usize, width: Option<usize>) -> Result<(), CliError> {
    let remarks = remarks(card, today);
    let priority = priority_text(card);
    let title = sanitize(&card.title);
    let indent = 2 + widest + 2 + priority.width() + 2;
    let beside: usize = remarks.iter().map(|(text, _)| text.width() + 2).sum();
    let fits = width.is_none_or(|width| indent + title.width() + beside <= width);
    let title = match width {
        Some(width) => cut(&title, width.saturating_sub(indent).max(20)),
        None => title.into_owned(),
    };
    ui.text(&format!("  {:widest$}  {}  {title}", card.id.as_str(), painted_priority(ui, card)))?;
    for (remark, style) in remarks {
        let lead = if fits { "  ".to_owned() } else { format!("\n{:indent$}", "") };
        let room = width.filter(|_| !fits).map(|width| width.saturating_sub(indent).max(20));
        let remark = room.map_or(remark.clone(), |room| cut(&remark, room));
        let text = ui.paint(style, &remark);
        ui.text(&format!("{lead}{text}"))?;
    }
    ui.text("\n")
}

/// What stands out about a card: when it is due, that it is blocked and why, what lane it is in when that is unknown.
fn remarks(card: &Card, today: &str) -> Vec<(String, anstyle::Style)> {
    let mut remarks = Vec::new();
    if let OneOf::Other(lane) = &card.lane {
        remarks.push((format!("lane {:?}", sanitize(lane)), CAUTION));
    }
    let finished = matches!(card.lane.known(), Some(Lane::Done | Lane::Reflected));
    if let (Some(due), false) = (&card.due, finished) {
        match leading_date(due) {
            Some(date) if date < today => remarks.push((format!("overdue {date}"), ALARM)),
            Some(date) => remarks.push((format!("due {date}"), DIM)),
            None => remarks.push((format!("due {:?}", sanitize(due)), CAUTION)),
        }
    }
    if card.blocked {
        let reason = card.blocked_reason.as_deref().map(sanitize);
        remarks.push((reason.map_or_else(|| "blocked".to_owned(), |reason| format!("blocked: {reason}")), CAUTION));
    }
    remarks
}

fn painted_priority(ui: &Ui, card: &Card) -> String {
    let text = priority_text(card);
    match card.priority.known().map(Priority::rank) {
        Some(0) => ui.paint(ALARM, &text),
        Some(1) => ui.paint(BOLD, &text),
        Some(_) => text,
        None => ui.paint(CAUTION, &text),
    }
}

fn priority_text(card: &Card) -> String {
    match &card.priority {
        OneOf::Known(priority) => priority.as_str().to_owned(),
        OneOf::Other(other) => sanitize(other).into_owned(),
    }
}

fn lane_title(lane: Option<Lane>) -> &'static str {
    lane.map_or("Unknown lane", Lane::as_str)
}

/// The text cut to a width in columns, with an ellipsis where something is left out.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_by_columns() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    }
}
