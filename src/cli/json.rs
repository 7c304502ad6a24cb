//! The JSON contract: types of its own, one for each kind, so that inner types can change without it.

pub(crate) mod config;
mod dependencies;
pub(crate) mod guard;
pub(crate) mod next;
mod search;
pub(crate) mod shape;

mod stats;
pub(crate) mod watch;

pub(crate) use dependencies::{dependency_graph, dependency_tree};
pub(crate) use search::search;
pub(crate) use stats::stats;

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};

use super::{
    error::CliError,
    format::json::DiagnosticJson,
    shape::{Picked, Shape},
    ui::Ui,
};
use crate::{
    domain::{
        board::Group,
        card::{Card, CardView},
        entry::Entry,
        hash::Sha256,
        idea::Idea,
        lane::Lane,
        one_of::OneOf,
        priority::Priority,
        stage_doc::StageDoc,
        state::State,
        value::Fields,
    },
    engine::{
        BodyChange, BusinessSummary, CardDetail, DocumentState, ExportReport, History, IdeaDetail, ImportReport, Me,
        OpenConflict, PlaceStatus, StageDetail, StatusReport, Told, VerifyReport, Waiting, Written,
    },
};

/// A card, as every list and board shows it.
#[derive(Debug, Serialize)]
pub(crate) struct CardJson<'a> {
    id: &'a str,
    business: &'a str,
    lane: Option<&'static str>,
    priority: Option<&'static str>,
    owner: &'a str,
    title: &'a str,
    tags: List<'a>,
    due: Option<&'a str>,
    created: &'a str,
    updated: &'a str,
    completed: Option<&'a str>,
    blocked: bool,
    blocked_reason: Option<&'a str>,
    dependencies: List<'a>,
    proposed_lane: Option<&'a str>,
    archived: bool,
    path: &'a str,
    sha256: &'a str,
}

impl<'a> From<&'a Card> for CardJson<'a> {
    fn from(card: &'a Card) -> Self {
        Self {
            id: card.id.as_str(),
            business: &card.business,
            lane: card.lane.known().map(Lane::as_str),
            priority: match &card.priority {
                OneOf::Known(priority) => Some(Priority::as_str(*priority)),
                OneOf::Other(_) => None,
            },
            owner: &card.owner,
            title: &card.title,
            tags: List::Items(&card.tags),
            due: card.due.as_deref(),
            created: &card.created,
            updated: &card.updated,
            completed: card.completed.as_deref(),
            blocked: card.blocked,
            blocked_reason: card.blocked_reason.as_deref(),
            dependencies: List::Items(&card.dependencies),
            proposed_lane: card.proposed_lane.as_deref(),
            archived: card.archived,
            path: card.path.as_str(),
            sha256: card.sha256.as_str(),
        }
    }
}

/// A list of strings, or the JSON of one.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum List<'a> {
    Items(&'a [String]),
    Json(&'a RawValue),
}

impl<'a> TryFrom<&CardView<'a>> for CardJson<'a> {
    type Error = serde_json::Error;

    fn try_from(card: &CardView<'a>) -> Result<Self, serde_json::Error> {
        let line = &card.line;
        Ok(Self {
            id: line.id,
            business: card.business,
            lane: Lane::parse(line.lane).map(Lane::as_str),
            priority: Priority::parse(line.priority).map(Priority::as_str),
            owner: line.owner,
            title: line.title,
            tags: List::Json(serde_json::from_str(line.tags_json)?),
            due: line.due,
            created: card.created,
            updated: card.updated,
            completed: card.completed,
            blocked: line.blocked,
            blocked_reason: line.blocked_reason,
            dependencies: List::Json(serde_json::from_str(card.dependencies_json)?),
            proposed_lane: card.proposed_lane,
            archived: card.archived,
            path: card.path,
            sha256: card.sha256,
        })
    }
}

/// A card in full: the card's keys and `fields`.
#[derive(Debug, Serialize)]
struct FullCardJson<'a> {
    #[serde(flatten)]
    card: CardJson<'a>,
    fields: Value,
}

/// `bos.board/1`, lane by lane: each card is written when it is read, and stands after the number of its lane.
#[derive(Debug, Default)]
pub(crate) struct BoardJson {
    lanes: [LaneJson; Lane::ALL.len() + 1],
    failure: Option<serde_json::Error>,
}

#[derive(Debug, Default)]
struct LaneJson {
    count: usize,
    shown: usize,
    cards: Vec<u8>,
}

