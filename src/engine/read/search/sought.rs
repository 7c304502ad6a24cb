//! Search terms, prepared for comparison with the words of a text.

use std::collections::HashMap;

use super::tokens::{Tokens, folded};
use crate::domain::search::{Term, Words};

/// The search terms, by the first word of each.
#[derive(Debug, Default)]
pub(super) struct Sought {
    /// Word prefixes, sorted; none is a prefix of another.
    beginnings: Vec<String>,
    phrases: HashMap<String, Vec<Phrase>>,
}

/// The words of a phrase after the first.
#[derive(Debug)]
struct Phrase {
    others: Vec<String>,
    /// Whether the last word is a prefix.
    is_open: bool,
}

/// A search term found at a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Found<'s> {
    /// Its first word.
    pub(super) first: &'s str,
    /// The number of words it spans.
    pub(super) words: usize,
}

impl Sought {
    pub(super) fn of(words: &Words) -> Self {
        let mut sought = Self::default();
        for Term { text, is_phrase } in &words.wanted {
            let mut parts = Tokens::of(text).map(|(from, to)| folded(&text[from..to]));
            let Some(first) = parts.next() else { continue };
            let others: Vec<String> = parts.collect();
            if others.is_empty() && !is_phrase {
                sought.beginnings.push(first);
            } else {
                sought.phrases.entry(first).or_default().push(Phrase { others, is_open: !is_phrase });
            }
        }
        sought.beginnings.sort();
        sought.beginnings.dedup_by(|next, first| next.starts_with(first.as_str()));
        sought
    }

    /// The longest match that begins with this word; `rest` yields the words after it.
    pub(super) fn at(&self, text: &str, (from, to): (usize, usize), rest: &Tokens<'_>) -> Option<Found<'_>> {
        let word = folded(&text[from..to]);
        // Of the prefixes sorted before the word, only the last can match, because none is a prefix of another.
        let before = self.beginnings.partition_point(|beginning| *beginning <= word);
        let single = before.checked_sub(1).map(|last| self.beginnings[last].as_str());
        let single = single.filter(|beginning| word.starts_with(beginning)).map(|first| Found { first, words: 1 });
        let longer = self.phrases.get_key_value(&word).into_iter().flat_map(|(first, phrases)| {
            let found = phrases.iter().filter(|phrase| phrase.follows(text, rest.clone()));
            found.map(|phrase| Found { first: first.as_str(), words: phrase.others.len() + 1 })
        });
        longer.chain(single).max_by_key(|found| found.words)
    }
}

impl Phrase {
    fn follows(&self, text: &str, mut rest: Tokens<'_>) -> bool {
        self.others.iter().enumerate().all(|(index, other)| {
            let word = rest.next().map(|(from, to)| folded(&text[from..to]));
            let is_open = self.is_open && index + 1 == self.others.len();
            word.is_some_and(|word| if is_open { word.starts_with(other) } else { word == *other })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{doc_path::DocPath, entity::Entity, hash::Sha256, id::Id},
        store::{Database, SearchDocument},
    };

    /// The number of documents the index finds if this is the only one.
    fn found_by_index(text: &str, words: &Words) -> usize {
        let database = Database::in_memory().unwrap();
        let write = database.begin().unwrap();
        let document = SearchDocument {
            path: DocPath::parse("docs/business-os/cards/A-1.user.md").unwrap(),
            entity: Entity::Card(Id::parse("A-1").unwrap()),
            sha256: Sha256::of(text.as_bytes()),
            title: String::new(),
            title_it: None,
            tags: String::new(),
            body_from: 1,
            body_it: None,
        };
        write.put_blob(&document.sha256, text).unwrap();
        write.add_search_document(&document, text).unwrap();
        write.commit().unwrap();
        database.snapshot().unwrap().matches(words).unwrap().len()
    }

    fn is_found(text: &str, words: &Words) -> bool {
        let sought = Sought::of(words);
        let mut tokens = Tokens::of(text);
        std::iter::from_fn(|| tokens.next().map(|token| sought.at(text, token, &tokens).is_some())).any(|found| found)
    }

    proptest! {
        #[test]
        fn what_the_index_finds_is_found_here(
            text in "([aAbeèÈéçñößşøđłΣσςжЖйあが東가1²½Ⅷ_]{1,4}\u{301}?[ .\n-]{1,2}){1,8}",
            term in "[aAbeèÈéçñößşøđłΣσςжЖйあが東가1]{1,2}|\"[abeèé]{1,2} [abeèé]{1,2}\"|[ab]-[eè]",
        ) {
            let words = Words::parse(&term).unwrap();
            prop_assert_eq!(found_by_index(&text, &words) > 0, is_found(&text, &words), "{:?} in {:?}", term, text);
        }
    }

    #[test]
    fn the_longest_is_found_at_each_word() {
        let sought = Sought::of(&Words::parse("ov oven \"two ovens\" two foo-ba \"x\"").unwrap());
        let text = "Two ovens, two oven; FOO/BAR x xx stove";
        let mut tokens = Tokens::of(text);
        let mut found = Vec::new();
        while let Some(token) = tokens.next() {
            found.push(sought.at(text, token, &tokens).map(|found| (found.first, found.words)));
        }
        assert_eq!(
            found,
            [
                Some(("two", 2)),
                Some(("ov", 1)),
                Some(("two", 1)),
                Some(("ov", 1)),
                Some(("foo", 2)),
                None,
                Some(("x", 1)),
                None,
                None
            ]
        );
    }
}
