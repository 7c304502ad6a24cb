//! The chain: seqs without a gap, each hash over its entry and the one before, each column as the payload says.

use super::Findings;
use crate::{
    domain::{
        entry::{Facts, chain_hash, instant},
        hash::Sha256,
    },
    engine::base::error::EngineError,
    store::{RawEntry, Store},
};

/// Checks the chain and the columns; the facts of entries that can be read are for the replay.
pub(super) fn check(store: &Store) -> Result<(Findings, Findings, Vec<Facts>), EngineError> {
    let (mut chain, mut columns, mut log) = (Findings::default(), Findings::default(), Vec::new());
    let log_id = store.log_id()?;
    let (mut previous, mut next, mut timestamp) = (Sha256::zero(), 1_i64, i64::MIN);
    store.each_raw_entry(|raw| {
        chain.checked += 1;
        columns.checked += 1;
        let seq = raw.seq;
        if seq != next {
            chain.add(format!("entry {seq} stands where entry {next} should"));
        }
        next = seq.saturating_add(1);
        if raw.previous_hash != previous.as_str() {
            chain.add(format!("entry {seq} does not follow the entry before it"));
        }
        match Facts::parse(&raw.payload) {
            Ok(facts) => {
                let linked = Sha256::parse(&raw.previous_hash).unwrap_or_else(Sha256::zero);
                let hash = chain_hash(&linked, &facts.event_type(), &raw.payload, facts.timestamp);
                if hash.as_str() != raw.hash {
                    chain.add(format!("entry {seq} does not have the hash of what it says"));
                }
                if facts.timestamp < timestamp {
                    chain.add(format!("entry {seq} is older than the entry before it"));
                }
                timestamp = facts.timestamp;
                if let Some(column) = differing_column(&raw, &facts, &log_id) {
                    columns.add(format!("entry {seq}: {column} is not what its payload says"));
                }
                log.push(facts);
            }
            Err(what) => chain.add(format!("entry {seq} has a payload that cannot be read: {what}")),
        }
        previous = Sha256::parse(&raw.hash).unwrap_or_else(Sha256::zero);
        Ok::<_, EngineError>(())
    })?;
    Ok((chain, columns, log))
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
        facts.entity.kind().to_owned(),
        facts.entity.id(),
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
