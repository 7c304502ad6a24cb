//! A duration as people write it: `30m`, `8h`, `2d`.

use jiff::{Span, SpanRelativeTo};

/// A duration of at least one second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    text: String,
    seconds: i64,
}

impl Duration {
    /// Parses a duration; a day has 24 hours. `None` if it is not one, or shorter than a second.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let span: Span = text.parse().ok()?;
        let seconds = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?.as_secs();
        (seconds > 0).then(|| Self { text: text.to_owned(), seconds })
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_hours_and_days() {
        let seconds = |text| Duration::parse(text).map(|duration| duration.seconds());
        assert_eq!([seconds("90m"), seconds("8h"), seconds("2d")], [Some(5400), Some(28_800), Some(172_800)]);
        assert_eq!([seconds(""), seconds("0h"), seconds("-1h"), seconds("soon")], [None; 4]);
    }
}
