//! Findings for testing the formats: an ordinary one, one about a whole file, and a malicious one.

use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        text::is_unprintable,
    },
    engine::ValidateReport,
};

pub(super) fn report() -> ValidateReport {
    ValidateReport { documents: 47, diagnostics: vec![usual(), whole_file(), attack()], named: Vec::new() }
}

pub(super) fn usual() -> Diagnostic {
    Diagnostic {
        code: Code::UnknownLane,
        path: "docs/business-os/cards/A-1.user.md".to_owned(),
        line: Some(3),
        column: Some(7),
        message: "`Someday` in `Lane` is not a lane".to_owned(),
        help: "the lanes: Inbox, Planned".to_owned(),
    }
}

pub(super) fn whole_file() -> Diagnostic {
    Diagnostic {
        code: Code::UnknownFile,
        path: "docs/business-os/cards/100% größe, a:b #1.md".to_owned(),
        line: None,
        column: None,
        message: "the file fits no pattern, so it is not read".to_owned(),
        help: "rename it".to_owned(),
    }
}

pub(super) fn attack() -> Diagnostic {
    Diagnostic {
        code: Code::YamlSyntax,
        path: "docs/business-os/cards/A-2.user.md".to_owned(),
        line: Some(12),
        column: None,
        message: "a \u{1b}[2Jtext\r\n::error::forged \u{202e}gnp.exe 50%, \"<b>\"".to_owned(),
        help: "say\t\u{2066}hello\n".to_owned(),
    }
}

/// Spells out unprintable characters, which source files must not contain.
pub(super) fn visible(text: &str) -> String {
    let shown =
        |c: char| if is_unprintable(c) && c != '\n' { format!("<U+{:04X}>", u32::from(c)) } else { c.to_string() };
    text.chars().map(shown).collect()
}
