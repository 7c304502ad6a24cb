//! `bos card deps`.

use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::Global,
        board_view::cut,
        complete, detail_view,
        error::CliError,
        lane_words,
        sanitize::sanitize,
        ui::{CAUTION, DIM, GOOD, Ui},
    },
    domain::{dependencies::Cut, one_of::OneOf},
    engine::{Dependency, DependencyBranch},
    wire,
};

/// The maximum number of levels drawn, so that the lines of a long chain do not grow without bound.
const MAX_STEPS: usize = 24;

/// Show what a card waits for and what waits for it, directly and indirectly
///
/// Items that are done have a tick. The tree stops, and says so, at a card that it has already shown or that closes a
/// circle.
///
/// Examples:
///   bos card deps BAKE-ENG-0002
///   bos card deps BAKE-ENG-0002 --json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// The ID of a card
    #[arg(add = ArgValueCompleter::new(complete::cards))]
    id: String,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let tree = view.dependency_tree(&args.id)?;
    if ui.json {
        ui.document(&wire::Dependencies::from(&tree))?;
        return Ok(0);
    }
    let heading = described(ui, &tree.card, ui.width().unwrap_or(usize::MAX));
    ui.line(&heading)?;
    branches(ui, "Waits for", &tree.waits_for)?;
    branches(ui, "Waited for by", &tree.waited_for_by)?;
    Ok(0)
}

fn branches(ui: &mut Ui, title: &str, branches: &[DependencyBranch]) -> Result<(), CliError> {
    detail_view::section(ui, title)?;
    if branches.is_empty() {
        let nothing = ui.paint(DIM, "  nothing");
        return ui.line(&nothing);
    }
    // For each level above, whether another line follows at that level further down.
    let mut goes_on: Vec<bool> = Vec::new();
    for DependencyBranch { branch, dependency } in branches {
        goes_on.truncate(branch.depth - 1);
        let hidden = goes_on.len().saturating_sub(MAX_STEPS);
        let mut above = if hidden > 0 { format!("({hidden} steps) ") } else { String::new() };
        above.extend(goes_on[hidden..].iter().map(|goes_on| if *goes_on { "│   " } else { "    " }));
        let turn = if branch.is_last { "└── " } else { "├── " };
        goes_on.push(!branch.is_last);
        let remark = match branch.cut {
            None => (DIM, ""),
            Some(Cut::Repeated) => (DIM, "  (as above)"),
            Some(Cut::Circular) => (CAUTION, "  (a circle)"),
        };
        let around = above.chars().count() + turn.chars().count() + remark.1.len();
        let text = described(ui, dependency, ui.width().map_or(usize::MAX, |width| width.saturating_sub(around)));
        ui.line(&format!("{above}{turn}{text}{}", ui.paint(remark.0, remark.1)))?;
    }
    Ok(())
}

/// The minimum columns of a title, however little room there is.
const LEAST: usize = 6;

/// A card on one line, with its title truncated so that the line fits in `room` columns.
fn described(ui: &Ui, dependency: &Dependency, room: usize) -> String {
    let id = sanitize(&dependency.id);
    let tick = if dependency.is_done() { ui.paint(GOOD, "✓ ") } else { String::new() };
    let place = match (&dependency.lane, dependency.kind) {
        (Some(OneOf::Known(lane)), _) => lane_words::shown(*lane).to_owned(),
        (Some(OneOf::Other(lane)), _) => format!("lane {:?}", sanitize(lane)),
        (None, Some(kind)) => kind.to_owned(),
        (None, None) => return format!("{id}  {}", ui.paint(CAUTION, "no such card or idea")),
    };
    let place = if dependency.archived { format!("{place}, archived") } else { place };
    let room = room.saturating_sub(id.len() + place.len() + "✓     ".chars().count()).max(LEAST);
    let title = cut(&sanitize(dependency.title.as_deref().unwrap_or_default()), room);
    format!("{tick}{id}  {}  {title}", ui.paint(DIM, &place))
}
