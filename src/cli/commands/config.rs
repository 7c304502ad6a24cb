//! `bos config`: the settings of a repository.

use clap::{Subcommand, builder::PossibleValuesParser};

use crate::{
    cli::{args::Global, error::CliError, list_view, sanitize::sanitize, ui::Ui},
    domain::config::{Config, Given, Key, Source},
    engine::{self, Workspace},
    wire,
};

/// Read and change the settings that a repository shares in bos.toml
///
/// bos.toml is beside docs, or at the top of the work tree. An environment variable overrides the file, and the file
/// the default. Needs no database.
///
/// Keys:
///   branch       the mirror branch of bos export --commit
///   gate         template: a move makes the stage doc that its lane asks for;
///                strict: it refuses without one
///   card-id      how IDs of new cards are spelled: {business}-ENG-{0000}
///   idea-id      how IDs of new ideas are spelled: {business}-OPP-{0000}
///   owner        the owner of new cards
///   language     the language that boards and cards are shown in, such as it
///   templates    a folder with templates of stage docs, such as plan.md
///   agents       names of actors that may propose moves, but not make them
///   claim-time   how long a claim holds: 8h, 2d, or none
///   lanes        display names of lanes, and lanes that boards hide:
///                In progress=Doing, Reflected=hidden
///
/// Examples:
///   bos config list
///   bos config set owner Nora
///   bos config set agents "Claude, Codex"
///   bos config set lanes "In progress=Doing, Reflected=hidden"
///   bos config set --unset owner
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    Get(GetArgs),
    Set(SetArgs),
    List(ListArgs),
}

/// Print the value of a setting
///
/// Examples:
///   bos config get branch
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct GetArgs {
    /// The setting
    #[arg(value_parser = keys())]
    key: String,
}

/// Change a setting in bos.toml, keeping comments and order
///
/// Examples:
///   bos config set owner Nora
///   bos config set --unset owner
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct SetArgs {
    /// The setting
    #[arg(value_parser = keys(), required_unless_present = "unset", requires = "value")]
    key: Option<String>,
    /// The new value; separate the items of a list with commas
    value: Option<String>,
    /// Remove this setting from the file
    #[arg(long, value_name = "KEY", conflicts_with_all = ["key", "value"])]
    unset: Option<String>,
}

/// List every setting, its value and where it comes from
///
/// Examples:
///   bos config list
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ListArgs {}

fn keys() -> PossibleValuesParser {
    PossibleValuesParser::new(Key::ALL.map(Key::as_str))
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let workspace = Workspace::find(&Global::folder(), global.db.as_deref())?;
    let environment = Global::environment();
    match &args.command {
        Command::Get(args) => {
            let config = engine::settings(&workspace, &environment)?;
            let key: Vec<Key> = Key::parse(&args.key).into_iter().collect();
            if ui.json {
                return tell_json(ui, &workspace, &config, &key, false);
            }
            for key in key {
                ui.line(&sanitize(&text(&config, key)))?;
            }
            Ok(0)
        }
        Command::List(_) => {
            let config = engine::settings(&workspace, &environment)?;
            if ui.json {
                return tell_json(ui, &workspace, &config, &Key::ALL, false);
            }
            let rows =
                Key::ALL.map(|key| [key.as_str().to_owned(), text(&config, key), source(&workspace, &config, key)]);
            list_view::print(ui, ["KEY", "VALUE", "SOURCE"], rows.into())?;
            Ok(0)
        }
        Command::Set(args) => set(args, &workspace, ui),
    }
}

fn set(args: &SetArgs, workspace: &Workspace, ui: &mut Ui) -> Result<u8, CliError> {
    let environment = Global::environment();
    let name = args.unset.as_deref().or(args.key.as_deref()).unwrap_or_default();
    let change = engine::set_config(workspace, &environment, name, args.value.as_deref())?;
    if change.changed {
        ui.has_done(format!("{name} was changed"));
    }
    let key: Vec<Key> = Key::parse(name).into_iter().collect();
    for key in key.iter().filter(|key| change.config.source(**key) == Source::Environment) {
        ui.note(&format!("{} is set and overrides the file", key.variable()));
    }
    if ui.json {
        return tell_json(ui, workspace, &change.config, &key, change.changed);
    }
    if !change.changed {
        ui.line(&format!("{name}  unchanged"))?;
    } else if let Some(key) = key.first().filter(|key| change.config.value(**key).is_some()) {
        let line = format!("{name}  {}  {}", text(&change.config, *key), source(workspace, &change.config, *key));
        ui.line(&sanitize(&line))?;
    } else {
        ui.line(&format!("{}  removed", sanitize(name)))?;
    }
    Ok(0)
}

fn tell_json(ui: &mut Ui, workspace: &Workspace, config: &Config, keys: &[Key], changed: bool) -> Result<u8, CliError> {
    let file = engine::config_file(workspace).map(|file| engine::config_name(workspace, &file));
    ui.document(&wire::Settings::new(config, file.as_deref(), keys, changed))?;
    Ok(0)
}

fn text(config: &Config, key: Key) -> String {
    config.value(key).as_ref().map(Given::to_text).unwrap_or_default()
}

fn source(workspace: &Workspace, config: &Config, key: Key) -> String {
    match config.source(key) {
        Source::Default => "default".to_owned(),
        Source::Environment => key.variable().to_owned(),
        Source::File { line } => {
            let name = engine::config_file(workspace).map(|file| engine::config_name(workspace, &file));
            format!("{}:{line}", name.unwrap_or_default())
        }
    }
}
