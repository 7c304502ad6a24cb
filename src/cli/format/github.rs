//! Findings as GitHub workflow commands, which annotate the lines of a pull request.

use std::fmt::Write as _;

use super::from_top;
use crate::{
    cli::{guard_view, sanitize::sanitize},
    domain::diagnostic::Diagnostic,
    engine::Stray,
};

/// One workflow command per finding, each on its own line. `prefix` is the path of the root in the repository.
#[must_use]
pub(crate) fn render(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let severity = diagnostic.severity().as_str();
        let mut place = property(&from_top(prefix, &diagnostic.path));
        if let Some(line) = diagnostic.line {
            let _ = write!(place, ",line={line}");
        }
        if let Some(column) = diagnostic.column {
            let _ = write!(place, ",col={column}");
        }
        let (what, help) = (&diagnostic.message, &diagnostic.help);
        out += &command(severity, &place, diagnostic.code.as_str(), what, help);
    }
    out
}

/// One workflow command per change that no export made, each on its own line.
#[must_use]
pub(crate) fn render_strays(strays: &[&Stray], prefix: &str) -> String {
    let command = |stray: &&Stray| {
        let place = property(&from_top(prefix, stray.path.as_str()));
        command("error", &place, "not from an export", &guard_view::deed(stray), guard_view::help(stray))
    };
    strays.iter().map(command).collect()
}

/// A single workflow command; the title is one of ours.
fn command(severity: &str, place: &str, title: &str, what: &str, help: &str) -> String {
    let (what, help) = (sanitize(what), sanitize(help));
    let text = data(&format!("{}\nhelp: {}", what.trim_end(), help.trim_end()));
    format!("::{severity} file={place},title={title}::{text}\n")
}

/// The same escaping as `escapeData` of actions/toolkit.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The same escaping as `escapeProperty` of actions/toolkit; a file can have any name.
fn property(text: &str) -> String {
    data(&sanitize(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::format::testing;

    #[test]
    fn no_document_can_forge_a_command() {
        insta::assert_snapshot!(render(&testing::report().diagnostics, "shops/north"), @r#"
        ::error file=shops/north/docs/business-os/cards/A-1.user.md,line=3,col=7,title=BOS030::`Someday` in `Lane` is not a lane%0Ahelp: the lanes: Inbox, Planned
        ::warning file=shops/north/docs/business-os/cards/100%25 größe%2C a%3Ab #1.md,title=BOS022::the file fits no pattern, so it is not read%0Ahelp: rename it
        ::error file=shops/north/docs/business-os/cards/A-2.user.md,line=12,title=BOS011::a [2Jtext ::error::forged gnp.exe 50%25, "<b>"%0Ahelp: say hello
        "#);
    }

    #[test]
    fn a_name_with_line_breaks_stays_one_property() {
        let path = "cards/a\r\n::error::b, c=%0A.md".to_owned();
        let text = render(&[Diagnostic { path, ..testing::usual() }], "");
        assert!(text.starts_with("::error file=cards/a %3A%3Aerror%3A%3Ab%2C c=%250A.md,line=3,"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}
