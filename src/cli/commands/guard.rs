//! `bos guard`.

use crate::{
    cli::{
        FINDINGS,
        args::{Global, one_of},
        error::CliError,
        format, guard_view,
        ui::Ui,
    },
    engine::{self, Between, Stray, Workspace},
    wire,
};

/// List changes of documents that did not come from an export; needs no database
///
/// For repositories that publish with `bos export --commit`: a document changed by hand on a branch is not in the
/// database. A change counts as an export if the commit that made it has the trailers of one, or if its text is what an
/// export on the mirror branch wrote, as after a squash merge. Strategy, people and scan documents are never exported
/// and not checked. Exit 1 if there are any findings.
///
/// Trailers can be written by anybody: this finds mistakes. `bos audit verify` finds forgeries.
///
/// Examples:
///   bos guard --base origin/main                    what a CI job runs
///   bos guard --base origin/main --format github    annotations on a pull request
///   bos guard --base origin/main --allow-mergeable
///   bos guard --staged                              for a pre-commit hook
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Check what is not in REV: a branch, a tag or a commit
    #[arg(long, value_name = "REV", required_unless_present = "staged")]
    base: Option<String>,
    /// Check what is in REV
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    head: String,
    /// Check what is in the index but not in HEAD
    #[arg(long, conflicts_with_all = ["base", "head"])]
    staged: bool,
    /// Accept what bos import would take without a conflict
    ///
    /// That is a new document, a card that moved, or an edit that merges with the last known export. A document that
    /// was removed is not accepted: an import removes nothing by itself.
    #[arg(long)]
    allow_mergeable: bool,
    /// How to print the findings: human, json or github
    #[arg(long, default_value = "human", value_parser = one_of(&["human", "json", "github"]))]
    format: String,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let workspace = Workspace::find(&Global::folder(), None)?;
    let branch = engine::settings(&workspace, &Global::environment())?.branch;
    let between = match &args.base {
        Some(base) => Between::Revisions { base: base.clone(), head: args.head.clone() },
        None => Between::Staged,
    };
    let report = engine::guard(&workspace, &branch, &between)?;
    let findings: Vec<&Stray> =
        report.strays.iter().filter(|stray| !(args.allow_mergeable && stray.mergeable)).collect();
    match args.format.as_str() {
        "human" if !ui.json => guard_view::print(ui, &report, &findings)?,
        "github" if !ui.json => ui.text(&format::github::render_strays(&findings, &workspace.prefix))?,
        _ => ui.document(&wire::Guard::new(&report, &findings))?,
    }
    if report.is_cut {
        ui.note("this clone is shallow, so older commits were not checked: fetch all of history for a full answer");
    }
    Ok(if findings.is_empty() { 0 } else { FINDINGS })
}
