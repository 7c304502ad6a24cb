//! `bos.validate/1`, and findings as they appear in every document.

use schemars::JsonSchema;
use serde::Serialize;

use super::words::Weight;
use crate::{domain::diagnostic, engine::ValidateReport};

/// One finding.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct Diagnostic<'a> {
    code: &'static str,
    severity: Weight,
    path: &'a str,
    /// The line; null if the finding concerns the whole file.
    line: Option<u32>,
    column: Option<u32>,
    message: &'a str,
    help: &'a str,
}

/// The whole report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Validation<'a> {
    documents: usize,
    errors: usize,
    warnings: usize,
    diagnostics: Vec<Diagnostic<'a>>,
}

impl<'a> From<&'a diagnostic::Diagnostic> for Diagnostic<'a> {
    fn from(diagnostic: &'a diagnostic::Diagnostic) -> Self {
        Self {
            code: diagnostic.code.as_str(),
            severity: Weight(diagnostic.severity()),
            path: &diagnostic.path,
            line: diagnostic.line,
            column: diagnostic.column,
            message: &diagnostic.message,
            help: &diagnostic.help,
        }
    }
}

impl<'a> From<&'a ValidateReport> for Validation<'a> {
    fn from(report: &'a ValidateReport) -> Self {
        Self {
            documents: report.documents,
            errors: report.errors(),
            warnings: report.warnings(),
            diagnostics: report.diagnostics.iter().map(Diagnostic::from).collect(),
        }
    }
}
