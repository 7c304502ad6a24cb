//! The domain's clock: the system's, or one that stands still for tests and reproducible runs.

use jiff::{Timestamp, tz::TimeZone};

use super::error::EngineError;

/// Tells the time. Calendar dates are local, instants UTC.
#[derive(Debug, Clone)]
pub struct Clock {
    fixed: Option<Timestamp>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands at an RFC 3339 time.
    pub fn fixed(text: &str) -> Result<Self, EngineError> {
        let fixed = text.parse().map_err(|_| EngineError::BadClock { value: text.to_owned() })?;
        Ok(Self { fixed: Some(fixed) })
    }

    /// Unix seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.fixed.unwrap_or_else(Timestamp::now).as_second()
    }

    /// The calendar date and the offset from UTC in minutes, both local, at these Unix seconds.
    #[must_use]
    pub fn local(seconds: i64) -> (String, i32) {
        let instant = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        let zoned = instant.to_zoned(Self::zone());
        (zoned.date().to_string(), zoned.offset().seconds() / 60)
    }

    /// The local time of day: `10:04:12`.
    #[must_use]
    pub fn time_of_day(seconds: i64) -> String {
        let instant = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        instant.to_zoned(Self::zone()).strftime("%H:%M:%S").to_string()
    }

    /// The local time zone. Without `TZ` it is read from its own file: to look it up by name, as jiff does, every zone
    /// there is has to be listed first, which takes longer than a board. Where there is no such file it is UTC, as for C.
    #[must_use]
    pub fn zone() -> TimeZone {
        #[cfg(unix)]
        if std::env::var_os("TZ").is_none() {
            let zone = match std::fs::read("/etc/localtime") {
                Ok(zone) => TimeZone::tzif("Local", &zone).ok(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(TimeZone::UTC),
                Err(_) => None,
            };
            if let Some(zone) = zone {
                return zone;
            }
        }
        TimeZone::system()
    }

    /// The instant as documents write date-times: `2026-01-23T09:30:00.000Z`.
    #[must_use]
    pub fn date_time(seconds: i64) -> String {
        let instant = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
        format!("{instant:.3}")
    }
}
