//! Findings for people: the problem, its position, the line itself, and the help. Colours are ANSI codes, which the
//! caller strips if needed.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr as _;

use crate::{
    cli::sanitize::sanitize,
    domain::diagnostic::{Diagnostic, Severity},
    engine::ValidateReport,
};

/// Returns a line of a file by its number from 1; `None` if it cannot be shown.
pub(crate) type Lines<'a> = &'a dyn Fn(&str, u32) -> Option<String>;

/// The maximum length of a quoted line, in characters.
const SHOWN: usize = 100;

const BOLD: Style = Style::new().bold();
const GUTTER: Style = AnsiColor::BrightBlue.on_default().bold();

/// All findings, and a summary.
#[must_use]
pub(crate) fn render(report: &ValidateReport, lines: Lines<'_>) -> String {
    let mut out = findings(&report.diagnostics, lines);
    out.push_str(&summary(report));
    out
}

/// All findings, each followed by a blank line.
#[must_use]
pub(crate) fn findings(diagnostics: &[Diagnostic], lines: Lines<'_>) -> String {
    let mut out = String::new();
    // A single line of any length may have thousands of findings, so it is read and split only once.
    let mut last: Option<(&str, u32, Option<Vec<char>>)> = None;
    for diagnostic in diagnostics {
        if let Some(line) = diagnostic.line
            && last.as_ref().is_none_or(|(path, number, _)| (*path, *number) != (&*diagnostic.path, line))
        {
            let text = lines(&diagnostic.path, line).map(|text| text.chars().collect());
            last = Some((&diagnostic.path, line, text));
        }
        let text = last.as_ref().and_then(|(_, _, text)| text.as_deref());
        finding(diagnostic, text.filter(|_| diagnostic.line.is_some()), &mut out);
        out.push('\n');
    }
    out
}

/// `3 errors, 2 warnings in 47 documents`, with a line break.
#[must_use]
pub(crate) fn summary(report: &ValidateReport) -> String {
    format!(
        "{}, {} in {}\n",
        counted(report.errors(), "error"),
        counted(report.warnings(), "warning"),
        counted(report.documents, "document"),
    )
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn finding(diagnostic: &Diagnostic, text: Option<&[char]>, out: &mut String) {
    let Diagnostic { code, path, line, column, message, help } = diagnostic;
    let severity = diagnostic.severity();
    let style = style(severity);
    let number = line.map(|line| line.to_string()).unwrap_or_default();
    let margin = " ".repeat(number.len().max(1));
    let place: String =
        [*line, *column].into_iter().flatten().flat_map(|number| [":".to_owned(), number.to_string()]).collect();
    let (severity, code) = (severity.as_str(), code.as_str());
    let _ = writeln!(out, "{style}{severity}[{code}]{style:#}{BOLD}: {}{BOLD:#}", sanitize(message).trim_end());
    let _ = writeln!(out, "{margin}{GUTTER}-->{GUTTER:#} {}{place}", sanitize(path));
    if let Some(text) = text {
        let excerpt = Excerpt::of(text, *column);
        let _ = writeln!(out, "{margin} {GUTTER}|{GUTTER:#}");
        let _ = writeln!(out, "{GUTTER}{number} |{GUTTER:#} {}", excerpt.text);
        match excerpt.caret {
            Some(caret) => {
                let _ = writeln!(out, "{margin} {GUTTER}|{GUTTER:#} {}{style}^{style:#}", " ".repeat(caret));
            }
            None => {
                let _ = writeln!(out, "{margin} {GUTTER}|{GUTTER:#}");
            }
        }
    }
    if !help.is_empty() {
        let _ = writeln!(out, "{margin} {GUTTER}={GUTTER:#} {BOLD}help{BOLD:#}: {}", sanitize(help).trim_end());
    }
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
    }
}

/// The quoted part of a line, and the number of columns before the caret.
struct Excerpt {
    text: String,
    caret: Option<usize>,
}

