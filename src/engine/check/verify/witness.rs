//! Git as a witness: each export names the log, the range it covers and the hash at its end. Remote-tracking branches
//! count too, because whoever truncates or rewrites a log cannot change what remotes have.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Findings;
use crate::{
    engine::base::{error::EngineError, export_trailers::ExportTrailers, view::View, workspace::mirror_branch},
    git::{CommitId, Repository},
};

/// The maximum number of commits by others that are named.
const NAMED: usize = 3;

/// Checks the trailers on every branch that this log was exported to, and on the default export branch.
pub(super) fn check(view: &View<'_>) -> Result<Findings, EngineError> {
    let Some(repository) = view.repository()? else {
        let remark = Some("not in a git repository".to_owned());
        return Ok(Findings { remark, ..Findings::default() });
    };
    let base = match repository.export_base(None)? {
        Some(base) => repository.history(base)?.map(|commit| Ok(commit?.commit)).collect::<Result<_, EngineError>>()?,
        None => HashSet::new(),
    };
    let mut hearing = Hearing {
        view,
        repository,
        log_id: view.store.log_id()?,
        base,
        findings: Findings::default(),
        seen: BTreeSet::new(),
        logs: BTreeSet::new(),
        strangers: BTreeMap::new(),
    };
    let mut branches = vec![view.config()?.branch.clone()];
    for (name, _) in view.store.exported_branches()? {
        branches.extend(mirror_branch(&name).map(str::to_owned).filter(|branch| *branch != branches[0]));
    }
    let mut heard = BTreeSet::new();
    for branch in branches {
        let local = repository.branch_tip(&branch)?.map(|tip| (branch.clone(), tip));
        for (name, tip) in local.into_iter().chain(repository.remote_tips(&branch)?) {
            if heard.insert(tip) {
                hearing.hear(&name, tip)?;
            }
        }
    }
    Ok(hearing.close())
}

struct Hearing<'a> {
    view: &'a View<'a>,
    repository: &'a Repository,
    log_id: String,
    /// The commits of the branch that the exports are to be merged into.
    base: HashSet<CommitId>,
    findings: Findings,
    /// Exports already checked, since several branches may contain the same one.
    seen: BTreeSet<CommitId>,
    /// The IDs of other logs.
    logs: BTreeSet<String>,
    /// Commits that no export made, with the branch that contains them.
    strangers: BTreeMap<CommitId, String>,
}

impl Hearing<'_> {
    fn hear(&mut self, branch: &str, tip: CommitId) -> Result<(), EngineError> {
        let mut ranges = Vec::new();
        let mut has_ours = false;
        for commit in self.repository.history(tip)? {
            let commit = commit?;
            match ExportTrailers::of(&commit) {
                Some(export_trailers) if export_trailers.log_id == self.log_id => {
                    ranges.extend(export_trailers.range);
                    has_ours = true;
                    if self.seen.insert(commit.commit) {
                        self.findings.checked += 1;
                        if let Some(what) = self.contradiction(&export_trailers)? {
                            let commit = commit.commit.to_string();
                            self.findings.add(format!("commit {} on {branch}: {what}", &commit[..12]));
                        }
                    }
                }
                Some(export_trailers) => {
                    self.logs.insert(export_trailers.log_id);
                }
                None if !self.base.contains(&commit.commit) => {
                    self.strangers.entry(commit.commit).or_insert_with(|| branch.to_owned());
                }
                None => {}
            }
        }
        // Beyond the edge of a shallow clone, earlier exports cannot be known.
        if has_ours && !self.repository.is_shallow() {
            for (first, last) in gaps(ranges) {
                let what =
                    if first == last { format!("entry {first} is") } else { format!("entries {first} to {last} are") };
                self.findings.add(format!("{what} in no export on {branch}, though later ones are"));
            }
        }
        Ok(())
    }

    /// How an export contradicts the log; `None` if it does not.
    fn contradiction(&self, export_trailers: &ExportTrailers) -> Result<Option<String>, EngineError> {
        let (Some((_, last)), Some(head)) = (export_trailers.range, &export_trailers.head) else {
            return Ok(Some("its trailers cannot be read".to_owned()));
        };
        Ok(match self.view.store.entry_hash(last)? {
            None => Some(format!("it saw entry {last}, which the log no longer has")),
            Some(hash) if hash != *head => Some(format!("it saw another entry {last} than the log has now")),
            Some(_) => None,
        })
    }

    fn close(self) -> Findings {
        let mut remarks = Vec::new();
        if !self.strangers.is_empty() {
            let name = |(commit, branch): (&CommitId, &String)| format!("{} on {branch}", &commit.to_string()[..12]);
            let named: Vec<String> = self.strangers.iter().take(NAMED).map(name).collect();
            let more = self.strangers.len() - named.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            remarks.push(format!("not made by an export: {}{more}", named.join(", ")));
        }
        if !self.logs.is_empty() {
            let logs: Vec<String> = self.logs.into_iter().collect();
            remarks.push(format!("exports of other logs are there too: {}", logs.join(", ")));
        }
        let remark = (!remarks.is_empty()).then(|| remarks.join("; "));
        Findings { remark, ..self.findings }
    }
}

/// The ranges of entries that no export covers, before one that is covered.
fn gaps(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.sort_unstable();
    let mut next = 1;
    let mut gaps = Vec::new();
    for (first, last) in ranges {
        if first > next {
            gaps.push((next, first - 1));
        }
        next = next.max(last.saturating_add(1));
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_range_covers_is_a_gap() {
        assert_eq!(gaps(vec![]), []);
        assert_eq!(gaps(vec![(5, 6), (1, 3), (2, 4)]), []);
        assert_eq!(gaps(vec![(1, 9), (2, 3), (12, 12), (13, u64::MAX)]), [(10, 11)]);
        assert_eq!(gaps(vec![(3, 4), (7, 8)]), [(1, 2), (5, 6)]);
    }
}