impl BoardJson {
    /// Adds a card to its lane, as long as the lane is within the limit.
    pub(crate) fn add(&mut self, card: &CardView<'_>, limit: Option<usize>) {
        let rank = Lane::parse(card.line.lane).map_or(Lane::UNKNOWN_RANK, Lane::rank);
        let lane = &mut self.lanes[usize::from(rank)];
        lane.count += 1;
        if limit.is_some_and(|limit| lane.shown >= limit) {
            return;
        }
        if lane.shown > 0 {
            lane.cards.push(b',');
        }
        lane.shown += 1;
        let written = CardJson::try_from(card).and_then(|card| serde_json::to_writer(&mut lane.cards, &card));
        self.failure = self.failure.take().or(written.err());
    }

    /// Prints the document.
    pub(crate) fn print(self, ui: &mut Ui, business: Option<&str>, seq: u64) -> Result<(), CliError> {
        if let Some(failure) = self.failure {
            return Err(CliError::Output(failure.into()));
        }
        let total: usize = self.lanes.iter().map(|lane| lane.count).sum();
        let head = json!({"schema": "bos.board/1", "business": business, "seq": seq, "total": total}).to_string();
        ui.text(head.trim_end_matches('}'))?;
        ui.text(",\"lanes\":[")?;
        let names = Lane::ALL.into_iter().map(Some).chain([None]);
        for (index, (name, lane)) in names.zip(&self.lanes).enumerate() {
            if name.is_none() && lane.count == 0 {
                continue;
            }
            let comma = if index > 0 { "," } else { "" };
            let head = json!({"lane": name.map(Lane::as_str), "count": lane.count}).to_string();
            ui.text(&format!("{comma}{},\"cards\":[", head.trim_end_matches('}')))?;
            ui.bytes(&lane.cards)?;
            ui.text("]}")?;
        }
        ui.text("]}\n")
    }
}

/// `bos.cards/1`.
#[derive(Debug, Serialize)]
pub(crate) struct CardsJson<'a> {
    schema: &'static str,
    total: usize,
    cards: Vec<CardJson<'a>>,
}

pub(crate) fn cards(total: usize, cards: &[Card]) -> CardsJson<'_> {
    CardsJson { schema: "bos.cards/1", total, cards: cards.iter().map(CardJson::from).collect() }
}

/// `bos.me/1`.
pub(crate) fn me(me: &Me) -> Value {
    let cards = |cards: &[Card]| cards.iter().map(|card| json!(CardJson::from(card))).collect::<Vec<_>>();
    let waiting: Vec<Value> = me
        .waiting
        .iter()
        .map(|(card, why)| {
            let (proposed, on) = match why {
                Waiting::Proposal(lane) => (Some(lane), &[][..]),
                Waiting::Dependency(on) => (None, on.as_slice()),
            };
            json!({"card": CardJson::from(card), "proposed_lane": proposed, "depends_on": on})
        })
        .collect();
    json!({
        "schema": "bos.me/1", "actor": me.actor, "total": me.claimed.len() + me.owned.len(),
        "claimed": cards(&me.claimed), "owned": cards(&me.owned), "due": cards(&me.due), "waiting": waiting,
    })
}

/// `bos.cards/1` with the cards in the form that was asked for.
pub(crate) fn shaped_cards(total: usize, cards: &[Card], shape: &Shape, picked: &[Picked]) -> Value {
    json!({"schema": "bos.cards/1", "total": total, "cards": shaped(cards, shape, picked)})
}

/// `bos.board/1` with the cards in the form that was asked for; `picked` has those of all lanes in their order.
pub(crate) fn shaped_board(
    groups: &[Group],
    business: Option<&str>,
    seq: u64,
    shape: &Shape,
    mut picked: &[Picked],
) -> Value {
    let mut lanes = Vec::with_capacity(groups.len());
    for group in groups {
        let (own, rest) = picked.split_at(group.cards.len());
        picked = rest;
        let cards = shaped(&group.cards, shape, own);
        lanes.push(json!({"lane": group.lane.map(Lane::as_str), "count": group.count, "cards": cards}));
    }
    let total: usize = groups.iter().map(|group| group.count).sum();
    json!({"schema": "bos.board/1", "business": business, "seq": seq, "total": total, "lanes": lanes})
}

