//! The texts of the oracle: slots in a card and its plan, each with the token of whoever edited it last.

use std::{collections::BTreeSet, fmt::Write as _};

pub(super) const ID: &str = "MILL-ENG-0001";

/// What may be edited: keys and lines far enough from each other that only edits of the same one clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Owner,
    Size,
    First,
    Last,
    Plan,
}

impl Slot {
    pub(super) const ALL: [Self; 5] = [Self::Owner, Self::Size, Self::First, Self::Last, Self::Plan];

    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Owner => "Owner: ",
            Self::Size => "Size: ",
            Self::First => "first ",
            Self::Last => "last ",
            Self::Plan => "plan ",
        }
    }

    pub(super) fn doc(self) -> Doc {
        if self == Self::Plan { Doc::Plan } else { Doc::Card }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doc {
    Card,
    Plan,
}

impl Doc {
    pub(super) fn file(self) -> &'static str {
        match self {
            Self::Card => "MILL-ENG-0001.user.md",
            Self::Plan => "MILL-ENG-0001/plan.user.md",
        }
    }

    pub(super) fn of(path: &str) -> Self {
        if path.ends_with(Self::Plan.file()) { Self::Plan } else { Self::Card }
    }
}

pub(super) fn token(word: &str) -> Option<usize> {
    word.strip_prefix('T')?.parse().ok()
}

pub(super) fn tokens(text: &str) -> BTreeSet<usize> {
    text.split_whitespace().filter_map(token).collect()
}

/// The tokens that a text has at a slot.
pub(super) fn at(text: &str, slot: Slot) -> BTreeSet<usize> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(slot.prefix()));
    lines.filter_map(|rest| token(rest.trim())).collect()
}

/// The text with another token at a slot.
pub(super) fn with(text: &str, slot: Slot, new: usize) -> String {
    let mut done = false;
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        if !line.starts_with(slot.prefix()) {
            result.push_str(line);
        } else if !done {
            writeln!(result, "{}T{new}", slot.prefix()).unwrap();
            done = true;
        }
    }
    result
}

pub(super) fn card() -> String {
    format!(
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: T0\nBusiness: MILL\nID: {ID}\nTitle: A card\nSize: T1\n\
         Created: 2026-11-01\nUpdated: 2026-11-01\n---\n\nfirst T2\n\nsome\n\nmore\n\ntext\n\nlast T3\n"
    )
}

pub(super) fn plan(new: usize) -> String {
    format!("---\nType: Stage\nStage: plan\nCard-ID: {ID}\nCreated: 2026-11-01\n---\n\nplan T{new}\n")
}
