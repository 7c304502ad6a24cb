//! Verifies the chain: contiguous seqs, each hash over its entry and the previous hash, columns that match the payload.

use super::{Findings, workers::on_all_cores};
use crate::{
    domain::{
        entry::{Facts, chain_hash, instant},
        hash::Sha256,
    },
    engine::base::error::EngineError,
    store::{RawEntry, Snapshot},
};

/// The number of entries a thread takes at a time.
const BATCH: usize = 256;

/// What was checked of one entry by itself.
struct Checked {
    seq: i64,
    previous_hash: String,
    hash: String,
    facts: Result<Facts, String>,
    has_its_hash: bool,
    column: Option<&'static str>,
}

/// Checks the chain and the columns, and returns the facts of readable entries for the replay. `read` is called with
/// the number of entries read so far.
pub(super) fn check(store: &Snapshot, read: impl Fn(u64)) -> Result<(Findings, Findings, Vec<Facts>), EngineError> {
    let log_id = store.log_id()?;
    let work =
        |batch: Vec<RawEntry>| -> Vec<Checked> { batch.into_iter().map(|raw| Checked::of(raw, &log_id)).collect() };
    let checked = on_all_cores(work, |hand| {
        let (mut batch, mut number) = (Vec::with_capacity(BATCH), 0);
        store.each_raw_entry(|raw| {
            batch.push(raw);
            if batch.len() == BATCH {
                number += BATCH as u64;
                read(number);
                hand(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
            }
            Ok::<_, EngineError>(())
        })?;
        hand(batch);
        Ok::<_, EngineError>(())
    })?;
    Ok(link(checked.into_iter().flatten()))
}

impl Checked {
    fn of(raw: RawEntry, log_id: &str) -> Self {
        let facts = Facts::parse(&raw.payload);
        let (mut has_its_hash, mut column) = (false, None);
        if let Ok(facts) = &facts {
            let linked = Sha256::parse(&raw.previous_hash).unwrap_or_else(Sha256::zero);
            let hash = chain_hash(&linked, &facts.event_type(), &raw.payload, facts.timestamp);
            has_its_hash = hash.as_str() == raw.hash;
            column = differing_column(&raw, facts, log_id);
        }
        Self { seq: raw.seq, previous_hash: raw.previous_hash, hash: raw.hash, facts, has_its_hash, column }
    }
}

/// Checks each entry against the previous one.
fn link(entries: impl Iterator<Item = Checked>) -> (Findings, Findings, Vec<Facts>) {
    let (mut chain, mut columns, mut log) = (Findings::default(), Findings::default(), Vec::new());
    let (mut previous, mut next, mut timestamp) = (Sha256::zero(), 1_i64, i64::MIN);
    for Checked { seq, previous_hash, hash, facts, has_its_hash, column } in entries {
        chain.checked += 1;
        columns.checked += 1;
        if seq != next {
            chain.add(format!("found entry {seq} where entry {next} should be"));
        }
        next = seq.saturating_add(1);
        if previous_hash != previous.as_str() {
            chain.add(format!("entry {seq} does not follow the entry before it"));
        }
        match facts {
            Ok(facts) => {
                if !has_its_hash {
                    chain.add(format!("entry {seq} does not have the hash of what it says"));
                }
                if facts.timestamp < timestamp {
                    chain.add(format!("entry {seq} is older than the entry before it"));
                }
                timestamp = facts.timestamp;
                if let Some(column) = column {
                    columns.add(format!("entry {seq}: {column} is not what its payload says"));
                }
                log.push(facts);
            }
            Err(what) => chain.add(format!("entry {seq} has a payload that cannot be read: {what}")),
        }
        previous = Sha256::parse(&hash).unwrap_or_else(Sha256::zero);
    }
    (chain, columns, log)
}

fn differing_column(raw: &RawEntry, facts: &Facts, log_id: &str) -> Option<&'static str> {
    if facts.log_id != log_id {
        return Some("log_id");
    }
    if u64::try_from(raw.seq).ok() != Some(facts.seq) {
        return Some("seq");
    }
    if facts.batch == 0 || facts.batch > facts.seq {
        return Some("batch");
    }
    let expected = [
        facts.id(),
        facts.subject.kind().to_owned(),
        facts.subject.id(),
        facts.action.as_str().to_owned(),
        facts.actor.clone(),
        facts.initiator.clone(),
        instant(facts.timestamp),
    ];
    raw.columns
        .iter()
        .zip(expected)
        .find(|((_, found), expected)| found.as_ref() != Some(expected))
        .map(|((name, _), _)| *name)
}
