//! `bos import-from`: creates cards from the work of another program.

use clap::Subcommand;
use clap_complete::engine::ArgValueCompleter;
use jiff::tz::TimeZone;

use crate::{
    cli::{
        FINDINGS,
        args::{Global, parse_lane},
        complete,
        error::CliError,
        input::{read_body, read_folder},
        lane_words,
        sanitize::sanitize,
        ui::Ui,
    },
    domain::lane::Lane,
    engine::{Clock, ImportFrom, ItemLeftOut, WhyLeftOut},
    foreign::{self, Columns, Exported, Fault},
    wire,
};

/// Make cards from what another program exported
///
/// Each card names its source in the key Source, so running it again makes cards only for what is new. Whatever waits
/// for other work, or is part of it, refers to the cards made from that work. Values without a key here are kept under
/// keys that begin with the program's name. All of it is one change, which a single bos undo reverts.
///
/// Examples:
///   bos import-from backlog ~/shop/backlog --business SHOP --dry-run
///   bos import-from github issues.json --business SHOP --owner-map octocat=Nora
///   bos import-from csv work.csv --business SHOP --map id=Source,what=Title
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    program: Program,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Program {
    Backlog(BacklogArgs),
    Github(GithubArgs),
    Trello(TrelloArgs),
    Taskwarrior(TaskwarriorArgs),
    Csv(CsvArgs),
}

/// Import tasks from Backlog.md, a folder of markdown files
///
/// Reads the folders tasks, drafts and completed below it, or the folder itself if there are none.
///
/// Examples:
///   bos import-from backlog ~/shop/backlog --business SHOP
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct BacklogArgs {
    /// The folder
    folder: String,
    #[command(flatten)]
    source: SourceName,
    #[command(flatten)]
    shared: Shared,
}

/// Import issues from GitHub
///
/// The file is what gh prints; the first three fields are needed:
///   gh issue list --state all --limit 1000 \
///     --json number,title,url,body,state,labels,assignees,milestone \
///     --json author,createdAt,closedAt,comments > issues.json
///
/// Examples:
///   bos import-from github issues.json --business SHOP --lane-map open=planned
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct GithubArgs {
    /// The file, - for standard input
    file: String,
    #[command(flatten)]
    shared: Shared,
}

/// Import a Trello board exported as JSON
///
/// Examples:
///   bos import-from trello board.json --business SHOP --lane-map "Later=inbox"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct TrelloArgs {
    /// The file, - for standard input
    file: String,
    #[command(flatten)]
    shared: Shared,
}

/// Import tasks from Taskwarrior: the output of task export
///
/// Examples:
///   bos import-from taskwarrior - --business HOME < tasks.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct TaskwarriorArgs {
    /// The file, - for standard input
    file: String,
    #[command(flatten)]
    shared: Shared,
}

/// Import a CSV file
///
/// Columns are mapped to Source (what identifies a row), Title, Body, Status (or Lane), Priority, Owner, Tags, Due-Date,
/// Created, Completed-Date, Dependencies, Parent, or to a key of your own. A column with one of these names needs no
/// mapping. Several columns can go to Body, Tags or Dependencies.
///
/// Examples:
///   bos import-from csv work.csv --business SHOP --map id=Source,what=Title
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct CsvArgs {
    /// The file, - for standard input
    file: String,
    /// Which key each column goes to: id=Source,what=Title
    #[arg(long, value_name = "COLUMN=KEY", value_delimiter = ',', value_parser = pair)]
    map: Vec<(String, String)>,
    /// Allow a new key that is nearly a known one
    #[arg(long)]
    force_key: bool,
    #[command(flatten)]
    source: SourceName,
    #[command(flatten)]
    shared: Shared,
}

#[derive(Debug, clap::Args)]
struct SourceName {
    /// A name for this export, where another one has the same keys: with shop, csv:1 becomes csv:shop/1
    #[arg(long = "source", value_name = "NAME", value_parser = source_name)]
    name: Option<String>,
}

impl SourceName {
    fn name(&self, exported: Exported) -> Exported {
        match &self.name {
            Some(name) => exported.named(name),
            None => exported,
        }
    }
}

fn source_name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = !text.is_empty() && text.chars().all(is_plain);
    is_name.then(|| text.to_owned()).ok_or_else(|| "write it in letters, digits and -, _ or .".to_owned())
}

