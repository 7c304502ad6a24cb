//! `bos stage`: the commands on stage docs.

use clap::Subcommand;
use clap_complete::engine::ArgValueCompleter;

use super::stage_set;
use crate::{
    cli::{
        args::{AsOf, Global, Language, notices},
        complete, detail_view,
        error::CliError,
        list_view,
        paging::Paging,
        shape::{Shape, shown},
        ui::Ui,
    },
    domain::{entity::Entity, order::Order, page::Page},
    wire,
};

/// List, show and write stage docs
///
/// Examples:
///   bos stage list BAKE-ENG-0001
///   bos stage show BAKE-ENG-0001 plan
///   bos stage set BAKE-ENG-0001 plan --body-file plan.md
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
    Set(stage_set::Args),
}

/// List the stage docs of a card, or of every card
///
/// Examples:
///   bos stage list
///   bos stage list BAKE-ENG-0001
///   bos stage list --sort updated --limit 10    what was written last
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ListArgs {
    /// The ID of a card; all when left out
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    card: Option<String>,
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    language: Language,
    #[command(flatten)]
    as_of: AsOf,
}

/// Show a stage doc in full
///
/// Examples:
///   bos stage show BAKE-ENG-0001 plan
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ShowArgs {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    card: String,
    /// The stage: fact-find, plan, build, reflect or another
    stage: String,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::List(args) => list(args, global, ui),
        Command::Show(args) => show(args, global, ui),
        Command::Set(args) => stage_set::run(args, global, ui),
    }
}

fn list(args: &ListArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view()?;
    let moment = moment.as_ref();
    let order = args.paging.order_of("stage docs", Order::is_of_stage_docs)?;
    let lang = args.language.wanted(&view)?;
    let stage_docs = match (&args.card, moment) {
        (Some(card), _) => view.stage_docs_of(card, lang.as_ref(), moment)?,
        (None, None) => view.stage_docs(lang.as_ref())?,
        (None, Some(_)) => {
            let message = "stage list --at needs a card".to_owned();
            return Err(CliError::Usage { message, hint: "name the card before --at".to_owned() });
        }
    };
    let Page { items: stage_docs, total, next, .. } =
        args.paging.page(stage_docs, |(doc, title)| order.of_stage_doc(doc, title.as_deref()))?;
    let shape = &args.shape;
    let entities =
        stage_docs.iter().map(|(doc, _)| Entity::StageDoc { card: doc.card.clone(), stage: doc.stage.clone() });
    let picked = shape.pick(&view, ui, entities, moment);
    if ui.json {
        ui.document(&wire::StageDocs::new(total, next.as_ref(), &stage_docs, shape.form(), &picked))?;
    } else {
        list_view::heading(ui, moment)?;
        let rows = stage_docs.iter().zip(&picked).map(|((doc, title), picked)| {
            let mut row = vec![doc.card.to_string(), doc.stage.as_str().to_owned(), doc.updated.clone()];
            if !shape.is_brief() {
                row.push(doc.path.to_string());
            }
            row.push(title.clone().unwrap_or_default());
            row.extend(picked.iter().map(|value| shown(value.as_ref())));
            row
        });
        list_view::print_shaped(ui, shape, &["CARD", "STAGE", "UPDATED", "FILE", "TITLE"], rows.collect())?;
        list_view::count_note(ui, "stage docs", stage_docs.len(), total)?;
    }
    ui.flush()?;
    notices(&view, moment, ui)?;
    Ok(0)
}

fn show(args: &ShowArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view()?;
    let detail = view.stage_doc(&args.card, &args.stage, moment.as_ref())?;
    if ui.json {
        ui.document(&wire::OneStageDoc::from(&detail))?;
        return detail_view::finish(&view, ui, &detail.documents);
    }
    let id = format!("{}/{}", detail.stage_doc.card, detail.stage_doc.stage.as_str());
    detail_view::heading(ui, &id, "")?;
    detail_view::past(ui, moment.as_ref())?;
    detail_view::fields(ui, &detail.fields)?;
    detail_view::body(ui, &detail.body)?;
    detail_view::documents(ui, &detail.documents)?;
    detail_view::finish(&view, ui, &detail.documents)
}