fn shaped(cards: &[Card], shape: &Shape, picked: &[Picked]) -> Vec<Value> {
    let cards = cards.iter().zip(picked);
    cards.map(|(card, picked)| shape::item(&CardJson::from(card), &shape::CARD, shape, picked)).collect()
}

/// `bos.card/1`.
pub(crate) fn card(detail: &CardDetail) -> Value {
    let comments: Vec<Value> = detail
        .comments
        .iter()
        .map(|comment| {
            json!({"author": comment.author, "at": comment.at, "path": comment.path.as_str(), "body": comment.body})
        })
        .collect();
    json!({
        "schema": "bos.card/1",
        "card": FullCardJson { card: CardJson::from(&detail.card), fields: fields(&detail.fields) },
        "body": detail.body,
        "documents": documents(&detail.documents),
        "stage_docs": detail.stage_docs.iter().map(stage_doc).collect::<Vec<_>>(),
        "comments": comments,
        "log": detail.log.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// `bos.ideas/1`.
pub(crate) fn ideas(total: usize, ideas: &[Idea], shape: &Shape, picked: &[Picked]) -> Value {
    let items = ideas.iter().zip(picked);
    let items = items.map(|(idea, picked)| shape::item(&idea_fields(idea), &shape::IDEA, shape, picked));
    json!({"schema": "bos.ideas/1", "total": total, "ideas": items.collect::<Vec<_>>()})
}

/// `bos.idea/1`.
pub(crate) fn idea(detail: &IdeaDetail) -> Value {
    let mut idea = idea_fields(&detail.idea);
    if let Some(map) = idea.as_object_mut() {
        map.insert("fields".to_owned(), fields(&detail.fields));
    }
    json!({
        "schema": "bos.idea/1",
        "idea": idea,
        "body": detail.body,
        "documents": documents(&detail.documents),
        "log": detail.log.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn idea_fields(idea: &Idea) -> Value {
    json!({
        "id": idea.id.as_str(), "business": idea.business, "type": idea.kind, "status": idea.status,
        "priority": idea.priority, "location": idea.location.as_str(), "title": idea.title, "tags": idea.tags,
        "created": idea.created, "updated": idea.updated, "card_id": idea.card_id, "path": idea.path.as_str(),
        "sha256": idea.sha256.as_str(),
    })
}

/// `bos.stages/1`.
pub(crate) fn stages(total: usize, stage_docs: &[StageDoc], shape: &Shape, picked: &[Picked]) -> Value {
    let items = stage_docs.iter().zip(picked);
    let items = items.map(|(doc, picked)| shape::item(&stage_of_card(doc), &shape::STAGE_DOC, shape, picked));
    json!({"schema": "bos.stages/1", "total": total, "stage_docs": items.collect::<Vec<_>>()})
}

/// `bos.stage/1`.
pub(crate) fn stage(detail: &StageDetail) -> Value {
    let mut stage = stage_of_card(&detail.stage_doc);
    if let Some(map) = stage.as_object_mut() {
        map.insert("fields".to_owned(), fields(&detail.fields));
    }
    json!({
        "schema": "bos.stage/1",
        "stage_doc": stage,
        "body": detail.body,
        "documents": documents(&detail.documents),
        "log": detail.log.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn stage_of_card(stage_doc: &StageDoc) -> Value {
    let mut value = self::stage_doc(stage_doc);
    if let Some(map) = value.as_object_mut() {
        map.insert("card".to_owned(), json!(stage_doc.card.as_str()));
    }
    value
}

fn stage_doc(stage_doc: &StageDoc) -> Value {
    json!({
        "stage": stage_doc.stage.as_str(), "audience": stage_doc.audience.as_str(), "path": stage_doc.path.as_str(),
        "sha256": stage_doc.sha256.as_str(), "created": stage_doc.created, "updated": stage_doc.updated,
    })
}

/// One business of `bos.businesses/1`, and `bos.business/1`.
pub(crate) fn business(business: &BusinessSummary) -> Value {
    let listed = business.listed.as_ref();
    json!({
        "id": business.id,
        "listed": listed.is_some(),
        "name": listed.and_then(|listed| listed.name.clone()),
        "description": listed.and_then(|listed| listed.description.clone()),
        "owner": listed.and_then(|listed| listed.owner.clone()),
        "category": listed.and_then(|listed| listed.category.clone()),
        "status": listed.and_then(|listed| listed.status.clone()),
        "tags": listed.map(|listed| listed.tags.clone()).unwrap_or_default(),
        "cards": business.cards,
        "ideas": business.ideas,
    })
}

pub(crate) fn businesses(businesses: &[BusinessSummary], brief: bool) -> Value {
    let short = |summary| Value::Object(shape::shortened(&business(summary), &shape::BUSINESS));
    let items: Vec<Value> = businesses.iter().map(if brief { &short as &dyn Fn(_) -> _ } else { &business }).collect();
    json!({"schema": "bos.businesses/1", "total": items.len(), "businesses": items})
}

/// `bos.write/1`.
pub(crate) fn write(written: &Written) -> Value {
    let entries: Vec<Value> = written
        .entries
        .iter()
        .map(|entry| {
            let facts = &entry.facts;
            let documents: Vec<Value> = facts
                .documents
                .iter()
                .map(|touched| json!({"path": touched.path.as_str(), "sha256": touched.new.as_ref().map(ToString::to_string)}))
                .collect();
            json!({
                "seq": facts.seq, "hash": entry.hash.as_str(), "entity": facts.entity.kind(), "id": facts.entity.id(),
                "action": facts.action.as_str(), "changes": facts.changes.to_json(), "documents": documents,
            })
        })
        .collect();
    json!({"schema": "bos.write/1", "changed": !entries.is_empty(), "warnings": written.warnings, "entries": entries})
}

/// `bos.import/1`.
pub(crate) fn import(report: &ImportReport) -> Value {
    let diagnostics: Vec<DiagnosticJson<'_>> = report.diagnostics.iter().map(DiagnosticJson::from).collect();
    json!({
        "schema": "bos.import/1", "found": report.found, "imported": report.imported, "updated": report.updated,
        "unchanged": report.unchanged, "merged": report.merged, "diverged": report.diverged.len(),
        "conflicts": report.conflicts.len(),
        "stale": report.stale.len(), "missing": report.missing.len(), "removed": report.removed,
        "failed": report.failed,
        "renumbered": report.renumbered.iter().map(|(from, to)| json!({"from": from.as_str(), "to": to.as_str()})).collect::<Vec<_>>(),
        "diagnostics": diagnostics,
    })
}

/// `bos.conflicts/1`.
pub(crate) fn conflicts(conflicts: &[OpenConflict]) -> Value {
    let one = |open: &OpenConflict| {
        let sha = |sha: &Option<Sha256>| sha.as_ref().map(ToString::to_string);
        let clashes: Vec<Value> = open
            .clashes
            .iter()
            .map(|clash| {
                json!({"place": clash.place.to_string(), "base": clash.base, "ours": clash.ours, "theirs": clash.theirs})
            })
            .collect();
        json!({
            "entity": open.entity.kind(), "id": open.entity.id(), "path": open.conflict.path.as_str(),
            "base": sha(&open.conflict.base), "ours": sha(&open.conflict.ours), "theirs": sha(&open.conflict.theirs),
            "revision": open.conflict.revision, "at": open.conflict.at, "clashes": clashes,
        })
    };
    let items: Vec<Value> = conflicts.iter().map(one).collect();
    json!({"schema": "bos.conflicts/1", "total": items.len(), "conflicts": items})
}

/// `bos.export/1`.
pub(crate) fn export(report: &ExportReport) -> Value {
    let paths =
        |paths: &[crate::domain::doc_path::DocPath]| -> Vec<String> { paths.iter().map(ToString::to_string).collect() };
    let refused: Vec<Value> =
        report.refused.iter().map(|(path, state)| json!({"path": path.as_str(), "state": state.as_str()})).collect();
    let commit = report.commit.as_ref().map(|commit| {
        let pushed = commit.pushed.as_ref().map(|pushed| json!({"remote": pushed.remote, "oid": pushed.oid}));
        json!({
            "oid": commit.oid, "branch": commit.branch, "commits": commit.commits, "documents": commit.documents,
            "range": [commit.range.0, commit.range.1], "pushed": pushed,
        })
    });
    json!({
        "schema": "bos.export/1", "written": paths(&report.written), "removed": paths(&report.removed),
        "unchanged": report.unchanged, "refused": refused, "commit": commit,
    })
}

/// `bos.log/1`.
pub(crate) fn log(total: u64, entries: &[Entry]) -> Value {
    json!({"schema": "bos.log/1", "total": total, "entries": entries.iter().map(entry).collect::<Vec<_>>()})
}

/// `bos.entry/1`: one entry of `bos.log/1` as a document of its own.
pub(crate) fn one_entry(entry: &Entry) -> Value {
    let mut document = Map::new();
    document.insert("schema".to_owned(), json!("bos.entry/1"));
    if let Value::Object(entry) = self::entry(entry) {
        document.extend(entry);
    }
    Value::Object(document)
}

fn entry(entry: &Entry) -> Value {
    let facts = &entry.facts;
    let documents: Vec<Value> = facts
        .documents
        .iter()
        .map(|touched| {
            json!({
                "path": touched.path.as_str(), "old": touched.old.as_ref().map(ToString::to_string),
                "new": touched.new.as_ref().map(ToString::to_string),
                "theirs": touched.theirs.as_ref().map(ToString::to_string),
            })
        })
        .collect();
    json!({
        "seq": facts.seq, "at": facts.at(), "batch": facts.batch, "actor": facts.actor, "initiator": facts.initiator,
        "entity": facts.entity.kind(), "id": facts.entity.id(), "action": facts.action.as_str(), "reason": facts.reason, "undoes": facts.undoes,
        "changes": facts.changes.to_json(), "documents": documents, "previous_hash": entry.previous_hash.as_str(),
        "hash": entry.hash.as_str(),
    })
}

/// `bos.history/1`: each entry as in `bos.log/1`, with what its texts tell. A key whose text was erased has no values,
/// and a document whose text was erased has `null` for its diff.
pub(crate) fn history(history: &History) -> Value {
    let entries: Vec<Value> = history.entries.iter().map(told).collect();
    json!({"schema": "bos.history/1", "id": history.id.as_str(), "total": history.total, "entries": entries})
}

fn told(told: &Told) -> Value {
    let fields = told.fields.iter().map(|(key, change)| (key.clone(), json!({"from": change.from, "to": change.to})));
    let diffs = told.documents.iter().filter_map(|document| match &document.body {
        BodyChange::None => None,
        BodyChange::Diff(diff) => Some(json!({"path": document.path.as_str(), "diff": diff})),
        BodyChange::Erased => Some(json!({"path": document.path.as_str(), "diff": null})),
    });
    let mut value = entry(&told.entry);
    if let Some(map) = value.as_object_mut() {
        map.insert("fields".to_owned(), Value::Object(fields.collect()));
        map.insert("diffs".to_owned(), Value::Array(diffs.collect()));
    }
    value
}

/// `bos.verify/1`.
pub(crate) fn verify(report: &VerifyReport) -> Value {
    let checks: Vec<Value> = report
        .checks
        .iter()
        .map(|check| {
            json!({"id": check.id, "name": check.name, "ok": check.ok, "checked": check.checked, "detail": check.detail})
        })
        .collect();
    json!({"schema": "bos.verify/1", "ok": report.ok(), "checks": checks})
}

/// `bos.status/1`; with `places` for every work tree too.
pub(crate) fn status(report: &StatusReport, database: &str, places: Option<&[PlaceStatus]>) -> Value {
    let documents = |report: &StatusReport| -> Vec<Value> {
        let documents = report.documents.iter();
        documents.map(|(path, state)| json!({"path": path.as_str(), "state": state.as_str()})).collect()
    };
    let mut status = json!({
        "schema": "bos.status/1", "database": database, "log_id": report.log_id,
        "in_sync": report.documents.is_empty(), "counts": report.counts, "documents": documents(report),
        "git": {"branch": report.branch, "ahead": report.ahead, "last_export": report.last_export},
    });
    if let (Some(places), Some(map)) = (places, status.as_object_mut()) {
        let place = |place: &PlaceStatus| {
            json!({
                "root": place.root.display().to_string(), "in_sync": place.report.documents.is_empty(),
                "counts": place.report.counts, "documents": documents(&place.report),
            })
        };
        map.insert("places".to_owned(), places.iter().map(place).collect());
    }
    status
}

fn documents(documents: &[DocumentState]) -> Vec<Value> {
    documents
        .iter()
        .map(|document| {
            json!({
                "path": document.path.as_str(), "audience": document.audience.map(|audience| audience.as_str()),
                "sha256": document.sha256.as_str(), "state": document.state.map(State::as_str),
            })
        })
        .collect()
}

fn fields(fields: &Fields) -> Value {
    Value::Object(fields.iter().map(|(key, field)| (key.to_owned(), field.to_json())).collect::<Map<_, _>>())
}
