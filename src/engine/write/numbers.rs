//! Numbers that other clones gave out: those that their exports name in git count as taken, even if the card is gone.

use std::collections::BTreeMap;

use super::{charge::Audit, writer::Writer};
use crate::{
    domain::id::Id,
    engine::base::error::EngineError,
    git::{CommitId, Location},
};

/// The metadata key for what the exports in git's history say, and up to which commit.
const PUBLISHED_KEY: &str = "published_numbers";

/// How many commits are searched; what was deleted before that is too old to be confused with anything.
const MAX_COMMITS: usize = 20_000;

impl Writer<'_> {
    /// The highest number under a prefix that an export in HEAD's history names, 0 where none does. History that cannot
    /// be read says nothing: a card can be made all the same.
    pub(super) fn published(&self, prefix: &str) -> Result<u64, EngineError> {
        let store = &self.write;
        let kept = store.metadata(PUBLISHED_KEY)?.unwrap_or_default();
        let Some(head) = self.session.workspace.git.as_ref().and_then(Location::head) else {
            return Ok(numbers(&kept).get(prefix).copied().unwrap_or(0));
        };
        let (seen, mut highest) = (kept.lines().next().unwrap_or_default(), numbers(&kept));
        if seen != head
            && let Some(repository) = self.session.repository()?
            && let Ok(tip) = head.parse::<CommitId>()
            && let Ok(messages) = repository.messages(seen.parse().ok(), tip, MAX_COMMITS)
        {
            messages.iter().flat_map(|message| exported(message)).for_each(|id| {
                let highest = highest.entry(id.prefix().to_owned()).or_insert(0);
                *highest = id.number().max(*highest);
            });
            let lines = highest.iter().map(|(prefix, number)| format!("\n{prefix} {number}"));
            self.write.set_metadata(PUBLISHED_KEY, &(head + &lines.collect::<String>()))?;
        }
        Ok(highest.get(prefix).copied().unwrap_or(0))
    }
}

/// The IDs that the trailers of exports name, including those in the body of a squash.
fn exported(message: &str) -> impl Iterator<Item = Id> {
    let audits = message.lines().filter_map(|line| Audit::of(line.trim().strip_prefix("Audit: ")?)?.entity);
    audits.filter_map(|entity| Id::parse(entity.split('/').next()?))
}

/// The highest number by prefix, as kept: the commit first, then a line for each.
fn numbers(kept: &str) -> BTreeMap<String, u64> {
    let lines = kept.lines().skip(1).filter_map(|line| line.split_once(' '));
    lines.filter_map(|(prefix, number)| Some((prefix.to_owned(), number.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_export_in_a_message_counts() {
        let message = "Squashed\n\n    bos: delete A-ENG-0007\n\n    Audit: Actor=x, Initiator=y, Entity=A-ENG-0007\n\n\
            Audit: Actor=x, Initiator=y, Entity=B-ENG-0003/plan\nAudit: 3 more\nSee A-ENG-0009";
        assert_eq!(exported(message).map(|id| id.to_string()).collect::<Vec<_>>(), ["A-ENG-0007", "B-ENG-0003"]);
    }

    #[test]
    fn what_is_kept_reads_back() {
        let kept = numbers("abc\nA-ENG 7\nB-ENG 12");
        assert_eq!(kept.into_iter().collect::<Vec<_>>(), [("A-ENG".to_owned(), 7), ("B-ENG".to_owned(), 12)]);
        assert!(numbers("").is_empty());
    }
}
