//! `bos.guard/1`: changes that no export made.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::{Deed, GuardReport, Stray};

/// The whole report.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Guard<'a> {
    base: Option<&'a str>,
    head: Option<&'a str>,
    documents: usize,
    total: usize,
    accepted: usize,
    complete: bool,
    findings: Vec<Finding<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Finding<'a> {
    path: &'a str,
    from: Option<&'a str>,
    commit: Option<&'a str>,
    author: Option<&'a str>,
    reason: &'static str,
    mergeable: bool,
}

impl<'a> Guard<'a> {
    /// The given findings of a report; the others were accepted.
    pub(crate) fn new(report: &'a GuardReport, findings: &[&'a Stray]) -> Self {
        Self {
            base: report.base.as_deref(),
            head: report.head.as_deref(),
            documents: report.documents,
            total: findings.len(),
            accepted: report.strays.len() - findings.len(),
            complete: !report.is_cut,
            findings: findings.iter().map(|stray| finding(stray)).collect(),
        }
    }
}

fn finding(stray: &Stray) -> Finding<'_> {
    Finding {
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
