//! Several callers in one program, upon one core: each is who it is, and each sees one state of the database at a time.

use std::{fs, thread, time::Duration};

use bos::{
    domain::{actor::Actor, lane::Lane, query::Query},
    engine::{
        Caller, Change, Clock, Environment, FirstImport, Move, OpenOptions, Refresh, Session, Target, Value, View,
    },
};

use crate::env::TestEnv;

fn open(env: &TestEnv) -> Session {
    Session::open(OpenOptions {
        from: env.root.clone(),
        database: None,
        caller: named("Nora"),
        environment: Environment::default(),
        clock: Clock::system(),
        timeout: Duration::from_secs(20),
        reads_only: false,
        first_import: FirstImport::Automatic,
        refresh: Refresh::Leave,
        progress: None,
    })
    .unwrap()
}

fn named(actor: &str) -> Caller {
    Caller { actor: Some(actor.to_owned()), ..Caller::default() }
}

fn owner(view: &View<'_>, card: &str) -> String {
    view.card(card, None, None).unwrap().card.owner
}

fn set_owner(session: &Session, card: &str, owner: &str) {
    let edits =
        bos::engine::Edits { set: vec![("Owner".to_owned(), Value::Text(owner.to_owned()))], ..Default::default() };
    session.apply_one(Change::SetCard(Target::of(card), edits)).unwrap();
}

#[test]
fn a_view_stays_as_it_is_while_others_write() {
    let env = TestEnv::repository("bakery");
    let session = open(&env);
    let view = session.view().unwrap();
    let before = owner(&view, "BAKE-ENG-0001");
    let other = session.for_caller(named("Sami"));
    set_owner(&other, "BAKE-ENG-0001", "Ines");
    assert_eq!(owner(&view, "BAKE-ENG-0001"), before);
    assert_eq!(owner(&session.view().unwrap(), "BAKE-ENG-0001"), "Ines");
}

#[test]
fn callers_in_threads_are_each_who_they_are() {
    let env = TestEnv::repository("bakery");
    let session = open(&env);
    let begun = session.view().unwrap().seq().unwrap();
    let callers = ["Nora", "Sami", "Ines", "Tom"];
    thread::scope(|scope| {
        for (number, name) in callers.into_iter().enumerate() {
            let own = session.for_caller(Caller { via: Some("test"), ..named(name) });
            scope.spawn(move || {
                for turn in 0..5 {
                    set_owner(&own, &format!("BAKE-ENG-000{}", number + 1), &format!("{name} {turn}"));
                    let view = own.view().unwrap();
                    assert_eq!(owner(&view, &format!("BAKE-ENG-000{}", number + 1)), format!("{name} {turn}"));
                    assert!(!view.cards(&Query::default()).unwrap().is_empty());
                }
            });
        }
    });
    let log = env.bos(&["log", "--json"]).code(0).json();
    let made = log["entries"].as_array().unwrap().iter().filter(|entry| entry["seq"].as_u64() > Some(begun));
    let made: Vec<_> = made.collect();
    assert_eq!(made.len(), 20);
    for name in callers {
        let own = made.iter().filter(|entry| entry["actor"] == name && entry["initiator"] == name);
        assert_eq!(own.filter(|entry| entry["via"] == "test").count(), 5, "{name}");
    }
    assert!(session.verify(false).unwrap().ok());
}

#[test]
fn settings_are_read_again_when_they_changed() {
    let env = TestEnv::repository("bakery");
    let session = open(&env);
    let file = env.root.join("bos.toml");
    let is_agent = |name| session.config().unwrap().is_agent(&Actor::parse(name).unwrap());
    assert!(!is_agent("Claude"));
    fs::write(&file, "agents = [\"Claude\"]\n").unwrap();
    assert!(is_agent("Claude"));
    let agent = session.for_caller(named("Claude"));
    let to_done = || Change::Move(Target::of("BAKE-ENG-0006"), Move::to(Lane::Done));
    assert!(agent.apply_one(to_done()).is_err());
    fs::write(&file, "agents = [\"Codex\"]\n").unwrap();
    agent.apply_one(to_done()).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(!is_agent("Codex"));
}
