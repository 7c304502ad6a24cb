//! Replays the log from empty to the current documents, and verifies the recorded changes of each entry on the way.
//! Every text is read once. No entry touches documents of two cards or ideas, so each is replayed separately.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Findings, workers::on_all_cores};
use crate::{
    domain::{change::Changes, doc_path::DocPath, entity::Entity, entry::Facts, hash::Sha256, id::Id},
    engine::{
        base::{
            error::EngineError,
            projection::named_ids,
            reading::Reading,
            rebuild::{Counted, expected_rows},
            rows::assign,
        },
        write::writer::semantic,
    },
    markdown::locate::{Located, Place, locate},
    store::Snapshot,
};

/// The bytes of texts a thread takes at a time; a single card may exceed it.
const BATCH: usize = 1 << 20;

type State = BTreeMap<DocPath, Sha256>;

/// The result of the replay.
pub(super) struct Replayed {
    pub(super) changes: Findings,
    pub(super) documents: Findings,
    pub(super) blobs: Findings,
    pub(super) counted: Counted,
}

/// The entries of a card or idea, and those of their texts that exist.
struct Job<'a> {
    log: Vec<&'a Facts>,
    texts: HashMap<&'a str, String>,
}

/// The replay of one card or idea; findings carry the number of their entry.
#[derive(Default)]
struct Story {
    changes: Vec<(u64, String)>,
    documents: Vec<(u64, String)>,
    state: State,
    paths_of: HashMap<Entity, Vec<DocPath>>,
    readings: HashMap<String, Reading>,
}

/// What remains of a replay once its texts are dropped.
struct Told {
    changes: Vec<(u64, String)>,
    documents: Vec<(u64, String)>,
    state: State,
    ids: Vec<Id>,
    /// The names of texts that were read, and whether each matches its hash.
    blobs: Vec<(String, bool)>,
}

/// Checks the recorded changes of every entry, that the replay ends at the current documents, and every text; or only
/// those of the cards and ideas in `of`. `read` is called with the number of entries replayed.
pub(super) fn check(
    store: &Snapshot,
    log: &[Facts],
    of: Option<&BTreeSet<Id>>,
    read: impl Fn(u64),
) -> Result<Replayed, EngineError> {
    let is_looked_at = |owner: &Id| of.is_none_or(|some| some.contains(owner));
    let log: Vec<&Facts> = log.iter().filter(|facts| facts.subject.owner().is_none_or(is_looked_at)).collect();
    let told = on_all_cores(
        |batch: Vec<Job<'_>>| -> Vec<Told> { batch.into_iter().map(tell).collect() },
        |hand| feed(store, &log, read, hand),
    )?;
    let (mut changes, mut documents) = (Vec::new(), Vec::new());
    let (mut state, mut counted, mut blobs) = (State::new(), Counted::default(), HashMap::new());
    for told in told.into_iter().flatten() {
        changes.extend(told.changes);
        documents.extend(told.documents);
        state.extend(told.state);
        blobs.extend(told.blobs);
        told.ids.into_iter().for_each(|id| counted.count(id));
    }
    let named: Option<HashSet<&str>> = of.map(|_| texts_of(&log).map(Sha256::as_str).collect());
    let is_named = |name: &str| named.as_ref().is_none_or(|named| named.contains(name));
    let (blobs, names) = check_blobs(store, blobs, is_named, &mut counted)?;
    log.iter().for_each(|facts| counted.count_entry(facts, |sha| names.contains(sha.as_str())));
    let checked = log.len() as u64;
    let changes = Findings { checked, found: in_order(changes), remark: None };
    let mut documents = Findings { found: in_order(documents), ..Findings::default() };
    documents.extend(Findings::or_told(compare(store, &state, is_looked_at))?);
    Ok(Replayed { changes, documents, blobs, counted })
}

/// The hashes of the texts that entries gave documents.
fn texts_of<'a>(log: &[&'a Facts]) -> impl Iterator<Item = &'a Sha256> {
    log.iter().flat_map(|facts| &facts.documents).filter_map(|touched| touched.new.as_ref())
}

fn in_order(mut found: Vec<(u64, String)>) -> Vec<String> {
    found.sort_by_key(|(seq, _)| *seq);
    found.into_iter().map(|(_, what)| what).collect()
}

/// Checks that every text matches its hash, reading those that the replay has not; also returns all their names.
fn check_blobs(
    store: &Snapshot,
    mut read: HashMap<String, bool>,
    is_looked_at: impl Fn(&str) -> bool,
    counted: &mut Counted,
) -> Result<(Findings, HashSet<String>), EngineError> {
    let mut others = Vec::new();
    let mut names = HashSet::new();
    let stored = match store.blob_names() {
        Err(error) => return Ok((Findings::or_told(Err(error.into()))?, names)),
        Ok(stored) => stored,
    };
    for (number, name) in stored.into_iter().filter(|(_, name)| is_looked_at(name)) {
        let found = match read.remove(&name) {
            Some(is_itself) => (!is_itself).then(|| another(&name)),
            None => match store.blob_as_it_stands(&name) {
                Ok(text) => {
                    let is_itself = text.as_ref().is_some_and(|text| Sha256::of(text.as_bytes()).as_str() == name);
                    if let Some(reading) = text.and_then(|text| Reading::of(text).ok()) {
                        named_ids(&reading.fields).for_each(|id| counted.count(id));
                    }
                    (!is_itself).then(|| another(&name))
                }
                Err(error) => Findings::or_told(Err(error.into()))?.found.pop(),
            },
        };
        others.extend(found.map(|what| (number, what)));
        names.insert(name);
    }
    others.sort_by_key(|(number, _)| *number);
    let found = others.into_iter().map(|(_, what)| what).collect();
    Ok((Findings { checked: names.len() as u64, found, remark: None }, names))
}

