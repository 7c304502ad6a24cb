//! The position of a key's value in a text. Computed only when there is a finding to report.

use crate::engine::base::reading::Reading;

/// A line and a column, counted from 1, as far as they are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Spot {
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
}

impl Spot {
    /// The first line, without a column.
    pub(super) const TOP: Self = Self { line: Some(1), column: None };

    /// The start of the value of `key`, or of the key if the value begins on another line.
    pub(super) fn of(reading: &Reading, key: &str) -> Self {
        let line = reading.line_of(key);
        let text = line.and_then(|line| reading.text.split('\n').nth(line.saturating_sub(1) as usize));
        Self { line, column: text.and_then(|text| column(text, key)) }
    }
}

fn column(line: &str, key: &str) -> Option<u32> {
    let start = line.find(key)?;
    let after = line[start + key.len()..].trim_start_matches(['"', '\'']).trim_start();
    let value = after.strip_prefix(':').unwrap_or_default().trim_start();
    let at = if value.is_empty() || value.starts_with('#') { start } else { line.len() - value.len() };
    u32::try_from(line[..at].chars().count() + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_value() {
        for (line, expected) in [
            ("Lane: Someday", 7),
            ("Lane:\tSomeday", 7),
            ("'Lane' :  \"Someday\"", 11),
            ("Lane:", 1),
            ("Lane: # later", 1),
            ("{é: 1, Lane: x}", 14),
        ] {
            assert_eq!(column(line, "Lane"), Some(expected), "{line}");
        }
    }
}
