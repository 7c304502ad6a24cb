//! Arguments shared by several commands, and how they open a session.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use clap_complete::engine::ArgValueCompleter;

use super::{complete, error::CliError, lane_words, login, ui::Ui};
use crate::{
    domain::{
        config::Key, duration::Duration as Span, entry::instant, gate::Gate, id::Id, lane::Lane, lang::Lang,
        point_in_time::PointInTime, priority::Priority, query::Query, suggest::nearest,
    },
    engine::{
        Adoption, Caller, Clock, EngineError, Environment, FirstImport, LeftOut, Moment, OpenOptions, Refresh,
        Refreshed, Session, View,
    },
};

/// How long a command waits for other writers.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The argument of `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR, CLICOLOR=0 or TERM=dumb say no; CLICOLOR_FORCE does so everywhere.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Work as if started in DIR
    #[arg(short = 'C', long, value_name = "DIR", env = "BOS_REPO", global = true, hide_env_values = true)]
    pub(crate) repo: Option<PathBuf>,
    /// The database, if not in its usual place within the git directory
    #[arg(long, value_name = "PATH", env = "BOS_DB", global = true, hide_env_values = true)]
    pub(crate) db: Option<PathBuf>,
    /// Who runs this; else BOS_ACTOR, else git's user.name, else the login name
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) actor: Option<String>,
    /// Who asked for it; else BOS_INITIATOR, else the actor
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) initiator: Option<String>,
    /// Answer from the database alone, without the files that changed since it last looked at them; or BOS_REFRESH=0
    #[arg(long, global = true)]
    pub(crate) no_refresh: bool,
    /// Print one JSON document instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say only what was asked for: no notices, no progress
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more: where the database is, the hashes of entries
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Show long output as it is; else it goes through BOS_PAGER, PAGER or less on a terminal
    #[arg(long, global = true)]
    pub(crate) no_pager: bool,
    /// When to colour: auto, always, never; auto heeds NO_COLOR, CLICOLOR and TERM=dumb
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", global = true, hide_possible_values = true)]
    pub(crate) color: When,
}

impl Global {
    /// Changes to the folder given by `-C`, so that all paths in the arguments are relative to it.
    pub(crate) fn enter_folder(&self) -> Result<(), CliError> {
        let Some(folder) = &self.repo else { return Ok(()) };
        let failed = |source| EngineError::NoFolder { path: folder.clone(), source };
        Ok(std::env::set_current_dir(folder).map_err(failed)?)
    }

    /// The folder the command works in.
    pub(crate) fn folder() -> PathBuf {
        PathBuf::from(".")
    }

    /// The domain's clock, which `BOS_NOW` fixes at a time if it is set.
    pub(crate) fn clock() -> Result<Clock, CliError> {
        match std::env::var("BOS_NOW") {
            Ok(text) if !text.is_empty() => Ok(Clock::fixed(&text)?),
            _ => Ok(Clock::system()),
        }
    }

    /// The settings in the environment; an empty variable counts as unset.
    pub(crate) fn environment() -> Environment {
        let set = |key: Key| {
            let text = std::env::var_os(key.variable())?.to_string_lossy().into_owned();
            (!text.is_empty()).then_some((key, text))
        };
        Key::ALL.into_iter().filter_map(set).collect()
    }

    /// Opens a session for a command that writes.
    pub(crate) fn open(&self, ui: &mut Ui) -> Result<Session, CliError> {
        self.open_for(ui, false, FirstImport::Automatic, Refresh::Leave)
    }

    /// Opens a session for an import, which reads the files itself.
    pub(crate) fn open_to_import(&self, ui: &mut Ui, dry_run: bool) -> Result<Session, CliError> {
        let first_import = if dry_run { FirstImport::Rehearsed } else { FirstImport::Left };
        self.open_for(ui, false, first_import, Refresh::Leave)
    }

    /// Opens a session for a command that only reads, including changes in the files. The place need not be writable.
    pub(crate) fn open_to_read(&self, ui: &mut Ui) -> Result<Session, CliError> {
        ui.begin_page();
        let is_off = self.no_refresh || std::env::var_os("BOS_REFRESH").is_some_and(|value| value == "0");
        self.open_for(ui, true, FirstImport::Automatic, if is_off { Refresh::Count } else { Refresh::Take })
    }

    /// Opens a session for a command that only reads and itself compares the files with the database.
    pub(crate) fn open_to_compare(&self, ui: &mut Ui) -> Result<Session, CliError> {
        ui.begin_page();
        self.open_for(ui, true, FirstImport::Automatic, Refresh::Leave)
    }

