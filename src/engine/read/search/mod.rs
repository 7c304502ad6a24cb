//! Full-text search: finds the documents that contain some words, best matches first.

mod index;
mod snippet;
mod sought;
mod tokens;

use std::collections::{BTreeMap, HashSet};

pub(in crate::engine) use index::searched;
pub use snippet::Snippet;

use sought::Sought;

use crate::{
    domain::{
        audience::Audience,
        doc_path::DocPath,
        entity::Entity,
        hash::Sha256,
        id::Id,
        lane::Lane,
        lang::Lang,
        page::{Cursor, Page, Part, page_of_sorted},
        search::Words,
    },
    engine::base::{
        error::EngineError,
        projection::stored,
        session::Session,
        view::{LeftOut, View},
    },
    markdown::locate::{Place, locate},
    store::{Match, SearchDocument},
};

/// The order of hits: best first.
pub const BEST: &str = "best";

/// What to search for, and where.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The words.
    pub words: Words,
    /// Only this business; `None` for all.
    pub business: Option<String>,
    /// Only documents of this kind of entity, a word of [`Entity::KINDS`].
    pub kind: Option<&'static str>,
    /// Only documents of cards in these lanes.
    pub lanes: Vec<Lane>,
    /// Documents of archived cards and ideas instead of the others.
    pub archived: bool,
    /// At most this many, the best.
    pub limit: Option<usize>,
    /// Only hits after this cursor.
    pub after: Option<Cursor>,
    /// The preferred language of titles.
    pub lang: Option<Lang>,
}

/// A document that matches a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entity it belongs to.
    pub entity: Entity,
    /// The business of the card or idea.
    pub business: String,
    /// The lane of the card; `None` for an unknown one, and for ideas.
    pub lane: Option<Lane>,
    /// Whether the card or idea is archived.
    pub archived: bool,
    /// The title of the card or idea.
    pub title: String,
    /// The path of the document.
    pub path: DocPath,
    /// Its audience; `None` for comments and notes.
    pub audience: Option<Audience>,
    /// The hash of its text.
    pub sha256: Sha256,
    /// An excerpt with the matches.
    pub snippet: Snippet,
    /// How well it matches; higher is better.
    pub score: f64,
}

/// The result of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchReport {
    /// The number of matching documents without the limit.
    pub total: usize,
    /// The hits of the page, best first.
    pub hits: Vec<Hit>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Cursor>,
    /// What is not searched, because it is damaged.
    pub left_out: Vec<LeftOut>,
}

/// What a hit shows of the card or idea it belongs to.
#[derive(Debug, Clone)]
struct Owner {
    business: String,
    lane: Option<Lane>,
    archived: bool,
    title: String,
}

/// The documents to consider, by their numbers in the index.
enum Scope {
    Only(HashSet<i64>),
    AllBut(HashSet<i64>),
}

impl Session {
    /// Searches titles, tags and bodies of all documents. The first search fills the index.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchReport, EngineError> {
        let view = self.indexed()?;
        let report = view.search_index(request)?;
        Ok(SearchReport { left_out: view.left_out(), ..report })
    }
}

