//! Cards: in lists, in brief, in full.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    form::{Fields, Form, Item},
    log::Entry,
    place::Document,
    stage_doc::StageDoc,
    words::{Lane, Priority},
};
use crate::{
    domain::{
        card::{self, CardView},
        lane,
        one_of::OneOf,
        page::Cursor,
        priority,
        value::Picked,
    },
    engine::{CardDetail, Comment},
};

/// A card as shown in lists and on boards.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Card<'a> {
    pub(super) id: &'a str,
    business: &'a str,
    /// Null if the document names an unknown lane.
    lane: Option<Lane>,
    pub(super) priority: Option<Priority>,
    pub(super) owner: &'a str,
    pub(super) title: &'a str,
    #[schemars(with = "Vec<String>")]
    tags: List<'a>,
    due: Option<&'a str>,
    created: &'a str,
    updated: &'a str,
    completed: Option<&'a str>,
    blocked: bool,
    blocked_reason: Option<&'a str>,
    /// The IDs of the cards and ideas it depends on.
    #[schemars(with = "Vec<String>")]
    dependencies: List<'a>,
    /// The lane it is proposed to move to.
    proposed_lane: Option<&'a str>,
    /// The actor whose claim on it holds.
    claimed_by: Option<&'a str>,
    /// The end of the claim; null if it holds until it is released.
    claimed_until: Option<&'a str>,
    archived: bool,
    /// The path of the primary document.
    path: &'a str,
    /// The hash of the primary document's text; the value of `--expect`.
    sha256: &'a str,
    /// The front matter keys named by `--fields`, null if missing; for a card in full, all its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

/// A card in brief.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BriefCard<'a> {
    id: &'a str,
    lane: Option<Lane>,
    priority: Option<Priority>,
    title: &'a str,
    /// The lane that was proposed; absent if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_lane: Option<&'a str>,
    /// Who holds the card; absent if nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

impl<'a> From<&'a card::Card> for Card<'a> {
    fn from(card: &'a card::Card) -> Self {
        Self {
            id: card.id.as_str(),
            business: &card.business,
            lane: card.lane.known().map(Lane),
            priority: match &card.priority {
                OneOf::Known(priority) => Some(Priority(*priority)),
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
            claimed_by: card.claim.as_ref().map(|claim| claim.by.as_str()),
            claimed_until: card.claim.as_ref().and_then(|claim| claim.until.as_deref()),
            archived: card.archived,
            path: card.path.as_str(),
            sha256: card.sha256.as_str(),
            fields: None,
        }
    }
}

/// A list of strings, or its JSON text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum List<'a> {
    Items(&'a [String]),
    Json(&'a RawValue),
}

impl<'a> TryFrom<&CardView<'a>> for Card<'a> {
    type Error = serde_json::Error;

    fn try_from(card: &CardView<'a>) -> Result<Self, serde_json::Error> {
        let line = &card.line;
        Ok(Self {
            id: line.id,
            business: card.business,
            lane: lane::Lane::parse(line.lane).map(Lane),
            priority: priority::Priority::parse(line.priority).map(Priority),
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
            proposed_lane: line.proposed_lane,
            claimed_by: line.claim.map(|claim| claim.by.as_str()),
            claimed_until: line.claim.and_then(|claim| claim.until.as_deref()),
            archived: card.archived,
            path: card.path,
            sha256: card.sha256,
            fields: None,
        })
    }
}

/// A card in full or in brief.
pub(super) type CardItem<'a> = Item<Card<'a>, BriefCard<'a>>;

impl<'a> CardItem<'a> {
    /// A card in the requested form; `picked` has the values of the form's keys.
    pub(super) fn new(card: &'a card::Card, form: Form<'_>, picked: &[Option<Picked>]) -> Self {
        let fields = form.fields(picked);
        let card = Card { fields, ..Card::from(card) };
        if !form.brief {
            return Self::Full(card);
        }
        let Card { id, lane, priority, title, proposed_lane, claimed_by, fields, .. } = card;
        Self::Brief(BriefCard { id, lane, priority, title, proposed_lane, claimed_by, fields })
    }
}

/// `bos.cards/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Cards<'a> {
    /// The number of cards without `--limit`.
    total: usize,
    cards: Vec<CardItem<'a>>,
    /// The value of `--after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> Cards<'a> {
    /// One page out of `total` cards; `picked` has the values of the form's keys for each card.
    pub(crate) fn new(
        total: usize,
        next: Option<&Cursor>,
        cards: &'a [card::Card],
        form: Form<'_>,
        picked: &[Vec<Option<Picked>>],
    ) -> Self {
        let items = cards.iter().zip(picked).map(|(card, picked)| CardItem::new(card, form, picked));
        Self { total, cards: items.collect(), next: next.map(Cursor::to_text) }
    }
}

/// `bos.card/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneCard<'a> {
    card: Card<'a>,
    /// The text below the front matter of the primary document.
    body: &'a str,
    documents: Vec<Document<'a>>,
    stage_docs: Vec<StageDoc<'a>>,
    comments: Vec<Remark<'a>>,
    /// The last ten log entries about it.
    log: Vec<Entry<'a>>,
}

/// A comment.
#[derive(Debug, Serialize, JsonSchema)]
struct Remark<'a> {
    author: Option<&'a str>,
    at: Option<&'a str>,
    path: &'a str,
    body: &'a str,
}

impl<'a> From<&'a Comment> for Remark<'a> {
    fn from(comment: &'a Comment) -> Self {
        let Comment { author, at, path, body } = comment;
        Self { author: author.as_deref(), at: at.as_deref(), path: path.as_str(), body }
    }
}

impl<'a> From<&'a CardDetail> for OneCard<'a> {
    fn from(detail: &'a CardDetail) -> Self {
        Self {
            card: Card { fields: Some(detail.typed.clone()), ..Card::from(&detail.card) },
            body: &detail.body,
            documents: detail.documents.iter().map(Document::from).collect(),
            stage_docs: detail.stage_docs.iter().map(StageDoc::of_card).collect(),
            comments: detail.comments.iter().map(Remark::from).collect(),
            log: detail.log.iter().map(Entry::from).collect(),
        }
    }
}
