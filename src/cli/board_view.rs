//! A board as text: lanes side by side on a wide terminal, otherwise one below the other. In a pipe nothing is
//! truncated.

use comfy_table::{Cell, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::{
    error::CliError,
    lane_words,
    sanitize::sanitize,
    ui::{ALARM, BOLD, CAUTION, DIM, Ui},
};
use crate::domain::{
    board::Group,
    card::{BoardLine, Card},
    date::leading_date,
    lane::Lane,
    one_of::OneOf,
    priority::Priority,
};

/// The minimum width in columns of a lane shown beside others.
const LANE_WIDTH: usize = 21;

/// Prints the lanes of a board on a terminal of this width; `today` is the local date.
pub(crate) fn print(ui: &mut Ui, heading: &str, groups: &[Group], today: &str, width: usize) -> Result<(), CliError> {
    print_heading(ui, heading, groups.iter().map(|group| group.count).sum())?;
    if width >= LANE_WIDTH * groups.len() {
        side_by_side(ui, groups, today, width)
    } else {
        stacked(ui, groups, today, width)
    }
}

fn print_heading(ui: &mut Ui, heading: &str, total: usize) -> Result<(), CliError> {
    let count = if total == 1 { "1 card".to_owned() } else { format!("{total} cards") };
    let heading = sanitize(heading);
    let title = ui.paint(BOLD, &heading);
    ui.line(&format!("{title}  {count}"))
}

/// A board for a pipe: each card is formatted as soon as it is read, and nothing is truncated.
#[derive(Debug, Default)]
pub(crate) struct PlainBoard {
    lanes: [PlainLane; Lane::ALL.len() + 1],
    widest: usize,
}

#[derive(Debug, Default)]
struct PlainLane {
    count: usize,
    shown: usize,
    /// The number of cards after those shown.
    more: usize,
    /// For each card its ID, a tab, and the rest of its line.
    text: String,
}

impl PlainBoard {
    /// Adds a card to its lane, unless the lane has reached the limit.
    pub(crate) fn add(&mut self, ui: &Ui, card: &BoardLine<'_>, today: &str, limit: Option<usize>) {
        let rank = Lane::parse(card.lane).map_or(Lane::UNKNOWN_RANK, Lane::rank);
        let lane = &mut self.lanes[usize::from(rank)];
        lane.count += 1;
        if limit.is_some_and(|limit| lane.shown >= limit) {
            lane.more += 1;
            return;
        }
        lane.shown += 1;
        self.widest = self.widest.max(card.id.len());
        let text = &mut lane.text;
        text.push_str(&sanitize(card.id));
        text.push('\t');
        paint_priority_onto(ui, text, card);
        text.push_str("  ");
        text.push_str(&sanitize(card.title));
        for (remark, style) in remarks(card, today) {
            text.push_str("  ");
            ui.paint_onto(text, style, &remark);
        }
        text.push('\n');
    }

    /// A board of cards that have already been read.
    pub(crate) fn of(ui: &Ui, groups: &[Group], today: &str) -> Self {
        let mut board = Self::default();
        for group in groups {
            group.cards.iter().for_each(|card| board.add(ui, &line_of(card), today, None));
            let lane = &mut board.lanes[usize::from(group.lane.map_or(Lane::UNKNOWN_RANK, Lane::rank))];
            (lane.count, lane.more) = (group.count, group.more);
        }
        board
    }

    /// The number of cards in each lane.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Option<Lane>, usize)> {
        let names = Lane::ALL.into_iter().map(Some).chain([None]);
        names.zip(&self.lanes).map(|(name, lane)| (name, lane.count))
    }

    /// Prints the requested lanes.
    pub(crate) fn print(
        &self,
        ui: &mut Ui,
        heading: &str,
        asked: impl Fn(Option<Lane>) -> bool,
    ) -> Result<(), CliError> {
        print_heading(ui, heading, self.lanes.iter().map(|lane| lane.count).sum())?;
        let names = Lane::ALL.into_iter().map(Some).chain([None]);
        for (name, lane) in names.zip(&self.lanes).filter(|(name, _)| asked(*name)) {
            if name.is_none() && lane.count == 0 {
                continue;
            }
            print_lane_title(ui, name, lane.count)?;
            for line in lane.text.lines() {
                let (id, rest) = line.split_once('\t').unwrap_or((line, ""));
                ui.text("  ")?;
                ui.text(id)?;
                (id.len()..self.widest).try_for_each(|_| ui.text(" "))?;
                ui.text("  ")?;
                ui.line(rest)?;
            }
            print_more(ui, lane.more)?;
        }
        Ok(())
    }
}

fn print_lane_title(ui: &mut Ui, lane: Option<Lane>, count: usize) -> Result<(), CliError> {
    let title = format!("{} ({count})", lane_title(lane));
    let title = ui.paint(BOLD, &title);
    ui.text("\n")?;
    ui.line(&title)
}

