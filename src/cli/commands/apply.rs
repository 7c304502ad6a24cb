//! `bos apply`.

use crate::{
    cli::{args::Global, change_line, error::CliError, input::read_body, ui::Ui, write_view},
    engine::Change,
};

/// Apply changes from a file of JSON Lines: all of them, or none
///
/// One change per line, in the words of the audit log: entity, action, id, changes. They are made in order, as one
/// command that a single `bos undo` takes back. Empty lines are skipped.
///
///   {"entity":"card","action":"create","business":"BAKE","changes":{"Title":"A"}}
///   {"entity":"card","action":"move","id":"BAKE-1","changes":{"Lane":"Planned"}}
///   {"entity":"card","action":"set","id":"BAKE-1","changes":{"Owner":"Nora"}}
///   {"entity":"card","action":"comment","id":"BAKE-1","body":"Asked the smith."}
///   {"entity":"stage_doc","action":"set","id":"BAKE-1/plan","body":"First."}
///
/// null removes a key; {"add": [...], "remove": [...]} changes a list; {"from", "to"} is refused if the key no longer
/// holds "from", and "expect" does the same for the whole text. "take_over" with a reason takes over the claim of
/// somebody else.
///
/// Examples:
///   bos apply changes.jsonl --dry-run
///   bos apply - < changes.jsonl
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// A file of JSON Lines, - for standard input
    file: String,
    /// Say what would happen; change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let text = read_body(&args.file)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let changes: Vec<(usize, Change)> = lines
        .map(|(index, line)| {
            let change = change_line::parse(line);
            let line = index + 1;
            let hint = "`bos apply --help` shows what a line holds".to_owned();
            let change = change.map_err(|what| CliError::BadLine { file: args.file.clone(), line, what, hint })?;
            Ok((line, change))
        })
        .collect::<Result<_, CliError>>()?;
    let session = global.open(ui)?;
    let (outcomes, written) = session.apply_lines(&changes, args.dry_run)?;
    if args.dry_run {
        ui.note("nothing was changed");
    } else {
        write_view::keep(ui, &outcomes);
    }
    write_view::print(ui, &outcomes, &written, ("changed", "unchanged"))
}
