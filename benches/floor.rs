//! The floors: for each figure, a minimal program that does only the unavoidable work with the same libraries. The
//! bench starts itself with `floor <name> <arguments>`, so that a floor is also a whole process.

mod board;
mod commit;
mod files;
mod import;
mod next;
mod rows;
mod search;
mod show;
mod stats;
mod step;

use crate::Outcome;
use anyhow::anyhow;

/// Runs a floor by its name.
pub(crate) fn run(arguments: &[String]) -> Outcome<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run_one(&arguments)
}

fn run_one(arguments: &[&str]) -> Outcome<()> {
    match arguments[..] {
        // The first step of a read: checking whether any file has changed.
        ["look", root] => files::look(root.as_ref()),
        ["look", root, ..] => files::look(root.as_ref()).and_then(|()| run_one(&arguments[2..])),
        ["nothing"] => Ok(()),
        ["import", root, database] => import::run(root.as_ref(), database.as_ref()),
        ["stat", root] => files::stat_all(root.as_ref()),
        ["parse", root] => files::parse_all(root.as_ref()),
        ["board", database, business, format] => board::run(database.as_ref(), business, format == "json"),
        ["board-then", database, business, seq] => board::run_then(database.as_ref(), business, seq.parse()?),
        ["next", database, limit] => next::run(database.as_ref(), limit.parse()?),
        ["search", database, words, limit] => search::run(database.as_ref(), words, limit.parse()?),
        ["stats", database, business] => stats::run(database.as_ref(), business),
        ["show", root, database, id] => show::run(root.as_ref(), database.as_ref(), id),
        ["append", file] => files::append(file.as_ref()),
        ["move", root, database, id] => step::run(root.as_ref(), database.as_ref(), id),
        ["chain", repository, list] => commit::chain(repository.as_ref(), list.as_ref()),
        ["commit", repository, path, text] => commit::run(repository.as_ref(), path, text.as_ref()),
        _ => Err(anyhow!("no such floor: {arguments:?}")),
    }
}