    fn open_for(
        &self,
        ui: &mut Ui,
        reads_only: bool,
        first_import: FirstImport,
        refresh: Refresh,
    ) -> Result<Session, CliError> {
        let session = Session::open(OpenOptions {
            from: Self::folder(),
            database: self.db.clone(),
            caller: Caller {
                actor: self.actor.clone().or_else(|| std::env::var("BOS_ACTOR").ok()),
                initiator: self.initiator.clone().or_else(|| std::env::var("BOS_INITIATOR").ok()),
                login: login::name(),
                via: None,
            },
            environment: Self::environment(),
            clock: Self::clock()?,
            timeout: TIMEOUT,
            reads_only,
            first_import,
            refresh,
            progress: ui.progress(),
        })?;
        ui.finish_progress();
        lane_words::learn(&session);
        if self.verbose {
            ui.note(&format!("database: {}", session.workspace().database.display()));
        }
        match session.adoption() {
            Adoption::None => {}
            Adoption::Taken => ui.note("the database in .bos was moved into the git directory"),
            Adoption::Link => ui.note(".bos/bos.db is a symbolic link, so it is not used: a new database was made"),
            Adoption::Committed => ui.note(
                ".bos/bos.db is committed, so it may be anybody's and is not used: a new database was made; \
                 bos --db .bos/bos.db opens that one",
            ),
        }
        if session.is_in_memory() && first_import != FirstImport::Rehearsed {
            ui.note(&format!(
                "the database {} cannot be used, so the files were read into memory for this answer",
                session.workspace().database.display()
            ));
        }
        let files = |count: u64| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        match session.refreshed() {
            Refreshed::Current => {}
            Refreshed::NotWanted(count) => ui.note(&format!("{} changed, not imported: bos import", files(*count))),
            Refreshed::Hindered(count, why) => {
                ui.note(&format!("{} changed, not imported because {why}: bos import", files(*count)));
            }
            Refreshed::Unwritable(count) => {
                ui.note(&format!("{} changed, not imported because the database cannot be written", files(*count)));
            }
        }
        // A notice must not make a command fail: a command that needs the settings or git reports their errors itself.
        for earlier in session.earlier_exports().unwrap_or_default() {
            let (log, last, branch) = (earlier.log_id.get(..12).unwrap_or_default(), earlier.last, &earlier.branch);
            ui.note(&format!(
                "exports of log {log}... up to entry {last} exist on {branch} ({}): its database was elsewhere or is lost",
                &earlier.commit[..12]
            ));
        }
        if let Some(report) = session.first_import()
            && report.has_findings()
        {
            let (errors, found) = (report.errors(), report.found);
            ui.note(&format!("the first import found {errors} errors in {found} files: bos validate"));
        }
        Ok(session)
    }

    /// The one-line notices shown with boards and lists.
    pub(crate) fn notices(view: &View<'_>, ui: &mut Ui) -> Result<(), CliError> {
        let notices = view.notices()?;
        match notices.unreadable {
            0 => {}
            1 => ui.note("1 document could not be read: bos validate"),
            count => ui.note(&format!("{count} documents could not be read: bos validate")),
        }
        match &notices.not_taken[..] {
            [] => {}
            [one] => ui.note(&format!("1 edited file was not taken: {one} (bos import says why)")),
            [first, ..] => {
                let count = notices.not_taken.len();
                ui.note(&format!("{count} edited files were not taken, the first {first} (bos import says why)"));
            }
        }
        match notices.conflicts {
            0 => {}
            1 => ui.note("1 conflict waits for you: bos conflicts"),
            count => ui.note(&format!("{count} conflicts wait for you: bos conflicts")),
        }
        tell_left_out(&view.left_out(), ui);
        Ok(())
    }
}

/// The title of a new card or idea.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Title {
    /// What it is about, on one line
    #[arg(value_name = "TITLE")]
    words: Option<String>,
    /// The title, as an option
    #[arg(long)]
    title: Option<String>,
}

impl Title {
    /// The title; clap ensures that one of the two is given.
    pub(crate) fn text(&self) -> &str {
        self.words.as_deref().or(self.title.as_deref()).unwrap_or_default()
    }
}

/// The typed IDs in their exact spelling; an ID that does not exist is returned as typed, for the engine to report.
pub(crate) fn meant_ids(session: &Session, typed: &[String]) -> Result<Vec<String>, CliError> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let view = session.view()?;
    let meant = |typed: &String| {
        let id = view.id_if_any(typed)?;
        Ok(id.or_else(|| Id::meant(typed).next()).map_or_else(|| typed.clone(), |id| id.to_string()))
    };
    typed.iter().map(meant).collect()
}

/// Filters for cards.
#[derive(Debug, Clone, Args)]
pub(crate) struct Filters {
    /// Only these lanes
    #[arg(long, value_name = "LANE", value_delimiter = ',', value_parser = parse_lane, add = ArgValueCompleter::new(complete::lanes))]
    pub(crate) lane: Vec<Lane>,
    /// Only these priorities: P0,P1
    #[arg(long, value_name = "P0,P1", value_delimiter = ',', value_parser = parse_priority)]
    pub(crate) priority: Vec<Priority>,
    /// Only what this person owns
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: Option<String>,
    /// Only what has this tag
    #[arg(long)]
    pub(crate) tag: Option<String>,
    /// Only what is due before this date: 2026-03-01
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) due_before: Option<String>,
    /// Archived cards instead of those on the board
    #[arg(long)]
    pub(crate) archived: bool,
}