#[derive(Debug, clap::Args)]
struct Shared {
    /// The business that gets the cards
    #[arg(long, add = ArgValueCompleter::new(complete::businesses))]
    business: String,
    /// Which lane a status of that program means: "In Review=in-progress"; may be repeated
    #[arg(long = "lane-map", value_name = "WORD=LANE", value_parser = lane_pair)]
    lanes: Vec<(String, Lane)>,
    /// Who a user of that program is here: octocat=Nora; may be repeated
    #[arg(long = "owner-map", value_name = "NAME=OWNER", value_parser = pair)]
    owners: Vec<(String, String)>,
    /// Say what would happen; change nothing
    #[arg(long)]
    dry_run: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (left, right) = text.rsplit_once('=').ok_or_else(|| "write it as one=other".to_owned())?;
    let (left, right) = (left.trim(), right.trim());
    if left.is_empty() || right.is_empty() {
        Err("write it as one=other".to_owned())
    } else {
        Ok((left.to_owned(), right.to_owned()))
    }
}

fn lane_pair(text: &str) -> Result<(String, Lane), String> {
    let (word, lane) = pair(text)?;
    Ok((word, parse_lane(&lane)?))
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let zone = Clock::zone();
    let (exported, shared) = match &args.program {
        Program::Backlog(args) => (args.source.name(tasks(&args.folder, &zone)?), &args.shared),
        Program::Github(args) => (read(&args.file, "github", |text| foreign::github(text, &zone))?, &args.shared),
        Program::Trello(args) => (read(&args.file, "trello", |text| foreign::trello(text, &zone))?, &args.shared),
        Program::Taskwarrior(args) => {
            (read(&args.file, "taskwarrior", |text| foreign::taskwarrior(text, &zone))?, &args.shared)
        }
        Program::Csv(args) => {
            let columns = Columns { map: args.map.clone(), force_key: args.force_key };
            let exported = read(&args.file, "csv", |text| foreign::csv(text, &columns, &zone))?;
            (args.source.name(exported), &args.shared)
        }
    };
    let request = ImportFrom {
        business: shared.business.clone(),
        lanes: shared.lanes.clone(),
        owners: shared.owners.clone(),
        exported,
    };
    let (found, written) = global.open(ui)?.import_from(&request, shared.dry_run)?;
    let exported = &request.exported;
    if !shared.dry_run && !found.made.is_empty() {
        let cards = if found.made.len() == 1 { "card was" } else { "cards were" };
        ui.has_done(format!("{} {cards} made", found.made.len()));
    }
    let code = if found.left_out.iter().any(|item| item.why.is_finding()) { FINDINGS } else { 0 };
    if ui.json {
        ui.document(&wire::ImportFrom::new(exported, &found, &written, shared.dry_run))?;
        return Ok(code);
    }
    for card in &found.made {
        let (source, title) = (sanitize(&card.source), sanitize(&card.title));
        ui.line(&format!("{}  {source}  {}  {title}", card.id, lane_words::shown(card.lane)))?;
    }
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    for status in &found.unknown {
        ui.note(&format!("no lane is known for {status:?}, so its cards are in Inbox (--lane-map)"));
    }
    for (source, why) in &exported.left_out {
        ui.note(&format!("{source} is left out: {why}"));
    }
    for ItemLeftOut { source, why } in &found.left_out {
        let told = format!("{source} is left out: {why}");
        match why {
            WhyLeftOut::Deleted { entry, .. } => ui.note(&format!("{told}; `bos undo {entry}` brings it back")),
            WhyLeftOut::Repeated { .. } => ui.warn(&told),
            WhyLeftOut::Another { .. } => {
                ui.warn(&format!("{told}; if it is other work, name this export with --source"));
            }
        }
    }
    if !found.here.is_empty() {
        ui.note(&format!("{} of {} were here already", found.here.len(), exported.items.len()));
    }
    if exported.items.is_empty() {
        ui.note("there is nothing to import");
    }
    if shared.dry_run {
        ui.note("nothing was changed");
    }
    Ok(code)
}

fn read(file: &str, program: &str, read: impl Fn(&str) -> Result<Exported, Fault>) -> Result<Exported, CliError> {
    read(&read_body(file)?).map_err(|fault| bad_line(file, program, fault))
}

fn bad_line(file: &str, program: &str, Fault { line, what }: Fault) -> CliError {
    let hint = match program {
        "csv" => "--map says which key a column goes to: `bos import-from csv --help`".to_owned(),
        _ => format!("`bos import-from {program} --help` says what is read"),
    };
    CliError::BadLine { file: file.to_owned(), line, what, hint }
}

/// The tasks in a folder, or in the folders that Backlog.md keeps below it.
fn tasks(folder: &str, zone: &TimeZone) -> Result<Exported, CliError> {
    let mut files = Vec::new();
    for below in ["tasks", "drafts", "completed", "backlog/tasks", "backlog/drafts", "backlog/completed"] {
        files.extend(read_folder(&format!("{folder}/{below}"), ".md", true)?);
    }
    if files.is_empty() {
        files = read_folder(folder, ".md", false)?;
    }
    let texts = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    foreign::backlog(texts, zone).map_err(|(file, fault)| bad_line(&file, "backlog", fault))
}
