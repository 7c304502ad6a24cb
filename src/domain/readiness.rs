//! What can be worked on now, and what everything else waits for. Works on cards, claims and the state of dependencies;
//! does no reading of its own.

use std::{
    cmp::{Ordering, Reverse},
    collections::{HashMap, HashSet},
    rc::Rc,
};

use super::{
    card::{BoardLine, Card, dependencies},
    claim::Claim,
    date::leading_date,
    idea::{Idea, Location},
    lane::Lane,
    one_of::OneOf,
    page::Part,
    priority::Priority,
};

/// How many of the things that a card waits for are told; the others are counted.
const TOLD: usize = 20;

/// An unfinished card, reduced to what decides what to work on next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Its ID.
    pub id: Rc<str>,
    /// Its lane.
    pub lane: OneOf<Lane>,
    /// Its priority.
    pub priority: OneOf<Priority>,
    /// Its due date, as written.
    pub due: Option<String>,
    /// The date of its last change.
    pub updated: String,
    /// Whether it is blocked.
    pub blocked: bool,
    /// Why it is blocked.
    pub blocked_reason: Option<String>,
    /// The IDs it depends on.
    pub dependencies: Vec<String>,
    /// Its claim, even if expired. A `WorkRow` has none: the reader of cards adds it.
    pub claim: Option<Claim>,
}

/// An unfinished card, borrowed from the board's index.
#[derive(Debug, Clone, Copy)]
pub struct WorkRow<'a> {
    /// The fields that a board shows.
    pub line: BoardLine<'a>,
    /// The date of its last change.
    pub updated: &'a str,
    /// Its dependencies, a JSON list of strings.
    pub dependencies_json: &'a str,
}

impl TryFrom<&WorkRow<'_>> for Work {
    /// Names the value that is not valid in a card.
    type Error = String;

    fn try_from(card: &WorkRow<'_>) -> Result<Self, String> {
        let line = &card.line;
        Ok(Self {
            id: line.id.into(),
            lane: Lane::read(line.lane),
            priority: Priority::read(line.priority),
            due: line.due.map(str::to_owned),
            updated: card.updated.to_owned(),
            blocked: line.blocked,
            blocked_reason: line.blocked_reason.map(str::to_owned),
            dependencies: dependencies(card.dependencies_json)?,
            claim: None,
        })
    }
}

impl From<Card> for Work {
    fn from(card: Card) -> Self {
        Self {
            id: card.id.as_str().into(),
            lane: card.lane,
            priority: card.priority,
            due: card.due,
            updated: card.updated,
            blocked: card.blocked,
            blocked_reason: card.blocked_reason,
            dependencies: card.dependencies,
            claim: None,
        }
    }
}

/// The state of something that a card may depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DependencyState {
    /// A card that is done, with its completion date.
    Done(Option<String>),
    /// No longer in the way for another reason: `archived`, `converted`.
    Left(String),
    /// A card that is not done.
    Open(Rc<Work>),
    /// An idea that has not been worked.
    Raw,
    /// There is nothing with this ID.
    Unknown,
}

impl DependencyState {
    /// The state of a card. A card that is done or archived is no longer in the way.
    #[must_use]
    pub fn of_card(card: Card) -> Self {
        match card.lane.known() {
            Some(Lane::Done | Lane::Reflected) => Self::Done(card.completed),
            _ if card.archived => Self::Left("archived".to_owned()),
            _ => Self::Open(Rc::new(card.into())),
        }
    }

    /// The state of an idea. One that was worked, converted, dropped or archived is no longer in the way.
    #[must_use]
    pub fn of_idea(idea: &Idea) -> Self {
        let status = idea.status.as_deref().map(str::to_lowercase);
        match status {
            Some(status) if matches!(status.as_str(), "worked" | "converted" | "dropped") => Self::Left(status),
            _ if idea.archived => Self::Left("archived".to_owned()),
            _ if idea.location == Location::Worked => Self::Left("worked".to_owned()),
            _ => Self::Raw,
        }
    }

    /// How it ceased to be in the way: `was done on 2026-10-09`; `None` if it has not.
    #[must_use]
    pub fn settled(&self) -> Option<String> {
        match self {
            Self::Done(Some(date)) => Some(format!("was done on {date}")),
            Self::Done(None) => Some("was done".to_owned()),
            Self::Left(how) => Some(format!("was {how}")),
            Self::Open(_) | Self::Raw | Self::Unknown => None,
        }
    }

