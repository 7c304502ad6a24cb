//! The projections: every row, column by column, against what the documents say.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::{
    domain::{entity::Entity, id::Id},
    engine::base::{
        error::EngineError,
        projection::{Row, expected},
        rebuild::Counted,
    },
    store::Snapshot,
};

/// Checks cards, ideas and stage docs.
pub(super) fn check(store: &Snapshot) -> Result<Findings, EngineError> {
    let mut findings = Findings::default();
    let mut waiting: BTreeSet<Entity> = store
        .documents()?
        .into_iter()
        .map(|row| row.entity)
        .filter(|entity| matches!(entity, Entity::Card(_) | Entity::Idea(_) | Entity::StageDoc { .. }))
        .collect();
    findings.checked = waiting.len() as u64;
    let mut row = |kind: &str, key: &str| -> Result<Option<Row>, EngineError> {
        match Entity::parse(kind, key) {
            Some(entity) if waiting.remove(&entity) => expected(store, &entity),
            _ => Ok(None),
        }
    };
    let mut found = store.compare_cards(|key| Ok::<_, EngineError>(row("card", key)?.and_then(Row::card)))?;
    found.extend(store.compare_ideas(|key| Ok::<_, EngineError>(row("idea", key)?.and_then(Row::idea)))?);
    found
        .extend(store.compare_stage_docs(|key| Ok::<_, EngineError>(row("stage_doc", key)?.and_then(Row::stage_doc)))?);
    findings.found = found;
    for entity in waiting {
        findings.add(format!("the {} {} has documents, but no row", entity.kind(), entity.id()));
    }
    Ok(findings)
}

/// Checks the counters: each is the highest number ever seen under its prefix.
pub(super) fn check_counters(store: &Snapshot, counted: &Counted) -> Result<Findings, EngineError> {
    let expected: BTreeMap<&str, &Id> = counted.highest().map(|id| (id.prefix(), id)).collect();
    let found: BTreeMap<String, i64> = store.counters()?.into_iter().collect();
    let mut findings = Findings { checked: found.len() as u64, ..Findings::default() };
    for (prefix, id) in &expected {
        let (last, number) = (found.get(*prefix).copied().unwrap_or(0), i64::try_from(id.number()).unwrap_or(i64::MAX));
        if last < number || (last > number && !counted.erased) {
            findings.add(format!("the counter of {prefix} stands at {last}, not at {number}"));
        }
    }
    for prefix in found.keys().filter(|prefix| !expected.contains_key(prefix.as_str()) && !counted.erased) {
        findings.add(format!("there is a counter of {prefix}, which no document names"));
    }
    Ok(findings)
}
