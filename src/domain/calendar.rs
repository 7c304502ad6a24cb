//! The local days and ISO weeks up to now, and which of them a time falls in. The time zone is passed in.

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Weekday},
    tz::TimeZone,
};

use super::date::leading_date;

/// The days and weeks that figures cover; the last ones contain now.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    now: i64,
    /// Each day with the first second after it; today ends one second after now.
    days: Vec<(Date, i64)>,
    mondays: Vec<Date>,
}

impl Calendar {
    /// The last `weeks` ISO weeks, including the current one, but no day before the one that contains `began`. Both
    /// times are in Unix seconds.
    #[must_use]
    pub fn new(zone: TimeZone, began: i64, now: i64, weeks: usize) -> Self {
        let mut calendar = Self { zone, now, days: Vec::new(), mondays: Vec::new() };
        let (began, today) = (calendar.date_of(began.min(now)), calendar.date_of(now));
        let back = i64::try_from(weeks.saturating_sub(1)).unwrap_or(i64::MAX);
        let earliest = 7_i64.checked_mul(back).and_then(|days| monday(today).checked_sub(days.days()).ok());
        let first = earliest.map_or(began, |earliest| earliest.max(began));
        let mut day = first;
        while day < today {
            let Ok(next) = day.tomorrow() else { break };
            calendar.days.push((day, calendar.start_of_day(next)));
            day = next;
        }
        calendar.days.push((today, now + 1));
        let mut monday = monday(first);
        while monday <= today {
            calendar.mondays.push(monday);
            let Ok(next) = monday.checked_add(7.days()) else { break };
            monday = next;
        }
        calendar
    }

    /// The end of the calendar, in Unix seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The days, oldest first; always contains today.
    pub fn days(&self) -> impl ExactSizeIterator<Item = Date> {
        self.days.iter().map(|(date, _)| *date)
    }

    /// The Monday of each week, oldest first.
    #[must_use]
    pub fn mondays(&self) -> &[Date] {
        &self.mondays
    }

    /// How many of the days had ended at this time, which is the index of the day that contains it.
    #[must_use]
    pub fn day_of(&self, at: i64) -> usize {
        self.days.partition_point(|(_, end)| *end <= at)
    }

    /// The index of the week that contains this time; `None` before the first day.
    #[must_use]
    pub fn week_of(&self, at: i64) -> Option<usize> {
        let date = self.date_of(at);
        let first = self.days.first().map(|(first, _)| *first)?;
        if date < first {
            return None;
        }
        self.mondays.partition_point(|monday| *monday <= date).checked_sub(1)
    }

    /// The local date of a time.
    #[must_use]
    pub fn date_of(&self, at: i64) -> Date {
        let instant = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(instant).date()
    }

    /// The Unix seconds of a date or an instant, as documents write them; a date counts from the start of that local
    /// day.
    #[must_use]
    pub fn instant_of(&self, text: &str) -> Option<i64> {
        if let Ok(instant) = text.parse::<Timestamp>() {
            return Some(instant.as_second());
        }
        leading_date(text)?.parse().ok().map(|date| self.start_of_day(date))
    }

    fn start_of_day(&self, date: Date) -> i64 {
        // In a zone that skips this midnight, the day begins at the first time that exists.
        match date.to_zoned(self.zone.clone()) {
            Ok(start) => start.timestamp().as_second(),
            Err(_) => i64::MAX,
        }
    }
}

/// The name of the ISO week that contains a date: `2026-W47`.
#[must_use]
pub fn week_name(date: Date) -> String {
    let week = date.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

fn monday(date: Date) -> Date {
    let since = i64::from(date.weekday().since(Weekday::Monday));
    date.checked_sub(since.days()).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    fn shown(dates: impl IntoIterator<Item = Date>) -> String {
        dates.into_iter().map(|date| date.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn weeks_begin_on_monday_and_days_where_the_log_does() {
        let began = seconds("2026-11-11T12:00:00Z");
        let calendar = Calendar::new(TimeZone::UTC, began, seconds("2026-11-17T08:00:00Z"), 12);
        assert_eq!(shown(calendar.mondays().iter().copied()), "11-09 11-16");
        assert_eq!(shown(calendar.days()), "11-11 11-12 11-13 11-14 11-15 11-16 11-17");
        assert_eq!(calendar.week_of(began), Some(0));
        assert_eq!(calendar.week_of(seconds("2026-11-16T00:00:00Z")), Some(1));
        assert_eq!(calendar.week_of(seconds("2026-11-10T23:59:59Z")), None);
        assert_eq!((calendar.day_of(began), calendar.day_of(seconds("2026-11-12T00:00:00Z"))), (0, 1));
        assert_eq!(calendar.day_of(seconds("2026-11-17T08:00:00Z")), 6);
        assert_eq!(calendar.day_of(seconds("2026-11-17T08:00:01Z")), 7);
    }

    #[test]
    fn only_so_many_weeks_are_told() {
        let calendar = Calendar::new(TimeZone::UTC, 0, seconds("2026-11-17T08:00:00Z"), 2);
        assert_eq!(shown(calendar.mondays().iter().copied()), "11-09 11-16");
        assert_eq!(calendar.days().len(), 9);
        let one = Calendar::new(TimeZone::UTC, i64::MAX, seconds("2026-11-17T08:00:00Z"), 1);
        assert_eq!(shown(one.days()), "11-17");
    }

    #[test]
    fn days_are_local() {
        // UTC+2 until the clocks go back on 25 October, which makes that day an hour longer.
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let calendar = Calendar::new(zone, seconds("2026-10-24T21:59:59Z"), seconds("2026-10-26T12:00:00Z"), 12);
        assert_eq!(shown(calendar.days()), "10-24 10-25 10-26");
        assert_eq!(calendar.day_of(seconds("2026-10-24T21:59:59Z")), 0);
        assert_eq!(calendar.day_of(seconds("2026-10-24T22:00:00Z")), 1);
        assert_eq!(calendar.day_of(seconds("2026-10-25T22:59:59Z")), 1);
        assert_eq!(calendar.day_of(seconds("2026-10-25T23:00:00Z")), 2);
        assert_eq!(calendar.instant_of("2026-10-25"), Some(seconds("2026-10-24T22:00:00Z")));
        assert_eq!(calendar.instant_of("2026-10-25T10:00:00Z"), Some(seconds("2026-10-25T10:00:00Z")));
        assert_eq!(calendar.instant_of("soon"), None);
    }

    #[test]
    fn the_last_days_of_a_year_may_belong_to_the_next_ones_first_week() {
        assert_eq!(week_name("2026-11-20".parse().unwrap()), "2026-W47");
        assert_eq!(week_name("2026-12-31".parse().unwrap()), "2026-W53");
        assert_eq!(week_name("2024-12-30".parse().unwrap()), "2025-W01");
    }
}
