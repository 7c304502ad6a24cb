//! BOS033: values of date keys begin with a date; due and completion dates contain nothing else.

use super::seen::Seen;
use crate::{
    domain::{
        change::is_date_key,
        date::{is_exact, leading_date},
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        value::FieldValue,
    },
    engine::base::wording::quoted,
};

/// Keys by which cards are sorted and counted, so that text after the date would be lost.
const EXACT: [&str; 2] = ["Due-Date", "Completed-Date"];

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if matches!(seen.located.entity, Entity::Note { .. }) {
        return;
    }
    for (key, value) in seen.reading.fields.iter().filter(|(key, _)| is_date_key(key)) {
        if let Some(message) = fault(key, value) {
            let help = "write it as year-month-day, such as 2026-03-31".to_owned();
            found.push(seen.about(key, Code::BadDate, message, help));
        }
    }
}

fn fault(key: &str, value: &FieldValue) -> Option<String> {
    if matches!(value, FieldValue::List(_)) {
        return Some(format!("`{key}` is a list where a date is expected"));
    }
    let text = value.as_text().map(str::trim).filter(|text| !text.is_empty())?;
    if leading_date(text).is_none() {
        return Some(format!("{} in `{key}` is not a calendar date", quoted(text)));
    }
    (EXACT.contains(&key) && !is_exact(text)).then(|| format!("{} in `{key}` is more than a date", quoted(text)))
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn a_date_is_year_month_day() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nCreated: 03/31/2026\nUpdated: soon\nDue-Date: 2026-02-30\nReview-Date: [2026-01-01]\n---\n"), @"
        BOS033 cards/A-1.user.md:2:10: `03/31/2026` in `Created` is not a calendar date
            write it as year-month-day, such as 2026-03-31
        BOS033 cards/A-1.user.md:3:10: `soon` in `Updated` is not a calendar date
            write it as year-month-day, such as 2026-03-31
        BOS033 cards/A-1.user.md:4:11: `2026-02-30` in `Due-Date` is not a calendar date
            write it as year-month-day, such as 2026-03-31
        BOS033 cards/A-1.user.md:5:14: `Review-Date` is a list where a date is expected
            write it as year-month-day, such as 2026-03-31
        ");
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nDue-Date: 2026-03-01 or so\nUpdated: 2026-03-01 (a note)\n---\n"), @"
        BOS033 cards/A-1.user.md:2:11: `2026-03-01 or so` in `Due-Date` is more than a date
            write it as year-month-day, such as 2026-03-31
        ");
    }

    #[test]
    fn every_form_of_real_trees_passes() {
        for date in ["2026-03-01", "'2026-03-01'", "2026-03-01T10:00:00.000Z", "2026-03-01 10:00:00", "~", "\"\"", ""] {
            assert_eq!(
                told("cards/A-1.user.md", &format!("---\nDue-Date: {date}\nCreated: {date}\n---\n")),
                "",
                "{date}"
            );
        }
        assert_eq!(told("cards/A-1/note.md", "---\nBest-Date: soon\n---\n"), "");
    }
}
