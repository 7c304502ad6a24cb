//! Exports of other programs, read into one common form. Pure: text in, items out, with no knowledge of this tree.

mod backlog;
mod comma_table;
mod github;
mod record;
mod taskwarrior;
mod trello;

use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{date::leading_date, lane::Lane, priority::Priority, text::is_unprintable, value::FieldValue};

pub use backlog::tasks as backlog;
pub use comma_table::{Columns, rows as csv};
pub use github::issues as github;
pub use taskwarrior::tasks as taskwarrior;
pub use trello::cards as trello;

/// One item of work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// Its permanent name: `github:owner/repo#12`.
    pub source: String,
    /// The line in its file where it begins, counted from 1.
    pub line: usize,
    /// The title, on one line.
    pub title: String,
    /// The body as markdown, without the title.
    pub body: String,
    /// Its status, in the words of the program.
    pub status: Option<String>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Its owner, in the words of the program.
    pub owner: Option<String>,
    /// What else the program calls its owner.
    pub owner_aliases: Vec<String>,
    /// Its labels.
    pub tags: Vec<String>,
    /// The due date; a calendar date, like the two below.
    pub due: Option<String>,
    /// The creation date.
    pub created: Option<String>,
    /// The completion date.
    pub completed: Option<String>,
    /// The sources of the items it depends on.
    pub depends_on: Vec<String>,
    /// The source of the item it is part of.
    pub parent: Option<String>,
    /// All other values, with keys that begin with the name of the program.
    pub keys: Vec<(String, FieldValue)>,
}

impl Item {
    /// The sources of the items it refers to.
    pub fn links(&self) -> impl Iterator<Item = &String> {
        self.depends_on.iter().chain(&self.parent)
    }

    /// Whether its owner has this name, in any case.
    #[must_use]
    pub fn has_owner(&self, name: &str) -> bool {
        self.owner.iter().chain(&self.owner_aliases).any(|owner| owner.to_lowercase() == name.to_lowercase())
    }
}

/// The content of a file or folder of another program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exported {
    /// The items that can be imported, in the order of the file.
    pub items: Vec<Item>,
    /// What is not imported: its name, and the reason.
    pub left_out: Vec<(String, &'static str)>,
    /// Whether sources are unique only in this export: every project of Backlog.md has a `task-1`.
    pub is_local: bool,
}

impl Exported {
    /// The same with `name` in each source, so that exports with the same keys can be told apart: `csv:name/12`.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let named = |source: &mut String| {
            if let Some((program, key)) = source.split_once(':') {
                *source = format!("{program}:{name}/{key}");
            }
        };
        for item in &mut self.items {
            named(&mut item.source);
            item.depends_on.iter_mut().chain(&mut item.parent).for_each(named);
        }
        self
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl Fault {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// The lane that corresponds to a program's status; `None` if the status is not a known one.
#[must_use]
pub fn lane_of(status: &str) -> Option<Lane> {
    let word: String = status.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    match word.split_whitespace().collect::<Vec<_>>().join(" ").as_str() {
        "open" | "opened" | "new" | "to do" | "todo" | "backlog" | "pending" | "draft" | "ideas" | "triage" => {
            Some(Lane::Inbox)
        }
        "ready" | "next" | "up next" | "selected for development" => Some(Lane::Planned),
        "doing" | "in progress" | "started" | "active" | "review" | "in review" => Some(Lane::InProgress),
        "waiting" | "on hold" | "blocked" => Some(Lane::Blocked),
        "closed" | "completed" | "complete" | "resolved" | "done" => Some(Lane::Done),
        _ => Lane::from_argument(status),
    }
}

/// The priority that corresponds to a program's word.
fn priority_of(word: &str) -> Option<Priority> {
    let word = word.trim().to_lowercase();
    Priority::parse(match word.as_str() {
        "critical" | "urgent" | "highest" => "P0",
        "h" | "high" => "P1",
        "m" | "medium" | "normal" => "P2",
        "l" | "low" => "P3",
        "lowest" => "P4",
        word => return Priority::parse(&word.to_uppercase()),
    })
}

/// The local date of an instant, `2026-01-02T10:00:00Z` or `20260102T100000Z`, else the date that a text begins with:
/// `2026-01-02 10:00`.
fn date_of(text: &str, zone: &TimeZone) -> Option<String> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.to_zoned(zone.clone()).date().to_string());
    }
    if let Some(compact) = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        let dashed = format!("{}-{}-{}", &compact[..4], &compact[4..6], &compact[6..]);
        return leading_date(&dashed).map(str::to_owned);
    }
    leading_date(text).map(str::to_owned)
}

/// A title on one line; the source if the title is empty.
fn title_of(text: &str, source: &str) -> String {
    let line: String = text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { source.to_owned() } else { line }
}

/// Markdown with uniform line ends and without invisible characters.
fn body_of(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_unprintable(*c)).collect::<String>().trim().to_owned()
}

/// Appends a section with a heading to a body, unless its text is blank.
fn add_part(body: &mut String, heading: &str, text: &str) {
    if !text.trim().is_empty() {
        let gap = if body.is_empty() { "" } else { "\n\n" };
        *body += &format!("{gap}## {heading}\n\n{}", body_of(text));
    }
}

/// Splits a list that was typed into a single field.
fn listed(text: &str) -> Vec<String> {
    text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_programs_are_understood() {
        assert_eq!(lane_of("To Do"), Some(Lane::Inbox));
        assert_eq!(lane_of("IN_PROGRESS"), Some(Lane::InProgress));
        assert_eq!(lane_of("fact-finding"), Some(Lane::FactFinding));
        assert_eq!(lane_of("Waiting for Zoë"), None);
        assert_eq!(["H", "medium", "p4", "?"].map(priority_of), ["P1", "P2", "P4", "?"].map(Priority::parse));
        let east = TimeZone::fixed(jiff::tz::offset(14));
        let date = |text: &str| date_of(text, &east);
        assert_eq!(date("20260131T101500Z").as_deref(), Some("2026-02-01"));
        assert_eq!(date("2026-01-31T10:15:00.000Z").as_deref(), Some("2026-02-01"));
        assert_eq!(date("2026-01-31 23:15").as_deref(), Some("2026-01-31"));
        assert_eq!(date("20260131").as_deref(), Some("2026-01-31"));
        assert_eq!(date("soon"), None);
        assert_eq!(title_of(" a\n\u{202e}b ", "x"), "a b");
        assert_eq!(title_of(" ", "csv:1"), "csv:1");
    }
}
