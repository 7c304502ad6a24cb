//! A point in the past as a person names it: a log entry, a time, a day, or a span before now.

use jiff::{Span, Timestamp, civil, tz::TimeZone};

use super::date::leading_date;

/// The value of `--at`.
#[derive(Debug, Clone, Copy)]
pub enum PointInTime {
    /// After the entry with this number; 0 is before the first.
    Entry(u64),
    /// An instant.
    Instant(Timestamp),
    /// A local date and time of day.
    Local(civil::DateTime),
    /// The end of a local day.
    Day(civil::Date),
    /// This span before now.
    Ago(Span),
}

impl PointInTime {
    /// Parses `27`, `2026-11-20`, `2026-11-20T10:00:00Z`, `2026-11-20 10:00` or `2 days ago`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().ok().map(Self::Entry);
        }
        if leading_date(text).is_some() {
            return match text.len() {
                10 => text.parse().ok().map(Self::Day),
                _ => match text.parse() {
                    Ok(instant) => Some(Self::Instant(instant)),
                    Err(_) => text.parse().ok().map(Self::Local),
                },
            };
        }
        let span: Span = text.parse().ok()?;
        span.is_negative().then_some(Self::Ago(span))
    }

    /// The first and last second it may mean, in Unix time: a day has many, and an instant with a fraction lies between
    /// two. `None` for a log entry, and for times outside the calendar. One day ago is this time yesterday.
    #[must_use]
    pub fn seconds(self, zone: &TimeZone, now: i64) -> Option<(i64, i64)> {
        let at = |local: civil::DateTime| Some(local.to_zoned(zone.clone()).ok()?.timestamp().as_second());
        let second = match self {
            Self::Entry(_) => return None,
            Self::Instant(instant) => {
                let last = instant.as_second() - i64::from(instant.subsec_nanosecond() < 0);
                return Some((last + i64::from(instant.subsec_nanosecond() != 0), last));
            }
            Self::Day(day) => return Some((at(day.at(0, 0, 0, 0))?, at(day.tomorrow().ok()?.at(0, 0, 0, 0))? - 1)),
            Self::Local(local) => at(local)?,
            Self::Ago(span) => {
                let now = Timestamp::from_second(now).ok()?.to_zoned(zone.clone());
                now.checked_add(span).ok()?.timestamp().as_second()
            }
        };
        Some((second, second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_to_name_a_point_in_the_past() {
        let read = |text| format!("{:?}", PointInTime::parse(text));
        assert_eq!(read("27"), "Some(Entry(27))");
        assert_eq!(read(" 2026-11-20 "), "Some(Day(2026-11-20))");
        assert_eq!(read("2026-11-20T10:00:00+01:00"), "Some(Instant(2026-11-20T09:00:00Z))");
        assert_eq!(read("2026-11-20 10:00"), "Some(Local(2026-11-20T10:00:00))");
        assert_eq!(read("2 days ago"), "Some(Ago(2d ago))");
        assert_eq!(read("1 week 2 hours ago"), "Some(Ago(1w 2h ago))");
    }

    #[test]
    fn what_is_no_such_point() {
        for text in
            ["", "soon", "2 days", "2026-02-30", "20.11.2026", "-1", "1.5", "99999999999999999999", "2026-11-20x"]
        {
            assert!(PointInTime::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_seconds_that_are_meant() {
        let second = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        let (east, now) = (TimeZone::fixed(jiff::tz::offset(9)), second("2026-11-20T10:00:00Z"));
        let span = |text: &str| PointInTime::parse(text).unwrap().seconds(&east, now);
        let moment = |text: &str| Some((second(text), second(text)));
        assert_eq!(span("2026-11-19T08:00:00+02:00"), moment("2026-11-19T06:00:00Z"));
        assert_eq!(span("2026-11-19 08:00Z"), moment("2026-11-19T08:00:00Z"), "as the log prints it");
        assert_eq!(span("2026-11-19 08:00"), moment("2026-11-18T23:00:00Z"));
        assert_eq!(span("1h 30m ago"), moment("2026-11-20T08:30:00Z"));
        assert_eq!(span("-P1D"), span("1 day ago"));
        let half = span("2026-11-19T08:00:00.5Z").unwrap();
        assert_eq!((half.1, half.0), (second("2026-11-19T08:00:00Z"), second("2026-11-19T08:00:01Z")));
        assert_eq!(span("2026-06-01"), Some((second("2026-05-31T15:00:00Z"), second("2026-06-01T14:59:59Z"))));
        assert_eq!(span("27"), None);
    }
}