    fn is_settled(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Left(_))
    }
}

/// The state of every dependency, by ID. A missing ID is unknown.
pub type DependencyStates = HashMap<Rc<str>, DependencyState>;

/// Who is asking, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The actor, whose own claims are no obstacle; `None` if no card is claimed.
    pub actor: Option<&'a str>,
    /// Now, in Unix seconds.
    pub now: i64,
    /// The local calendar date.
    pub today: &'a str,
}

/// Why a card is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Facts about the card itself: `P1`, `due 2026-03-01`.
    pub facts: Vec<String>,
    /// The dependencies that are settled: `BRIK-ENG-0002 was done on 2026-02-01`.
    pub settled: Vec<String>,
}

/// What a card waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// The nearest of it.
    pub told: Vec<WaitsFor>,
    /// How much more there is.
    pub more: usize,
}

/// One thing that a card, or something it waits for, waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitsFor {
    /// The ID waited for; the waiting card's own if the obstacle is in that card.
    pub id: String,
    /// The ID of the waiting card.
    pub waiting: String,
    /// Why it is in the way.
    pub reason: String,
    /// Its distance from the card asked about, from 0.
    pub depth: usize,
}

impl Work {
    /// Whether it can be worked on now.
    #[must_use]
    pub fn is_ready(&self, standings: &DependencyStates, asking: &Asking<'_>) -> bool {
        self.lacks(asking).is_empty() && self.open_dependencies(standings).next().is_none()
    }

    /// Why a ready card is ready.
    #[must_use]
    pub fn why(&self, standings: &DependencyStates, asking: &Asking<'_>) -> Why {
        let mut facts = vec![match &self.priority {
            OneOf::Known(priority) => priority.as_str().to_owned(),
            OneOf::Other(other) => format!("priority {other:?}"),
        }];
        facts.extend(self.due.as_deref().map(|due| match leading_date(due) {
            Some(date) if date < asking.today => format!("overdue since {date}"),
            Some(date) => format!("due {date}"),
            None => format!("due {due:?}"),
        }));
        facts.extend(self.claim.as_ref().map(|claim| match &claim.until {
            Some(until) if !claim.holds_at(asking.now) => format!("the claim of {} ended at {until}", claim.by),
            Some(until) => format!("claimed by {} until {until}", claim.by),
            None => format!("claimed by {}", claim.by),
        }));
        facts.push("nothing in the way".to_owned());
        let settled = self.dependencies.iter().filter_map(|id| {
            let how = standings.get(id.as_str())?.settled()?;
            Some(format!("{id} {how}"))
        });
        Why { facts, settled: settled.collect() }
    }

    /// What it waits for, along each chain to its root; nothing is listed twice, and what closes several circles is
    /// listed with the first.
    #[must_use]
    pub fn waits_for(&self, standings: &DependencyStates, asking: &Asking<'_>) -> Waits {
        let id = &*self.id;
        let told = |id: &str, waiting: &str, reason, depth| WaitsFor {
            id: id.to_owned(),
            waiting: waiting.to_owned(),
            reason,
            depth,
        };
        let mut found: Vec<WaitsFor> = self.lacks(asking).into_iter().map(|reason| told(id, id, reason, 0)).collect();
        let (mut seen, mut closing, mut more) = (HashSet::from([id]), HashSet::new(), 0);
        // The path from the card to the current one, and the same as a set, because a chain may be long.
        let (mut path, mut above) = (vec![id], HashSet::from([id]));
        let mut pending = Vec::new();
        self.push_dependencies(standings, 0, &mut pending);
        while let Some((depth, dependency)) = pending.pop() {
            path.drain(depth + 1..).for_each(|left| _ = above.remove(left));
            let waiting = path[depth];
            let is_full = found.len() >= TOLD;
            if above.contains(dependency) {
                match closing.insert(dependency) {
                    true if is_full => more += 1,
                    true => {
                        let reason = format!("a circle: it waits for {waiting} in turn");
                        found.push(told(dependency, waiting, reason, depth));
                    }
                    false => {}
                }
            } else if seen.insert(dependency) {
                let reason = match standings.get(dependency) {
                    Some(DependencyState::Open(work)) => {
                        work.push_dependencies(standings, depth + 1, &mut pending);
                        if is_full { String::new() } else { work.state(asking) }
                    }
                    Some(DependencyState::Raw) => "an idea that nobody has worked yet".to_owned(),
                    _ => "there is no such card or idea".to_owned(),
                };
                path.push(dependency);
                above.insert(dependency);
                match is_full {
                    true => more += 1,
                    false => found.push(told(dependency, waiting, reason, depth)),
                }
            }
        }
        Waits { told: found, more }
    }

