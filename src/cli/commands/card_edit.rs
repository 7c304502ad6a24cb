//! `bos card edit`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::Global,
        complete,
        editor::Draft,
        error::CliError,
        targets::{TakeOverBecause, target},
        ui::Ui,
        write_view,
    },
    domain::error_kind::ErrorKind,
    engine::{Change, EngineError, Rewrite},
};

/// Edit the whole text of a card in your editor
///
/// Uses VISUAL or EDITOR. A text with errors is opened again, with what is wrong as a comment at its top. What others
/// change meanwhile is merged in; where both changed the same place, nothing is written. Whatever goes wrong, your text
/// is kept in a file, and the error says where.
///
/// Examples:
///   EDITOR="code --wait" bos card edit BAKE-ENG-0001
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
    /// Edit the companion for agents instead
    #[arg(long)]
    agent: bool,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
    #[command(flatten)]
    take_over: TakeOverBecause,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let (id, base) = session.text_to_edit(&target(&args.id, None, args.take_over.why()), args.agent)?;
    let folder = session.workspace().database.with_file_name("edits");
    let draft = Draft::new(&folder, id.as_str(), &base)?;
    let kept = |source: EngineError| CliError::Kept { path: draft.path().to_path_buf(), source: Box::new(source) };
    let mut refused: Option<String> = None;
    loop {
        let text = draft.edited()?;
        let rewrite = Rewrite { agent: args.agent, base: base.clone(), text: text.clone() };
        let about = target(&args.id, args.expect.as_deref(), args.take_over.why());
        match session.apply(&[Change::Rewrite(about, rewrite)]) {
            Ok((outcomes, written)) => {
                write_view::keep(ui, &outcomes);
                let code = write_view::print(ui, &outcomes, &written, ("edited", "unchanged"))?;
                draft.discard();
                return Ok(code);
            }
            Err(error) if error.kind() == ErrorKind::Invalid && refused.as_ref() != Some(&text) => {
                draft.refuse(&text, &reasons(&error))?;
                refused = Some(text);
            }
            Err(error) => return Err(kept(error)),
        }
    }
}

fn reasons(error: &EngineError) -> Vec<String> {
    match error {
        EngineError::Findings { findings, .. } => findings
            .iter()
            .map(|finding| match finding.line {
                Some(line) => format!("line {line}: {}", finding.message),
                None => finding.message.clone(),
            })
            .collect(),
        EngineError::Unreadable { diagnostic, .. } => {
            vec![format!("line {}: {}", diagnostic.line.unwrap_or(1), diagnostic.message)]
        }
        other => vec![other.to_string()],
    }
}
