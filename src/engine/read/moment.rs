//! Resolves a point in the past to a log entry.

use crate::{
    domain::{entry::instant, point_in_time::PointInTime},
    engine::base::{clock::Clock, error::EngineError, view::View},
};

/// A point in the past: the state after a log entry. Times are in Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The last log entry up to then; 0 if before the first.
    pub seq: u64,
    /// When that entry was recorded; `None` before the first.
    pub recorded: Option<i64>,
    /// The requested time; the entry's own if the entry was requested by number.
    pub time: i64,
}

impl View<'_> {
    /// Resolves a point in the past. A point in the future is an error.
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
            PointInTime::Ago(_) => point.seconds(&Clock::zone(), now).map_or(i64::MIN, |(second, _)| second),
            _ => match point.seconds(&Clock::zone(), now) {
                // Today is cut off at the present.
                Some((first, last)) if first <= now => last.min(now),
                Some((_, last)) => last,
                None => i64::MAX,
            },
        };
        if time > now {
            return Err(still_to_come(instant(time)));
        }
        let last = self.store.last_by(&instant(time))?;
        Ok(Moment { seq: last.map_or(0, |(seq, _)| seq), recorded: last.map(|(_, at)| at), time })
    }

    /// The first and last second of a point in the past; `None` for a log entry.
    #[must_use]
    pub fn seconds_of(&self, point: PointInTime) -> Option<(i64, i64)> {
        point.seconds(&Clock::zone(), self.core.clock.seconds())
    }

    /// The local date of a point in the past, or today's.
    #[must_use]
    pub fn date(&self, at: Option<&Moment>) -> String {
        Clock::local(at.map_or_else(|| self.core.clock.seconds(), |moment| moment.time)).0
    }
}
