//! The contract `bos.validate/1`, and findings as every JSON document shows them.

use serde::Serialize;

use crate::{domain::diagnostic::Diagnostic, engine::ValidateReport};

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DiagnosticJson<'a> {
    code: &'static str,
    severity: &'static str,
    path: &'a str,
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    help: &'a str,
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ValidateJson<'a> {
    schema: &'static str,
    documents: usize,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<DiagnosticJson<'a>>,
}

impl<'a> From<&'a Diagnostic> for DiagnosticJson<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str(),
            severity: diagnostic.severity().as_str(),
            path: &diagnostic.path,
            line: diagnostic.line,
            column: diagnostic.column,
            message: &diagnostic.message,
            help: &diagnostic.help,
        }
    }
}

impl<'a> From<&'a ValidateReport> for ValidateJson<'a> {
    fn from(report: &'a ValidateReport) -> Self {
        Self {
            schema: "bos.validate/1",
            documents: report.documents,
            errors: report.errors(),
            warnings: report.warnings(),
            diagnostics: report.diagnostics.iter().map(DiagnosticJson::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::format::testing;

    #[test]
    fn the_contract() {
        let report = testing::report();
        insta::assert_snapshot!(testing::visible(&serde_json::to_string_pretty(&ValidateJson::from(&report)).unwrap()), @r#"
        {
          "schema": "bos.validate/1",
          "documents": 47,
          "errors": 2,
          "warnings": 1,
          "diagnostics": [
            {
              "code": "BOS030",
              "severity": "error",
              "path": "docs/business-os/cards/A-1.user.md",
              "line": 3,
              "column": 7,
              "message": "`Someday` in `Lane` is not a lane",
              "help": "the lanes: Inbox, Planned"
            },
            {
              "code": "BOS022",
              "severity": "warning",
              "path": "docs/business-os/cards/100% größe, a:b #1.md",
              "line": null,
              "column": null,
              "message": "the file fits no pattern, so it is not read",
              "help": "rename it"
            },
            {
              "code": "BOS011",
              "severity": "error",
              "path": "docs/business-os/cards/A-2.user.md",
              "line": 12,
              "column": null,
              "message": "a \u001b[2Jtext\r\n::error::forged <U+202E>gnp.exe 50%, \"<b>\"",
              "help": "say\t<U+2066>hello\n"
            }
          ]
        }
        "#);
    }
}
