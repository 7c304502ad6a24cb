//! `bos idea new`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, Title, parse_priority},
        complete,
        error::CliError,
        input::read_body,
        ui::Ui,
        write_view,
    },
    domain::{idea::KINDS, priority::Priority},
    engine::{Change, NewIdea},
};

/// Capture an idea in the inbox; prints its new ID
///
/// Examples:
///   bos idea new BAKE "Sell bread by subscription"
///   bos idea new BAKE "Sell bread by subscription" --type opportunity
///   bos idea new BAKE "Sell bread by subscription" --tag shop --body-file -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, override_usage = "bos idea new [OPTIONS] <BUSINESS> <TITLE|--title <TITLE>>")]
pub(crate) struct Args {
    /// The code of its business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: String,
    #[command(flatten)]
    title: Title,
    /// Idea or Opportunity; Idea when left out
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_kind)]
    kind: Option<String>,
    /// How urgent it is: P0 to P5
    #[arg(long, value_parser = parse_priority)]
    priority: Option<Priority>,
    /// A tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// A file with its text, - for standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let idea = NewIdea {
        business: args.business.clone(),
        title: args.title.text().to_owned(),
        kind: args.kind.clone(),
        priority: args.priority,
        tags: args.tags.clone(),
        keys: Vec::new(),
        body: args.body_file.as_deref().map(read_body).transpose()?,
    };
    write_view::make(&global.open(ui)?, ui, Change::NewIdea(idea))
}

fn parse_kind(text: &str) -> Result<String, String> {
    let kind = KINDS.into_iter().find(|kind| kind.eq_ignore_ascii_case(text));
    kind.map(str::to_owned).ok_or_else(|| format!("the types are {}", KINDS.join(", ")))
}
