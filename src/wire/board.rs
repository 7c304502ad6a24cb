//! `bos.board/1`.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::{
    Kind as _,
    card::{Card, CardItem},
    form::Form,
    tag,
    words::Lane,
};
use crate::domain::{
    board::{BoardPage, Group},
    card::CardView,
    lane,
    lane_names::LaneNames,
    page::Cursor,
    value::Picked,
};

/// `bos.board/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Board<'a> {
    /// Null for the global board.
    business: Option<&'a str>,
    /// The last log entry that the board reflects.
    seq: u64,
    /// The number of cards without `--limit`.
    total: usize,
    lanes: Vec<BoardLane<'a>>,
}

/// A lane with its cards.
#[derive(Debug, Serialize, JsonSchema)]
struct BoardLane<'a> {
    /// The lane; null for cards in an unknown lane.
    lane: Option<Lane>,
    /// The display name of the lane, if it differs from its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// True if boards hide the lane; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<bool>,
    /// The number of cards without `--limit`.
    count: usize,
    cards: Vec<CardItem<'a>>,
    /// The value of `--after` for the lane's next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> Board<'a> {
    /// Builds the document; `picked` has the values of the form's keys for the cards of all lanes, in order.
    pub(crate) fn new(
        groups: &'a [Group],
        business: Option<&'a str>,
        seq: u64,
        names: &'a LaneNames,
        form: Form<'_>,
        mut picked: &[Vec<Option<Picked>>],
    ) -> Self {
        let mut lanes = Vec::with_capacity(groups.len());
        for group in groups {
            let (own, rest) = picked.split_at(group.cards.len());
            picked = rest;
            let cards = group.cards.iter().zip(own).map(|(card, picked)| CardItem::new(card, form, picked));
            let (lane, next) = (group.lane.map(Lane), group.next.as_ref().map(Cursor::to_text));
            let (name, hidden) = (group.lane.and_then(|lane| other_name(names, lane)), is_hidden(names, group.lane));
            lanes.push(BoardLane { lane, name, hidden, count: group.count, cards: cards.collect(), next });
        }
        Self { business, seq, total: groups.iter().map(|group| group.count).sum(), lanes }
    }
}

/// The same document, built lane by lane: each card is serialised as soon as it is read, to be printed after its lane's
/// count.
#[derive(Debug, Default)]
pub(crate) struct BoardLanes {
    lanes: [WrittenLane; lane::Lane::ALL.len() + 1],
}

#[derive(Debug, Default)]
struct WrittenLane {
    count: usize,
    shown: usize,
    cards: Vec<u8>,
    /// The end of the page, if it is full.
    end: Option<Cursor>,
}

impl BoardLanes {
    /// Adds a card to its lane, unless the lane has reached the limit; fails if the row is damaged.
    pub(crate) fn add(&mut self, card: &CardView<'_>, page: &BoardPage<'_>) -> Result<(), serde_json::Error> {
        let rank = lane::Lane::parse(card.line.lane).map_or(lane::Lane::UNKNOWN_RANK, lane::Lane::rank);
        let lane = &mut self.lanes[usize::from(rank)];
        if page.limit.is_some_and(|limit| lane.shown >= limit) {
            lane.count += 1;
            return Ok(());
        }
        let written = Card::try_from(card)?;
        if lane.shown > 0 {
            lane.cards.push(b',');
        }
        lane.count += 1;
        lane.shown += 1;
        if page.limit == Some(lane.shown) {
            lane.end = card.to_card().ok().map(|card| page.cursor(&card));
        }
        serde_json::to_writer(&mut lane.cards, &written)
    }

    /// Completes the document.
    pub(crate) fn into_document(self, business: Option<&str>, seq: u64, names: &LaneNames) -> Vec<u8> {
        let total: usize = self.lanes.iter().map(|lane| lane.count).sum();
        let head = json!({"schema": tag(Board::NAME), "business": business, "seq": seq, "total": total}).to_string();
        let length: usize = self.lanes.iter().map(|lane| lane.cards.len() + 64).sum();
        let mut document = Vec::with_capacity(head.len() + length);
        document.extend_from_slice(head.trim_end_matches('}').as_bytes());
        document.extend_from_slice(b",\"lanes\":[");
        let keys = lane::Lane::ALL.into_iter().map(Some).chain([None]);
        for (index, (name, lane)) in keys.zip(self.lanes).enumerate() {
            if name.is_none() && lane.count == 0 {
                continue;
            }
            let mut head = json!({"lane": name.map(Lane)});
            if let Some(other) = name.and_then(|lane| other_name(names, lane)) {
                head["name"] = other.into();
            }
            if let Some(hidden) = is_hidden(names, name) {
                head["hidden"] = hidden.into();
            }
            head["count"] = lane.count.into();
            let head = head.to_string();
            document.extend_from_slice(if index > 0 { b"," } else { b"" });
            document.extend_from_slice(head.trim_end_matches('}').as_bytes());
            document.extend_from_slice(b",\"cards\":[");
            document.extend_from_slice(&lane.cards);
            document.push(b']');
            if let Some(end) = lane.end.filter(|_| lane.count > lane.shown) {
                document.extend_from_slice(format!(",\"next\":{:?}", end.to_text()).as_bytes());
            }
            document.push(b'}');
        }
        document.extend_from_slice(b"]}");
        document
    }
}

/// The display name of a lane, if it differs from its key.
fn other_name(names: &LaneNames, lane: lane::Lane) -> Option<&str> {
    Some(names.shown(lane)).filter(|name| *name != lane.as_str())
}

fn is_hidden(names: &LaneNames, lane: Option<lane::Lane>) -> Option<bool> {
    lane.filter(|lane| names.is_hidden(*lane)).map(|_| true)
}
