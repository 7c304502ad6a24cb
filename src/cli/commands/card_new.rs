//! `bos card new`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, Title, meant_ids, parse_date, parse_lane, parse_priority},
        complete,
        error::CliError,
        input::read_body,
        ui::Ui,
        write_view,
    },
    domain::{lane::Lane, priority::Priority},
    engine::{Change, NewCard},
};

/// Make a card; prints its new ID
///
/// Examples:
///   bos card new BAKE "Mend the gate"
///   bos card new BAKE "Mend the gate" --priority P1 --due 2026-03-01
///   bos card new BAKE "Mend the gate" --tag garden --body-file -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, override_usage = "bos card new [OPTIONS] <BUSINESS> <TITLE|--title <TITLE>>")]
pub(crate) struct Args {
    /// The code of its business
    #[arg(add = ArgValueCompleter::new(complete::businesses))]
    business: String,
    #[command(flatten)]
    title: Title,
    /// How urgent it is: P0 to P5
    #[arg(long, default_value = "P2", value_parser = parse_priority)]
    priority: Priority,
    /// Whose it is
    #[arg(long)]
    owner: Option<String>,
    /// Where it starts
    #[arg(long, default_value = "Inbox", value_parser = parse_lane, add = ArgValueCompleter::new(complete::lanes))]
    lane: Lane,
    /// A tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// When it is due: 2026-03-01
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    due: Option<String>,
    /// A card or idea it waits for; may be repeated
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(complete::ids))]
    depends_on: Vec<String>,
    /// A file with its text, - for standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let body = args.body_file.as_deref().map(read_body).transpose()?;
    let session = global.open(ui)?;
    let card = NewCard {
        priority: args.priority,
        owner: args.owner.clone(),
        lane: args.lane,
        tags: args.tags.clone(),
        due: args.due.clone(),
        dependencies: meant_ids(&session, &args.depends_on)?,
        body,
        ..NewCard::new(&args.business, args.title.text())
    };
    write_view::make(&session, ui, Change::NewCard(card))
}
