//! Queries of the search index: which documents contain some words, how well they match, and where.

use super::{error::StoreError, row::collect, search_index::TABLE, snapshot::Snapshot};
use crate::domain::search::{Term, Words};

/// A document that matches a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The number of the document in the index.
    pub number: i64,
    /// How well it matches; higher is better.
    pub score: f64,
}

impl Snapshot {
    /// Every document that contains all of these words, ordered by number. A word in a title counts more than one in
    /// the tags, which counts more than one in the body.
    pub fn matches(&self, words: &Words) -> Result<Vec<Match>, StoreError> {
        let sql = "SELECT rowid, -bm25(business_os_search, 8.0, 8.0, 4.0, 1.0, 1.0)
                   FROM business_os_search WHERE business_os_search MATCH ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect(&mut statement, [expression(words)], TABLE, 0, |row| {
            Ok(Match { number: row.get(0)?, score: row.get(1)? })
        })
    }

    /// The searched texts of a document: body, Italian body, title, Italian title and tags, without those it does not
    /// have.
    pub fn search_texts(&self, number: i64) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT body, body_it, title, title_it, tags FROM business_os_search_texts WHERE id = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let texts = collect(&mut statement, [number], TABLE, 0, |row| {
            (0..5).map(|column| row.get::<Option<String>>(column)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(texts.into_iter().flatten().flatten().collect())
    }

    /// The documents of archived cards and ideas, including attachments.
    pub fn archived_matches(&self) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT document.id FROM business_os_cards AS card
                   CROSS JOIN business_os_search_documents AS document ON document.owner_id = card.id
                   WHERE card.archived = 1
                   UNION ALL
                   SELECT document.id FROM business_os_ideas AS idea
                   CROSS JOIN business_os_search_documents AS document ON document.owner_id = idea.id
                   WHERE idea.archived = 1";
        collect(&mut *self.connection.prepare_cached(sql)?, [], TABLE, 0, |row| row.get(0))
    }

    /// The documents of the cards and ideas of one business or of all, either archived or not, each with the lane of
    /// its card as written.
    pub fn matches_in(&self, business: Option<&str>, archived: bool) -> Result<Vec<(i64, Option<String>)>, StoreError> {
        let sql = "SELECT document.id, card.lane FROM business_os_cards AS card
                   CROSS JOIN business_os_search_documents AS document ON document.owner_id = card.id
                   WHERE card.archived = ?1 AND (?2 IS NULL OR card.business = ?2)
                   UNION ALL
                   SELECT document.id, NULL FROM business_os_ideas AS idea
                   CROSS JOIN business_os_search_documents AS document ON document.owner_id = idea.id
                   WHERE idea.archived = ?1 AND (?2 IS NULL OR idea.business = ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        collect(&mut statement, rusqlite::params![archived, business], TABLE, 0, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The documents attached to cards of this business that have no document of their own.
    pub fn matches_without_owner(&self, business: &str) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT document.id FROM business_os_search_documents AS document
                   WHERE document.owner_id >= ?1 || '-' AND document.owner_id < ?1 || '.'
                     AND NOT EXISTS (SELECT 1 FROM business_os_cards AS card WHERE card.id = document.owner_id)
                     AND NOT EXISTS (SELECT 1 FROM business_os_ideas AS idea WHERE idea.id = document.owner_id)";
        collect(&mut *self.connection.prepare_cached(sql)?, [business], TABLE, 0, |row| row.get(0))
    }

    /// The documents of every kind of entity but this one.
    pub fn matches_of_other_kinds(&self, kind: &str) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM business_os_search_documents WHERE owner_id > '' AND entity_type <> ?1";
        collect(&mut *self.connection.prepare_cached(sql)?, [kind], TABLE, 0, |row| row.get(0))
    }
}

/// The words as an FTS5 expression, each a quoted string, so that typed text is never parsed as FTS5 syntax.
fn expression(words: &Words) -> String {
    let all = |terms: &[Term], between: &str| terms.iter().map(string).collect::<Vec<_>>().join(between);
    let wanted = all(&words.wanted, " ");
    if words.unwanted.is_empty() { wanted } else { format!("({wanted}) NOT ({})", all(&words.unwanted, " OR ")) }
}

fn string(term: &Term) -> String {
    let prefix = if term.is_phrase { "" } else { "*" };
    format!("\"{}\"{prefix}", term.text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{doc_path::DocPath, entity::Entity, hash::Sha256, id::Id},
        store::{Database, SearchDocument},
    };

    /// A database that indexes these texts, numbered from 1.
    fn searching(texts: &[String]) -> Snapshot {
        let database = Database::in_memory().unwrap();
        let write = database.begin().unwrap();
        for (index, text) in texts.iter().enumerate() {
            let id = Id::parse(&format!("A-{index}")).unwrap();
            let document = SearchDocument {
                path: DocPath::parse(&format!("docs/business-os/cards/{id}.user.md")).unwrap(),
                entity: Entity::Card(id),
                sha256: Sha256::of(text.as_bytes()),
                title: String::new(),
                title_it: None,
                tags: String::new(),
                body_from: 1,
                body_it: None,
            };
            write.put_blob(&document.sha256, text).unwrap();
            write.add_search_document(&document, text).unwrap();
        }
        write.commit().unwrap();
        database.snapshot().unwrap()
    }

    fn found(store: &Snapshot, typed: &str) -> Option<Vec<i64>> {
        let matches = store.matches(&Words::parse(typed)?).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
        Some(matches.into_iter().map(|found| found.number).collect())
    }

    /// Whether a text matches, by the rules a person would apply.
    fn fits(text: &str, words: &Words) -> bool {
        let text: Vec<&str> = text.split(' ').collect();
        let holds = |term: &Term| {
            let parts: Vec<&str> = term.text.split(' ').collect();
            text.windows(parts.len()).any(|window| {
                let equal = window.iter().zip(&parts).filter(|(word, part)| word == part).count() == parts.len();
                equal || (!term.is_phrase && window[0].starts_with(parts[0]))
            })
        };
        words.wanted.iter().all(holds) && !words.unwanted.iter().any(holds)
    }

    proptest! {
        #[test]
        fn nothing_typed_is_an_error(typed in r#"([a-zè0-9"*^:+(){}.,\\/'-]|AND|OR|NOT|NEAR|title|[\PC]|[\p{Cc}]| ){0,30}"#) {
            let store = searching(&["and the oven, or not near it".to_owned()]);
            if let Some(numbers) = found(&store, &typed) {
                prop_assert!(numbers.iter().all(|number| !store.search_texts(*number).unwrap().is_empty()));
            }
        }

        #[test]
        fn what_fits_is_found(
            texts in prop::collection::vec(prop::collection::vec("[ab]{1,3}", 1..8), 1..6),
            terms in prop::collection::vec((any::<bool>(), any::<bool>(), prop::collection::vec("[ab]{1,3}", 1..3)), 1..4),
        ) {
            let texts: Vec<String> = texts.into_iter().map(|words| words.join(" ")).collect();
            let typed: Vec<String> = terms
                .into_iter()
                .map(|(is_unwanted, is_phrase, words)| {
                    let text = if is_phrase { format!("\"{}\"", words.join(" ")) } else { words[0].clone() };
                    if is_unwanted { format!("-{text}") } else { text }
                })
                .collect();
            let typed = typed.join(" ");
            if let Some(words) = Words::parse(&typed) {
                let expected = (1..).zip(&texts).filter(|(_, text)| fits(text, &words)).map(|(number, _)| number);
                prop_assert_eq!(found(&searching(&texts), &typed).unwrap(), expected.collect::<Vec<i64>>(), "{}", typed);
            }
        }
    }

    #[test]
    fn a_search_may_be_long() {
        let store = searching(&["one oven".to_owned()]);
        let many = |sign: &str| (0..5000).map(|i| format!("{sign}w{i} ")).collect::<String>();
        assert_eq!(found(&store, &many("")), Some(Vec::new()));
        assert_eq!(found(&store, &format!("oven {}", many("-"))), Some(vec![1]));
        assert_eq!(found(&store, &"oven ".repeat(5000)), Some(vec![1]));
        assert_eq!(found(&store, &format!("\"{}\"", many(""))), Some(Vec::new()));
    }
}
