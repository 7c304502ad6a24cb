//! Git as witness: each export names the log, the range it covers and the hash at its end.

use super::Findings;
use crate::engine::{
    Engine,
    error::EngineError,
    publish::{HEAD_TRAILER, LOG_TRAILER, RANGE_TRAILER, mirror_branch},
};

/// Checks the trailers on every branch that this log was exported to, and on the usual one.
pub(super) fn check(engine: &Engine) -> Result<Findings, EngineError> {
    let mut findings = Findings::default();
    let Some(repository) = engine.repository()? else {
        findings.remark = Some("not in a git repository".to_owned());
        return Ok(findings);
    };
    let log_id = engine.store.log_id()?;
    let mut branches = vec![engine.config()?.branch.clone()];
    for (name, _) in engine.store.exported_branches()? {
        branches.extend(mirror_branch(&name).map(str::to_owned).filter(|branch| *branch != branches[0]));
    }
    let mut others = std::collections::BTreeSet::new();
    for branch in branches {
        let Some(tip) = repository.branch_tip(&branch)? else { continue };
        for found in repository.commits_with_trailer(tip, LOG_TRAILER)? {
            let value = |key: &str| {
                found.trailers.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
            };
            match value(LOG_TRAILER) {
                Some(id) if id == log_id => {
                    findings.checked += 1;
                    let commit = found.commit.to_string();
                    if let Some(what) = contradiction(engine, value(RANGE_TRAILER), value(HEAD_TRAILER))? {
                        findings.add(format!("commit {} on {branch}: {what}", &commit[..12]));
                    }
                }
                Some(other) => {
                    others.insert(other.to_owned());
                }
                None => {}
            }
        }
    }
    if !others.is_empty() {
        let others: Vec<String> = others.into_iter().collect();
        findings.remark = Some(format!("exports of other logs are there too: {}", others.join(", ")));
    }
    Ok(findings)
}

/// What an export says that the log does not.
fn contradiction(engine: &Engine, range: Option<&str>, head: Option<&str>) -> Result<Option<String>, EngineError> {
    let last = range.and_then(|range| range.split_once("..")).and_then(|(_, last)| last.parse::<u64>().ok());
    let (Some(last), Some(head)) = (last, head) else {
        return Ok(Some("its trailers cannot be read".to_owned()));
    };
    Ok(match engine.store.entry_hash(last)? {
        None => Some(format!("it saw entry {last}, which the log no longer has")),
        Some(hash) if hash != head => Some(format!("it saw another entry {last} than the log has now")),
        Some(_) => None,
    })
}
