//! A point in the past as a person names it: an entry of the log, a time, a day, or how long ago.

use jiff::{Span, Timestamp, civil};

use super::date::leading_date;

/// What `--at` says.
#[derive(Debug, Clone, Copy)]
pub enum PointInTime {
    /// The entry with this number; 0 is before the first.
    Entry(u64),
    /// An instant.
    Instant(Timestamp),
    /// A local date and time of day.
    Local(civil::DateTime),
    /// The end of a local day.
    Day(civil::Date),
    /// So long before now.
    Ago(Span),
}

impl PointInTime {
    /// Reads `27`, `2026-11-20`, `2026-11-20T10:00:00Z`, `2026-11-20 10:00` or `2 days ago`.
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
}
