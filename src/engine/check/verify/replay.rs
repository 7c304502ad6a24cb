//! The replay: from empty, entry by entry, to the current documents; and what each entry means on the way.

use std::collections::{BTreeMap, HashMap};

use super::Findings;
use crate::{
    domain::{doc_path::DocPath, entity::Entity, entry::Facts, hash::Sha256},
    engine::{
        base::{error::EngineError, projection::stored, reading::Reading, rebuild::expected_rows, rows::assign},
        write::writer::semantic,
    },
    markdown::locate::{Located, Place, locate},
    store::Store,
};

type State = BTreeMap<DocPath, Sha256>;

/// Checks the meaning of every entry, and that the replay ends at the current documents.
pub(super) fn check(store: &Store, log: &[Facts]) -> Result<(Findings, Findings), EngineError> {
    let mut changes = Findings::default();
    let mut documents = Findings::default();
    let mut state = State::new();
    let mut paths_of: HashMap<Entity, Vec<DocPath>> = HashMap::new();
    for facts in log {
        changes.checked += 1;
        for touched in &facts.documents {
            if state.get(&touched.path) != touched.old.as_ref() {
                documents.add(format!("entry {}: {} was another text before", facts.seq, touched.path));
            }
            // One card or idea can be replayed from its own entries only if no others change its documents.
            if let Place::Document(located) = locate(&touched.path)
                && located.entity.owner() != facts.entity.owner()
            {
                documents.add(format!("entry {}: {} is not of {}", facts.seq, touched.path, facts.entity.owner()));
            }
        }
        match meaning(store, facts, &state, paths_of.get(&facts.entity))? {
            Some(expected) if expected != facts.changes => {
                changes.add(format!("entry {}: its changes are not what its texts say", facts.seq));
            }
            _ => {}
        }
        for touched in &facts.documents {
            match &touched.new {
                Some(sha) => {
                    state.insert(touched.path.clone(), sha.clone());
                    if let Place::Document(located) = locate(&touched.path) {
                        let paths = paths_of.entry(located.entity).or_default();
                        if !paths.contains(&touched.path) {
                            paths.push(touched.path.clone());
                        }
                    }
                }
                None => {
                    state.remove(&touched.path);
                }
            }
        }
    }
    documents.extend(Findings::or_told(compare(store, &state))?);
    Ok((changes, documents))
}

/// What an entry means by its texts; `None` where one of them was erased or cannot be read.
fn meaning(
    store: &Store,
    facts: &Facts,
    state: &State,
    paths: Option<&Vec<DocPath>>,
) -> Result<Option<crate::domain::change::Changes>, EngineError> {
    let read = |path: &DocPath, sha: &Sha256| Ok::<_, EngineError>(stored(store, path, sha).ok().flatten());
    let mut old: Vec<(DocPath, Reading)> = Vec::new();
    for (path, sha) in documents_of(&facts.entity, state, paths) {
        let Some(reading) = read(path, sha)? else { return Ok(None) };
        old.push((path.clone(), reading));
    }
    let mut new: Vec<(Located, Option<Reading>)> = Vec::new();
    for touched in &facts.documents {
        let Place::Document(located) = locate(&touched.path) else { continue };
        if located.entity != facts.entity {
            continue;
        }
        let reading = match &touched.new {
            Some(sha) => match read(&touched.path, sha)? {
                Some(reading) => Some(reading),
                None => return Ok(None),
            },
            None => None,
        };
        new.push((located, reading));
    }
    let old: Vec<_> = old.iter().map(|(path, reading)| (path, reading)).collect();
    let new: Vec<_> = new.iter().map(|(located, reading)| (located, reading.as_ref())).collect();
    Ok(Some(semantic(&old, &new)))
}

/// The documents of an entity: of two spellings of one stage the other one is a note.
fn documents_of<'s>(
    entity: &Entity,
    state: &'s State,
    paths: Option<&Vec<DocPath>>,
) -> impl Iterator<Item = (&'s DocPath, &'s Sha256)> {
    let there = paths.into_iter().flatten().filter_map(|path| state.get_key_value(path));
    let (claims, there): (Vec<Located>, Vec<_>) = there
        .filter_map(|(path, sha)| match locate(path) {
            Place::Document(located) => Some((located, (path, sha))),
            Place::Unknown | Place::Foreign => None,
        })
        .unzip();
    let assigned = assign(&claims.iter().collect::<Vec<_>>());
    assigned.into_iter().zip(there).filter(move |(assigned, _)| assigned == entity).map(|(_, document)| document)
}

/// Where the replay ends, against the current documents.
fn compare(store: &Store, state: &State) -> Result<Findings, EngineError> {
    let mut documents = Findings::default();
    let rows = store.documents()?;
    for (row, expected) in rows.iter().zip(expected_rows(&rows)) {
        documents.checked += 1;
        if state.get(&row.path) != Some(&row.sha256) {
            documents.add(format!("{} is not at the text that the log ends with", row.path));
        } else if !store.has_blob(&row.sha256)? {
            documents.add(format!("the text of {} is missing", row.path));
        } else if expected.as_ref() != Some(row) {
            documents.add(format!("{} belongs to something else than its path says", row.path));
        }
    }
    let found: std::collections::HashSet<&DocPath> = rows.iter().map(|row| &row.path).collect();
    for path in state.keys().filter(|path| !found.contains(path)) {
        documents.add(format!("{path} is in the log, but not among the documents"));
    }
    Ok(documents)
}
