//! `bos.search/1`.

use serde_json::{Value, json};

use super::shape;
use crate::{
    cli::shape::{Picked, Shape},
    domain::{entity::Entity, lane::Lane},
    engine::{Hit, SearchReport},
};

/// `bos.search/1`.
pub(crate) fn search(report: &SearchReport, shape: &Shape, picked: &[Picked]) -> Value {
    let hits = report.hits.iter().zip(picked);
    let hits: Vec<Value> = hits.map(|(one, picked)| shape::item(&hit(one), &shape::HIT, shape, picked)).collect();
    json!({"schema": "bos.search/1", "total": report.total, "hits": hits})
}

fn hit(hit: &Hit) -> Value {
    let card = match &hit.entity {
        Entity::Idea(_) => None,
        entity => Some(entity.owner().as_str()),
    };
    json!({
        "entity": hit.entity.kind(), "id": hit.entity.id(), "card": card, "business": hit.business,
        "lane": hit.lane.map(Lane::as_str), "archived": hit.archived, "title": hit.title, "path": hit.path.as_str(),
        "audience": hit.audience.map(|audience| audience.as_str()), "sha256": hit.sha256.as_str(),
        "snippet": hit.snippet.text, "marks": hit.snippet.marks,
        // Four decimals are enough to compare.
        "score": (hit.score * 10_000.0).round() / 10_000.0,
    })
}
