//! The command line: parsing, one flat dispatch, exit codes. Each command has its own file and uses only the engine.

mod args;
mod assignments;
mod board_view;
mod business_view;
mod card_rows;
mod change_line;
mod commands;
mod complete;
mod complete_shell;
mod conflict_view;
mod detail_view;
mod editor;
mod error;
mod flow_chart;
mod flow_svg;
mod format;
mod graph_view;
mod guard_view;
mod help;
mod hint;
mod history_view;
mod hit_view;
mod input;
mod lane_words;
mod list_view;
mod login;
mod meant;
mod pager;
mod paging;
mod sanitize;
mod shape;
mod stats_view;
mod targets;
mod ui;
mod write_view;

use std::{ffi::OsString, process::ExitCode};

use clap::{Args as _, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, error::ErrorKind};
use clap_complete::CompleteEnv;

use args::Global;
use error::CliError;
use ui::Ui;

/// The exit code of a command that succeeded with findings.
const FINDINGS: u8 = 1;

/// A local-first database for the work of small businesses: markdown in, SQLite inside, git out.
///
/// Cards, ideas and stage docs are markdown files below docs/business-os. bos keeps them in a database, shows them
/// as boards, writes every change to an audit log and gives the files back byte for byte.
#[derive(Debug, Parser)]
#[command(name = "bos", version, after_long_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Start here:
  bos init --sample                    a small made-up tree to look around in
  bos board                            what is most urgent in every business
  bos board SHOP                       the board of one business
  bos card move SHOP-ENG-0001 done     move a card; the log says who and when
  bos export                           write the change to its files
  bos validate                         what a CI job runs

Exit codes: 0 done; 1 done, with findings; 2 usage; 3 not found; 4 invalid or denied, nothing was written;
5 conflict, or something was left out; 6 busy or unavailable; 70 a defect in bos.";

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    Init(commands::init::Args),
    Import(commands::import::Args),
    Board(commands::board::Args),
    Next(commands::next::Args),
    Card(commands::card::Args),
    Me(commands::me::Args),
    Idea(commands::idea::Args),
    Stage(commands::stage::Args),
    Business(commands::business::Args),
    Search(commands::search::Args),
    Graph(commands::graph::Args),
    Stats(commands::stats::Args),
    Status(commands::status::Args),
    Export(commands::export::Args),
    Conflicts(commands::conflicts::Args),
    Watch(commands::watch::Args),
    Validate(commands::validate::Args),
    Guard(commands::guard::Args),
    MergeDriver(commands::merge_driver::Args),
    #[command(flatten)]
    AtOnce(AtOnce),
    ImportFrom(commands::import_from::Args),
    Apply(commands::apply::Args),
    Undo(commands::undo::Args),
    Audit(commands::audit::Args),
    Guide(commands::guide::Args),
    Config(commands::config::Args),
    Schema(commands::schema::Args),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
    // Commands that people type without the word before them.
    #[command(hide = true)]
    List(commands::card_list::Args),
    #[command(hide = true)]
    New(commands::card_new::Args),
    #[command(hide = true)]
    Show(commands::card_show::Args),
    #[command(hide = true)]
    Move(commands::card_move::Args),
    #[command(hide = true)]
    Comment(commands::card_comment::Args),
    #[command(hide = true)]
    Version,
    /// The options of every command
    ///
    /// Examples:
    ///   bos -C ~/shops board BAKE            as if started there
    ///   bos board --json                     one JSON document; see bos schema
    ///   bos card done BAKE-ENG-0001 --actor Nora
    #[command(hide = true, verbatim_doc_comment)]
    Options,
}

/// A command that is built eagerly, because its flags of the same names replace global ones.
#[derive(Debug, Subcommand)]
enum AtOnce {
    Log(commands::log::Args),
}

/// Runs the program: parses the arguments, runs the command and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(ui::end_with_defect));
    complete_shell::offer(CompleteEnv::with_factory(Cli::command));
    ExitCode::from(run(std::env::args_os().collect()))
}