    fn push_dependencies<'a>(
        &'a self,
        standings: &DependencyStates,
        depth: usize,
        pending: &mut Vec<(usize, &'a str)>,
    ) {
        let from = pending.len();
        pending.extend(self.open_dependencies(standings).map(|dependency| (depth, dependency)));
        pending[from..].reverse();
    }

    fn open_dependencies(&self, standings: &DependencyStates) -> impl Iterator<Item = &str> {
        let dependencies = self.dependencies.iter().map(String::as_str);
        dependencies.filter(|id| !standings.get(*id).is_some_and(DependencyState::is_settled))
    }

    /// What prevents work on it, apart from its dependencies.
    fn lacks(&self, asking: &Asking<'_>) -> Vec<String> {
        let mut lacks = Vec::new();
        if let OneOf::Other(lane) = &self.lane {
            lacks.push(format!("in the unknown lane {lane:?}"));
        }
        if self.blocked {
            lacks
                .push(self.blocked_reason.as_ref().map_or("blocked".to_owned(), |reason| format!("blocked: {reason}")));
        }
        if let Some(claim) = self.claim.as_ref().filter(|claim| claim.holds_at(asking.now))
            && asking.actor != Some(claim.by.as_str())
        {
            let until = claim.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
            lacks.push(format!("claimed by {}{until}", claim.by));
        }
        lacks
    }

    /// Its state, as others that wait for it see it.
    fn state(&self, asking: &Asking<'_>) -> String {
        let lacks = self.lacks(asking);
        match self.lane.known() {
            Some(lane) if lacks.is_empty() => format!("{}, not done yet", lane.as_str()),
            _ => lacks.join("; "),
        }
    }

    /// The order of two cards: more urgent; due earlier; further along; changed later; then by ID.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }

    /// The same order, as a sort key for pages.
    #[must_use]
    pub fn position(&self) -> Vec<Part> {
        let (priority, due, Reverse(lane), Reverse(updated), id) = self.rank();
        vec![
            Part::Up(priority.to_string()),
            Part::Up(due.to_owned()),
            Part::Down(lane.to_string()),
            Part::Down(updated.to_owned()),
            Part::Up(id.to_owned()),
        ]
    }

