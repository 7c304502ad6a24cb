//! Finds the items that stay when a list changes, so that their bytes can stay too.

use std::collections::{HashMap, VecDeque};

/// The items that an old and a new list share, in order.
pub(super) struct Kept {
    /// For each old item, whether it stays.
    pub(super) is_old_kept: Vec<bool>,
    /// For each new item, the index of the old one it corresponds to.
    pub(super) old_of_new: Vec<Option<usize>>,
}

impl Kept {
    /// The longest common prefix and suffix, and between them whatever occurs in the same order; in linear time.
    pub(super) fn between(old: &[String], new: &[String]) -> Self {
        let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
        let mut places: HashMap<&str, VecDeque<usize>> = HashMap::new();
        for (index, item) in old.iter().enumerate().take(old.len() - tail).skip(head) {
            places.entry(item).or_default().push_back(index);
        }
        let mut next = head;
        let mut find_between = |item: &String| {
            let places = places.get_mut(item.as_str())?;
            while places.front().is_some_and(|place| *place < next) {
                places.pop_front();
            }
            let found = places.pop_front()?;
            next = found + 1;
            Some(found)
        };
        let old_of_new: Vec<_> = new
            .iter()
            .enumerate()
            .map(|(index, item)| match index {
                _ if index < head => Some(index),
                _ if index >= new.len() - tail => Some(index + old.len() - new.len()),
                _ => find_between(item),
            })
            .collect();
        let mut is_old_kept = vec![false; old.len()];
        for index in old_of_new.iter().flatten() {
            is_old_kept[*index] = true;
        }
        Self { is_old_kept, old_of_new }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_items_are_found_in_order() {
        let kept = |old: &str, new: &str| {
            let list = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
            Kept::between(&list(old), &list(new)).old_of_new
        };
        assert_eq!(kept("abc", "ac"), [Some(0), Some(2)]);
        assert_eq!(kept("abcde", "axcye"), [Some(0), None, Some(2), None, Some(4)]);
        assert_eq!(kept("aab", "ab"), [Some(0), Some(2)]);
        assert_eq!(kept("ab", "ba"), [Some(1), None]);
        assert_eq!(kept("", "a"), [None]);
    }
}
