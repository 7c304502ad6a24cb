//! `bos.verify/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::VerifyReport;

/// `bos.verify/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification<'a> {
    ok: bool,
    /// The last successful verification, if only later changes were checked.
    since: Option<Verified<'a>>,
    checks: Vec<Check<'a>>,
}

/// The end of a successful verification.
#[derive(Debug, Serialize, JsonSchema)]
struct Verified<'a> {
    /// The last log entry at that time.
    seq: u64,
    /// Its hash.
    hash: &'a str,
}

/// One check.
#[derive(Debug, Serialize, JsonSchema)]
struct Check<'a> {
    id: &'a str,
    name: &'a str,
    ok: bool,
    /// The number of items checked.
    checked: u64,
    /// The first mismatch; empty if there is none.
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
        let since = report.since.as_ref().map(|last| Verified { seq: last.seq, hash: last.hash.as_str() });
        Self { ok: report.ok(), since, checks: checks.collect() }
    }
}
