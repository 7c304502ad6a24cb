//! Findings as GitHub workflow commands, which annotate the lines of a pull request.

use std::fmt::Write as _;

use super::from_top;
use crate::{cli::sanitize::sanitize, domain::diagnostic::Diagnostic};

/// A command for each finding, a line each. `prefix` is where the root lies in the repository.
#[must_use]
pub(crate) fn render(diagnostics: &[Diagnostic], prefix: &str) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let severity = diagnostic.severity().as_str();
        let file = property(&from_top(prefix, &diagnostic.path));
        let _ = write!(out, "::{severity} file={file}");
        if let Some(line) = diagnostic.line {
            let _ = write!(out, ",line={line}");
        }
        if let Some(column) = diagnostic.column {
            let _ = write!(out, ",col={column}");
        }
        let (what, help) = (sanitize(&diagnostic.message), sanitize(&diagnostic.help));
        let text = data(&format!("{}\nhelp: {}", what.trim_end(), help.trim_end()));
        let _ = writeln!(out, ",title={}::{text}", diagnostic.code.as_str());
    }
    out
}

/// As `escapeData` of actions/toolkit does it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// As `escapeProperty` of actions/toolkit does it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
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
        assert!(text.starts_with("::error file=cards/a%0D%0A%3A%3Aerror%3A%3Ab%2C c=%250A.md,line=3,"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }
}
