//! Where in the log a point in the past stands that a person named.

use jiff::{Span, Timestamp, civil};

use crate::{
    domain::{entry::instant, point_in_time::PointInTime},
    engine::base::{clock::Clock, error::EngineError, view::View},
};

/// A point in the past: what the log knew up to then. Times are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The last entry that was there; 0 for before the first.
    pub seq: u64,
    /// PointInTime that entry was recorded; `None` before the first.
    pub recorded: Option<i64>,
    /// The time that was asked for; that of the entry, where it was named itself.
    pub time: i64,
}

impl View<'_> {
    /// Finds a point in the past in the log. What is still to come is an error.
    pub fn moment(&self, point: PointInTime) -> Result<Moment, EngineError> {
        let head = self.store.head()?;
        let still_to_come = |what: String| EngineError::StillToCome { what, last: head.seq };
        let now = self.core.clock.seconds().max(head.timestamp);
        let time = match point {
            PointInTime::Entry(0) => return Ok(Moment { seq: 0, recorded: None, time: now }),
            PointInTime::Entry(seq) => {
                let entry = if seq > head.seq { None } else { self.store.entries_between(seq, seq)?.pop() };
                let entry = entry.ok_or_else(|| still_to_come(format!("entry {seq}")))?;
                let recorded = entry.facts.timestamp;
                return Ok(Moment { seq, recorded: Some(recorded), time: recorded });
            }
            PointInTime::Instant(instant) => instant.as_second(),
            PointInTime::Local(time) => seconds(time),
            // Of today only what there is.
            PointInTime::Day(date) if seconds(date.at(0, 0, 0, 0)) <= now => end_of(date).min(now),
            PointInTime::Day(date) => end_of(date),
            PointInTime::Ago(span) => before(now, span),
        };
        if time > now {
            return Err(still_to_come(instant(time)));
        }
        let last = self.store.last_by(&instant(time))?;
        Ok(Moment { seq: last.map_or(0, |(seq, _)| seq), recorded: last.map(|(_, at)| at), time })
    }

    /// The local date of a point in the past, or of today.
    #[must_use]
    pub fn date(&self, at: Option<&Moment>) -> String {
        Clock::local(at.map_or_else(|| self.core.clock.seconds(), |moment| moment.time)).0
    }
}

/// A local time; where the clocks leave it out or have it twice, as jiff decides.
fn seconds(time: civil::DateTime) -> i64 {
    time.to_zoned(Clock::zone()).map_or(i64::MAX, |time| time.timestamp().as_second())
}

/// The last second of a local day.
fn end_of(date: civil::Date) -> i64 {
    date.tomorrow().map_or(i64::MAX, |next| seconds(next.at(0, 0, 0, 0)).saturating_sub(1))
}

/// A span that counts backwards from now, by the local calendar: a day ago is this time yesterday.
fn before(now: i64, span: Span) -> i64 {
    let now = Timestamp::from_second(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(Clock::zone());
    now.checked_add(span).map_or(i64::MIN, |time| time.timestamp().as_second())
}
