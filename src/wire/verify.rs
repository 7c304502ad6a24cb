//! `bos.verify/1`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::VerifyReport;

/// `bos.verify/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Verification<'a> {
    ok: bool,
    /// The last good verification, where only what came after it was looked at.
    since: Option<Verified<'a>>,
    checks: Vec<Check<'a>>,
}

/// Where a good verification ended.
#[derive(Debug, Serialize, JsonSchema)]
struct Verified<'a> {
    /// The last entry of the log then.
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
        let since = report.since.as_ref().map(|last| Verified { seq: last.seq, hash: last.hash.as_str() });
        Self { ok: report.ok(), since, checks: checks.collect() }
    }
}
