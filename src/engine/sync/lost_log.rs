//! Exports in git of logs whose database is not here: it was another clone's, or it is lost.

use std::collections::BTreeMap;

use crate::engine::base::{error::EngineError, export_trailers::ExportTrailers, session::Session};

/// How many commits of each branch are looked at: the newest export is at its end, or near it.
const MAX_COMMITS: usize = 200;

/// The newest export of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierExport {
    /// The log.
    pub log_id: String,
    /// The last entry it saw.
    pub last: u64,
    /// The commit.
    pub commit: String,
    /// The branch that has it, such as `origin/work/business-os-export`.
    pub branch: String,
}

impl Session {
    /// What a person should know who gets a new database here: the exports of other logs. None where the database is
    /// not new.
    pub fn earlier_exports(&self) -> Result<Vec<EarlierExport>, EngineError> {
        // To open a repository takes longer than to read a card.
        let repository = if self.is_new { self.repository()? } else { None };
        let Some(repository) = repository else { return Ok(Vec::new()) };
        let (own, config) = (self.view()?.store.log_id()?, self.config()?);
        let branch = &config.branch;
        let local = repository.branch_tip(branch)?.map(|tip| (branch.clone(), tip));
        let mut newest: BTreeMap<String, EarlierExport> = BTreeMap::new();
        for (branch, tip) in local.into_iter().chain(repository.remote_tips(branch)?) {
            for commit in repository.history(tip)?.take(MAX_COMMITS) {
                let commit = commit?;
                let Some(ExportTrailers { log_id, range: Some((_, last)), .. }) = ExportTrailers::of(&commit) else {
                    continue;
                };
                if log_id != own && newest.get(&log_id).is_none_or(|known| known.last < last) {
                    let commit = commit.commit.to_string();
                    let found = EarlierExport { log_id: log_id.clone(), last, commit, branch: branch.clone() };
                    newest.insert(log_id, found);
                }
            }
        }
        Ok(newest.into_values().collect())
    }
}