fn another(name: &str) -> String {
    format!("the text stored as {name} is another one")
}

/// Passes every card and idea of the log to `hand`, with its texts.
fn feed<'a>(
    store: &Snapshot,
    log: &[&'a Facts],
    read: impl Fn(u64),
    hand: &mut dyn FnMut(Vec<Job<'a>>),
) -> Result<(), EngineError> {
    let mut logs: BTreeMap<Option<&Id>, Vec<&Facts>> = BTreeMap::new();
    for facts in log {
        logs.entry(facts.subject.owner()).or_default().push(facts);
    }
    let (mut batch, mut bytes, mut number) = (Vec::new(), 0, 0);
    for log in logs.into_values() {
        number += log.len() as u64;
        let mut texts = HashMap::new();
        for sha in texts_of(&log) {
            // A text that is damaged and cannot be read is reported by `check_blobs`.
            if !texts.contains_key(sha.as_str())
                && let Ok(Some(text)) = store.blob_as_it_stands(sha.as_str())
            {
                bytes += text.len();
                texts.insert(sha.as_str(), text);
            }
        }
        batch.push(Job { log, texts });
        if bytes >= BATCH {
            read(number);
            hand(std::mem::take(&mut batch));
            bytes = 0;
        }
    }
    hand(batch);
    Ok(())
}

/// Reads every text of a card or idea, and replays its entries.
fn tell(job: Job<'_>) -> Told {
    let mut story = Story::default();
    let (mut ids, mut blobs) = (Vec::new(), Vec::new());
    for (name, text) in job.texts {
        if let Ok(reading) = Reading::of(text) {
            ids.extend(named_ids(&reading.fields));
            blobs.push((name.to_owned(), reading.sha.as_str() == name));
            story.readings.insert(name.to_owned(), reading);
        }
    }
    job.log.into_iter().for_each(|facts| story.go_on(facts));
    let Story { changes, documents, state, .. } = story;
    Told { changes, documents, state, ids, blobs }
}

impl Story {
    fn go_on(&mut self, facts: &Facts) {
        let places: Vec<Place> = facts.documents.iter().map(|touched| locate(&touched.path)).collect();
        for (touched, place) in facts.documents.iter().zip(&places) {
            if self.state.get(&touched.path) != touched.old.as_ref() {
                self.documents
                    .push((facts.seq, format!("entry {}: {} was another text before", facts.seq, touched.path)));
            }
            // A card or idea can be replayed from its own entries only if no others touch its documents.
            if let Place::Document(located) = place
                && Some(located.entity.owner()) != facts.subject.owner()
            {
                let (seq, about) = (facts.seq, facts.subject.id());
                self.documents.push((seq, format!("entry {seq}: {} is not of {about}", touched.path)));
            }
        }
        if self.meaning(facts, &places).is_some_and(|expected| expected != facts.changes) {
            self.changes.push((facts.seq, format!("entry {}: its changes are not what its texts say", facts.seq)));
        }
        for (touched, place) in facts.documents.iter().zip(places) {
            match &touched.new {
                Some(sha) => {
                    self.state.insert(touched.path.clone(), sha.clone());
                    if let Place::Document(located) = place {
                        let paths = self.paths_of.entry(located.entity).or_default();
                        if !paths.contains(&touched.path) {
                            paths.push(touched.path.clone());
                        }
                    }
                }
                None => {
                    self.state.remove(&touched.path);
                }
            }
        }
    }

    /// The changes of an entry, computed from its texts; `None` if one was erased or cannot be parsed.
    fn meaning(&self, facts: &Facts, places: &[Place]) -> Option<Changes> {
        let read = |sha: &Sha256| self.readings.get(sha.as_str());
        let entity = facts.subject.entity()?;
        let paths = self.paths_of.get(entity);
        let mut old: Vec<(&DocPath, &Reading)> = Vec::new();
        for (path, sha) in documents_of(entity, &self.state, paths) {
            old.push((path, read(sha)?));
        }
        let mut new: Vec<(&Located, Option<&Reading>)> = Vec::new();
        for (touched, place) in facts.documents.iter().zip(places) {
            let Place::Document(located) = place else { continue };
            if located.entity == *entity {
                let reading = match &touched.new {
                    Some(sha) => Some(read(sha)?),
                    None => None,
                };
                new.push((located, reading));
            }
        }
        Some(semantic(&old, &new))
    }
}

/// The documents of an entity; of two spellings of a stage, the second is a note.
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

/// Compares the end of the replay with the current documents.
fn compare(store: &Snapshot, state: &State, is_looked_at: impl Fn(&Id) -> bool) -> Result<Findings, EngineError> {
    let mut documents = Findings::default();
    let rows = store.documents()?;
    let rows_and_expected = rows.iter().zip(expected_rows(&rows));
    for (row, expected) in rows_and_expected.filter(|(row, _)| is_looked_at(row.entity.owner())) {
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
