//! Verifies the projections: every row, column by column, against the documents.

use std::collections::{BTreeMap, BTreeSet};

use super::Findings;
use crate::{
    domain::{entity::Entity, id::Id},
    engine::base::{
        error::EngineError,
        projection::{Row, expected},
        rebuild::Counted,
    },
    store::{Should, Snapshot},
};

/// Checks the rows of all cards, ideas and stage docs, or of those that belong to `of`.
pub(super) fn check(store: &Snapshot, of: Option<&BTreeSet<Id>>) -> Result<Findings, EngineError> {
    let is_looked_at = |entity: &Entity| of.is_none_or(|some| some.contains(entity.owner()));
    let mut findings = Findings::default();
    let mut waiting: BTreeSet<Entity> = store
        .documents()?
        .into_iter()
        .map(|row| row.entity)
        .filter(|entity| matches!(entity, Entity::Card(_) | Entity::Idea(_) | Entity::StageDoc { .. }))
        .filter(is_looked_at)
        .collect();
    findings.checked = waiting.len() as u64;
    let mut row = |kind: &str, key: &str| match Entity::parse(kind, key) {
        Some(entity) if !is_looked_at(&entity) => Ok(Should::BeAnything),
        Some(entity) if waiting.remove(&entity) => {
            Ok(expected(store, &entity)?.map_or(Should::BeAbsent, |row| Should::Be(Box::new(row))))
        }
        _ => Ok::<_, EngineError>(Should::BeAbsent),
    };
    let mut found = store.compare_cards(|key| Ok::<_, EngineError>(kept(row("card", key)?, Row::card)))?;
    found.extend(store.compare_ideas(|key| Ok::<_, EngineError>(kept(row("idea", key)?, Row::idea)))?);
    found.extend(store.compare_stage_docs(|key| Ok::<_, EngineError>(kept(row("stage_doc", key)?, Row::stage_doc)))?);
    findings.found = found;
    for entity in waiting {
        findings.add(format!("the {} {} has documents, but no row", entity.kind(), entity.id()));
    }
    Ok(findings)
}

/// The expected state of a row, narrowed to the rows of one table.
fn kept<R>(should: Should<Row>, select: impl Fn(Row) -> Option<R>) -> Should<R> {
    match should {
        Should::Be(row) => select(*row).map_or(Should::BeAbsent, |row| Should::Be(Box::new(row))),
        Should::BeAbsent => Should::BeAbsent,
        Should::BeAnything => Should::BeAnything,
    }
}

/// Checks that each counter is the highest number ever used with its prefix.
pub(super) fn check_counters(store: &Snapshot, counted: &Counted) -> Result<Findings, EngineError> {
    let expected: BTreeMap<&str, &Id> = counted.highest().map(|id| (id.prefix(), id)).collect();
    let found: BTreeMap<String, i64> = store.counters()?.into_iter().collect();
    let mut findings = Findings { checked: found.len() as u64, ..Findings::default() };
    for (prefix, id) in &expected {
        let (last, number) = (found.get(*prefix).copied().unwrap_or(0), i64::try_from(id.number()).unwrap_or(i64::MAX));
        if last < number || (last > number && !counted.erased) {
            findings.add(format!("the counter of {prefix} is at {last}, not at {number}"));
        }
    }
    for prefix in found.keys().filter(|prefix| !expected.contains_key(prefix.as_str()) && !counted.erased) {
        findings.add(format!("there is a counter of {prefix}, which no document names"));
    }
    Ok(findings)
}
