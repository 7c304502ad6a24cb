//! Random sequences of every write, on the engine and on a model in plain Rust: both show the same boards, an undo of
//! each step restores what was there, and the log replays to it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use bos::{
    domain::{error_kind::ErrorKind, idea::Location, lane::Lane, priority::Priority, query::Query, stage::Stage},
    engine::{
        Caller, Change, Claiming, Clock, Convert, Edits, Environment, FirstImport, Move, NewCard, NewComment, NewIdea,
        OpenOptions, Session, StageText, Target, Undo, Value,
    },
};
use proptest::prelude::*;

use crate::env::TestEnv;

const ACTORS: [&str; 2] = ["Nora", "Pete"];
const BUSINESS: &str = "MILL";

/// A write, with numbers that stand for what is there when its turn comes.
#[derive(Debug, Clone)]
enum Step {
    NewCard(Priority, Option<u8>),
    NewIdea,
    Convert(usize),
    Drop(usize),
    Move(usize, Lane),
    TakeOver(usize, Lane),
    Owner(usize, usize),
    Tag(usize, u8, bool),
    Depend(usize, usize, bool),
    Comment(usize),
    Stage(usize, u8),
    Claim(usize, Claiming),
    Block(usize),
    Unblock(usize),
    Archive(usize, bool),
    Delete(usize),
    Propose(usize, Lane),
    Accept(usize),
}