fn print_more(ui: &mut Ui, more: usize) -> Result<(), CliError> {
    if more == 0 {
        return Ok(());
    }
    let more = format!("  ... {more} more");
    let more = ui.paint(DIM, &more);
    ui.line(&more)
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

/// The line of a card that has been read.
fn line_of(card: &Card) -> BoardLine<'_> {
    BoardLine {
        id: card.id.as_str(),
        lane: match &card.lane {
            OneOf::Known(lane) => lane.as_str(),
            OneOf::Other(other) => other,
        },
        priority: match &card.priority {
            OneOf::Known(priority) => priority.as_str(),
            OneOf::Other(other) => other,
        },
        owner: &card.owner,
        title: &card.title,
        // Used only for filtering, which this card has already passed.
        tags_json: "[]",
        due: card.due.as_deref(),
        blocked: card.blocked,
        blocked_reason: card.blocked_reason.as_deref(),
        proposed_lane: card.proposed_lane.as_deref(),
        claim: card.claim.as_ref(),
    }
}

/// A card in a column: its ID and priority, its wrapped title, and its remarks.
fn block(ui: &Ui, card: &Card, today: &str, width: usize) -> String {
    let shown = line_of(card);
    let mut lines = vec![format!("{} {}", shown.id, painted_priority(ui, &shown))];
    lines.extend(wrap(&sanitize(shown.title), width));
    for (text, style) in remarks(&shown, today) {
        lines.extend(wrap(&text, width).into_iter().map(|line| ui.paint(style, &line)));
    }
    lines.join("\n")
}

fn stacked(ui: &mut Ui, groups: &[Group], today: &str, width: usize) -> Result<(), CliError> {
    let widest = groups.iter().flat_map(|group| &group.cards).map(|card| card.id.as_str().len()).max().unwrap_or(0);
    for group in groups {
        print_lane_title(ui, group.lane, group.count)?;
        for card in &group.cards {
            line(ui, &line_of(card), today, widest, width)?;
        }
        print_more(ui, group.more)?;
    }
    Ok(())
}

/// Prints a card on one line with its remarks; remarks that do not fit go on lines of their own.
fn line(ui: &mut Ui, card: &BoardLine<'_>, today: &str, widest: usize, width: usize) -> Result<(), CliError> {
    let remarks = remarks(card, today);
    let title = sanitize(card.title);
    let indent = 2 + widest + 2 + sanitize(card.priority).width() + 2;
    let room = width.saturating_sub(indent).max(8);
    let beside: usize = remarks.iter().map(|(text, _)| text.width() + 2).sum();
    let fits = indent + title.width() + beside <= width;
    let text = format!("  {:widest$}  {}  {}", card.id, painted_priority(ui, card), cut(&title, room));
    ui.text(&text)?;
    for (remark, style) in remarks {
        let lead = if fits { "  ".to_owned() } else { format!("\n{:indent$}", "") };
        let remark = if fits { remark } else { cut(&remark, room) };
        let text = ui.paint(style, &remark);
        ui.text(&format!("{lead}{text}"))?;
    }
    ui.text("\n")
}

/// Noteworthy facts about a card: due date, block and reason, claim, proposed lane, and an unknown lane's name.
fn remarks(card: &BoardLine<'_>, today: &str) -> Vec<(String, anstyle::Style)> {
    let mut remarks = Vec::new();
    let lane = Lane::parse(card.lane);
    if lane.is_none() {
        remarks.push((format!("lane {:?}", sanitize(card.lane)), CAUTION));
    }
    let finished = matches!(lane, Some(Lane::Done | Lane::Reflected));
    if let (Some(due), false) = (card.due, finished) {
        match leading_date(due) {
            Some(date) if date < today => remarks.push((format!("overdue {date}"), ALARM)),
            Some(date) => remarks.push((format!("due {date}"), DIM)),
            None => remarks.push((format!("due {:?}", sanitize(due)), CAUTION)),
        }
    }
    if card.blocked {
        let reason = card.blocked_reason.map(sanitize);
        remarks.push((reason.map_or_else(|| "blocked".to_owned(), |reason| format!("blocked: {reason}")), CAUTION));
    }
    if let Some(claim) = card.claim {
        remarks.push((format!("claimed by {}", sanitize(&claim.by)), DIM));
    }
    if let Some(lane) = card.proposed_lane {
        remarks.push((format!("proposed: {}", sanitize(lane_words::shown_text(lane))), DIM));
    }
    remarks
}

fn painted_priority(ui: &Ui, card: &BoardLine<'_>) -> String {
    let mut text = String::new();
    paint_priority_onto(ui, &mut text, card);
    text
}

fn paint_priority_onto(ui: &Ui, out: &mut String, card: &BoardLine<'_>) {
    match Priority::parse(card.priority).map(Priority::rank) {
        Some(0) => ui.paint_onto(out, ALARM, card.priority),
        Some(1) => ui.paint_onto(out, BOLD, card.priority),
        Some(_) => out.push_str(card.priority),
        None => ui.paint_onto(out, CAUTION, &sanitize(card.priority)),
    }
}

fn lane_title(lane: Option<Lane>) -> &'static str {
    lane.map_or("Unknown lane", lane_words::shown)
}

/// The text truncated to a width in columns, with an ellipsis if anything was cut off.
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

/// The text wrapped between words, in lines of at most this width in columns.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
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
