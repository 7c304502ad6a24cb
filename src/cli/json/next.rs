//! `bos.next/1`: what can be worked on now, and what the rest waits for.

use serde::Serialize;
use serde_json::Value;

use super::{CardJson, shape};
use crate::{
    cli::shape::{Picked, Shape},
    domain::{
        card::Card,
        readiness::{WaitsFor, Why},
    },
    engine::NextReport,
};

/// The whole report.
#[derive(Debug, Serialize)]
pub(crate) struct NextJson<'a> {
    schema: &'static str,
    business: Option<&'a str>,
    total: usize,
    cards: Vec<ReadyJson<'a>>,
    waiting_total: usize,
    waiting: Vec<WaitingJson<'a>>,
}

#[derive(Debug, Serialize)]
struct ReadyJson<'a> {
    #[serde(flatten)]
    card: FormJson<'a>,
    ready: bool,
    why: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct WaitingJson<'a> {
    #[serde(flatten)]
    card: FormJson<'a>,
    ready: bool,
    waits_for: Vec<WaitsForJson<'a>>,
}

/// A card in the form that was asked for.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum FormJson<'a> {
    Usual(Box<CardJson<'a>>),
    Shaped(Value),
}

#[derive(Debug, Serialize)]
struct WaitsForJson<'a> {
    id: &'a str,
    #[serde(rename = "for")]
    waiting: &'a str,
    reason: &'a str,
}

/// The report; `ready` and `waiting` hold the picked values of each of its cards.
pub(crate) fn next<'a>(
    report: &'a NextReport,
    business: Option<&'a str>,
    shape: &Shape,
    ready: &[Picked],
    waiting: &[Picked],
) -> NextJson<'a> {
    let form = |card: &'a Card, picked: &Picked| match shape.is_usual() {
        true => FormJson::Usual(Box::new(CardJson::from(card))),
        false => FormJson::Shaped(shape::item(&CardJson::from(card), &shape::CARD, shape, picked)),
    };
    let ready = report.ready.iter().zip(ready).map(|((card, Why { facts, settled }), picked)| ReadyJson {
        card: form(card, picked),
        ready: true,
        why: facts.iter().chain(settled).map(String::as_str).collect(),
    });
    let waiting = report.waiting.iter().zip(waiting).map(|((card, waits_for), picked)| WaitingJson {
        card: form(card, picked),
        ready: false,
        waits_for: waits_for.iter().map(WaitsForJson::from).collect(),
    });
    NextJson {
        schema: "bos.next/1",
        business,
        total: report.total,
        cards: ready.collect(),
        waiting_total: report.waiting_total,
        waiting: waiting.collect(),
    }
}

impl<'a> From<&'a WaitsFor> for WaitsForJson<'a> {
    fn from(one: &'a WaitsFor) -> Self {
        Self { id: &one.id, waiting: &one.waiting, reason: &one.reason }
    }
}
