//! `bos validate`.

use std::path::PathBuf;

use crate::{
    cli::{
        FINDINGS,
        args::{Global, one_of},
        error::CliError,
        format,
        ui::Ui,
    },
    engine::{self, Workspace},
    wire,
};

/// Check every document and the rules across them; needs no database
///
/// Prints every finding with its file, line, code and what to do. Exit 1 if there are errors.
///
/// Examples:
///   bos validate                       for people
///   bos validate --format github       annotations on a pull request
///   bos validate --format sarif        for code scanning
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Files or folders; everything when left out
    paths: Vec<PathBuf>,
    /// How to print the findings: human, github or sarif
    #[arg(long, default_value = "human", value_parser = one_of(&["human", "json", "github", "sarif"]))]
    format: String,
}

pub(crate) fn run(args: &Args, global: &Global, ui: &mut Ui) -> Result<u8, CliError> {
    ui.begin_page();
    let from = Global::folder();
    let workspace = Workspace::find(&from, global.db.as_deref())?;
    let root = workspace.root()?;
    let report = engine::validate(root, &from, &args.paths)?;
    let prefix = &workspace.prefix;
    note_named(&report.named, ui);
    match args.format.as_str() {
        "human" if !ui.json => {
            let line = |path: &str, line: u32| engine::source_line(root, path, line);
            let text = format::human::render(&report, &line);
            ui.painted(&text)?;
        }
        "github" if !ui.json => ui.text(&format::github::render(&report.diagnostics, prefix))?,
        "sarif" if !ui.json => {
            ui.foreign(&format::sarif::report(&report.diagnostics, prefix, env!("CARGO_PKG_VERSION")))?;
        }
        _ => ui.document(&wire::Validation::from(&report))?,
    }
    Ok(if report.errors() > 0 { FINDINGS } else { 0 })
}

/// Notes which ideas have no ID; this is not an error, but their file must keep its name.
fn note_named(named: &[String], ui: &Ui) {
    const SHOWN: usize = 5;
    let (first, more) = named.split_at(named.len().min(SHOWN));
    let names = first.join(", ") + &if more.is_empty() { String::new() } else { format!(", {} more", more.len()) };
    match named.len() {
        0 => {}
        1 => ui.note(&format!("1 idea has no ID; the name of its file stands for one: {names}")),
        count => ui.note(&format!("{count} ideas have no ID; the names of their files stand for one: {names}")),
    }
}
