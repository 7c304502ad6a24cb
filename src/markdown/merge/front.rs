//! The bytes of merged front matter: both sides' own if possible, otherwise one side's with the other's values.

use std::collections::HashSet;

use super::fields::MergedFields;
use super::lines::{self, MARKER_SIZE, Neighbours};
use crate::domain::value::{FieldValue, Fields};
use crate::markdown::{edit::Edit, edit::edit, parse::parse};

/// The maximum number of keys to set one by one, since each costs a pass over the whole text.
const MAX_EDITS: usize = 200;

/// The merged front matter.
#[derive(Debug)]
pub(super) struct Front {
    /// From the opening to the closing line; empty for none.
    pub(super) text: String,
    /// Keys whose value could not be set; they have our value.
    pub(super) refused: Vec<String>,
}

/// Merges the front matter of base, ours and theirs to the given values; `None` if a comment would be lost, or if more
/// keys differ than a person would write.
pub(super) fn merge(fronts: [&str; 3], found: [&Fields; 3], fields: &MergedFields) -> Option<Front> {
    let by_lines = |fronts: [&str; 3]| {
        let merged = lines::merge(fronts, Neighbours::Apart, MARKER_SIZE);
        let is_right = || parse(&merged.text).is_ok_and(|read| read.body().is_empty() && fields.are(&read.fields));
        (merged.clashes.is_empty() && is_right()).then_some(merged.text)
    };
    let clean = by_lines(fronts).or_else(|| by_lines(settled(fronts, found, fields)?.each_ref().map(String::as_str)));
    if let Some(text) = clean {
        return Some(Front { text, refused: Vec::new() });
    }
    let [base, ours, theirs] = fronts;
    let into_ours = Front::bring(fields, ours)?;
    if into_ours.is_complete(base, theirs) {
        return Some(into_ours);
    }
    let into_theirs = Front::bring(fields, theirs)?;
    if into_theirs.is_complete(base, ours) {
        return Some(into_theirs);
    }
    into_ours.keeps_comments(base, theirs).then_some(into_ours)
}

/// All three texts with the merged value set for each key that both sides changed, so that only lines of other keys
/// still differ.
fn settled(fronts: [&str; 3], found: [&Fields; 3], merged: &MergedFields) -> Option<[String; 3]> {
    if merged.contested.len() > MAX_EDITS {
        return None;
    }
    let [base, ours, theirs] = found;
    let mut edits: [Vec<Edit>; 3] = Default::default();
    for key in &merged.contested {
        let value = merged.values.get(key);
        let is_ours = ours.get(key) == value || (theirs.get(key) != value && ours.get(key).is_some());
        let (giver, other) = if is_ours { (1, 2) } else { (2, 1) };
        let is_in_place = base.get(key).is_some() && found[other].get(key).is_some();
        edits[giver].push(to(key, value));
        for unchanged in [0, other] {
            edits[unchanged].push(to(key, value.filter(|_| is_in_place)));
        }
    }
    let [base, ours, theirs] = [0, 1, 2].map(|index| edit(fronts[index], &edits[index]).ok());
    Some([base?, ours?, theirs?])
}

/// The edit that sets a key to this value, or removes it.
fn to(key: &str, value: Option<&FieldValue>) -> Edit {
    match value {
        Some(value) => Edit::Set { key: key.to_owned(), value: value.clone() },
        None => Edit::Unset { key: key.to_owned() },
    }
}

impl Front {
    /// One side's front matter with the merged values; `None` if it cannot be parsed or too many values differ.
    fn bring(fields: &MergedFields, side: &str) -> Option<Self> {
        let read = parse(side).ok()?;
        let edits = missing(fields, &read.fields);
        if edits.len() > MAX_EDITS {
            return None;
        }
        if let Ok(text) = edit(side, &edits) {
            return Some(Self { text, refused: Vec::new() });
        }
        let mut front = Self { text: side.to_owned(), refused: Vec::new() };
        for change in edits {
            match edit(&front.text, std::slice::from_ref(&change)) {
                Ok(text) => front.text = text,
                Err(_) => front.refused.extend(change.key().map(str::to_owned)),
            }
        }
        Some(front)
    }

    fn is_complete(&self, base: &str, other: &str) -> bool {
        self.refused.is_empty() && self.keeps_comments(base, other)
    }

    /// Whether every comment line that the other side added is present.
    fn keeps_comments(&self, base: &str, other: &str) -> bool {
        let known: HashSet<&str> = comments(base).chain(comments(&self.text)).collect();
        comments(other).all(|comment| known.contains(comment))
    }
}

/// The edits that turn these fields into the merged ones.
fn missing(fields: &MergedFields, found: &Fields) -> Vec<Edit> {
    let gone = found.iter().map(|(key, _)| key).filter(|key| fields.values.get(key).is_none());
    let changed = fields.values.iter().filter(|(key, value)| found.get(key) != Some(value)).map(|(key, _)| key);
    gone.chain(changed).map(|key| to(key, fields.values.get(key))).collect()
}

fn comments(front: &str) -> impl Iterator<Item = &str> {
    front.lines().map(str::trim).filter(|line| line.starts_with('#'))
}
