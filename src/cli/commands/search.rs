//! `bos search`.

use std::ffi::OsString;

use clap::ValueEnum;
use clap_complete::engine::ArgValueCompleter;

use crate::{
    cli::{
        args::{Global, Language, parse_lane, tell_left_out},
        complete,
        error::CliError,
        hit_view, list_view,
        paging::Pages,
        shape::{Shape, shown},
        ui::Ui,
    },
    domain::{lane::Lane, search::Words},
    engine::{BEST, SearchRequest},
    wire,
};

/// Search titles, tags and texts of everything: cards, ideas, stage docs, comments, notes
///
/// Finds documents that have all the words, each as a word or the beginning of one, ignoring accents and case. "A
/// phrase" in double quotes is searched for as it stands, -WORD leaves out documents with that word, and every other
/// character is taken literally. The best hits come first; a word in a title counts most.
///
/// Examples:
///   bos search rye starter
///   bos search '"deck oven"' -lease         a phrase, without another word
///   bos search permit --business BAKE --lane blocked,planned
///   bos search invoice --kind comment --limit 20
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// What to search for
    #[arg(required = true)]
    words: Vec<String>,
    /// Only documents of this business
    #[arg(long, value_name = "CODE", add = ArgValueCompleter::new(complete::businesses))]
    business: Option<String>,
    /// Only this kind of document
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Only what belongs to cards in these lanes
    #[arg(long, value_name = "LANE", value_delimiter = ',', value_parser = parse_lane, add = ArgValueCompleter::new(complete::lanes))]
    lane: Vec<Lane>,
    /// Search archived cards and ideas instead
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    pages: Pages,
    #[command(flatten)]
    shape: Shape,
    #[command(flatten)]
    language: Language,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Card,
    Idea,
    Stage,
    Comment,
    Note,
}

impl Kind {
    fn entity(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Idea => "idea",
            Self::Stage => "stage_doc",
            Self::Comment => "comment",
            Self::Note => "note",
        }
    }
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    let words = Words::parse(&args.words.join(" ")).ok_or_else(|| CliError::Usage {
        message: "there is no word to search for".to_owned(),
        hint: "name one with a letter or a digit, such as bos search oven".to_owned(),
    })?;
    let session = global.open_to_read(ui)?;
    let report = session.search(&SearchRequest {
        words,
        business: args.business.as_deref().map(|typed| session.view()?.business(typed)).transpose()?,
        kind: args.kind.map(Kind::entity),
        lanes: args.lane.clone(),
        archived: args.archived,
        limit: args.pages.limit,
        after: args.pages.after(BEST)?.cloned(),
        lang: args.language.wanted(&session)?,
    })?;
    ui.finish_progress();
    let view = session.view()?;
    let picked = args.shape.pick(&view, ui, report.hits.iter().map(|hit| hit.entity.clone()), None);
    if ui.json {
        ui.document(&wire::Search::new(&report, args.shape.form(), &picked))?;
    } else {
        if args.shape.is_usual() {
            report.hits.iter().try_for_each(|hit| hit_view::print(ui, hit))?;
        } else {
            let rows = report.hits.iter().zip(&picked).map(|(hit, picked)| {
                let mut row = vec![hit.entity.id(), hit.title.clone()];
                row.extend(picked.iter().map(|value| shown(value.as_ref())));
                row
            });
            list_view::print_shaped(ui, &args.shape, &["ID", "TITLE"], rows.collect())?;
        }
        list_view::count_note(ui, "hits", report.hits.len(), report.total)?;
    }
    ui.flush()?;
    Global::notices(&view, ui)?;
    tell_left_out(&report.left_out, ui);
    Ok(0)
}

/// The arguments of a search with every `-WORD` moved behind `--`, so that it is not a flag; `None` if there is none.
pub(crate) fn exclusions_last(arguments: &[OsString]) -> Option<Vec<OsString>> {
    let search = arguments.iter().position(|argument| argument == "search")?;
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let is_exclusion = |argument: &&OsString| {
        let after = argument.to_str().and_then(|text| text.strip_prefix('-')).unwrap_or_default();
        after.chars().count() > 1 && !after.starts_with('-')
    };
    let (exclusions, others): (Vec<&OsString>, Vec<&OsString>) =
        arguments.get(search..end)?.iter().partition(is_exclusion);
    if exclusions.is_empty() {
        return None;
    }
    let mut moved: Vec<OsString> = arguments[..search].to_vec();
    moved.extend(others.into_iter().cloned());
    moved.push("--".into());
    moved.extend(exclusions.into_iter().cloned());
    moved.extend(arguments.iter().skip(end + 1).cloned());
    Some(moved)
}
