//! A log as after a quarter of use: five entries per document, made by moves of many cards at a time.

use jiff::{Span, Timestamp};
use rusqlite::Connection;

use crate::{Outcome, measure::time, place::Place};

/// The number of entries per document.
const ENTRIES_PER_DOCUMENT: u64 = 5;

/// The number of cards moved by one command.
const BATCH: usize = 1_000;

/// Lanes that require no stage doc, so that the tree keeps its size.
const ROUNDS: [&str; 4] = ["blocked", "inbox", "done", "inbox"];

/// The number of cards of the measured business that end up in progress.
const IN_PROGRESS: usize = 30;

/// Moves all cards back and forth until the log is long enough, six hours apart; returns the number of entries.
pub(crate) fn grow(place: &Place, documents: usize) -> Outcome<u64> {
    let wanted = ENTRIES_PER_DOCUMENT * documents as u64;
    let mut clock = Timestamp::now();
    let mut move_to = |ids: &[String], lane: &str| {
        clock = clock.checked_add(Span::new().hours(6))?;
        let ids = ids.iter().map(String::as_str);
        let arguments: Vec<&str> = ["card", "move"].into_iter().chain(ids).chain([lane]).collect();
        time(place.bos(&arguments).env("BOS_NOW", clock.to_string()))?;
        Outcome::Ok(())
    };
    let in_progress = &place.inbox[..place.inbox.len().min(IN_PROGRESS)];
    let rounds = ROUNDS.iter().cycle().flat_map(|lane| place.cards.chunks(BATCH).map(move |ids| (ids, lane)));
    for (ids, lane) in rounds {
        move_to(ids, lane)?;
        if length(place)? >= wanted {
            break;
        }
    }
    move_to(in_progress, "in-progress")?;
    length(place)
}

/// The number of entries in the log.
fn length(place: &Place) -> Outcome<u64> {
    let sql = "SELECT coalesce(max(seq), 0) FROM business_os_audit_log";
    let length: i64 = Connection::open(&place.database)?.query_row(sql, [], |row| row.get(0))?;
    Ok(length.unsigned_abs())
}
