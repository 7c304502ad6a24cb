//! `bos conflicts resolve`.

use super::conflicts::Which;
use crate::{
    cli::{args::Global, editor::Draft, error::CliError, sanitize::sanitize, ui::Ui},
    domain::conflict::Other,
    engine::{EngineError, OpenConflict, Session, Settlement, SharedId, Side},
    wire,
};

/// Settle the conflicts about a card or an idea
///
/// A side is taken only where both clash; what else either side changed is merged. The next export writes the result to
/// the file. Where there are conflicts with several places, all of them are settled, unless two places clash with each
/// other: then --from says which one is meant.
///
/// If git's merge stopped at a file that two clones made under one ID, give no side: yours gets the next number,
/// along with everything that refers to it, and both files are kept.
///
/// Examples:
///   bos conflicts resolve BAKE-ENG-0001                  two cards, one ID
///   bos conflicts resolve BAKE-ENG-0001 --ours           the database's side
///   bos conflicts resolve BAKE-ENG-0001 --theirs         the other side
///   bos conflicts resolve BAKE-ENG-0001 --theirs --from topic
///   bos conflicts resolve BAKE-ENG-0001 --field Lane=theirs --field content=ours
///   bos conflicts resolve BAKE-ENG-0001 --edit           in your editor
#[derive(Debug, clap::Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "bos conflicts resolve [OPTIONS] [--ours|--theirs|--field|--edit] <ID>",
    group = clap::ArgGroup::new("how")
)]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Take what the database has
    #[arg(long, group = "how")]
    ours: bool,
    /// Take what the file or the branch has
    #[arg(long, group = "how")]
    theirs: bool,
    /// Take one side for a key, such as Lane=theirs; content is the text; may be repeated
    #[arg(long, value_name = "KEY=SIDE", value_parser = parse_choice, group = "how")]
    field: Vec<(String, Side)>,
    /// Edit it in your editor, with both sides between markers
    #[arg(long, group = "how")]
    edit: bool,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open(ui)?;
    let (id, from) = (&args.which.id, args.which.from.as_deref());
    if args.edit {
        let folder = session.workspace().database.with_file_name("edits");
        let listed = session.view()?.conflicts_of(id, from)?;
        for listed in listed {
            let (path, with) = (listed.conflict.path.as_str().to_owned(), listed.conflict.place());
            // Settling the previous conflict may have resolved this one too, or changed the database's side.
            let again = session.view()?.conflicts_of(&path, Some(with));
            let Some(open) = again.ok().and_then(|mut open| open.pop()) else {
                continue;
            };
            let draft = Draft::new(&folder, open.entity.owner().as_str(), &text_to_mend(&open))?;
            let text = draft.edited()?;
            if text.lines().any(is_marker) {
                return Err(CliError::Marked { path: draft.path().to_path_buf() });
            }
            let kept =
                |source: EngineError| CliError::Kept { path: draft.path().to_path_buf(), source: Box::new(source) };
            let written = session.resolve_conflicts(&path, Some(with), &Settlement::Text(text)).map_err(kept)?;
            draft.discard();
            told(ui, &path, &written)?;
        }
        return Ok(0);
    }
    if !args.ours && !args.theirs && args.field.is_empty() {
        return shared(&session, id, ui);
    }
    let settlement = match (args.ours, args.theirs) {
        (true, _) => Settlement::All(Side::Ours),
        (_, true) => Settlement::All(Side::Theirs),
        _ => Settlement::Fields(args.field.clone()),
    };
    let written = session.resolve_conflicts(id, from, &settlement)?;
    told(ui, id, &written)?;
    Ok(0)
}

/// Settles an ID that two clones gave out. Any other conflict requires choosing a side.
fn shared(session: &Session, id: &str, ui: &mut Ui) -> Result<u8, CliError> {
    let Some(SharedId { old, new, files, written }) = session.settle_shared_id(id)? else {
        return Err(CliError::Usage {
            message: format!("no side was given for {id}"),
            hint: "take --ours or --theirs, a side for each key with --field Lane=theirs, or --edit it; bos conflicts \
                   show ID puts both beside each other"
                .to_owned(),
        });
    };
    ui.has_done(format!("{old} was settled"));
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json {
        ui.document(&wire::Write::from(&written))?;
    } else {
        ui.line(&match new {
            Some(new) => format!("{old} was given out twice: the one made here is {new} now."),
            None => format!("{old} is settled: the one made here has another ID already."),
        })?;
        files.iter().try_for_each(|path| ui.line(&format!("  {}", sanitize(path.as_str()))))?;
    }
    ui.note("add these files to git (git add -A docs/business-os), then continue its merge or rebase");
    Ok(0)
}

fn told(ui: &mut Ui, what: &str, written: &crate::engine::Written) -> Result<(), CliError> {
    ui.has_done(format!("{what} was settled"));
    written.warnings.iter().for_each(|warning| ui.warn(warning));
    if ui.json { ui.document(&wire::Write::from(written)) } else { ui.line(&format!("{what}  settled")) }
}

/// The merge as far as possible. Clashing keys are listed in a comment at the top, which is removed again.
fn text_to_mend(open: &OpenConflict) -> String {
    let theirs = match &open.conflict.with {
        Other::File(_) => "the file".to_owned(),
        Other::Revision(name) => name.replace("--", "- -"),
    };
    let value = |side: &Option<String>| side.clone().unwrap_or_else(|| "(removed)".to_owned()).replace("--", "- -");
    let clashes: String = open
        .clashes
        .iter()
        .map(|clash| {
            let one_line = |side| value(side).lines().next().unwrap_or_default().to_owned();
            format!(
                "     {}: the database has {}, {theirs} {}\n",
                clash.place,
                one_line(&clash.ours),
                one_line(&clash.theirs)
            )
        })
        .collect();
    format!("<!-- bos: both sides changed these; this comment is removed again.\n{clashes}-->\n{}", open.draft())
}

fn is_marker(line: &str) -> bool {
    ["<<<<<<< ours", ">>>>>>> theirs"].contains(&line.trim_end())
}

fn parse_choice(text: &str) -> Result<(String, Side), String> {
    match text.split_once('=') {
        Some((key, "ours")) if !key.is_empty() => Ok((key.to_owned(), Side::Ours)),
        Some((key, "theirs")) if !key.is_empty() => Ok((key.to_owned(), Side::Theirs)),
        _ => Err("write it like Lane=theirs or Lane=ours".to_owned()),
    }
}