impl View<'_> {
    fn search_index(&self, request: &SearchRequest) -> Result<SearchReport, EngineError> {
        let mut matches = self.store.matches(&request.words)?;
        if !matches.is_empty() {
            let scope = self.scope(request)?;
            matches.retain(|found| match &scope {
                Scope::Only(numbers) => numbers.contains(&found.number),
                Scope::AllBut(numbers) => !numbers.contains(&found.number),
            });
        }
        matches.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.number.cmp(&b.number)));
        let Page { items: matches, total, next, .. } =
            page_of_sorted(matches, BEST, position, request.after.as_ref(), request.limit);
        let sought = Sought::of(&request.words);
        let mut owners = BTreeMap::new();
        let mut hits = Vec::with_capacity(matches.len());
        for Match { number, score } in matches {
            let Some(document) = self.store.search_document(number)? else { continue };
            let texts = self.store.search_texts(number)?;
            let snippet = Snippet::of(texts.iter().map(String::as_str), &sought);
            hits.push(self.hit(document, snippet, score, request.lang.as_ref(), &mut owners)?);
        }
        Ok(SearchReport { total, hits, next, left_out: Vec::new() })
    }

    fn scope(&self, request: &SearchRequest) -> Result<Scope, EngineError> {
        let business = request.business.as_deref();
        let others = match request.kind {
            Some(kind) => self.store.matches_of_other_kinds(kind)?,
            None => Vec::new(),
        };
        if business.is_none() && request.lanes.is_empty() && !request.archived {
            let mut unwanted: HashSet<i64> = self.store.archived_matches()?.into_iter().collect();
            unwanted.extend(others);
            return Ok(Scope::AllBut(unwanted));
        }
        let is_asked_for = |lane: Option<&str>| {
            request.lanes.is_empty() || lane.and_then(Lane::parse).is_some_and(|lane| request.lanes.contains(&lane))
        };
        let found = self.store.matches_in(business, request.archived)?.into_iter();
        let found = found.filter(|(_, lane)| is_asked_for(lane.as_deref())).map(|(number, _)| number);
        let mut wanted: HashSet<i64> = found.collect();
        if let (Some(business), true, false) = (business, request.lanes.is_empty(), request.archived) {
            wanted.extend(self.store.matches_without_owner(business)?);
        }
        others.iter().for_each(|number| _ = wanted.remove(number));
        Ok(Scope::Only(wanted))
    }

    fn hit(
        &self,
        document: SearchDocument,
        snippet: Snippet,
        score: f64,
        lang: Option<&Lang>,
        owners: &mut BTreeMap<Id, Owner>,
    ) -> Result<Hit, EngineError> {
        let SearchDocument { path, entity, sha256, title, .. } = document;
        let id = entity.owner();
        if !owners.contains_key(id) {
            owners.insert(id.clone(), self.owner(id, lang)?);
        }
        let Owner { business, lane, archived, title: owned } = owners[id].clone();
        let title = match entity {
            Entity::Card(_) | Entity::Idea(_) => self.own_title(&path, &sha256, lang)?.unwrap_or(title),
            Entity::StageDoc { .. } | Entity::Comment { .. } | Entity::Note { .. } => String::new(),
        };
        let title = if title.is_empty() { owned } else { title };
        let audience = match locate(&path) {
            Place::Document(located) => located.audience,
            Place::Unknown | Place::Foreign => None,
        };
        Ok(Hit { entity, business, lane, archived, title, path, audience, sha256, snippet, score })
    }

    /// A document's title in the requested language.
    fn own_title(&self, path: &DocPath, sha: &Sha256, lang: Option<&Lang>) -> Result<Option<String>, EngineError> {
        let Some(lang) = lang else { return Ok(None) };
        let reading = stored(&self.store, path, sha)?;
        Ok(reading.and_then(|reading| lang.title(&reading.fields).map(str::to_owned)))
    }

    fn owner(&self, id: &Id, lang: Option<&Lang>) -> Result<Owner, EngineError> {
        if let Some(card) = self.store.card(id)? {
            let title = self.translated(lang, id.as_str())?.unwrap_or(card.title);
            return Ok(Owner { business: card.business, lane: card.lane.known(), archived: card.archived, title });
        }
        if let Some(idea) = self.store.idea(id)? {
            return Ok(Owner { business: idea.business, lane: None, archived: idea.archived, title: idea.title });
        }
        // Attachments remain searchable even if their card cannot be read.
        Ok(Owner { business: id.business().to_owned(), lane: None, archived: false, title: id.to_string() })
    }
}

/// The sort key of a hit.
fn position(found: &Match) -> Vec<Part> {
    let bits = found.score.to_bits();
    // As text that sorts like the numbers.
    let rank = if found.score.is_sign_negative() { !bits } else { bits | 1 << 63 };
    vec![Part::Down(format!("{rank:016x}")), Part::Up(format!("{:020}", found.number))]
}
