//! Pages of a list: an order, and a cursor after which the next page begins. A cursor holds the sort key of its item,
//! so the next page is right even if that item has changed or disappeared since.

use std::{cmp::Ordering, fmt::Write as _};

/// One component of a sort key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Ascending.
    Up(String),
    /// Descending.
    Down(String),
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Up(text) | Self::Down(text) => text,
        }
    }

    fn compare(&self, other: &str) -> Ordering {
        match self {
            Self::Up(text) => text.as_str().cmp(other),
            Self::Down(text) => other.cmp(text),
        }
    }
}

/// The end of a page in some order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    order: String,
    keys: Vec<String>,
}

impl Cursor {
    /// Parses the output of [`Cursor::to_text`]; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
        let bytes = (0..text.len()).step_by(2).map(pair).collect::<Option<Vec<u8>>>()?;
        let mut keys: Vec<String> = serde_json::from_slice(&bytes).ok()?;
        let order = if keys.is_empty() { return None } else { keys.remove(0) };
        Some(Self { order, keys })
    }

    /// The cursor as a single word of letters and digits.
    #[must_use]
    pub fn to_text(&self) -> String {
        let all: Vec<&String> = std::iter::once(&self.order).chain(&self.keys).collect();
        let bytes = serde_json::to_vec(&all).unwrap_or_default();
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The cursor at an item with this sort key.
    #[must_use]
    pub fn at(order: &str, position: &[Part]) -> Self {
        Self { order: order.to_owned(), keys: position.iter().map(|part| part.text().to_owned()).collect() }
    }

    /// The name of its order.
    #[must_use]
    pub fn order(&self) -> &str {
        &self.order
    }

    /// The components of the sort key, most significant first.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    fn is_before(&self, position: &[Part]) -> bool {
        let parts = position.iter().zip(&self.keys).map(|(part, key)| part.compare(key));
        parts.fold(Ordering::Equal, Ordering::then) == Ordering::Greater
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items on it.
    pub items: Vec<T>,
    /// The number of items on all pages.
    pub total: usize,
    /// The number of items on later pages.
    pub more: usize,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Cursor>,
}

/// One page of a list: `position` gives an item's sort key, which ends with an ID so that no two are equal.
pub fn page<T>(
    mut items: Vec<T>,
    order: &str,
    position: impl Fn(&T) -> Vec<Part>,
    after: Option<&Cursor>,
    limit: Option<usize>,
) -> Page<T> {
    items.sort_by_cached_key(|item| Sorted(position(item)));
    page_of_sorted(items, order, position, after, limit)
}

/// Sorts as much of a list as [`page_of_sorted`] needs: for a first page, only its beginning.
pub fn sort_for_page<T>(
    items: &mut [T],
    compare: impl Fn(&T, &T) -> Ordering,
    after: Option<&Cursor>,
    limit: Option<usize>,
) {
    let shown = match limit.filter(|limit| after.is_none() && *limit < items.len()) {
        Some(limit) => items.select_nth_unstable_by(limit, &compare).0,
        None => items,
    };
    shown.sort_unstable_by(compare);
}

/// One page of a list that is already sorted; computes the sort keys of only a few items.
pub fn page_of_sorted<T>(
    mut items: Vec<T>,
    order: &str,
    position: impl Fn(&T) -> Vec<Part>,
    after: Option<&Cursor>,
    limit: Option<usize>,
) -> Page<T> {
    let total = items.len();
    if let Some(cursor) = after {
        let before = items.partition_point(|item| !cursor.is_before(&position(item)));
        items.drain(..before);
    }
    let (mut next, mut more) = (None, 0);
    if let Some(limit) = limit.filter(|limit| *limit < items.len()) {
        more = items.len() - limit;
        items.truncate(limit);
        next = items.last().map(|last| Cursor::at(order, &position(last)));
    }
    Page { items, total, more, next }
}

#[derive(PartialEq, Eq)]
struct Sorted(Vec<Part>);

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> Ordering {
        let parts = self.0.iter().zip(&other.0).map(|(part, other)| part.compare(other.text()));
        parts.fold(Ordering::Equal, Ordering::then)
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position((day, id): &(u32, &'static str)) -> Vec<Part> {
        vec![Part::Down(format!("{day:04}")), Part::Up((*id).to_owned())]
    }

    #[test]
    fn a_first_page_is_the_same_of_a_list_that_is_sorted_no_further() {
        let items: Vec<(u32, &str)> = (0..50).map(|number| (number * 37 % 50, "a")).collect();
        for limit in [None, Some(0), Some(1), Some(7), Some(49), Some(50), Some(80)] {
            let whole = page(items.clone(), "day", position, None, limit);
            let mut part = items.clone();
            sort_for_page(&mut part, |one, other| other.0.cmp(&one.0), None, limit);
            assert_eq!(page_of_sorted(part.clone(), "day", position, None, limit), whole, "{limit:?}");
            let after = Some(Cursor::at("day", &position(&(20, "a"))));
            sort_for_page(&mut part, |one, other| other.0.cmp(&one.0), after.as_ref(), limit);
            let rest = page(items.clone(), "day", position, after.as_ref(), limit);
            assert_eq!(page_of_sorted(part, "day", position, after.as_ref(), limit), rest, "{limit:?}");
        }
    }

    #[test]
    fn pages_put_together_are_the_list() {
        let items = vec![(2, "c"), (9, "a"), (2, "b"), (5, "é\""), (1, "z")];
        let all = page(items.clone(), "day", position, None, None);
        assert_eq!(all.items, [(9, "a"), (5, "é\""), (2, "b"), (2, "c"), (1, "z")]);
        assert_eq!((all.total, all.next), (5, None));
        for size in 1..6 {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let one = page(items.clone(), "day", position, after.as_ref(), Some(size));
                assert_eq!(one.total, 5);
                found.extend(one.items);
                let Some(next) = one.next else { break };
                assert_eq!(Cursor::parse(&next.to_text()), Some(next.clone()));
                after = Some(next);
            }
            assert_eq!(found, all.items, "{size}");
        }
    }

    #[test]
    fn a_page_is_right_where_its_cursor_has_gone() {
        let items = vec![(3, "a"), (2, "b"), (1, "c")];
        let first = page(items, "day", position, None, Some(2)).next;
        let rest = page(vec![(3, "a"), (1, "c"), (1, "b")], "day", position, first.as_ref(), None);
        assert_eq!(rest.items, [(1, "b"), (1, "c")]);
        for bad in ["", "7", "zz", "5b5d", "{}", "é"] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
