//! `bos business`: the commands on businesses.

use clap::Subcommand;
use clap_complete::engine::ArgValueCompleter;

use super::{business_new, business_set};
use crate::{
    cli::{args::Global, business_view, complete, error::CliError, list_view, shape::Length, ui::Ui},
    engine::BusinessSummary,
    wire,
};

/// List, show, make and change businesses
///
/// Examples:
///   bos business list
///   bos business show BAKE
///   bos business new KITE "Kites and more"
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
    New(business_new::Args),
    Set(business_set::Args),
}

/// List the businesses in the catalogue, then those that only cards and ideas name
///
/// Examples:
///   bos business list
///   bos business list --brief
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ListArgs {
    #[command(flatten)]
    length: Length,
}

/// Show what the catalogue says about a business, and how many cards and ideas it has
///
/// Examples:
///   bos business show BAKE
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
struct ShowArgs {
    /// The code of a business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: String,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    match &args.command {
        Command::List(args) => list(args, global, ui),
        Command::Show(args) => show(args, global, ui),
        Command::New(args) => business_new::run(args, global, ui),
        Command::Set(args) => business_set::run(args, global, ui),
    }
}

fn list(args: &ListArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let businesses = view.businesses()?;
    if ui.json {
        ui.document(&wire::Businesses::new(&businesses, args.length.brief))?;
        return Ok(0);
    }
    list_view::count_note(ui, "businesses", businesses.len(), businesses.len())?;
    let name = |business: &BusinessSummary| {
        let name = business.listed.as_ref().and_then(|listed| listed.name.clone());
        name.unwrap_or_else(|| "(not in the catalogue)".to_owned())
    };
    if args.length.brief {
        let rows = businesses.iter().map(|business| vec![business.id.clone(), name(business)]);
        list_view::print_brief(ui, rows.collect())?;
        return Ok(0);
    }
    let rows = businesses
        .iter()
        .map(|business| [business.id.clone(), business.cards.to_string(), business.ideas.to_string(), name(business)]);
    list_view::print(ui, ["BUSINESS", "CARDS", "IDEAS", "NAME"], rows.collect())?;
    Ok(0)
}

fn show(args: &ShowArgs, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let code = view.business(&args.business)?;
    let Some(business) = view.businesses()?.into_iter().find(|business| business.id == code) else { return Ok(0) };
    if ui.json {
        ui.document(&wire::OneBusiness::from(&business))?;
        return Ok(0);
    }
    business_view::print(ui, &business)?;
    Ok(0)
}
