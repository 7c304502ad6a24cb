//! What was already reported about documents that wait for a person, so that each is reported once and not at every look.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crate::{
    domain::{diagnostic::Diagnostic, doc_path::DocPath, state::State},
    engine::{
        base::{import_report::ImportReport, notices},
        sync::export_report::ExportReport,
    },
    tree::Tree,
};

/// A document that was left alone, or a finding in one, with the time its file was changed: a file that was saved again
/// is reported again.
type Matter = (String, String, Option<i64>);

/// What was reported and still holds.
pub(super) struct Reported {
    root: PathBuf,
    matters: BTreeSet<Matter>,
}

impl Reported {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), matters: BTreeSet::new() }
    }

    /// What an import left alone and found that was not reported yet.
    pub(super) fn new_in_import(&mut self, report: &ImportReport) -> (Vec<(DocPath, State)>, Vec<Diagnostic>) {
        let lists = [
            (&report.conflicts, State::Conflict),
            (&report.diverged, State::Diverged),
            (&report.stale, State::Stale),
            (&report.missing, State::Missing),
        ];
        let left = lists.into_iter().flat_map(|(paths, state)| paths.iter().map(move |path| (path.clone(), state)));
        let (mut now, mut left_news, mut found_news) = (BTreeSet::new(), Vec::new(), Vec::new());
        for (path, state) in left {
            let matter = self.matter(path.as_str(), state.as_str().to_owned());
            if !self.matters.contains(&matter) {
                left_news.push((path, state));
            }
            now.insert(matter);
        }
        for diagnostic in &report.diagnostics {
            let matter = self.matter(&diagnostic.path, notices::to_json(std::slice::from_ref(diagnostic)));
            if !self.matters.contains(&matter) {
                found_news.push(diagnostic.clone());
            }
            now.insert(matter);
        }
        self.matters = now;
        (left_news, found_news)
    }

    /// What an export left out and that was not reported yet; the import reports files that cannot be read.
    pub(super) fn new_in_export(&mut self, report: &ExportReport) -> Vec<(DocPath, State)> {
        let mut news = Vec::new();
        for (path, state) in report.refused.iter().filter(|(_, state)| *state != State::Invalid) {
            let matter = self.matter(path.as_str(), state.as_str().to_owned());
            if self.matters.insert(matter) {
                news.push((path.clone(), *state));
            }
        }
        news
    }

    /// What an export could not write that was not reported yet.
    pub(super) fn new_failures(&mut self, report: &ExportReport) -> Vec<(DocPath, String)> {
        let mut failed = report.failed.clone();
        failed.retain(|(path, why)| self.matters.insert((path.to_string(), why.clone(), None)));
        failed
    }

    fn matter(&self, path: &str, what: String) -> Matter {
        let stat = DocPath::parse(path).and_then(|path| Tree::at(&self.root).stat(&path).ok()?);
        (path.to_owned(), what, stat.map(|stat| stat.mtime_ns))
    }
}
