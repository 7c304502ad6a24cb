//! `bos card show`.

use clap_complete::engine::ArgValueCompleter;

use super::idea;
use crate::{
    cli::{
        args::{AsOf, Global, Language},
        complete, detail_view,
        error::CliError,
        sanitize::sanitize,
        ui::{DIM, Ui},
    },
    wire,
};

/// Show a card in full: its keys, its text, its stage docs, its last changes
///
/// Also compares the card's files with the database and says where they differ; with --at, which shows the card as it
/// was, it does not.
///
/// Examples:
///   bos card show BAKE-ENG-0001
///   bos card show bake-eng-1 --lang it
///   bos card show BAKE-ENG-0001 --at "2 weeks ago"
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card, or of an idea
    #[arg(add = ArgValueCompleter::new(complete::ids))]
    id: String,
    #[command(flatten)]
    language: Language,
    #[command(flatten)]
    as_of: AsOf,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let moment = args.as_of.moment(&session)?;
    let view = session.view()?;
    let lang = args.language.wanted(&view)?;
    if view.card_if_any(&args.id)?.is_none() && view.idea_if_any(&args.id)?.is_some() {
        return idea::print(&view, &args.id, moment.as_ref(), ui);
    }
    let detail = view.card(&args.id, lang.as_ref(), moment.as_ref())?;
    if ui.json {
        ui.document(&wire::OneCard::from(&detail))?;
        return detail_view::finish(&view, ui, &detail.documents);
    }
    detail_view::heading(ui, detail.card.id.as_str(), &detail.card.title)?;
    detail_view::past(ui, moment.as_ref())?;
    detail_view::fields(ui, &detail.fields)?;
    detail_view::body(ui, &detail.body)?;
    if !detail.stage_docs.is_empty() {
        detail_view::section(ui, "Stage docs")?;
        for stage_doc in &detail.stage_docs {
            let path = ui.paint(DIM, &sanitize(stage_doc.path.as_str()));
            ui.line(&format!("  {:<12} {}  {path}", stage_doc.stage.as_str(), stage_doc.updated))?;
        }
    }
    if !detail.comments.is_empty() {
        detail_view::section(ui, "Comments")?;
        for comment in &detail.comments {
            let author = comment.author.as_deref().unwrap_or("somebody");
            let at = comment.at.as_deref().unwrap_or_default();
            let head = ui.paint(DIM, &sanitize(&format!("{author}  {at}")));
            ui.line(&format!("  {head}"))?;
            for line in comment.body.trim().lines() {
                ui.line(&format!("  {}", sanitize(line)))?;
            }
        }
    }
    detail_view::documents(ui, &detail.documents)?;
    detail_view::history(ui, detail.card.id.as_str(), &detail.log)?;
    detail_view::finish(&view, ui, &detail.documents)
}
