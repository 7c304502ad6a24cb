//! `bos.next/1`: what can be worked on now, and what everything else waits for.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    card::{BriefCard, Card, CardItem},
    form::{Form, Item},
};
use crate::{
    domain::{
        card,
        page::Cursor,
        readiness::{self, Why},
        value::Picked,
    },
    engine::NextReport,
};

/// `bos.next/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Next<'a> {
    business: Option<&'a str>,
    /// The number of ready cards without `--limit`.
    total: usize,
    cards: Vec<Item<Ready<'a, Card<'a>>, Ready<'a, BriefCard<'a>>>>,
    waiting_total: usize,
    /// With `--explain`.
    waiting: Vec<Item<Waiting<'a, Card<'a>>, Waiting<'a, BriefCard<'a>>>>,
    /// The value of `--after` for the next page of `cards`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A card that can be worked on.
#[derive(Debug, Serialize, JsonSchema)]
struct Ready<'a, C> {
    #[serde(flatten)]
    card: C,
    ready: bool,
    why: Vec<&'a str>,
}

/// A card that waits for something.
#[derive(Debug, Serialize, JsonSchema)]
struct Waiting<'a, C> {
    #[serde(flatten)]
    card: C,
    ready: bool,
    waits_for: Vec<WaitsFor<'a>>,
    /// How much more it waits for; absent if that is all.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for_more: Option<usize>,
}

/// One thing that is waited for.
#[derive(Debug, Serialize, JsonSchema)]
struct WaitsFor<'a> {
    id: &'a str,
    /// The ID of the waiting card.
    #[serde(rename = "for")]
    waiting: &'a str,
    reason: &'a str,
}

impl<'a> From<&'a readiness::WaitsFor> for WaitsFor<'a> {
    fn from(one: &'a readiness::WaitsFor) -> Self {
        Self { id: &one.id, waiting: &one.waiting, reason: &one.reason }
    }
}

impl<'a> Next<'a> {
    /// Builds the document; `ready` and `waiting` have the values of the form's keys for each of its cards.
    pub(crate) fn new(
        report: &'a NextReport,
        business: Option<&'a str>,
        form: Form<'_>,
        ready: &[Vec<Option<Picked>>],
        waiting: &[Vec<Option<Picked>>],
    ) -> Self {
        let item = |card: &'a card::Card, picked: &[Option<Picked>]| CardItem::new(card, form, picked);
        let ready = report.ready.iter().zip(ready).map(|((card, Why { facts, settled }), picked)| {
            let why: Vec<&str> = facts.iter().chain(settled).map(String::as_str).collect();
            match item(card, picked) {
                Item::Full(card) => Item::Full(Ready { card, ready: true, why }),
                Item::Brief(card) => Item::Brief(Ready { card, ready: true, why }),
            }
        });
        let waiting = report.waiting.iter().zip(waiting).map(|((card, waits), picked)| {
            let waits_for = waits.told.iter().map(WaitsFor::from).collect();
            let waits_for_more = Some(waits.more).filter(|more| *more > 0);
            match item(card, picked) {
                Item::Full(card) => Item::Full(Waiting { card, ready: false, waits_for, waits_for_more }),
                Item::Brief(card) => Item::Brief(Waiting { card, ready: false, waits_for, waits_for_more }),
            }
        });
        Self {
            business,
            total: report.total,
            cards: ready.collect(),
            waiting_total: report.waiting_total,
            waiting: waiting.collect(),
            next: report.next.as_ref().map(Cursor::to_text),
        }
    }
}
