//! `bos.verify/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::VerifyReport;

/// `bos.verify/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification<'a> {
    ok: bool,
    checks: Vec<Check<'a>>,
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
struct Check<'a> {
    id: &'a str,
    name: &'a str,
    ok: bool,
    /// How many things were looked at.
    checked: u64,
    /// The first thing that does not fit; empty where all do.
    detail: &'a str,
}

impl<'a> From<&'a VerifyReport> for Verification<'a> {
    fn from(report: &'a VerifyReport) -> Self {
        let checks = report.checks.iter().map(|check| Check {
            id: check.id,
            name: check.name,
            ok: check.ok,
            checked: check.checked,
            detail: &check.detail,
        });
        Self { ok: report.ok(), checks: checks.collect() }
    }
}