impl Excerpt {
    /// Cuts a long line around `column`, which counts characters of the line from 1.
    fn of(line: &[char], column: Option<u32>) -> Self {
        let length = line.len();
        let at = column.map_or(0, |column| (column as usize).saturating_sub(1).min(length));
        let start = if length <= SHOWN { 0 } else { at.saturating_sub(SHOWN / 2).min(length - SHOWN) };
        let part = |from: usize, to: usize| sanitize(&line[from..to].iter().collect::<String>()).into_owned();
        let (before, after) = (part(start, at), part(at, length.min(start + SHOWN)));
        let (head, tail) = (if start > 0 { "…" } else { "" }, if start + SHOWN < length { "…" } else { "" });
        let caret = column.map(|_| head.width() + before.width());
        Self { text: format!("{head}{before}{after}{tail}").trim_end().to_owned(), caret }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::format::testing;

    fn plain(report: &ValidateReport, line: &str) -> String {
        let text = render(report, &|_, _| Some(line.to_owned()));
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some((before, escape)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = escape.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain + rest
    }

    fn one(line: &str, column: Option<u32>) -> String {
        let diagnostic = Diagnostic { column, ..testing::usual() };
        plain(&ValidateReport { documents: 1, diagnostics: vec![diagnostic], named: Vec::new() }, line)
    }

    #[test]
    fn reads_like_a_compiler() {
        insta::assert_snapshot!(plain(&testing::report(), "Lane: Someday"), @r#"
        error[BOS030]: `Someday` in `Lane` is not a lane
         --> docs/business-os/cards/A-1.user.md:3:7
          |
        3 | Lane: Someday
          |       ^
          = help: the lanes: Inbox, Planned

        warning[BOS022]: the file fits no pattern, so it is not read
         --> docs/business-os/cards/100% größe, a:b #1.md
          = help: rename it

        error[BOS011]: a [2Jtext ::error::forged gnp.exe 50%, "<b>"
          --> docs/business-os/cards/A-2.user.md:12
           |
        12 | Lane: Someday
           |
           = help: say hello

        2 errors, 1 warning in 47 documents
        "#);
    }

    #[test]
    fn only_our_own_escapes_are_left() {
        let path = "docs/business-os/cards/\u{1b}[8mA-2.md".to_owned();
        let diagnostic = Diagnostic { path, ..testing::attack() };
        let report = ValidateReport { documents: 1, diagnostics: vec![diagnostic], named: Vec::new() };
        insta::assert_snapshot!(render(&report, &|_, _| Some("Lane: \u{1b}[31m\u{202e}x\r".to_owned())).replace('\u{1b}', "ESC"), @r#"
        ESC[1mESC[31merror[BOS011]ESC[0mESC[1m: a [2Jtext ::error::forged gnp.exe 50%, "<b>"ESC[0m
          ESC[1mESC[94m-->ESC[0m docs/business-os/cards/[8mA-2.md:12
           ESC[1mESC[94m|ESC[0m
        ESC[1mESC[94m12 |ESC[0m Lane: [31mx
           ESC[1mESC[94m|ESC[0m
           ESC[1mESC[94m=ESC[0m ESC[1mhelpESC[0m: say hello

        1 error, 0 warnings in 1 document
        "#);
    }

    #[test]
    fn a_line_that_cannot_be_had_is_left_out() {
        let report = ValidateReport { documents: 2, diagnostics: vec![testing::usual()], named: Vec::new() };
        assert!(!render(&report, &|_, _| None).contains('|'));
    }

    #[test]
    fn the_caret_stands_below_wide_and_stripped_characters() {
        insta::assert_snapshot!(one("茶\u{202e}\t茶: Someday", Some(7)), @"
        error[BOS030]: `Someday` in `Lane` is not a lane
         --> docs/business-os/cards/A-1.user.md:3:7
          |
        3 | 茶 茶: Someday
          |        ^
          = help: the lanes: Inbox, Planned

        1 error, 0 warnings in 1 document
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_column() {
        let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        insta::assert_snapshot!(one(&line, Some(501)), @"
        error[BOS030]: `Someday` in `Lane` is not a lane
         --> docs/business-os/cards/A-1.user.md:3:501
          |
        3 | …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaXbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb…
          |                                                    ^
          = help: the lanes: Inbox, Planned

        1 error, 0 warnings in 1 document
        ");
        assert_eq!(Excerpt::of(&line.chars().collect::<Vec<_>>(), Some(1)).caret, Some(0));
        assert_eq!(Excerpt::of(&line.chars().collect::<Vec<_>>(), Some(9_999)).caret, Some(101));
        assert_eq!(Excerpt::of(&"short".chars().collect::<Vec<_>>(), Some(9_999)).caret, Some(5));
    }
}
