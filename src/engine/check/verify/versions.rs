//! Verifies the versions: every row, column by column, against the log from its first entry to the mark.

use std::collections::BTreeMap;

use super::Findings;
use crate::{
    domain::{entity::Entity, entry::Facts, id::Id},
    engine::{
        base::error::EngineError,
        read::versions::{EntityVersion, mark, turns},
    },
    store::{CardVersion, IdeaVersion, Snapshot},
};

/// Checks the versions of cards and ideas. There are none before the first read of the past.
pub(super) fn check(store: &Snapshot, log: &[Facts]) -> Result<Findings, EngineError> {
    let mut findings = Findings::default();
    let last = log.last().map_or(0, |facts| facts.seq);
    let upto = match mark(store)? {
        Some(mark) if mark <= last => mark,
        Some(mark) => {
            findings.add(format!("they go up to entry {mark}, but the log ends with entry {last}"));
            last
        }
        None => {
            findings.add("what says how far they go is no number".to_owned());
            0
        }
    };
    if upto == 0 {
        findings.remark = Some("none yet: they are made when somebody looks back".to_owned());
    }
    let log = || log.iter().filter(|facts| facts.seq <= upto);
    let is_idea = |facts: &&Facts| matches!(facts.subject.entity(), Some(Entity::Idea(_)));
    let mut cards = Expected::new(store, log().filter(|facts| !is_idea(facts)), card);
    findings.found.extend(store.compare_card_versions(|id, seq| cards.row(id, seq))?);
    let mut ideas = Expected::new(store, log().filter(is_idea), idea);
    findings.found.extend(store.compare_idea_versions(|id, seq| ideas.row(id, seq))?);
    for (checked, missing) in [cards.finish()?, ideas.finish()?] {
        findings.checked += checked;
        findings.found.extend(missing);
    }
    Ok(findings)
}

fn card(version: EntityVersion) -> Option<(u64, CardVersion)> {
    if let EntityVersion::Card(version) = version { Some((version.begun.seq, version)) } else { None }
}

fn idea(version: EntityVersion) -> Option<(u64, IdeaVersion)> {
    if let EntityVersion::Idea(version) = version { Some((version.begun, version)) } else { None }
}

/// The expected rows of one table, computed for one ID after another in the order of the rows.
struct Expected<'a, V> {
    store: &'a Snapshot,
    logs: BTreeMap<&'a Id, Vec<&'a Facts>>,
    select: fn(EntityVersion) -> Option<(u64, V)>,
    /// The ID whose rows are being compared, and its expected versions that have not been seen yet.
    current: String,
    waiting: BTreeMap<u64, V>,
    checked: u64,
    missing: Vec<String>,
}

impl<'a, V> Expected<'a, V> {
    fn new(
        store: &'a Snapshot,
        log: impl Iterator<Item = &'a Facts>,
        select: fn(EntityVersion) -> Option<(u64, V)>,
    ) -> Self {
        let mut logs: BTreeMap<&Id, Vec<&Facts>> = BTreeMap::new();
        for facts in log {
            if let Some(owner) = facts.subject.owner() {
                logs.entry(owner).or_default().push(facts);
            }
        }
        let (current, waiting) = (String::new(), BTreeMap::new());
        Self { store, logs, select, current, waiting, checked: 0, missing: Vec::new() }
    }

    /// The expected row of this ID that began with this entry.
    fn row(&mut self, id: &str, seq: u64) -> Result<Option<V>, EngineError> {
        if self.current != id {
            let log = Id::of_idea(id).and_then(|id| self.logs.remove(&id)).unwrap_or_default();
            self.turn_to(id, log)?;
        }
        Ok(self.waiting.remove(&seq))
    }

    fn turn_to(&mut self, id: &str, log: Vec<&Facts>) -> Result<(), EngineError> {
        let missing = std::mem::take(&mut self.waiting).into_keys();
        let current = std::mem::replace(&mut self.current, id.to_owned());
        self.missing
            .extend(missing.map(|seq| format!("{current} changed with entry {seq}, but has no row from there")));
        self.waiting = turns(self.store, log, 0)?.begun.into_iter().filter_map(self.select).collect();
        self.checked += self.waiting.len() as u64;
        Ok(())
    }

    /// The number of expected rows, and those that are missing.
    fn finish(mut self) -> Result<(u64, Vec<String>), EngineError> {
        for (id, log) in std::mem::take(&mut self.logs) {
            self.turn_to(id.as_str(), log)?;
        }
        self.turn_to("", Vec::new())?;
        Ok((self.checked, self.missing))
    }
}
