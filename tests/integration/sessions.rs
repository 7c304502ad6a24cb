//! Several callers in one program, upon one core: each is who it is, and each sees one state of the database at a time.

use std::{fs, thread, time::Duration};

use bos::{
    domain::{actor::Actor, config::Key, lane::Lane, query::Query},
    engine::{
        Caller, Change, Clock, EngineError, Environment, ExportOptions, FirstImport, ImportOptions, Move, NewComment,
        OpenOptions, Refresh, Session, Target, Value, View,
    },
};

use crate::env::TestEnv;

fn open(env: &TestEnv) -> Session {
    Session::open(options(env)).unwrap()
}

fn options(env: &TestEnv) -> OpenOptions {
    OpenOptions {
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
    }
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
fn a_caller_may_do_without_a_tree() {
    let env = TestEnv::repository("bakery");
    let session = open(&env);
    let database = session.workspace().database.clone();
    let alone = |environment| {
        let own = OpenOptions { database: Some(database.clone()), caller: named("Ines"), environment, ..options(&env) };
        Session::open_without_tree(own).unwrap()
    };
    let ines = alone(Environment::default());
    // Reads, changes of every kind of document, and looks back: in another folder than the files, which stay as they are.
    let files = || env.bos(&["status", "--json", "--no-refresh"]).code(0).json()["counts"].clone();
    let (before, begun) = (files(), ines.view().unwrap().seq().unwrap());
    set_owner(&ines, "BAKE-ENG-0001", "Sami");
    ines.apply_one(Change::Move(Target::of("BAKE-ENG-0006"), Move::to(Lane::Done))).unwrap();
    let comment = NewComment { card: "BAKE-ENG-0006".to_owned(), text: "Seen.".to_owned(), expect: None };
    ines.apply_one(Change::Comment(comment)).unwrap();
    let view = ines.view().unwrap();
    assert_eq!(owner(&view, "BAKE-ENG-0001"), "Sami");
    assert!(!view.cards(&Query::default()).unwrap().is_empty());
    assert_eq!(view.seq().unwrap(), begun + 3);
    assert!(ines.verify(false).unwrap().ok());
    // What is about files says that there are none, and changes nothing.
    let refused: [Result<(), EngineError>; 4] = [
        ines.import(&ImportOptions::default()).map(|_| ()),
        ines.export(&ExportOptions::default()).map(|_| ()),
        ines.export(&ExportOptions { branch: Some("work/mirror".to_owned()), ..Default::default() }).map(|_| ()),
        ines.view().unwrap().status().map(|_| ()),
    ];
    for one in refused {
        assert!(matches!(one, Err(EngineError::WithoutTree)), "{one:?}");
    }
    // The settings are those of the caller, since there is no file of them.
    let agents = vec![(Key::Agents, "Ines".to_owned())];
    let denied = alone(agents).apply_one(Change::Move(Target::of("BAKE-ENG-0002"), Move::to(Lane::Done)));
    assert!(matches!(denied, Err(EngineError::Denied { .. })));
    // Whoever has the tree sees it, and writes it to the files.
    assert_ne!(files(), before);
    assert_eq!(owner(&session.view().unwrap(), "BAKE-ENG-0001"), "Sami");
    env.bos(&["export"]).code(0);
    assert!(env.read("cards/BAKE-ENG-0001.user.md").contains("Owner: Sami"));
    env.verify();
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
