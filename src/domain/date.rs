//! Dates as documents write them: `2026-01-23`, `2026-01-23T00:00:00.000Z`, or a date followed by a note.

use jiff::{Timestamp, civil};

/// The calendar date a value starts with, such as `2026-01-29` of `2026-01-29 (note)`.
#[must_use]
pub fn leading_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let bytes = date.as_bytes();
    let shaped = bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    let followed = text[10..].starts_with(|c: char| c.is_ascii_digit());
    let number = |from: usize, to: usize| date[from..to].parse::<i16>().unwrap_or_default();
    let day = |from, to| i8::try_from(number(from, to)).unwrap_or_default();
    let exists = || civil::Date::new(number(0, 4), day(5, 7), day(8, 10)).is_ok();
    (shaped && !followed && exists()).then_some(date)
}

/// The number of days from one date to another, negative if it is earlier; `None` if either is not a date.
#[must_use]
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    let date = |text: &str| leading_date(text)?.parse::<civil::Date>().ok();
    Some(i64::from(date(from)?.until(date(to)?).ok()?.get_days()))
}

/// The value in the form the database sorts by: a date, or an instant in UTC if it has a time of day.
///
/// Midnight UTC is what serialisers write for a plain date, so it counts as the date alone.
#[must_use]
pub fn normalized(text: &str) -> Option<String> {
    let date = leading_date(text)?;
    let rest = &text[10..];
    if rest.is_empty() || matches!(rest, "T00:00:00.000Z" | "T00:00:00Z") || !rest.starts_with(['T', 't', ' ']) {
        return Some(date.to_owned());
    }
    match text.parse::<Timestamp>() {
        Ok(instant) => {
            let instant = Timestamp::from_second(instant.as_second()).unwrap_or(instant).to_string();
            Some(instant.strip_suffix("T00:00:00Z").map_or_else(|| instant.clone(), str::to_owned))
        }
        Err(_) => Some(date.to_owned()),
    }
}

/// Whether the whole value is a date or a date-time, with nothing after it.
#[must_use]
pub fn is_exact(text: &str) -> bool {
    leading_date(text).is_some()
        && (text.len() == 10 || text.parse::<Timestamp>().is_ok() || text.parse::<civil::DateTime>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_real_trees() {
        assert_eq!(leading_date("2026-01-29 (note)"), Some("2026-01-29"));
        assert_eq!(leading_date("2026-02-30"), None);
        assert_eq!(leading_date("2026-01-290"), None);
        assert_eq!(leading_date("soon"), None);
        assert_eq!(normalized("2026-01-23T00:00:00.000Z").as_deref(), Some("2026-01-23"));
        assert_eq!(normalized("2026-01-23T10:30:00.500+02:00").as_deref(), Some("2026-01-23T08:30:00Z"));
        assert_eq!(normalized("2026-01-29 (note)").as_deref(), Some("2026-01-29"));
        assert_eq!(days_between("2026-02-27", "2026-03-01 (note)"), Some(2));
        assert_eq!(days_between("2026-03-01", "2025-03-01"), Some(-365));
        assert!(is_exact("2026-01-23T10:30:00Z") && !is_exact("2026-01-29 (note)"));
    }
}