fn lane() -> impl Strategy<Value = Lane> {
    prop::sample::select(Lane::ALL.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..12_usize;
    let claiming = prop_oneof![
        Just(Claiming::Take(None)),
        Just(Claiming::Take(Some(3600))),
        Just(Claiming::Renew(7200)),
        Just(Claiming::Release),
        Just(Claiming::Break("gone".to_owned()))
    ];
    prop_oneof![
        3 => (prop::sample::select(Priority::ALL.to_vec()), prop::option::of(1..28_u8)).prop_map(|(p, d)| Step::NewCard(p, d)),
        1 => Just(Step::NewIdea),
        1 => n().prop_map(Step::Convert),
        1 => n().prop_map(Step::Drop),
        4 => (n(), lane()).prop_map(|(card, lane)| Step::Move(card, lane)),
        1 => (n(), lane()).prop_map(|(card, lane)| Step::TakeOver(card, lane)),
        1 => (n(), 0..2_usize).prop_map(|(card, owner)| Step::Owner(card, owner)),
        1 => (n(), 0..3_u8, any::<bool>()).prop_map(|(card, tag, adds)| Step::Tag(card, tag, adds)),
        2 => (n(), n(), any::<bool>()).prop_map(|(card, on, adds)| Step::Depend(card, on, adds)),
        1 => n().prop_map(Step::Comment),
        1 => (n(), 0..3_u8).prop_map(|(card, stage)| Step::Stage(card, stage)),
        2 => (n(), claiming).prop_map(|(card, claiming)| Step::Claim(card, claiming)),
        1 => n().prop_map(Step::Block),
        2 => n().prop_map(Step::Unblock),
        2 => (n(), any::<bool>()).prop_map(|(card, into)| Step::Archive(card, into)),
        1 => n().prop_map(Step::Delete),
        1 => (n(), lane()).prop_map(|(card, lane)| Step::Propose(card, lane)),
        1 => n().prop_map(Step::Accept),
    ]
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Card {
    lane: Lane,
    priority: Priority,
    owner: String,
    due: Option<String>,
    tags: Vec<String>,
    dependencies: Vec<String>,
    blocked: bool,
    /// Where it was before the lane Blocked, and whether it was blocked there already.
    before: Option<(Lane, bool)>,
    proposed: Option<Lane>,
    claim: Option<(usize, Option<i64>)>,
    archived: bool,
    comments: usize,
    stages: BTreeSet<String>,
    /// The stage docs whose text was set.
    texts: BTreeSet<String>,
    created: String,
    updated: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Idea {
    status: &'static str,
    location: Location,
    archived: bool,
    card: Option<String>,
}

/// What there should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Model {
    cards: BTreeMap<String, Card>,
    ideas: BTreeMap<String, Idea>,
}

/// How a write ends: `None` for a success.
type Refused = Option<ErrorKind>;

impl Model {
    fn card(&self, number: usize) -> Option<String> {
        let count = self.cards.len();
        (count > 0).then(|| self.cards.keys().nth(number % count).unwrap().clone())
    }

    fn idea(&self, number: usize) -> Option<String> {
        let count = self.ideas.len();
        (count > 0).then(|| self.ideas.keys().nth(number % count).unwrap().clone())
    }

    fn reaches(&self, from: &str, to: &str) -> bool {
        from == to
            || self.cards.get(from).is_some_and(|card| card.dependencies.iter().any(|next| self.reaches(next, to)))
    }

    /// What a change does here; `made` is the ID of what it makes.
    fn perform(&mut self, change: &Change, actor: usize, now: i64, today: &str, made: &str) -> Refused {
        let target = match change {
            Change::NewCard(new) => {
                let card = Card {
                    lane: new.lane,
                    priority: new.priority,
                    owner: "Unassigned".to_owned(),
                    due: new.due.clone(),
                    tags: Vec::new(),
                    dependencies: Vec::new(),
                    blocked: false,
                    before: None,
                    proposed: None,
                    claim: None,
                    archived: false,
                    comments: 0,
                    stages: BTreeSet::new(),
                    texts: BTreeSet::new(),
                    created: today.to_owned(),
                    updated: today.to_owned(),
                };
                self.cards.insert(made.to_owned(), card);
                return None;
            }
            Change::NewIdea(_) => {
                let idea = Idea { status: "raw", location: Location::Inbox, archived: false, card: None };
                self.ideas.insert(made.to_owned(), idea);
                return None;
            }
            Change::ConvertIdea(target, _) => {
                let idea = self.ideas.get_mut(&target.id).unwrap();
                if idea.status != "raw" {
                    return Some(ErrorKind::Invalid);
                }
                *idea = Idea {
                    status: "converted",
                    location: Location::Worked,
                    card: Some(made.to_owned()),
                    ..idea.clone()
                };
                let card = NewCard::new(BUSINESS, "x");
                self.perform(&Change::NewCard(card), actor, now, today, made);
                self.cards.get_mut(made).unwrap().stages.insert("fact-find".to_owned());
                return None;
            }
            Change::DropIdea(target, _) => {
                let idea = self.ideas.get_mut(&target.id).unwrap();
                if idea.card.is_some() {
                    return Some(ErrorKind::Invalid);
                }
                *idea = Idea { status: "dropped", archived: true, ..idea.clone() };
                return None;
            }
            Change::Comment(comment) => {
                self.cards.get_mut(&comment.card).unwrap().comments += 1;
                return None;
            }
            Change::SetStage(stage) => {
                let card = self.cards.get_mut(&stage.card).unwrap();
                let name = stage.stage.as_str().to_owned();
                if !card.texts.contains(&name) && held(card, now).is_some_and(|by| by != actor) {
                    return Some(ErrorKind::Conflict);
                }
                card.stages.insert(name.clone());
                card.texts.insert(name);
                return None;
            }
            Change::Delete(target, _) => {
                if held(&self.cards[&target.id], now).is_some_and(|by| by != actor) {
                    return Some(ErrorKind::Conflict);
                }
                self.cards.remove(&target.id);
                return None;
            }
            Change::SetCard(target, edits) => {
                for (_, on) in &edits.add {
                    if self.cards.contains_key(on) && self.reaches(on, &target.id) {
                        let known = self.cards[&target.id].dependencies.contains(on);
                        return if known { None } else { Some(ErrorKind::Invalid) };
                    }
                }
                target
            }
            Change::Claim(target, _)
            | Change::Block(target, _)
            | Change::Unblock(target)
            | Change::Archive(target)
            | Change::Unarchive(target)
            | Change::Propose(target, ..)
            | Change::Accept(target, _)
            | Change::Move(target, _) => target,
            other => panic!("{other:?}"),
        };
        let card = self.cards.get_mut(&target.id).unwrap();
        let mut after = card.clone();
        let mut holder = held(card, now);
        if target.take_over.is_some() && holder.is_some_and(|by| by != actor) {
            after.claim = Some((actor, Some(now + DAY)));
            holder = None;
        }
        if let Err(kind) = perform(&mut after, change, actor, now) {
            return Some(kind);
        }
        let asks = Card { proposed: after.proposed, ..card.clone() };
        let breaks = matches!(change, Change::Claim(..));
        if after != asks && !breaks && holder.is_some_and(|by| by != actor) {
            return Some(ErrorKind::Conflict);
        }
        if after != *card {
            *card = Card { updated: today.to_owned(), ..after };
        }
        None
    }

    /// The boards, in board order: lane, priority, due date, updated, created, ID.
    fn board(&self, archived: bool) -> Vec<String> {
        let mut cards: Vec<_> = self.cards.iter().filter(|(_, card)| card.archived == archived).collect();
        cards.sort_by(|(a_id, a), (b_id, b)| {
            let key =
                |card: &Card| (card.lane.rank(), card.priority.rank(), card.due.clone().unwrap_or("~".to_owned()));
            key(a).cmp(&key(b)).then((&b.updated, &b.created).cmp(&(&a.updated, &a.created))).then(a_id.cmp(b_id))
        });
        let line = |(id, card): (&String, &Card)| {
            format!(
                "{id} {} {} {} {:?} {:?} {:?} {} {:?}",
                card.lane.as_str(),
                card.priority.as_str(),
                card.owner,
                card.due,
                card.tags,
                card.dependencies,
                card.blocked || card.lane == Lane::Blocked,
                card.proposed.map(Lane::as_str),
            )
        };
        cards.into_iter().map(line).collect()
    }
}

/// The usual time of a claim.
const DAY: i64 = 8 * 60 * 60;

/// Whose a card is now.
fn held(card: &Card, now: i64) -> Option<usize> {
    card.claim.filter(|(_, until)| until.is_none_or(|until| now < until)).map(|(by, _)| by)
}

/// What a change of one card does to it.
fn perform(card: &mut Card, change: &Change, actor: usize, now: i64) -> Result<(), ErrorKind> {
    match change {
        Change::SetCard(_, edits) => {
            for (_, value) in &edits.set {
                let Value::Text(owner) = value else { panic!("{value:?}") };
                card.owner.clone_from(owner);
            }
            for (key, item) in &edits.add {
                let list = if key == "Tags" { &mut card.tags } else { &mut card.dependencies };
                if !list.contains(item) {
                    list.push(item.clone());
                }
            }
            for (key, item) in &edits.remove {
                let list = if key == "Tags" { &mut card.tags } else { &mut card.dependencies };
                list.retain(|other| other != item);
            }
        }
        Change::Claim(_, claiming) => {
            let held = card.claim.filter(|(_, until)| until.is_none_or(|until| now < until));
            let foreign = held.is_some_and(|(by, _)| by != actor);
            if foreign && !matches!(claiming, Claiming::Break(_)) {
                return Err(ErrorKind::Conflict);
            }
            match claiming {
                Claiming::Break(_) if foreign => card.claim = None,
                Claiming::Break(_) => {}
                Claiming::Release => card.claim = None,
                Claiming::Renew(_) if card.claim.is_none_or(|(by, _)| by != actor) => return Err(ErrorKind::Invalid),
                Claiming::Renew(time) => card.claim = Some((actor, Some(now + time))),
                Claiming::Take(_) if card.archived || matches!(card.lane, Lane::Done | Lane::Reflected) => {
                    return Err(ErrorKind::Invalid);
                }
                Claiming::Take(None) if held.is_some() => {}
                Claiming::Take(time) => card.claim = Some((actor, Some(now + time.unwrap_or(DAY)))),
            }
        }
        Change::Block(..) => card.blocked = true,
        Change::Unblock(_) => {
            card.blocked = false;
            if card.lane == Lane::Blocked {
                card.lane = card.before.unwrap().0;
                clear_proposal(card);
                if matches!(card.lane, Lane::Done | Lane::Reflected) {
                    card.claim = None;
                }
            }
        }
        Change::Archive(_) => card.archived = true,
        Change::Unarchive(_) => card.archived = false,
        Change::Propose(_, lane, _) if *lane == card.lane => {}
        Change::Propose(_, lane, _) => card.proposed = Some(*lane),
        Change::Accept(..) => {
            let lane = card.proposed.ok_or(ErrorKind::Invalid)?;
            enter(card, lane);
            card.proposed = None;
        }
        Change::Move(_, request) => enter(card, request.lane),
        other => panic!("{other:?}"),
    }
    Ok(())
}

fn enter(card: &mut Card, lane: Lane) {
    if card.lane == lane {
        return;
    }
    if lane == Lane::Blocked {
        card.before = Some((card.lane, card.blocked));
        card.blocked = true;
    } else if card.lane == Lane::Blocked {
        card.blocked = card.blocked && card.before.unwrap().1;
    }
    card.lane = lane;
    if let Some(stage) = lane.stage_doc() {
        card.stages.insert(stage.as_str().to_owned());
    }
    if matches!(lane, Lane::Done | Lane::Reflected) {
        card.claim = None;
    }
    clear_proposal(card);
}

fn clear_proposal(card: &mut Card) {
    card.proposed = card.proposed.filter(|proposed| *proposed != card.lane);
}

/// The change a step asks for, where there is something to change.
fn change(step: &Step, model: &Model) -> Option<Change> {
    let at = |id: String| Target::of(&id);
    let card = |number: &usize| model.card(*number).map(at);
    let idea = |number: &usize| model.idea(*number).map(at);
    let list = |key: &str, item: String, adds: bool| {
        let item = vec![(key.to_owned(), item)];
        if adds { Edits { add: item, ..Edits::default() } } else { Edits { remove: item, ..Edits::default() } }
    };
    Some(match step {
        Step::NewCard(priority, day) => Change::NewCard(NewCard {
            priority: *priority,
            due: day.map(|day| format!("2026-12-{day:02}")),
            ..NewCard::new(BUSINESS, "A card")
        }),
        Step::NewIdea => Change::NewIdea(NewIdea {
            business: BUSINESS.to_owned(),
            title: "An idea".to_owned(),
            kind: None,
            priority: None,
            tags: Vec::new(),
            keys: Vec::new(),
            body: None,
        }),
        Step::Convert(number) => Change::ConvertIdea(idea(number)?, Convert::default()),
        Step::Drop(number) => Change::DropIdea(idea(number)?, "no".to_owned()),
        Step::Move(number, lane) => Change::Move(card(number)?, Move::to(*lane)),
        Step::TakeOver(number, lane) => {
            let target = Target { take_over: Some("gone".to_owned()), ..card(number)? };
            Change::Move(target, Move::to(*lane))
        }
        Step::Owner(number, owner) => {
            let set = vec![("Owner".to_owned(), Value::Text(ACTORS[*owner].to_owned()))];
            Change::SetCard(card(number)?, Edits { set, ..Edits::default() })
        }
        Step::Tag(number, tag, adds) => Change::SetCard(card(number)?, list("Tags", format!("t{tag}"), *adds)),
        Step::Depend(number, on, adds) => Change::SetCard(card(number)?, list("Dependencies", model.card(*on)?, *adds)),
        Step::Comment(number) => {
            Change::Comment(NewComment { card: model.card(*number)?, text: "Hm.".to_owned(), expect: None })
        }
        Step::Stage(number, stage) => Change::SetStage(StageText {
            card: model.card(*number)?,
            stage: Stage::parse(["plan", "build", "launch"][usize::from(*stage)]).unwrap(),
            body: "Text.\n".to_owned(),
            agent: false,
            expect: None,
            take_over: None,
        }),
        Step::Claim(number, claiming) => Change::Claim(card(number)?, claiming.clone()),
        Step::Block(number) => Change::Block(card(number)?, None),
        Step::Unblock(number) => Change::Unblock(card(number)?),
        Step::Archive(number, true) => Change::Archive(card(number)?),
        Step::Archive(number, false) => Change::Unarchive(card(number)?),
        Step::Delete(number) => Change::Delete(card(number)?, "no".to_owned()),
        Step::Propose(number, lane) => Change::Propose(card(number)?, *lane, None),
        Step::Accept(number) => Change::Accept(card(number)?, None),
    })
}

/// A session as one command of an actor has it. The clock stands at ten o'clock of some day, wherever that is.
fn session(root: PathBuf, actor: usize, day: i64) -> (Session, i64, String) {
    let now = 1_795_168_800 + day * 24 * 60 * 60;
    let clock = Clock::fixed(&bos::domain::entry::instant(now)).unwrap();
    let session = Session::open(OpenOptions {
        from: root,
        database: None,
        caller: Caller { actor: Some(ACTORS[actor].to_owned()), ..Caller::default() },
        clock,
        timeout: Duration::from_secs(10),
        reads_only: false,
        first_import: FirstImport::Automatic,
        refresh: bos::engine::Refresh::Leave,
        progress: None,
        environment: Environment::default(),
    });
    (session.unwrap(), now, Clock::local(now).0)
}

/// What the engine shows of everything the model knows.
fn compare(session: &Session, model: &Model) {
    let view = session.view().unwrap();
    for archived in [false, true] {
        let query = Query { business: Some(BUSINESS.to_owned()), archived, ..Query::default() };
        let found: Vec<String> = view
            .board(&query)
            .unwrap()
            .iter()
            .map(|card| {
                format!(
                    "{} {} {} {} {:?} {:?} {:?} {} {:?}",
                    card.id,
                    card.lane.known().unwrap().as_str(),
                    card.priority.known().unwrap().as_str(),
                    card.owner,
                    card.due,
                    card.tags,
                    card.dependencies,
                    card.blocked,
                    card.proposed_lane,
                )
            })
            .collect();
        assert_eq!(found, model.board(archived));
    }
    for (id, card) in &model.cards {
        let detail = view.card(id, None, None).unwrap();
        let stages: BTreeSet<String> = detail.stage_docs.iter().map(|doc| doc.stage.as_str().to_owned()).collect();
        assert_eq!((detail.comments.len(), &stages), (card.comments, &card.stages), "{id}");
        let claimed = detail.fields.text("Claimed-By").map(str::to_owned);
        assert_eq!(claimed, card.claim.map(|(by, _)| ACTORS[by].to_owned()), "{id}");
    }
    for (id, idea) in &model.ideas {
        let found = view.idea(id, None).unwrap().idea;
        let told = (found.status.as_deref().unwrap(), found.location, found.archived, &found.card_id);
        assert_eq!(told, (idea.status, idea.location, idea.archived, &idea.card), "{id}");
    }
}

/// Few sequences by default; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(12);
    ProptestConfig { cases, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn engine_and_model_agree(steps in prop::collection::vec((step(), 0..2_usize, any::<bool>()), 10..60)) {
        let env = TestEnv::empty();
        env.write("cards/.keep", "");
        let mut model = Model::default();
        let mut given_out = BTreeSet::new();
        for (day, (step, actor, is_undone)) in steps.iter().enumerate() {
            let Some(change) = change(step, &model) else { continue };
            let (session, now, today) = session(env.root.clone(), *actor, i64::try_from(day).unwrap() / 4);
            let done = session.apply_one(change.clone());
            let made = match &done {
                Ok((outcome, _)) => outcome.id().to_string(),
                Err(_) => "none".to_owned(),
            };
            let before = model.clone();
            let refused = model.perform(&change, *actor, now, &today, &made);
            prop_assert_eq!(done.as_ref().err().map(|error| error.kind()), refused, "{:?} {:?}", &change, &done);
            if let Ok((outcome, _)) = &done && outcome.created && model.cards.len() + model.ideas.len()
                > before.cards.len() + before.ideas.len()
            {
                prop_assert!(given_out.insert(made.clone()), "{made} was given out before");
            }
            compare(&session, &model);
            let changed = done.as_ref().is_ok_and(|(_, written)| !written.entries.is_empty());
            if changed && *is_undone {
                session.undo(Undo::Last(1)).unwrap();
                model = before;
                compare(&session, &model);
            }
        }
        let (session, ..) = session(env.root.clone(), 0, 100);
        let report = session.verify(false).unwrap();
        prop_assert!(report.ok(), "{:?}", report.checks);
        session.rebuild().unwrap();
        compare(&session, &model);
    }
}
