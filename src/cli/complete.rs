//! Completion of existing IDs, lanes and businesses from the database, if there is one. Never creates a database.

use std::{ffi::OsStr, path::PathBuf, time::Duration};

use clap_complete::engine::CompletionCandidate;

use super::lane_words;
use crate::{
    domain::{catalogue, lane::Lane},
    engine::{Caller, Clock, EngineError, FirstImport, OpenOptions, Refresh, Session, View, Workspace},
};

/// The maximum number of candidates; more than fit on a screen are no help.
const MOST: u32 = 200;

/// IDs of cards and ideas, with their titles.
pub(crate) fn ids(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = named(current, |view, prefix, most| view.ids(prefix, most));
    candidates.extend(names(current));
    candidates
}

/// IDs of cards, with their titles.
pub(crate) fn cards(current: &OsStr) -> Vec<CompletionCandidate> {
    named(current, |view, prefix, most| view.card_ids(prefix, most))
}

/// IDs of ideas, with their titles.
pub(crate) fn ideas(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = named(current, |view, prefix, most| view.idea_ids(prefix, most));
    candidates.extend(names(current));
    candidates
}

/// The names of ideas that have one instead of an ID, in the case in which they are typed.
fn names(current: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(session), Some(prefix)) = (session(), current.to_str()) else { return Vec::new() };
    if prefix == prefix.to_ascii_uppercase() {
        return Vec::new();
    }
    let Ok(view) = session.view() else { return Vec::new() };
    let ids = view.idea_ids(prefix, MOST).unwrap_or_default();
    ids.into_iter().map(|(id, title)| CompletionCandidate::new(id).help(Some(title.into()))).collect()
}

/// IDs of cards, then lanes: the arguments of `card move`.
pub(crate) fn cards_and_lanes(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut candidates = cards(current);
    candidates.extend(lanes(current));
    candidates
}

type Ids = fn(&View<'_>, &str, u32) -> Result<Vec<(String, String)>, EngineError>;

fn named(current: &OsStr, ids: Ids) -> Vec<CompletionCandidate> {
    let (Some(session), Some(prefix)) = (session(), current.to_str()) else { return Vec::new() };
    let Ok(view) = session.view() else { return Vec::new() };
    let ids = ids(&view, &prefix.to_ascii_uppercase(), MOST).unwrap_or_default();
    ids.into_iter().map(|(id, title)| CompletionCandidate::new(id).help(Some(title.into()))).collect()
}

/// Codes of businesses, with their names.
pub(crate) fn businesses(current: &OsStr) -> Vec<CompletionCandidate> {
    let (Some(session), Some(prefix)) = (session(), current.to_str()) else { return Vec::new() };
    let Ok(view) = session.view() else { return Vec::new() };
    let prefix = prefix.to_ascii_uppercase();
    let known = view.businesses().unwrap_or_default().into_iter().filter(|business| business.id.starts_with(&prefix));
    known
        .map(|business| {
            let name = business.listed.and_then(|listed| listed.name);
            CompletionCandidate::new(business.id).help(name.map(Into::into))
        })
        .collect()
}

/// Keys of a business, each followed by `=`.
pub(crate) fn business_keys(current: &OsStr) -> Vec<CompletionCandidate> {
    let prefix = current.to_string_lossy().to_lowercase();
    let keys = catalogue::KEYS.into_iter().filter(|key| *key != "id" && key.starts_with(&prefix));
    keys.map(|key| CompletionCandidate::new(format!("{key}="))).collect()
}

/// Lanes, each as a single word.
pub(crate) fn lanes(current: &OsStr) -> Vec<CompletionCandidate> {
    let prefix = current.to_string_lossy().to_lowercase();
    let words = Lane::ALL.map(lane_words::shown).map(|name| (name.to_lowercase().replace(' ', "-"), name));
    let matching = words.into_iter().filter(|(word, _)| word.starts_with(&prefix));
    matching.map(|(word, name)| CompletionCandidate::new(word).help(Some(name.into()))).collect()
}

fn session() -> Option<Session> {
    let from = std::env::var_os("BOS_REPO").map_or_else(|| PathBuf::from("."), PathBuf::from);
    let database = std::env::var_os("BOS_DB").map(PathBuf::from);
    let workspace = Workspace::find(&from, database.as_deref()).ok()?;
    workspace.database.exists().then_some(())?;
    Session::open(OpenOptions {
        from,
        database,
        caller: Caller::default(),
        environment: Vec::new(),
        clock: Clock::system(),
        timeout: Duration::from_millis(200),
        reads_only: true,
        first_import: FirstImport::Left,
        refresh: Refresh::Leave,
        progress: None,
    })
    .ok()
}
