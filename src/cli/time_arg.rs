//! Times as a person types them. Local where no zone is named.

use jiff::{Span, Timestamp, civil};

use super::args::Global;
use crate::engine::Clock;

/// A moment, or a whole local day: its first and its last second, Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TimeArg {
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// Reads `2026-03-01`, `2026-03-01T09:00:00Z`, `2026-03-01 09:00` or `2 days ago`.
pub(crate) fn parse_time(text: &str) -> Result<TimeArg, String> {
    let clock = Global::clock().map_err(|error| error.to_string())?;
    read(text.trim(), &clock)
        .ok_or_else(|| "write it like 2026-03-01, 2026-03-01T09:00:00Z or \"2 days ago\"".to_owned())
}

fn read(text: &str, clock: &Clock) -> Option<TimeArg> {
    if let Ok(date) = text.parse::<civil::Date>()
        && text.len() == "2026-03-01".len()
    {
        let (first, last) = Clock::local_day(date)?;
        return Some(TimeArg { first, last });
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        // Entries have whole seconds: a fraction lies between two of them.
        let last = instant.as_second() - i64::from(instant.subsec_nanosecond() < 0);
        return Some(TimeArg { first: last + i64::from(instant.subsec_nanosecond() != 0), last });
    }
    let second = match text.parse::<civil::DateTime>() {
        Ok(local) => Clock::local_second(local)?,
        Err(_) => clock.before(text.parse::<Span>().ok().filter(|span| span.is_negative())?)?,
    };
    Some(TimeArg { first: second, last: second })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let clock = Clock::fixed("2026-11-20T10:00:00Z").unwrap();
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let moment = |text: &str| Some(TimeArg { first: second(text), last: second(text) });
        assert_eq!(read("2026-11-19T08:00:00+02:00", &clock), moment("2026-11-19T06:00:00Z"));
        assert_eq!(read("2026-11-19 08:00Z", &clock), moment("2026-11-19T08:00:00Z"), "as the log prints it");
        assert_eq!(read("3 hours ago", &clock), moment("2026-11-20T07:00:00Z"));
        assert_eq!(read("1h 30m ago", &clock), moment("2026-11-20T08:30:00Z"));
        assert_eq!(read("-P1D", &clock), read("1 day ago", &clock));
        let between = read("2026-11-19T08:00:00.5Z", &clock).unwrap();
        assert_eq!((between.last, between.first), (second("2026-11-19T08:00:00Z"), second("2026-11-19T08:00:01Z")));
        let day = read("2026-06-01", &clock).unwrap();
        assert_eq!(day.last - day.first, 24 * 60 * 60 - 1);
        assert_eq!(read("2026-06-01 00:00", &clock).unwrap().first, day.first);
        for none in ["", "soon", "2 days", "2026-13-01", "2026-02-30", "yesterdays", "10:00"] {
            assert_eq!(read(none, &clock), None, "{none}");
        }
    }
}
