//! Changes that no export made, as text.

use super::{
    error::CliError,
    sanitize::sanitize,
    ui::{BOLD, Ui},
};
use crate::engine::{Deed, GuardReport, Stray};

/// Prints the given findings of a report, and a summary.
pub(crate) fn print(ui: &mut Ui, report: &GuardReport, findings: &[&Stray]) -> Result<(), CliError> {
    for stray in findings {
        let path = ui.paint(BOLD, &sanitize(stray.path.as_str()));
        let taken = if stray.mergeable { "; bos import would take it" } else { "" };
        ui.line(&format!("{path}  {}{taken}", sanitize(&deed(stray))))?;
    }
    let documents = if report.documents == 1 { "document" } else { "documents" };
    let count = report.documents;
    match (count, report.strays.len(), findings.len()) {
        (0, ..) => ui.line("No document changed."),
        (_, 0, _) => ui.line(&format!("{count} {documents} changed, all by exports.")),
        (_, strays, 0) => ui.line(&format!("{count} {documents} changed; bos import would take {strays}.")),
        (_, _, found) => ui.line(&format!("{count} {documents} changed, {found} not by an export.")),
    }
}

/// What was changed, by whom and where.
pub(crate) fn deed(stray: &Stray) -> String {
    let what = match &stray.deed {
        Deed::Added => "added".to_owned(),
        Deed::Edited => "edited".to_owned(),
        Deed::Removed => "removed".to_owned(),
        Deed::Renamed(from) => format!("renamed from {from}"),
        Deed::Unknown => "changed".to_owned(),
    };
    let by = stray.author.as_ref().map(|author| format!(" by {author}")).unwrap_or_default();
    let at = stray.commit.as_ref().map_or("the index", |commit| &commit[..12.min(commit.len())]);
    let or = if stray.deed == Deed::Unknown { ", or before this shallow clone begins" } else { "" };
    format!("{what}{by} in {at}{or}")
}

/// What to do about it.
pub(crate) fn help(stray: &Stray) -> &'static str {
    if stray.mergeable {
        "take it with `bos import` where the database is, and export it from there"
    } else {
        "make the change with bos where the database is, and export it from there"
    }
}
