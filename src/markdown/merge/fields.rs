//! Merges front matter key by key, as values; works on no bytes.

use std::collections::HashSet;

use crate::domain::{
    date::{leading_date, normalized},
    value::{FieldValue, Fields, is_null},
};
use crate::markdown::{flow_rewrite::render_list, scalar::Quote, touch};

/// Lists that are unordered sets: everything that either side added or removed is applied.
const SETS: [&str; 2] = ["Tags", "Dependencies"];

/// The merged content of the front matter.
#[derive(Debug)]
pub(super) struct MergedFields {
    /// Every key with its value; keys that clash have our value.
    pub(super) values: Fields,
    /// The keys that both sides changed to different values.
    pub(super) contested: Vec<String>,
    /// Those of them that no rule decides.
    pub(super) clashes: Vec<String>,
}

impl MergedFields {
    pub(super) fn of(base: &Fields, ours: &Fields, theirs: &Fields) -> Self {
        let (mut values, mut contested, mut clashes) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for (key, _) in base.iter().chain(ours.iter()).chain(theirs.iter()) {
            if !seen.insert(key) {
                continue;
            }
            let (b, o, t) = (base.get(key), ours.get(key), theirs.get(key));
            let value = if o == t || t == b {
                o.cloned()
            } else if o == b {
                t.cloned()
            } else {
                contested.push(key.to_owned());
                reconcile(key, b, o, t).unwrap_or_else(|| {
                    clashes.push(key.to_owned());
                    o.cloned()
                })
            };
            values.extend(value.map(|value| (key.to_owned(), value)));
        }
        Self { values: Fields::new(values), contested, clashes }
    }

    /// Whether front matter has exactly these keys and values, ignoring their order and the order within sets.
    pub(super) fn are(&self, found: &Fields) -> bool {
        found.len() == self.values.len()
            && self.values.iter().all(|(key, value)| {
                found.get(key).is_some_and(|found| found == value || (is_set(key) && are_same_set(found, value)))
            })
    }
}

/// A value on one line, as a person would write it.
pub(super) fn shown(value: &FieldValue) -> String {
    match value {
        FieldValue::List(items) => render_list(items, Quote::Plain),
        other => other.as_text().unwrap_or_default().to_owned(),
    }
}

fn is_set(key: &str) -> bool {
    SETS.contains(&key)
}

/// The value of a key that both sides changed differently: `None` if no rule decides, `Some(None)` if the key is
/// removed.
fn reconcile(
    key: &str,
    base: Option<&FieldValue>,
    ours: Option<&FieldValue>,
    theirs: Option<&FieldValue>,
) -> Option<Option<FieldValue>> {
    if is_set(key) {
        let items = union(set_items(base)?, &set_items(ours)?, &set_items(theirs)?);
        let is_removed = items.is_empty() && (ours.is_none() || theirs.is_none());
        return Some((!is_removed).then_some(FieldValue::List(items)));
    }
    if touch::KEYS.contains(&key) {
        return later(ours, theirs).map(|value| Some(value.clone()));
    }
    None
}

/// The items of a list, which may be absent; `None` for any other value.
fn set_items(value: Option<&FieldValue>) -> Option<Vec<String>> {
    match value {
        None => Some(Vec::new()),
        Some(FieldValue::List(items)) => Some(items.clone()),
        Some(FieldValue::Source(source)) if is_null(source) => Some(Vec::new()),
        Some(_) => None,
    }
}

/// The items that both kept, in the base's order, then those that either added.
fn union(base: Vec<String>, ours: &[String], theirs: &[String]) -> Vec<String> {
    let [in_base, in_ours, in_theirs] = [&base[..], ours, theirs].map(|items| items.iter().collect::<HashSet<_>>());
    let kept = base.iter().filter(|item| in_ours.contains(item) && in_theirs.contains(item));
    let mut seen = HashSet::new();
    let added = ours.iter().chain(theirs).filter(|item| !in_base.contains(item) && seen.insert(*item));
    kept.chain(added).cloned().collect()
}

/// The value with the later date; `None` if neither begins with one.
fn later<'v>(ours: Option<&'v FieldValue>, theirs: Option<&'v FieldValue>) -> Option<&'v FieldValue> {
    let dated = [ours, theirs].into_iter().flatten().filter_map(|value| {
        let text = value.as_text()?;
        Some(((leading_date(text)?, normalized(text), text), value))
    });
    dated.max_by(|(a, _), (b, _)| a.cmp(b)).map(|(_, value)| value)
}

fn are_same_set(a: &FieldValue, b: &FieldValue) -> bool {
    let (FieldValue::List(a), FieldValue::List(b)) = (a, b) else { return false };
    a.len() == b.len() && a.iter().collect::<HashSet<_>>() == b.iter().collect()
}
