//! A log that has grown for a quarter: five entries for each document, made by moves of many cards at a time.

use jiff::{Span, Timestamp};
use rusqlite::Connection;

use crate::{Outcome, measure::time, place::Place};

/// How many entries there are for each document.
const ENTRIES_PER_DOCUMENT: u64 = 5;

/// How many cards one command moves.
const BATCH: usize = 1_000;

/// Lanes that ask for no stage doc, so that the tree keeps its size.
const ROUNDS: [&str; 4] = ["blocked", "inbox", "done", "inbox"];

/// How many cards of the measured business are in progress in the end.
const IN_PROGRESS: usize = 30;

/// Moves all cards to and fro until the log is long enough, a quarter of a day a command; the number of entries.
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

/// How many entries the log has.
fn length(place: &Place) -> Outcome<u64> {
    let sql = "SELECT coalesce(max(seq), 0) FROM business_os_audit_log";
    let length: i64 = Connection::open(&place.database)?.query_row(sql, [], |row| row.get(0))?;
    Ok(length.unsigned_abs())
}
