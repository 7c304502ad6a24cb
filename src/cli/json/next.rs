//! `bos.next/1`: what can be worked on now, and what the rest waits for.

use serde_json::{Value, json};

use super::{CardJson, shape};
use crate::{
    cli::shape::{Picked, Shape},
    domain::readiness::{WaitsFor, Work},
    engine::NextReport,
};

/// The report; `ready` and `waiting` hold the picked values of each card of theirs.
pub(crate) fn next(
    report: &NextReport,
    business: Option<&str>,
    shape: &Shape,
    ready: &[Picked],
    waiting: &[Picked],
) -> Value {
    let card = |work: &Work, picked: &Picked, key: &str, value: Value| {
        let mut card = shape::item(&CardJson::from(&work.card), &shape::CARD, shape, picked);
        card["ready"] = json!(key == "why");
        card[key] = value;
        card
    };
    let cards = report.ready.iter().zip(ready).map(|((work, why), picked)| {
        card(work, picked, "why", why.facts.iter().chain(&why.settled).map(String::as_str).collect())
    });
    let waiting = report.waiting.iter().zip(waiting).map(|((work, waits_for), picked)| {
        card(work, picked, "waits_for", waits_for.iter().map(waits_for_json).collect())
    });
    json!({
        "schema": "bos.next/1", "business": business, "total": report.total, "cards": cards.collect::<Vec<_>>(),
        "waiting_total": report.waiting_total, "waiting": waiting.collect::<Vec<_>>(),
    })
}

fn waits_for_json(one: &WaitsFor) -> Value {
    json!({"id": one.id, "for": one.waiting, "reason": one.reason})
}
