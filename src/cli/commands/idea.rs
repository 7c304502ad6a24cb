//! `bos idea`: the commands on ideas.

use clap::Subcommand;
use clap_complete::engine::ArgValueCompleter;

use super::{idea_convert, idea_drop, idea_new, idea_set, idea_work};
use crate::{
    cli::{
        args::{AsOf, Global, Language, notices, parse_priority},
        complete, detail_view,
        error::CliError,
        list_view,
        paging::Paging,
        shape::{Shape, shown},
        ui::Ui,
    },
    domain::{entity::Entity, idea::Location, order::Order, page::Page, priority::Priority, query::IdeaQuery},
    engine::{Moment, View},
    wire,
};

/// List, show, capture, change, work out, convert and drop ideas
///
/// Examples:
///   bos idea list
///   bos idea new BAKE "Sell bread by subscription"
///   bos idea convert BAKE-OPP-0001
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
enum Command {
    List(ListArgs),
    Show(ShowArgs),
    New(idea_new::Args),
    Set(idea_set::Args),
    Work(idea_work::Args),
    Convert(idea_convert::Args),
    Drop(idea_drop::Args),
}

/// List ideas: the inbox first, and in each folder the latest change first
///
/// Examples:
///   bos idea list BAKE
///   bos idea list --archived --limit 20
///   bos idea list --sort created
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ListArgs {
    /// The code of a business; all when left out
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    /// Only these statuses: raw,worked
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    status: Vec<String>,
    /// Only ideas in this folder: inbox or worked
    #[arg(long, value_name = "FOLDER", value_parser = parse_location)]
    location: Option<Location>,
    /// Only these priorities: P0,P1
    #[arg(long, value_name = "P0,P1", value_delimiter = ',', value_parser = parse_priority)]
    priority: Vec<Priority>,
    /// Only what has this tag
    #[arg(long)]
    tag: Option<String>,
    /// Archived ideas instead
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    language: Language,
    #[command(flatten)]
    as_of: AsOf,
}

/// Show an idea in full
///
/// Examples:
///   bos idea show BAKE-OPP-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ShowArgs {
    /// The ID of an idea
    #[arg(add = ArgValueCompleter::new(complete::ideas))]
    id: String,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::List(args) => list(args, global, ui),
        Command::Show(args) => show(args, global, ui),
        Command::New(args) => idea_new::run(args, global, ui),
        Command::Set(args) => idea_set::run(args, global, ui),
        Command::Work(args) => idea_work::run(args, global, ui),
        Command::Convert(args) => idea_convert::run(args, global, ui),
        Command::Drop(args) => idea_drop::run(args, global, ui),
    }
}

fn list(args: &ListArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view_at(moment.as_ref())?;
    let moment = moment.as_ref();
    let business = args.business.as_deref().map(|typed| view.business_then(typed, moment)).transpose()?;
    let order = args.paging.order_of("ideas", Order::is_of_ideas)?;
    let ideas = view.ideas(&IdeaQuery {
        business,
        statuses: args.status.clone(),
        location: args.location,
        priorities: args.priority.clone(),
        tag: args.tag.clone(),
        archived: args.archived,
        lang: if moment.is_some() { None } else { args.language.wanted(&view)? },
        at: moment.map(|moment| moment.seq),
    })?;
    let Page { items: ideas, total, next, .. } = args.paging.page(ideas, |idea| order.of_idea(idea))?;
    let shape = &args.shape;
    let picked = shape.pick(&view, ui, ideas.iter().map(|idea| Entity::Idea(idea.id.clone())), moment);
    if ui.json {
        ui.document(&wire::Ideas::new(total, next.as_ref(), &ideas, shape.form(), &picked))?;
    } else {
        list_view::heading(ui, moment)?;
        let rows = ideas.iter().zip(&picked).map(|(idea, picked)| {
            let (id, title) = (idea.id.to_string(), idea.title.clone());
            let status = idea.status.clone().unwrap_or_default();
            let mut row = if shape.is_brief() {
                vec![id, status, title]
            } else {
                vec![id, idea.location.as_str().to_owned(), status, idea.updated.clone(), title]
            };
            row.extend(picked.iter().map(|value| shown(value.as_ref())));
            row
        });
        list_view::print_shaped(ui, shape, &["ID", "IN", "STATUS", "UPDATED", "TITLE"], rows.collect())?;
        list_view::count_note(ui, "ideas", ideas.len(), total)?;
    }
    ui.flush()?;
    notices(&view, moment, ui)?;
    Ok(0)
}

fn show(args: &ShowArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view()?;
    print(&view, &args.id, moment.as_ref(), ui)
}

/// Prints an idea in full.
pub(super) fn print(view: &View<'_>, id: &str, moment: Option<&Moment>, ui: &mut Ui) -> Result<u8, CliError> {
    let detail = view.idea(id, moment)?;
    if ui.json {
        ui.document(&wire::OneIdea::from(&detail))?;
        return detail_view::finish(view, ui, &detail.documents);
    }
    detail_view::heading(ui, detail.idea.id.as_str(), &detail.idea.title)?;
    detail_view::past(ui, moment)?;
    detail_view::fields(ui, &detail.fields)?;
    detail_view::body(ui, &detail.body)?;
    detail_view::documents(ui, &detail.documents)?;
    detail_view::history(ui, detail.idea.id.as_str(), &detail.log)?;
    detail_view::finish(view, ui, &detail.documents)
}

fn parse_location(text: &str) -> Result<Location, String> {
    Location::parse(&text.to_lowercase()).ok_or_else(|| "the folders are inbox and worked".to_owned())
}
