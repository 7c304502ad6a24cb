//! Work as other programs export it, read into one form. Pure: text in, items out; nothing here knows this tree.

mod backlog;
mod comma_table;
mod github;
mod record;
mod taskwarrior;
mod trello;

use crate::domain::{date::leading_date, lane::Lane, priority::Priority, text::is_unprintable, value::FieldValue};

pub use backlog::tasks as backlog;
pub use comma_table::rows as csv;
pub use github::issues as github;
pub use taskwarrior::tasks as taskwarrior;
pub use trello::cards as trello;

/// One piece of work.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Item {
    /// What names it everywhere and for good: `github:owner/repo#12`.
    pub source: String,
    /// Where it begins in its file, from 1.
    pub line: usize,
    /// One line.
    pub title: String,
    /// Markdown, without the title.
    pub body: String,
    /// Where it stands, in the words of its program.
    pub status: Option<String>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Whose it is, in the words of its program.
    pub owner: Option<String>,
    /// Its labels.
    pub tags: Vec<String>,
    /// A calendar date, as the two below.
    pub due: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// When it was done.
    pub completed: Option<String>,
    /// The sources it waits for.
    pub depends_on: Vec<String>,
    /// The source it is a part of.
    pub parent: Option<String>,
    /// Everything else, each key begun with the name of the program.
    pub keys: Vec<(String, FieldValue)>,
}

/// What a file or folder of another program holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exported {
    /// What can be taken, in the order of the file.
    pub items: Vec<Item>,
    /// What is no work to be taken: what it is, and why.
    pub left_out: Vec<(String, &'static str)>,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl Fault {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// The lane that a word of another program means; `None` for a word of somebody's own.
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

/// How urgent a word of another program means.
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

/// The calendar date that a time begins with: `2026-01-02T…`, `20260102T…`, `2026-01-02 10:00`.
fn date_of(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(compact) = text.get(..8).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) {
        let dashed = format!("{}-{}-{}", &compact[..4], &compact[4..6], &compact[6..]);
        return leading_date(&dashed).map(str::to_owned);
    }
    leading_date(text).map(str::to_owned)
}

/// A title on one line; what has none is named by its source.
fn title_of(text: &str, source: &str) -> String {
    let line: String = text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { source.to_owned() } else { line }
}

/// Markdown with line ends of one kind, and nothing in it that hides.
fn body_of(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_unprintable(*c)).collect::<String>().trim().to_owned()
}

/// A part below a heading, added to a body.
fn add_part(body: &mut String, heading: &str, text: &str) {
    if !text.trim().is_empty() {
        let gap = if body.is_empty() { "" } else { "\n\n" };
        *body += &format!("{gap}## {heading}\n\n{}", body_of(text));
    }
}

/// What separates parts of a list that somebody typed into one field.
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
        assert_eq!(date_of("20260131T101500Z").as_deref(), Some("2026-01-31"));
        assert_eq!(date_of("2026-01-31T10:15:00Z").as_deref(), Some("2026-01-31"));
        assert_eq!(date_of("soon"), None);
        assert_eq!(title_of(" a\n\u{202e}b ", "x"), "a b");
        assert_eq!(title_of(" ", "csv:1"), "csv:1");
    }
}