    fn rank(&self) -> (u8, &str, Reverse<u8>, Reverse<&str>, &str) {
        (
            self.priority.known().map_or(Priority::UNKNOWN_RANK, Priority::rank),
            // Cards without a due date come after every date.
            self.due.as_deref().and_then(leading_date).unwrap_or("~"),
            Reverse(self.lane.known().map_or(0, Lane::rank)),
            Reverse(&self.updated),
            &*self.id,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        card::Source,
        doc_path::DocPath,
        hash::Sha256,
        id::Id,
        value::{FieldValue, Fields},
    };

    const NOON: i64 = 1_795_176_000;
    const ASKING: Asking<'static> = Asking { actor: Some("Nora"), now: NOON, today: "2026-11-20" };

    fn source_of<'a>(path: &'a DocPath, sha256: &'a Sha256, archived: bool) -> Source<'a> {
        Source { path, sha256, archived, first_seen: "2026-01-01" }
    }

    /// A card from an ID and keys: `A-1 Lane=Planned Dependencies=A-2,A-3`.
    fn card(text: &str) -> Card {
        let mut words = text.split(' ');
        let id = Id::parse(words.next().unwrap()).unwrap();
        let field = |word: &str| {
            let (key, value) = word.split_once('=').unwrap();
            let value = match (key, value) {
                ("Dependencies", items) => FieldValue::List(items.split(',').map(str::to_owned).collect()),
                ("Blocked", _) => FieldValue::Bool(true),
                (_, value) => FieldValue::Str(value.replace('_', " ")),
            };
            (key.to_owned(), value)
        };
        let fields = Fields::new(words.filter(|word| *word != "archived").map(field).collect());
        let (path, sha) = (DocPath::parse("docs/a.md").unwrap(), Sha256::of(b""));
        Card::read(&id, &fields, "", &source_of(&path, &sha, text.ends_with("archived")))
    }

    fn idea(status: &str, location: Location, archived: bool) -> Idea {
        let fields = Fields::new(vec![("Status".to_owned(), FieldValue::Str(status.to_owned()))]);
        let (path, sha) = (DocPath::parse("docs/a.md").unwrap(), Sha256::of(b""));
        Idea::read(&Id::parse("A-9").unwrap(), location, &fields, "", &source_of(&path, &sha, archived))
    }

    fn standings(cards: &[&str]) -> DependencyStates {
        let standing = |text: &&str| (card(text).id.as_str().into(), DependencyState::of_card(card(text)));
        cards.iter().map(standing).collect()
    }

    fn is_ready(text: &str, others: &[&str]) -> bool {
        Work::from(card(text)).is_ready(&standings(others), &ASKING)
    }

    fn claimed(by: &str, until: Option<&str>) -> Work {
        Work { claim: Some(Claim { by: by.to_owned(), until: until.map(str::to_owned) }), ..card("A-1").into() }
    }

    fn waits(text: &str, others: &[&str]) -> String {
        let waits = Work::from(card(text)).waits_for(&standings(others), &ASKING).told.into_iter();
        let line = |one: WaitsFor| format!("{}{} for {}: {}", "  ".repeat(one.depth), one.id, one.waiting, one.reason);
        waits.map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_card_without_obstacles_is_ready() {
        for lane in ["Inbox", "Fact-finding", "Planned", "In_progress"] {
            assert!(is_ready(&format!("A-1 Lane={lane}"), &[]), "{lane}");
            assert!(!is_ready(&format!("A-1 Lane={lane} Blocked=true"), &[]), "{lane}");
        }
        assert!(!is_ready("A-1 Lane=Blocked", &[]) && !is_ready("A-1 Lane=Someday", &[]));
    }

    #[test]
    fn every_dependency_must_be_out_of_the_way() {
        let ready = |other: &str| is_ready("A-1 Dependencies=A-2", &[other]);
        assert!(ready("A-2 Lane=Done") && ready("A-2 Lane=Reflected") && ready("A-2 Lane=Planned archived"));
        assert!(!ready("A-2 Lane=In_progress") && !ready("A-2 Lane=Blocked") && !ready("A-3 Lane=Done"));
        assert!(!is_ready("A-1 Dependencies=A-2,A-3", &["A-2 Lane=Done", "A-3 Lane=Inbox"]));
        assert!(!is_ready("A-1 Dependencies=A-1", &["A-1"]), "it cannot wait for itself");
    }

    #[test]
    fn an_idea_is_out_of_the_way_when_it_was_worked() {
        let settled =
            |status, location, archived| DependencyState::of_idea(&idea(status, location, archived)).is_settled();
        for status in ["worked", "Converted", "dropped"] {
            assert!(settled(status, Location::Inbox, false), "{status}");
        }
        assert!(settled("raw", Location::Worked, false) && settled("raw", Location::Inbox, true));
        assert!(!settled("raw", Location::Inbox, false) && !settled("Active", Location::Inbox, false));
    }

    #[test]
    fn a_claim_holds_until_its_end_for_everybody_else() {
        let ready = |by, until| claimed(by, until).is_ready(&DependencyStates::new(), &ASKING);
        assert!(ready("Nora", None) && ready("Nora", Some("2026-11-20T13:00:00Z")));
        assert!(!ready("Sami", None) && !ready("Sami", Some("2026-11-20T12:00:01Z")) && !ready("Sami", Some("soon")));
        assert!(ready("Sami", Some("2026-11-20T12:00:00Z")) && ready("Sami", Some("2026-11-20T13:59:59+02:00")));
        let nobody = Asking { actor: None, ..ASKING };
        assert!(!claimed("Sami", None).is_ready(&DependencyStates::new(), &nobody));
    }

    #[test]
    fn why_a_card_is_ready() {
        let why = |work: Work, others: &[&str]| {
            let Why { facts, settled } = work.why(&standings(others), &ASKING);
            format!("{}; {}", facts.join(", "), settled.join("; "))
        };
        let one = Work::from(card("A-1 Priority=P1 Due-Date=2026-12-01 Dependencies=A-2,A-3,A-4"));
        let others = ["A-2 Lane=Done Completed-Date=2026-10-09", "A-3 Lane=Reflected", "A-4 archived"];
        insta::assert_snapshot!(why(one, &others), @"P1, due 2026-12-01, nothing in the way; A-2 was done on 2026-10-09; A-3 was done; A-4 was archived");
        insta::assert_snapshot!(why(Work::from(card("A-1 Due-Date=2026-11-19 Priority=high")), &[]), @r#"priority "high", overdue since 2026-11-19, nothing in the way;"#);
        insta::assert_snapshot!(why(claimed("Nora", Some("2026-11-20T13:00:00Z")), &[]), @"P2, claimed by Nora until 2026-11-20T13:00:00Z, nothing in the way;");
        insta::assert_snapshot!(why(claimed("Sami", Some("2026-11-20T11:00:00Z")), &[]), @"P2, the claim of Sami ended at 2026-11-20T11:00:00Z, nothing in the way;");
    }

    #[test]
    fn what_is_waited_for_is_told_to_the_root() {
        let others = [
            "A-2 Lane=Planned Dependencies=A-4,A-5",
            "A-3 Lane=In_progress Dependencies=A-4",
            "A-4 Lane=Blocked Blocked-Reason=no_SIM_card Dependencies=A-6",
            "A-5 Lane=Done",
        ];
        insta::assert_snapshot!(waits("A-1 Blocked=true Dependencies=A-2,A-5,A-3", &others), @"
        A-1 for A-1: blocked
        A-2 for A-1: Planned, not done yet
          A-4 for A-2: blocked: no SIM card
            A-6 for A-4: there is no such card or idea
        A-3 for A-1: In progress, not done yet
        ");
        insta::assert_snapshot!(waits("A-1 Dependencies=A-2", &["A-2 Dependencies=A-3", "A-3 Dependencies=A-1,A-2"]), @"
        A-2 for A-1: Inbox, not done yet
          A-3 for A-2: Inbox, not done yet
            A-1 for A-3: a circle: it waits for A-3 in turn
            A-2 for A-3: a circle: it waits for A-3 in turn
        ");
        insta::assert_snapshot!(waits("A-1 Lane=Someday", &[]), @r#"A-1 for A-1: in the unknown lane "Someday""#);
        let work = claimed("Sami", Some("2026-11-20T13:00:00Z"));
        assert_eq!(
            work.waits_for(&DependencyStates::new(), &ASKING).told[0].reason,
            "claimed by Sami until 2026-11-20T13:00:00Z"
        );
    }

    #[test]
    fn what_waits_is_what_is_not_ready() {
        for text in ["A-1", "A-1 Blocked=true", "A-1 Lane=Someday", "A-1 Dependencies=A-2", "A-1 Dependencies=A-3"] {
            let (work, standings) = (Work::from(card(text)), standings(&["A-2", "A-3 Lane=Done"]));
            assert_eq!(
                work.is_ready(&standings, &ASKING),
                work.waits_for(&standings, &ASKING).told.is_empty(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_long_chain_takes_linear_time() {
        let chain: Vec<String> =
            (1..30_000).map(|number| format!("A-{number} Dependencies=A-{}", number + 1)).collect();
        let standings = standings(&chain.iter().map(String::as_str).collect::<Vec<_>>());
        let waits = Work::from(card("A-1 Dependencies=A-2")).waits_for(&standings, &ASKING);
        assert_eq!((waits.told.len(), waits.more, &*waits.told[19].id), (20, 29_979, "A-21"));
    }

    #[test]
    fn the_order_of_what_is_ready() {
        let expected = [
            "A-9 Priority=P0",
            "A-8 Priority=P1 Due-Date=2026-12-01",
            "A-7 Priority=P1 Due-Date=2026-12-02",
            "A-6 Priority=P1 Due-Date=soon Lane=In_progress",
            "A-5 Priority=P1 Lane=Planned",
            "A-4 Priority=P1 Updated=2026-11-02",
            "A-1 Priority=P1 Updated=2026-11-01",
            "A-2 Priority=P1 Updated=2026-11-01",
            "A-3 Priority=urgent",
        ];
        let mut sorted: Vec<&str> = expected.into();
        sorted.reverse();
        sorted.sort_by(|a, b| Work::from(card(a)).order(&card(b).into()));
        assert_eq!(sorted, expected);
    }
}
