//! Which ID is the next one. Numbers of other clones that their exports name in git count as taken, even if the card
//! is gone.

use std::collections::BTreeMap;

use super::{charge::Audit, writer::Writer};
use crate::{
    domain::{id::Id, id_pattern::IdPattern},
    engine::base::error::EngineError,
    git::{CommitId, Location},
};

/// The metadata key for what the exports in git's history say, and up to which commit.
const PUBLISHED_KEY: &str = "published_numbers";

/// How many commits are searched; what was deleted before that is too old to be confused with anything.
const MAX_COMMITS: usize = 20_000;

impl Writer<'_> {
    /// The next free ID of a business; it is taken once a document with it is recorded. A card made by hand has its
    /// number too, before anybody imports it.
    pub(in crate::engine) fn next_id(&self, pattern: &IdPattern, business: &str) -> Result<Id, EngineError> {
        let store = &self.write;
        let prefix = pattern.prefix(business);
        let mut number = store.counter(&prefix)?.max(self.published(&prefix)?);
        loop {
            number += 1;
            let id = pattern.id(business, number).ok_or_else(|| EngineError::BadValue {
                what: "the ID".to_owned(),
                value: format!("{prefix}-{number}"),
                expected: "another business: this one has no numbers left".to_owned(),
            })?;
            if !store.has_card(&id)? && !store.has_idea(&id)? && !self.view().has_card_file(&id) {
                return Ok(id);
            }
        }
    }

    /// The next free ID of the same form as another ID.
    pub(in crate::engine) fn next_like(&self, id: &Id) -> Result<Id, EngineError> {
        if id.is_name() {
            return self.next_name(id);
        }
        let (store, width) = (&self.write, id.as_str().len() - id.prefix().len() - 1);
        let mut number = store.counter(id.prefix())?.max(self.published(id.prefix())?);
        loop {
            number += 1;
            let next = Id::parse(&format!("{}-{number:0width$}", id.prefix()));
            let next = next.ok_or_else(|| EngineError::BadValue {
                what: "the ID".to_owned(),
                value: format!("{}-{number}", id.prefix()),
                expected: "another business: this one has no numbers left".to_owned(),
            })?;
            if !store.has_card(&next)? && !store.has_idea(&next)? && !self.view().has_card_file(&next) {
                return Ok(next);
            }
        }
    }

    /// A free name for an idea that has a name in place of an ID.
    fn next_name(&self, name: &Id) -> Result<Id, EngineError> {
        let names = (2_u32..).filter_map(|number| Id::of_idea(&format!("{name}_{number}")));
        for next in names.take(10_000) {
            if !self.write.has_idea(&next)? && self.view().files_of(next.as_str()).is_empty() {
                return Ok(next);
            }
        }
        let (what, value) = ("the name".to_owned(), name.to_string());
        Err(EngineError::BadValue { what, value, expected: "a shorter one".to_owned() })
    }

    /// Notes that an ID is taken.
    pub(super) fn raise_counter(&mut self, id: &Id) -> Result<(), EngineError> {
        if id.is_name() {
            return Ok(());
        }
        let known = self.counters.entry(id.prefix().to_owned()).or_insert(0);
        if id.number() > *known {
            *known = id.number();
            self.write.raise_counter(id)?;
        }
        Ok(())
    }

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
