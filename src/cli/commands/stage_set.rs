//! `bos stage set`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{args::Global, complete, error::CliError, input::read_body, targets::TakeOverBecause, ui::Ui, write_view},
    domain::stage::Stage,
    engine::{Change, StageText},
};

/// Write the text of a stage doc, new or existing
///
/// Front matter is kept; a new stage doc gets that of its template.
///
/// Examples:
///   bos stage set BAKE-ENG-0001 plan --body-file plan.md
///   bos stage set BAKE-ENG-0001 plan --body-file - --expect 4f2a...
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    card: String,
    /// The stage: fact-find, plan, build, reflect or another name in kebab-case
    #[arg(value_parser = parse_stage)]
    stage: Stage,
    /// A file with its text, - for standard input
    #[arg(long, value_name = "FILE")]
    body_file: String,
    /// The text is that of the document for agents
    #[arg(long)]
    agent: bool,
    /// Refuse if the stage doc's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let stage = StageText {
        card: args.card.clone(),
        stage: args.stage.clone(),
        body: read_body(&args.body_file)?,
        agent: args.agent,
        expect: args.expect.clone(),
        take_over: args.take_over.why().map(str::to_owned),
    };
    write_view::apply(&global.open(ui)?, ui, &[Change::SetStage(stage)], ("written", "unchanged"))
}

fn parse_stage(text: &str) -> Result<Stage, String> {
    Stage::parse(text).ok_or_else(|| "write it in lower case with dashes, like fact-find".to_owned())
}
