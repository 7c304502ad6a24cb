//! Boards and lists: reads of the projections, with filters.

use std::collections::BTreeMap;

use super::{
    moment::Moment,
    show::{CardDetail, IdeaDetail, StageDetail},
};
use crate::{
    domain::{
        card::{BoardLine, Card, CardView},
        claim::Claim,
        entity::Entity,
        idea::Idea,
        lang::Lang,
        query::{IdeaQuery, Query},
        stage_doc::StageDoc,
        value::Picked,
    },
    engine::base::{error::EngineError, view::View},
    markdown,
    store::{Scope, StoreError},
};

impl View<'_> {
    /// Visits the cards of a board in board order: those of one business, or P0 and P1 of all. A visit fails with what is
    /// wrong with the row.
    pub fn each_on_board(
        &self,
        query: &Query,
        mut visit: impl FnMut(&CardView<'_>) -> Result<(), String>,
    ) -> Result<(), EngineError> {
        let scope = query.business.as_deref().map_or(Scope::Urgent, Scope::Business);
        let holders = self.holders(query.at)?;
        self.store.each_card(scope, query.archived, query.at, |card| {
            let Some(card) = self.readable(card)?.filter(|card| query.lets_pass(&card.line)) else { return Ok(()) };
            let title = self.translated(query.lang.as_ref(), card.line.id)?;
            let visited = visit(&CardView { line: titled(&card.line, title.as_deref(), &holders), ..card });
            self.readable(visited.map_err(|what| odd(card.line.id, what)))?;
            Ok(())
        })
    }

    /// Like [`View::each_on_board`], but reads only what a board shows.
    pub fn each_line(&self, query: &Query, mut visit: impl FnMut(&BoardLine<'_>)) -> Result<(), EngineError> {
        let scope = query.business.as_deref().map_or(Scope::Urgent, Scope::Business);
        let holders = self.holders(query.at)?;
        self.store.each_line(scope, query.archived, query.at, |line| {
            if let Some(line) = self.readable(line)?.filter(|line| query.lets_pass(line)) {
                let title = self.translated(query.lang.as_ref(), line.id)?;
                visit(&titled(&line, title.as_deref(), &holders));
            }
            Ok(())
        })
    }

    /// The claims that hold now. With `at` there are none: a claim concerns only the present.
    pub(in crate::engine) fn holders(&self, at: Option<u64>) -> Result<BTreeMap<String, Claim>, EngineError> {
        let now = self.core.clock.seconds();
        let mut holders = if at.is_some() { BTreeMap::new() } else { self.claims()? };
        holders.retain(|_, claim| claim.holds_at(now));
        Ok(holders)
    }

    /// Every claim by the ID of its card.
    pub(in crate::engine) fn claims(&self) -> Result<BTreeMap<String, Claim>, EngineError> {
        let mut claims = BTreeMap::new();
        for claim in self.store.claims()? {
            claims.extend(self.readable(claim)?);
        }
        Ok(claims)
    }

    /// The title of a card in the requested language. It is not in the boards' index, so each title requires reading
    /// the whole card.
    pub(in crate::engine) fn translated(&self, lang: Option<&Lang>, id: &str) -> Result<Option<String>, EngineError> {
        Ok(match lang {
            Some(lang) => self.store.card_text(id, &lang.title_key())?,
            None => None,
        })
    }

    /// The cards of a board in board order: those of one business, or P0 and P1 of all.
    pub fn board(&self, query: &Query) -> Result<Vec<Card>, EngineError> {
        self.list(query.business.as_deref().map_or(Scope::Urgent, Scope::Business), query)
    }

    /// Cards as a list: grouped by business, in board order within each.
    pub fn cards(&self, query: &Query) -> Result<Vec<Card>, EngineError> {
        self.list(query.business.as_deref().map_or(Scope::Everything, Scope::Business), query)
    }

    fn list(&self, scope: Scope<'_>, query: &Query) -> Result<Vec<Card>, EngineError> {
        let mut cards = Vec::new();
        let holders = self.holders(query.at)?;
        self.store.each_card(scope, query.archived, query.at, |card| {
            let Some(card) = self.readable(card)?.filter(|card| query.lets_pass(&card.line)) else { return Ok(()) };
            let title = self.translated(query.lang.as_ref(), card.line.id)?;
            let card = CardView { line: titled(&card.line, title.as_deref(), &holders), ..card };
            cards.extend(self.readable(card.to_card().map_err(|what| odd(card.line.id, what)))?);
            Ok::<_, EngineError>(())
        })?;
        Ok(cards)
    }

    /// The ideas, the inbox first.
    pub fn ideas(&self, query: &IdeaQuery) -> Result<Vec<Idea>, EngineError> {
        let mut ideas = Vec::new();
        for idea in self.store.ideas(query.archived, query.at)? {
            ideas.extend(self.readable(idea)?);
        }
        ideas.retain(|idea| query.lets_pass(idea));
        if let Some(lang) = &query.lang {
            for idea in &mut ideas {
                if let Some(title) = self.store.idea_text(&idea.id, &lang.title_key())? {
                    idea.title = title;
                }
            }
        }
        Ok(ideas)
    }

    /// All stage docs, each with its card's title, in the given language if there is one.
    pub fn stage_docs(&self, lang: Option<&Lang>) -> Result<Vec<(StageDoc, Option<String>)>, EngineError> {
        let mut stage_docs = Vec::new();
        for stage_doc in self.store.stage_docs()? {
            stage_docs.extend(self.readable(stage_doc)?);
        }
        for (doc, title) in stage_docs.iter_mut().filter(|_| lang.is_some()) {
            *title = self.translated(lang, doc.card.as_str())?.or(title.take());
        }
        Ok(stage_docs)
    }

    /// The values of the given front matter keys of an entity's primary document, in the same order; with `at`, as of
    /// that moment.
    pub fn picked(
        &self,
        entity: &Entity,
        keys: &[String],
        at: Option<&Moment>,
    ) -> Result<Vec<Option<Picked>>, EngineError> {
        let (fields, typed) = match (entity, at) {
            (_, None) => match self.store.primary_of(entity)? {
                Some(sha) => {
                    let gone = || {
                        let what = "its text is gone or damaged".to_owned();
                        StoreError::Row { table: "business_os_blobs", key: sha.to_string(), what }
                    };
                    let text = self.store.blob(&sha)?.ok_or_else(gone)?;
                    let fields = markdown::parse(&text).map(|document| document.fields).unwrap_or_default();
                    let typed = markdown::typed(&text, &fields);
                    (fields, typed)
                }
                None => Default::default(),
            },
            (Entity::Card(id), at) => {
                let CardDetail { fields, typed, .. } = self.card(id.as_str(), None, at)?;
                (fields, typed)
            }
            (Entity::Idea(id), at) => {
                let IdeaDetail { fields, typed, .. } = self.idea(id.as_str(), at)?;
                (fields, typed)
            }
            (Entity::StageDoc { card, stage }, at) => {
                let StageDetail { fields, typed, .. } = self.stage_doc(card.as_str(), stage.as_str(), at)?;
                (fields, typed)
            }
            (Entity::Comment { .. } | Entity::Note { .. }, _) => Default::default(),
        };
        let picked =
            |key: &String| Some(Picked { value: fields.get(key)?.clone(), typed: typed.get(key.as_str())?.clone() });
        Ok(keys.iter().map(picked).collect())
    }

    /// The code of a business as found by [`View::business`], or with `at` of one that no longer exists.
    pub fn business_then(&self, typed: &str, at: Option<&Moment>) -> Result<String, EngineError> {
        match (self.business(typed), at) {
            (Err(unknown @ EngineError::Unknown { .. }), Some(_)) => {
                let past = self.store.past_businesses()?;
                past.into_iter().find(|code| code.eq_ignore_ascii_case(typed)).ok_or(unknown)
            }
            (found, _) => found,
        }
    }
}

/// A card's row that holds a value which is none.
pub(in crate::engine) fn odd(id: &str, what: String) -> StoreError {
    StoreError::Row { table: "business_os_cards", key: id.to_owned(), what }
}

/// A card's line with the translated title, if there is one, and its claim.
fn titled<'a>(line: &BoardLine<'a>, title: Option<&'a str>, holders: &'a BTreeMap<String, Claim>) -> BoardLine<'a> {
    BoardLine { title: title.unwrap_or(line.title), claim: holders.get(line.id), ..*line }
}
