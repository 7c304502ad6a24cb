//! Help output: prose is wrapped by the terminal's width, examples come last, global options have a page of their own.

use clap::{Command, CommandFactory as _};

use super::Cli;

/// The name of the page about global options.
pub(crate) const OPTIONS: &str = "options";

/// What a usage line begins with, and what puts the next line below it.
const USAGE: &str = "Usage: ";
const INDENTED: &str = "\n       ";

const POINTER: &str = "Options of every command: bos help options";

/// The whole program with its help pages. Building it costs more than running a command, so only help uses it.
pub(crate) fn program() -> Command {
    let mut program = Cli::command().mut_args(|arg| if arg.is_global_set() { arg.hide(true) } else { arg });
    program.build();
    let width = terminal_size::terminal_size().map_or(usize::MAX, |(width, _)| usize::from(width.0));
    tidy(program, width)
}

/// The page about global options.
pub(crate) fn options() -> String {
    let mut program = program();
    let page = program.find_subcommand_mut(OPTIONS).map(|page| page.render_long_help().to_string());
    page.unwrap_or_default()
}

fn tidy(mut command: Command, width: usize) -> Command {
    let usage = command.render_usage().to_string();
    let folded = folded(usage.trim_start_matches(USAGE), width.saturating_sub(USAGE.len()));
    if folded.contains('\n') {
        command = command.override_usage(folded);
    }
    let is_options = command.get_name() == OPTIONS;
    let text = |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string).unwrap_or_default();
    let long = unwrapped(&text(command.get_long_about().or(command.get_about())));
    let one = || long.split_once("\n\nExample:\n");
    let (prose, examples) = match long.split_once("\n\nExamples:\n").or_else(one) {
        Some((prose, examples)) => (prose.to_owned(), format!("Examples:\n{examples}")),
        None => (long, unwrapped(&text(command.get_after_long_help()))),
    };
    let pointer = if is_options { "" } else { POINTER };
    let end =
        [examples.trim_end(), pointer].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    let command = if is_options { command.mut_args(|arg| arg.hide(false)) } else { command };
    command.long_about(prose).after_long_help(end).after_help(pointer).mut_subcommands(|below| tidy(below, width))
}

/// Breaks usage lines between arguments so that they fit a width, which the parser's library does not.
fn folded(usage: &str, width: usize) -> String {
    let mut out = String::with_capacity(usage.len());
    for line in usage.lines() {
        let (mut column, mut depth) = (0, 0_usize);
        let ends = |character: char| {
            match character {
                '<' | '[' => depth += 1,
                '>' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && character == ' '
        };
        for argument in line.trim_start().split(ends) {
            let length = argument.chars().count();
            let fits = column + 1 + length <= width;
            match (column, out.is_empty()) {
                (0, true) => {}
                (0, false) => out.push_str(INDENTED),
                _ if fits => out.push(' '),
                _ => out.push_str(INDENTED),
            }
            column = if column > 0 && fits { column + 1 + length } else { length };
            out.push_str(argument);
        }
    }
    out
}

/// Joins each paragraph into one line, for the terminal to wrap; indented lines and the headings above them are kept.
fn unwrapped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
        match lines.peek() {
            Some(next) if is_prose(line) && is_prose(next) => out.push(' '),
            Some(_) => out.push('\n'),
            None => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every page, with the command that leads to it.
    fn pages() -> Vec<(String, Command)> {
        let mut pages = vec![("bos".to_owned(), program())];
        let mut next = 0;
        while let Some((path, command)) = pages.get(next).cloned() {
            let below = command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set());
            pages.extend(below.map(|below| (format!("{path} {}", below.get_name()), below.clone())));
            next += 1;
        }
        pages
    }

    #[test]
    fn every_page_has_an_example_and_wraps_once() {
        let pages = pages();
        assert!(pages.len() > 60);
        let mut faults = Vec::new();
        for (path, command) in pages {
            for width in [80, 100, 200] {
                let page = command.clone().term_width(width).render_long_help().to_string();
                let (prose, rest) = page.split_once("\n\nUsage: ").unwrap();
                if !rest.contains("Examples:\n  ") && !rest.contains("Start here:\n  ") {
                    faults.push(format!("{path}: no example"));
                }
                if rest.contains("--color") || !rest.trim_end().ends_with("bos help options") {
                    faults.push(format!("{path}: the options of every command"));
                }
                faults.extend(
                    page.lines().filter(|line| line.chars().count() > width).map(|line| format!("{path}: {line}")),
                );
                // A line of prose ends where the next word would not fit.
                for (line, next) in prose.lines().zip(prose.lines().skip(1)) {
                    let word = next.split(' ').next().unwrap_or_default();
                    let is_prose = !line.is_empty() && !line.starts_with(' ') && !word.is_empty();
                    if is_prose && line.chars().count() + 1 + word.chars().count() <= width {
                        faults.push(format!("{path}: {line}\n    {next}"));
                    }
                }
                // Indented lines are shown as written.
                let source = command.get_long_about().into_iter().chain(command.get_after_long_help());
                let verbatim = source.map(ToString::to_string).collect::<Vec<_>>().join("\n");
                let verbatim = verbatim.lines().filter(|line| line.starts_with(' ') && !page.contains(*line));
                faults.extend(verbatim.map(|line| format!("{path}: broken: {line}")));
            }
        }
        faults.dedup();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    /// At 40 columns examples are wrapped too; still no word is broken, and only single words exceed the width.
    #[test]
    fn a_narrow_page_breaks_no_word() {
        let mut faults = Vec::new();
        for (path, command) in pages() {
            let page = |width: usize| command.clone().term_width(width).render_long_help().to_string();
            let (narrow, wide) = (page(40), page(200));
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            if words(&narrow) != words(&wide) {
                faults.push(format!("{path}: other words than on a wide terminal"));
            }
            let is_long = |line: &&str| line.chars().count() > 40 && line.split_whitespace().count() > 1;
            let usage = |line: &&str| line.starts_with("Usage: ") || line.trim_start().starts_with(['-', '<', '[']);
            faults.extend(
                narrow.lines().filter(is_long).filter(|line| !usage(line)).map(|line| format!("{path}: {line}")),
            );
        }
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }

    #[test]
    fn usage_lines_are_broken_between_arguments() {
        let usage = "bos card comment [OPTIONS] <ID> <TEXT|--message <TEXT>>";
        assert_eq!(folded(usage, 80), usage);
        let narrow = "bos card comment [OPTIONS]\n       <ID>\n       <TEXT|--message <TEXT>>";
        assert_eq!(folded(usage, 27), narrow);
        assert_eq!(folded("bos a\n       bos b", 80), "bos a\n       bos b");
        for (path, command) in pages() {
            let usage = tidy(command, 40).render_usage().to_string();
            let is_long = |line: &&str| line.chars().count() > 40 && line.trim_start().contains(' ');
            let faults: Vec<&str> = usage.lines().filter(is_long).collect();
            assert!(faults.is_empty(), "{path}: {faults:?}");
        }
    }

    #[test]
    fn the_options_of_every_command_have_a_page() {
        let page = options();
        for option in ["--repo", "--db", "--actor", "--initiator", "--json", "--quiet", "--verbose", "--color"] {
            assert!(page.contains(option), "{page}");
        }
    }
}
