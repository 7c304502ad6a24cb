//! `bos.guard/1`: changes that did not come from an export.

use serde::Serialize;

use crate::engine::{Deed, GuardReport, Stray};

/// The whole report.
#[derive(Debug, Serialize)]
pub(crate) struct GuardJson<'a> {
    schema: &'static str,
    base: Option<&'a str>,
    head: Option<&'a str>,
    documents: usize,
    total: usize,
    accepted: usize,
    complete: bool,
    findings: Vec<FindingJson<'a>>,
}

#[derive(Debug, Serialize)]
struct FindingJson<'a> {
    path: &'a str,
    from: Option<&'a str>,
    commit: Option<&'a str>,
    author: Option<&'a str>,
    reason: &'static str,
    mergeable: bool,
}

/// These findings of a report; the others were accepted.
pub(crate) fn guard<'a>(report: &'a GuardReport, findings: &[&'a Stray]) -> GuardJson<'a> {
    GuardJson {
        schema: "bos.guard/1",
        base: report.base.as_deref(),
        head: report.head.as_deref(),
        documents: report.documents,
        total: findings.len(),
        accepted: report.strays.len() - findings.len(),
        complete: !report.is_cut,
        findings: findings.iter().map(|stray| finding(stray)).collect(),
    }
}

fn finding(stray: &Stray) -> FindingJson<'_> {
    FindingJson {
        path: stray.path.as_str(),
        from: match &stray.deed {
            Deed::Renamed(from) => Some(from.as_str()),
            Deed::Added | Deed::Edited | Deed::Removed | Deed::Unknown => None,
        },
        commit: stray.commit.as_deref(),
        author: stray.author.as_deref(),
        reason: match &stray.deed {
            Deed::Added => "added",
            Deed::Edited => "edited",
            Deed::Removed => "removed",
            Deed::Renamed(_) => "renamed",
            Deed::Unknown => "unknown",
        },
        mergeable: stray.mergeable,
    }
}