impl Filters {
    /// The filters as a query.
    pub(crate) fn query(&self, business: Option<String>) -> Query {
        Query {
            business,
            lanes: self.lane.clone(),
            priorities: self.priority.clone(),
            owner: self.owner.clone(),
            tag: self.tag.clone(),
            due_before: self.due_before.clone(),
            archived: self.archived,
            ..Query::default()
        }
    }
}

/// The language of titles and texts.
#[derive(Debug, Clone, Args)]
pub(crate) struct Language {
    /// Show titles and texts in this language where they exist: it, de, pt-BR
    #[arg(long, value_name = "CODE", value_parser = parse_lang)]
    lang: Option<Lang>,
}

impl Language {
    /// The requested language, or that of the settings; `None` for the language the documents are written in.
    pub(crate) fn wanted(&self, session: &Session) -> Result<Option<Lang>, CliError> {
        match &self.lang {
            Some(lang) => Ok(Some(lang.clone())),
            None => Ok(session.config()?.language.clone()),
        }
    }
}

/// Parses a language tag.
fn parse_lang(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "write it like it, de or pt-BR".to_owned())
}

/// The point in time to show.
#[derive(Debug, Clone, Args)]
pub(crate) struct AsOf {
    /// Show it as it was: at a log entry, a time, the end of a day, or "2 days ago"
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    at: Option<PointInTime>,
}

impl AsOf {
    /// The requested moment; `None` for the current state.
    pub(crate) fn moment(&self, session: &Session) -> Result<Option<Moment>, CliError> {
        Ok(self.at.map(|point| session.view()?.moment(point)).transpose()?)
    }
}

/// The notices shown with the current state; they concern the present files, so there are none for the past.
pub(crate) fn notices(view: &View<'_>, moment: Option<&Moment>, ui: &mut Ui) -> Result<(), CliError> {
    if moment.is_none() {
        return Global::notices(view, ui);
    }
    tell_left_out(&view.left_out(), ui);
    Ok(())
}

/// How many damaged things are named one by one.
const NAMED: usize = 5;

/// Names what a read left out.
pub(crate) fn tell_left_out(left_out: &[LeftOut], ui: &Ui) {
    for LeftOut { id, row } in left_out.iter().take(NAMED) {
        match row {
            Some(what) => ui.note(&format!("{id} is left out, since its row is damaged ({what}): bos audit rebuild")),
            None => ui.note(&format!("{id} is left out where its text is damaged: bos audit rebuild")),
        }
    }
    if let Some(more) = left_out.len().checked_sub(NAMED + 1) {
        ui.note(&format!("{} more are left out: bos audit verify", more + 1));
    }
}

/// A description of a moment, for headings.
pub(crate) fn as_of(moment: &Moment) -> String {
    match moment.recorded {
        Some(recorded) => format!("as of entry {}, {}", moment.seq, minute(recorded)),
        None => "before the first entry of the log".to_owned(),
    }
}

/// Unix seconds as a UTC time to the minute: `2026-11-20 10:00Z`.
pub(crate) fn minute(seconds: i64) -> String {
    let at = instant(seconds).replace('T', " ");
    format!("{}Z", at.get(..16).unwrap_or(&at))
}

/// Parses a point in the past.
fn parse_when(text: &str) -> Result<PointInTime, String> {
    PointInTime::parse(text).ok_or_else(|| {
        "write it like 27 (an entry of the log), 2026-11-20, 2026-11-20T10:00:00Z or \"2 days ago\"".to_owned()
    })
}

/// Parses a lane, by its key or display name. A key needs no settings, because no lane may be called like another's.
pub(crate) fn parse_lane(text: &str) -> Result<Lane, String> {
    Lane::from_argument(text).or_else(|| lane_words::names().meant(text)).ok_or_else(|| {
        let names = Lane::ALL.map(lane_words::shown);
        let suggestion = nearest(text, names).map(|name| format!("did you mean {name}? ")).unwrap_or_default();
        format!("{suggestion}the lanes are {}", names.join(", "))
    })
}

/// Parses the name of a gate.
pub(crate) fn parse_gate(text: &str) -> Result<Gate, String> {
    Gate::parse(text).ok_or_else(|| format!("the gates are {}", Gate::ALL.map(Gate::as_str).join(", ")))
}

/// Parses a priority.
pub(crate) fn parse_priority(text: &str) -> Result<Priority, String> {
    Priority::from_argument(text)
        .ok_or_else(|| format!("the priorities are {}", Priority::ALL.map(Priority::as_str).join(", ")))
}

/// Parses a calendar date.
pub(crate) fn parse_date(text: &str) -> Result<String, String> {
    let date = crate::domain::date::leading_date(text).filter(|date| date.len() == text.len());
    date.map(str::to_owned).ok_or_else(|| "write it like 2026-03-01".to_owned())
}

/// Parses a duration into seconds.
pub(crate) fn parse_duration(text: &str) -> Result<i64, String> {
    Span::parse(text).map(|duration| duration.seconds()).ok_or_else(|| "write it like 30m, 2h or 1d".to_owned())
}

/// A parser for a fixed set of values.
pub(crate) fn one_of(names: &'static [&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(names)
}
