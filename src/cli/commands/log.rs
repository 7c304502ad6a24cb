//! `bos log`.

use std::{thread::sleep, time::Duration};

use clap::builder::PossibleValuesParser;
use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, one_of},
        complete,
        detail_view::entry_line,
        error::CliError,
        list_view::count_note,
        paging::Pages,
        ui::Ui,
    },
    domain::{
        action::Action,
        entry::Entry,
        log_query::{LogQuery, NEWEST, OLDEST},
        point_in_time::PointInTime,
    },
    engine::{EngineError, Session, View},
    wire,
};

/// The default number of entries shown before following the log.
const BEFORE: usize = 10;
/// How often `--follow` checks for new entries.
const PAUSE: Duration = Duration::from_millis(250);

/// Show the audit log, the newest entry first
///
/// A time is a date (the whole local day), a date with a time of day, or how long ago. With --follow the last entries
/// come oldest first, and then each new one as it is written, until you press Ctrl-C; with --json each is an object on
/// a line.
///
/// Examples:
///   bos log --limit 20
///   bos log BAKE-ENG-0001                      one card with all below it
///   bos log --actor Nora --action move
///   bos log --business BAKE --since "2 days ago"
///   bos log --since 2026-03-01 --until 2026-03-31
///   bos log --sort oldest --limit 5            how it began
///   bos log --follow --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card or an idea; everything when left out
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    id: Option<String>,
    /// Only what this person did
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only what this person asked for
    #[arg(long, value_name = "NAME")]
    initiator: Option<String>,
    /// Only entries about this kind: card, idea, stage_doc, comment, note
    #[arg(long, value_name = "KIND", value_parser = one_of(&["card", "idea", "stage_doc", "comment", "note"]), hide_possible_values = true)]
    entity: Option<String>,
    /// Only this action, such as import, create, set, move or block
    #[arg(long, value_parser = actions(), hide_possible_values = true)]
    action: Option<String>,
    /// Only about this business
    #[arg(long, add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    /// Only from this time on
    #[arg(long, value_name = "TIME", value_parser = parse_time, allow_hyphen_values = true)]
    since: Option<PointInTime>,
    /// Only up to this time
    #[arg(long, value_name = "TIME", value_parser = parse_time, allow_hyphen_values = true)]
    until: Option<PointInTime>,
    #[command(flatten)]
    pages: Pages,
    /// In this order: newest, oldest
    #[arg(long, value_name = "KEY", value_parser = one_of(&[NEWEST, OLDEST]), hide_possible_values = true, default_value = NEWEST, hide_default_value = true)]
    sort: String,
    /// Keep printing new entries as they are written
    #[arg(long, conflicts_with_all = ["until", "after", "sort"])]
    follow: bool,
}

impl Args {
    fn query(&self, view: &View<'_>) -> Result<LogQuery, CliError> {
        let seconds = |time: Option<PointInTime>| view.seconds_of(time?);
        Ok(LogQuery {
            id: self.id.as_deref().map(|typed| view.existing_id(typed)).transpose()?,
            actor: self.actor.clone(),
            initiator: self.initiator.clone(),
            entity: self.entity.clone(),
            action: self.action.clone(),
            business: self.business.as_deref().map(|typed| view.business(typed)).transpose()?,
            since: seconds(self.since).map(|(first, _)| first),
            until: seconds(self.until).map(|(_, last)| last),
            after: None,
            limit: self.pages.limit,
            oldest_first: self.sort == OLDEST,
            beyond: self.pages.after(&self.sort)?.and_then(|cursor| cursor.keys().first()?.parse().ok()),
        })
    }
}

fn actions() -> PossibleValuesParser {
    PossibleValuesParser::new(Action::ALL.map(Action::as_str))
}

/// Parses a time; the number of a log entry is not accepted.
fn parse_time(text: &str) -> Result<PointInTime, String> {
    let time = PointInTime::parse(text).filter(|time| !matches!(time, PointInTime::Entry(_)));
    time.ok_or_else(|| "write it like 2026-03-01, 2026-03-01T09:00:00Z or \"2 days ago\"".to_owned())
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    // Here the names select entries instead of saying who runs the command.
    let reader = Global { actor: None, initiator: None, ..global.clone() };
    let session = reader.open_to_read(ui)?;
    let view = session.view()?;
    let query = args.query(&view)?;
    if args.follow {
        drop(view);
        return follow(&session, query, global, ui);
    }
    let report = view.log(&query)?;
    if ui.json {
        ui.document(&wire::Log::from(&report))?;
        return Ok(0);
    }
    report.entries.iter().try_for_each(|entry| print(ui, entry, global.verbose))?;
    count_note(ui, "entries", report.entries.len(), usize::try_from(report.total).unwrap_or(usize::MAX))?;
    Ok(0)
}

/// Runs until the program is stopped or its output is closed.
fn follow(session: &Session, mut query: LogQuery, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    ui.stream()?;
    query.limit = query.limit.or(Some(BEFORE));
    let monitor = if session.is_live() { Some(session.monitor()?) } else { None };
    let version = || monitor.as_ref().map(|monitor| monitor.version().map_err(EngineError::from)).transpose();
    loop {
        let before = version()?;
        let view = session.view()?;
        let seen = view.seq()?;
        let entries = view.log(&query)?.entries;
        drop(view);
        for entry in entries.iter().rev() {
            if ui.json {
                ui.record(&wire::Entry::from(entry))?;
            } else {
                print(ui, entry, global.verbose)?;
            }
        }
        ui.flush()?;
        if before.is_none() {
            return Ok(0);
        }
        // An entry written between the two reads is already included.
        query.after = entries.first().map(|newest| newest.facts.seq).max(Some(seen));
        query.limit = None;
        while version()? == before {
            sleep(PAUSE);
        }
    }
}

fn print(ui: &mut Ui, entry: &Entry, verbose: bool) -> Result<(), CliError> {
    ui.line(&entry_line(entry, None))?;
    if verbose { ui.line(&format!("       {}", entry.hash)) } else { Ok(()) }
}
