//! `bos guide`.

use std::path::PathBuf;

use crate::{
    cli::{args::Global, error::CliError, ui::Ui},
    engine, wire,
};

/// The text of the page.
const GUIDE: &str = include_str!("../guide.md");

/// Print how an agent should use bos, on one page
///
/// With --agents-md the page is kept in a file for agents, between two markers. Everything around them is left alone;
/// run it again after an update.
///
/// Examples:
///   bos guide
///   bos guide --agents-md                AGENTS.md at the top of the repository
///   bos guide --agents-md CLAUDE.md      another file
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Args {
    /// Keep the page in this file; AGENTS.md at the top of the repository when left out
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    agents_md: Option<Option<PathBuf>>,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let Some(file) = &args.agents_md else {
        if ui.json {
            ui.document(&wire::Guide::new(GUIDE, None, false))?;
        } else {
            ui.begin_page();
            ui.text(GUIDE)?;
        }
        return Ok(0);
    };
    let file = match file {
        Some(file) => file.clone(),
        None => engine::agents_file(&Global::folder())?,
    };
    let changed = engine::write_section(&file, GUIDE)?;
    let name = file.display().to_string();
    if changed {
        ui.has_done(format!("{name} was written"));
    }
    if ui.json {
        ui.document(&wire::Guide::new(GUIDE, Some(&name), changed))?;
    } else if changed {
        ui.line(&format!("wrote {name}"))?;
    } else {
        ui.line(&format!("{name} is as it should be"))?;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    /// Splits a command line into words; quotes keep spaces, and a comment ends it.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut is_quoted) = (vec![String::new()], false);
        for c in line.split(" #").next().unwrap_or_default().trim().chars() {
            match c {
                '"' => is_quoted = !is_quoted,
                ' ' if !is_quoted => words.push(String::new()),
                c => words.last_mut().unwrap().push(c),
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }

    /// Every command line on the page: lines of its examples, and code spans.
    fn command_lines() -> Vec<Vec<String>> {
        let examples = GUIDE.lines().filter_map(|line| line.strip_prefix("    ")).map(str::to_owned);
        let prose: Vec<&str> = GUIDE.lines().filter(|line| !line.starts_with("    ")).collect();
        let prose = prose.join(" ");
        let named = prose.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        examples
            .chain(named)
            .map(|line| words(&line))
            .filter(|words| words.first().is_some_and(|first| first == "bos"))
            .collect()
    }

    #[test]
    fn every_command_line_of_the_page_can_be_typed() {
        let lines = command_lines();
        assert!(lines.len() > 25, "{lines:?}");
        // A command mentioned without arguments only has to exist.
        let is_mention = |words: &[String]| {
            words.len() <= 3 && words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        };
        let failed: Vec<String> = lines
            .iter()
            .filter_map(|words| {
                let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
                let mention = is_mention(words).then(|| [arguments.as_slice(), &["--help"]].concat());
                let parsed = Cli::command().try_get_matches_from(mention.as_ref().unwrap_or(&arguments));
                let error = parsed.err().filter(clap::Error::use_stderr)?;
                Some(format!("{}\n    {}", words.join(" "), error.to_string().lines().next().unwrap_or_default()))
            })
            .collect();
        assert!(failed.is_empty(), "\n{}", failed.join("\n"));
    }

    #[test]
    fn the_page_is_short() {
        assert!(GUIDE.lines().count() < 80);
        assert!(GUIDE.lines().all(|line| line.chars().count() <= 120));
    }
}