fn run(arguments: Vec<OsString>) -> u8 {
    lane_words::expect_folder(&arguments);
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let meant = meant::commands(&error, &mut Cli::command(), &arguments);
            return ui::report_usage(&error, &meant, &arguments);
        }
    };
    let mut ui = Ui::new(&cli.global);
    let result =
        cli.global.enter_folder().and_then(|()| dispatch(&cli, &mut ui)).and_then(|code| ui.end().map(|()| code));
    match result {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => 0,
        Err(error) => {
            // Output printed so far comes before the error; a failure to print it no longer matters.
            let _ = ui.end();
            ui.report(&error.after(ui.done()))
        }
    }
}

/// Parses the arguments; if that fails, tries again with `-WORD` in a search treated as a word.
fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    read(with_the_named(arguments), arguments).or_else(|error| {
        if error.kind() == ErrorKind::DisplayVersion {
            return Err(error);
        }
        let unknown = error.kind() == ErrorKind::UnknownArgument;
        let moved = unknown.then(|| commands::search::exclusions_last(arguments)).flatten();
        if let Some(Ok(cli)) = moved.map(|moved| read(Cli::command(), &moved)) {
            return Ok(cli);
        }
        // Only the named command has been built, but help and hints cover all of them.
        read(help::program(), arguments)
    })
}

/// The program with only the command that the first matching word names, because clap copies the global options into
/// every command. If that word was something else, parsing fails and is repeated with all commands.
fn with_the_named(arguments: &[OsString]) -> clap::Command {
    let all = Cli::command();
    let named = arguments.iter().skip(1).find_map(|word| all.find_subcommand(word));
    let program = Global::augment_args(clap::Command::default().name("bos").version(env!("CARGO_PKG_VERSION")));
    program.subcommand_required(true).arg_required_else_help(true).subcommands(named.cloned())
}

fn read(command: clap::Command, arguments: &[OsString]) -> Result<Cli, clap::Error> {
    command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches))
}

fn dispatch(cli: &Cli, ui: &mut Ui) -> Result<u8, CliError> {
    let global = &cli.global;
    match &cli.command {
        Command::Init(args) => commands::init::run(args, global, ui),
        Command::Import(args) => commands::import::run(args, global, ui),
        Command::Board(args) => commands::board::run(args, global, ui),
        Command::Me(args) => commands::me::run(args, global, ui),
        Command::Undo(args) => commands::undo::run(args, global, ui),
        Command::ImportFrom(args) => commands::import_from::run(args, global, ui),
        Command::Apply(args) => commands::apply::run(args, global, ui),
        Command::Next(args) => commands::next::run(args, global, ui),
        Command::Card(args) => commands::card::run(args, global, ui),
        Command::Idea(args) => commands::idea::run(args, global, ui),
        Command::Stage(args) => commands::stage::run(args, global, ui),
        Command::Business(args) => commands::business::run(args, global, ui),
        Command::Search(args) => commands::search::run(args, global, ui),
        Command::Graph(args) => commands::graph::run(args, global, ui),
        Command::Stats(args) => commands::stats::run(args, global, ui),
        Command::Status(args) => commands::status::run(args, global, ui),
        Command::Conflicts(args) => commands::conflicts::run(args, global, ui),
        Command::Export(args) => commands::export::run(args, global, ui),
        Command::Watch(args) => commands::watch::run(args, global, ui),
        Command::Validate(args) => commands::validate::run(args, global, ui),
        Command::Guard(args) => commands::guard::run(args, ui),
        Command::MergeDriver(args) => commands::merge_driver::run(args, ui),
        Command::AtOnce(AtOnce::Log(args)) => commands::log::run(args, global, ui),
        Command::Audit(args) => commands::audit::run(args, global, ui),
        Command::Guide(args) => commands::guide::run(args, ui),
        Command::Config(args) => commands::config::run(args, global, ui),
        Command::Schema(args) => commands::schema::run(args, ui),
        Command::Completions(args) => commands::completions::run(args, ui),
        Command::Man(args) => commands::man::run(args, ui),
        Command::List(args) => commands::card_list::run(args, global, ui),
        Command::New(args) => commands::card_new::run(args, global, ui),
        Command::Show(args) => commands::card_show::run(args, global, ui),
        Command::Move(args) => commands::card_move::run(args, global, ui),
        Command::Comment(args) => commands::card_comment::run(args, global, ui),
        Command::Options => ui.text(&help::options()).map(|()| 0),
        Command::Version => ui.line(concat!("bos ", env!("CARGO_PKG_VERSION"))).map(|()| 0),
    }
}
