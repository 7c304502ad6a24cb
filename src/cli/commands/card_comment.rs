//! `bos card comment`.

use clap::ArgGroup;
use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, input::read_body, ui::Ui, write_view},
    engine::{Change, NewComment},
};

/// Comment on a card: one file per comment, beside its stage docs
///
/// Examples:
///   bos card comment BAKE-ENG-0001 "The miller delivers on Tuesdays."
///   bos card comment BAKE-ENG-0001 -F notes.md
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "bos card comment [OPTIONS] <ID> <TEXT|-m <TEXT>|-F <FILE>>",
    group = ArgGroup::new("what").args(["text", "message", "file"]).required(true)
)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
    /// What it says, in markdown
    text: Option<String>,
    /// What it says, as an option
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    /// A file with what it says, - for standard input
    #[arg(short = 'F', long, value_name = "FILE")]
    file: Option<String>,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let text = match (args.text.as_ref().or(args.message.as_ref()), &args.file) {
        (Some(text), _) => text.clone(),
        (None, file) => read_body(file.as_deref().unwrap_or("-"))?,
    };
    let comment = NewComment { card: args.id.clone(), text, expect: args.expect.clone() };
    write_view::apply(&global.open(ui)?, ui, &[Change::Comment(comment)], ("commented", "unchanged"))
}
