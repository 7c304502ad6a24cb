//! `bos.search/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    form::{Fields, Form, Item},
    words::Lane,
};
use crate::{
    domain::{entity::Entity, page::Cursor, value::Picked},
    engine::{self, SearchReport},
};

/// A document that a search found.
#[derive(Debug, Serialize, JsonSchema)]
struct Hit<'a> {
    entity: &'static str,
    id: String,
    /// The card it belongs to; null for an idea.
    card: Option<&'a str>,
    /// Null for an idea that has no ID and names no business.
    business: Option<&'a str>,
    lane: Option<Lane>,
    archived: bool,
    title: &'a str,
    path: &'a str,
    audience: Option<&'a str>,
    sha256: &'a str,
    /// An excerpt around the matches.
    snippet: &'a str,
    /// The start and end of each match in it, in characters; ends are exclusive.
    marks: &'a [(usize, usize)],
    /// The relevance; higher is better.
    score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

/// A hit in brief.
#[derive(Debug, Serialize, JsonSchema)]
struct BriefHit<'a> {
    entity: &'static str,
    id: String,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

/// `bos.search/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Search<'a> {
    /// The number of hits without `--limit`.
    total: usize,
    hits: Vec<Item<Hit<'a>, BriefHit<'a>>>,
    /// The value of `--after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> Search<'a> {
    /// Builds the document; `picked` has the values of the form's keys for each hit.
    pub(crate) fn new(report: &'a SearchReport, form: Form<'_>, picked: &[Vec<Option<Picked>>]) -> Self {
        let item = |(hit, picked): (&'a engine::Hit, &Vec<Option<Picked>>)| {
            let Hit { entity, id, title, fields, .. } = match self::hit(hit, form.fields(picked)) {
                brief if form.brief => brief,
                full => return Item::Full(full),
            };
            Item::Brief(BriefHit { entity, id, title, fields })
        };
        let hits = report.hits.iter().zip(picked).map(item).collect();
        Self { total: report.total, hits, next: report.next.as_ref().map(Cursor::to_text) }
    }
}

fn hit<'a>(hit: &'a engine::Hit, fields: Option<Fields>) -> Hit<'a> {
    Hit {
        entity: hit.entity.kind(),
        id: hit.entity.id(),
        card: match &hit.entity {
            Entity::Idea(_) => None,
            entity => Some(entity.owner().as_str()),
        },
        business: Some(hit.business.as_str()).filter(|business| !business.is_empty()),
        lane: hit.lane.map(Lane),
        archived: hit.archived,
        title: &hit.title,
        path: hit.path.as_str(),
        audience: hit.audience.map(|audience| audience.as_str()),
        sha256: hit.sha256.as_str(),
        snippet: &hit.snippet.text,
        marks: &hit.snippet.marks,
        // Four decimals are precise enough.
        score: (hit.score * 10_000.0).round() / 10_000.0,
        fields,
    }
}
