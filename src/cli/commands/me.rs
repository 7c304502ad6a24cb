//! `bos me`.

use crate::{
    cli::{
        args::{Global, Language},
        detail_view::section,
        error::CliError,
        lane_words, list_view,
        sanitize::sanitize,
        ui::{BOLD, Ui},
    },
    domain::{card::Card, one_of::OneOf, priority::Priority},
    engine::Waiting,
    wire,
};

/// Show what is yours: claimed, owned, due within a week, and what waits for you
///
/// Waiting for you: lanes proposed for your cards or nobody's, and cards that depend on an open card of yours.
///
/// Examples:
///   bos me
///   bos me --actor Nora
///   bos me --lang it              titles in Italian, where there are any
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    #[command(flatten)]
    language: Language,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let session = global.open_to_read(ui)?;
    let view = session.view()?;
    let me = view.me(args.language.wanted(&view)?.as_ref())?;
    if ui.json {
        ui.document(&wire::Mine::from(&me))?;
        ui.flush()?;
        Global::notices(&view, ui)?;
        return Ok(0);
    }
    let heading = ui.paint(BOLD, &sanitize(&me.actor));
    ui.line(&heading)?;
    for (title, cards) in [("Claimed", &me.claimed), ("Owned", &me.owned), ("Late or due within a week", &me.due)] {
        if !cards.is_empty() {
            section(ui, title)?;
            list_view::print(ui, ["ID", "LANE", "PRI", "DUE", "TITLE"], cards.iter().map(row).collect())?;
        }
    }
    if !me.waiting.is_empty() {
        section(ui, "Waiting for you")?;
        let rows = me.waiting.iter().map(|(card, why)| {
            let why = match why {
                Waiting::Proposal(lane) => format!("is proposed for {}", lane_words::shown_text(lane)),
                Waiting::Dependency(on) => format!("depends on {}", on.join(", ")),
            };
            [card.id.to_string(), why, card.title.clone()]
        });
        list_view::print(ui, ["ID", "WHY", "TITLE"], rows.collect())?;
    }
    if me.claimed.is_empty() && me.owned.is_empty() && me.waiting.is_empty() {
        ui.line("Nothing is yours and nothing waits for you.")?;
        ui.note("bos next names what can be worked on");
    }
    ui.flush()?;
    Global::notices(&view, ui)?;
    Ok(0)
}

fn row(card: &Card) -> [String; 5] {
    let lane = match &card.lane {
        OneOf::Known(lane) => lane_words::shown(*lane).to_owned(),
        OneOf::Other(other) => other.clone(),
    };
    let priority = match &card.priority {
        OneOf::Known(priority) => Priority::as_str(*priority).to_owned(),
        OneOf::Other(other) => other.clone(),
    };
    let blocked = if card.blocked { format!("{lane} (blocked)") } else { lane };
    [card.id.to_string(), blocked, priority, card.due.clone().unwrap_or_default(), card.title.clone()]
}
