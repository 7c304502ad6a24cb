//! `--at`: boards, lists and cards as they were, and that a look back costs writes nothing.

use std::{fs, time::Instant};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;

use crate::env::{NOW, TestEnv};

/// A command at another time than the usual one.
#[track_caller]
fn on(env: &TestEnv, time: &str, arguments: &[&str]) -> String {
    env.bos_with(&[("BOS_NOW", time)], arguments).ok()
}

/// A bakery with a past: imported on 2 November, and a change on each of the days after.
fn with_a_past() -> TestEnv {
    let env = TestEnv::fixture("bakery");
    on(&env, "2026-11-02T10:00:00Z", &["import"]);
    on(&env, "2026-11-03T10:00:00Z", &["card", "move", "BAKE-ENG-0006", "in-progress"]);
    on(&env, "2026-11-04T10:00:00Z", &["card", "set", "BAKE-ENG-0006", "Title=Paper bags", "Owner=Sami"]);
    on(&env, "2026-11-05T10:00:00Z", &["card", "move", "BAKE-ENG-0006", "done"]);
    on(&env, "2026-11-06T10:00:00Z", &["card", "new", "BAKE", "--title", "Count the trays"]);
    fs::remove_file(env.path("cards/HOME-ENG-0002.user.md")).unwrap();
    on(&env, "2026-11-07T10:00:00Z", &["import", "--prune"]);
    env
}

#[test]
fn a_board_as_it_was() {
    let env = with_a_past();
    assert_snapshot!(env.bos(&["board", "bake", "--at", "26", "--lane", "in-progress"]).ok(), @"
    BAKE  Half Past Four  as of entry 26, 2026-11-03 10:00Z  2 cards

    In progress (2)
      BAKE-ENG-0002  P0  Order form for Christmas stollen  due 2026-11-16
      BAKE-ENG-0006  P3  Paper bags with the new logo
    ");
    assert_snapshot!(env.bos(&["board", "BAKE", "--at", "2026-11-05", "--owner", "Sami"]).ok(), @"
    BAKE  Half Past Four  as of entry 28, 2026-11-05 10:00Z  1 card

    Inbox (0)

    Fact-finding (0)

    Planned (0)

    In progress (0)

    Blocked (0)

    Done (1)
      BAKE-ENG-0006  P3  Paper bags

    Reflected (0)
    ");
    env.verify();
}

#[test]
fn a_business_that_is_gone_has_its_boards_of_then() {
    let env = TestEnv::fixture("bakery");
    env.write("cards/GONE-ENG-0001.user.md", "---\nLane: Inbox\nDue-Date: 2026-11-02\n---\n# A market stall\n");
    on(&env, "2026-11-02T10:00:00Z", &["import"]);
    fs::remove_file(env.path("cards/GONE-ENG-0001.user.md")).unwrap();
    on(&env, "2026-11-03T10:00:00Z", &["import", "--prune"]);
    env.bos(&["board", "gone"]).code(3);
    env.bos(&["card", "list", "lost", "--at", "26"]).code(3);
    // It was due that day, and not overdue yet.
    assert_snapshot!(env.bos(&["board", "gone", "--at", "26", "--lane", "inbox"]).ok(), @"
    GONE  as of entry 26, 2026-11-02 10:00Z  1 card

    Inbox (1)
      GONE-ENG-0001  P2  A market stall  due 2026-11-02
    ");
    assert_eq!(env.bos(&["card", "list", "gone", "--at", "27", "--json"]).code(0).json()["total"], 0);
}

#[test]
fn lists_as_they_were() {
    let env = with_a_past();
    assert_snapshot!(env.bos(&["card", "list", "BAKE", "--at", "27", "--owner", "sami"]).ok(), @"
    as of entry 27, 2026-11-04 10:00Z

    ID             LANE         PRI  OWNER  DUE  TITLE
    BAKE-ENG-0006  In progress  P3   Sami        Paper bags
    ");
    assert_snapshot!(env.bos(&["idea", "list", "bake", "--at", "2026-11-03"]).ok(), @"
    as of entry 26, 2026-11-03 10:00Z

    ID             IN      STATUS     UPDATED     TITLE
    BAKE-OPP-0002  inbox   raw        2026-11-08  A loaf every Friday, by subscription
    BAKE-OPP-0001  worked  converted  2026-10-03  More oven on Saturdays
    ");
    assert_snapshot!(env.bos(&["stage", "list", "bake-eng-0006", "--at", "26"]).ok(), @"
    as of entry 26, 2026-11-03 10:00Z

    CARD           STAGE  UPDATED     FILE                                                TITLE
    BAKE-ENG-0006  build  2026-11-03  docs/business-os/cards/BAKE-ENG-0006/build.user.md  Paper bags with the new logo
    ");
    let list = env.bos(&["card", "list", "--at", "27", "--limit", "2", "--json"]).code(0).json();
    assert_eq!((&list["total"], list["cards"].as_array().unwrap().len()), (&14.into(), 2));
    assert_snapshot!(env.bos(&["stage", "list", "--at", "26"]).code(2).stderr, @"
    error: stage list --at needs a card
    hint: name the card before --at
    ");
}

#[test]
fn a_card_as_it_was() {
    let env = with_a_past();
    assert_snapshot!(env.bos(&["card", "show", "bake-eng-0006", "--at", "26"]).ok(), @"
    BAKE-ENG-0006  Paper bags with the new logo
      as of entry 26, 2026-11-03 10:00Z
      Type      Card
      Lane      In progress
      Priority  P3
      Owner     Unassigned
      ID        BAKE-ENG-0006
      Title     Paper bags with the new logo
      Business  BAKE
      Tags      print
      Created   2026-11-11
      Updated   2026-11-03

    About 2,000 plain bags are left. The printer wants at least 5,000 of the new
    ones, so there is time until spring.

    Stage docs
      build        2026-11-03  docs/business-os/cards/BAKE-ENG-0006/build.user.md

    Files
      docs/business-os/cards/BAKE-ENG-0006.user.md
        sha256 61e7c9d37d060dda41ab3b2f1a7fc73ba211509cb230b10e8da3d25ae26f374a

    Log
         26  2026-11-03 10:00Z  Nora  move  (Lane: Inbox -> In progress, Updated: 2026-11-11 -> 2026-11-03)
         11  2026-11-02 10:00Z  Nora  import
    ");
    // One that is gone, with all that was attached to it.
    let gone = env.bos(&["card", "show", "HOME-ENG-0002", "--at", "29", "--json"]).code(0).json();
    assert_eq!(gone["card"]["title"], "Papers for the tax adviser");
    assert_eq!(gone["documents"][0]["state"], Value::Null);
    env.bos(&["card", "show", "HOME-ENG-0002"]).code(3);
    assert_snapshot!(env.bos(&["card", "show", "BAKE-ENG-0009", "--at", "28"]).code(3).stderr, @"
    error: there was no card BAKE-ENG-0009 after entry 28 of the log
    hint: `bos log BAKE-ENG-0009` shows when it was added and what happened to it
    ");
    assert_snapshot!(env.bos(&["card", "show", "BAKE-ENG-0099", "--at", "28"]).code(3).stderr, @"
    error: there is no card BAKE-ENG-0099
    hint: did you mean BAKE-ENG-0009?
    ");
    assert_snapshot!(env.bos(&["idea", "show", "BAKE-OPP-0002", "--at", "0"]).code(3).stderr, @"
    error: there was no idea BAKE-OPP-0002 before the first entry of the log
    hint: `bos log BAKE-OPP-0002` shows when it was added and what happened to it
    ");
    let stage = env.bos(&["stage", "show", "BAKE-ENG-0006", "build", "--at", "28", "--json"]).code(0).json();
    assert_eq!(stage["stage_doc"]["created"], "2026-11-03");
    env.bos(&["stage", "show", "BAKE-ENG-0006", "build", "--at", "25"]).code(3);
}

/// The entry that a point in the past names.
#[track_caller]
fn seq(env: &TestEnv, variables: &[(&str, &str)], at: &str) -> u64 {
    let ran = env.bos_with(variables, &["board", "--json", "--at", at]).code(0);
    assert_eq!(ran.stderr, "");
    ran.json()["seq"].as_u64().unwrap()
}

#[test]
fn the_ways_to_name_a_point_in_the_past() {
    let env = with_a_past();
    let at = |text| seq(&env, &[], text);
    assert_eq!(env.log_length(), 30);
    assert_eq!([at("0"), at("7"), at("30")], [0, 7, 30]);
    // A day is over at its end, and today is not over yet.
    assert_eq!([at("2026-11-01"), at("2026-11-02"), at("2026-11-03"), at("2026-11-20")], [0, 25, 26, 30]);
    assert_eq!(
        [at("2026-11-03T09:59:59Z"), at("2026-11-03T10:00:00.5Z"), at("2026-11-03T10:59:59+01:00")],
        [25, 26, 25]
    );
    assert_eq!([at("2026-11-05 09:59"), at("2026-11-05T10:00")], [27, 28]);
    // Now it is 20 November, 10:00.
    assert_eq!([at("17 days ago"), at("17 days 1 second ago"), at("2 weeks ago"), at("1 year ago")], [26, 25, 29, 0]);
    // Local days: in Auckland it is eleven at night, in Honolulu midnight.
    let in_zone = |zone, text| seq(&env, &[("TZ", zone)], text);
    assert_eq!([in_zone("Pacific/Auckland", "2026-11-03"), in_zone("Pacific/Honolulu", "2026-11-02")], [26, 25]);
    assert_eq!(
        [in_zone("Pacific/Auckland", "2026-11-03 23:00"), in_zone("Pacific/Honolulu", "2026-11-03 00:00")],
        [26, 26]
    );
}

#[test]
fn what_is_still_to_come() {
    let env = with_a_past();
    for at in ["31", "2026-11-21", "2026-11-20T10:00:01Z", "2027-01-01 08:00"] {
        let error = env.bos(&["board", "--json", "--at", at]).code(3).json_error();
        assert!(
            error["message"].as_str().unwrap().ends_with("is still to come: the log ends with entry 30"),
            "{error}"
        );
        assert_eq!(error["hint"], "`bos log --limit 1` shows the last entry");
    }
    for at in ["soon", "-1", "2 days", "2026-02-30", ""] {
        env.bos(&["board", &format!("--at={at}")]).code(2);
    }
    assert_snapshot!(env.bos(&["board", "--at", "31"]).code(3).stderr, @"
    error: entry 31 is still to come: the log ends with entry 30
    hint: `bos log --limit 1` shows the last entry
    ");
    let empty = TestEnv::empty();
    empty.bos(&["init"]).code(0);
    assert_eq!(empty.bos(&["board", "--json", "--at", "0"]).code(0).json()["total"], 0);
    assert_snapshot!(empty.bos(&["board", "--at", "1"]).code(3).stderr, @"
    error: entry 1 is still to come: the log has no entry yet
    hint: `bos log --limit 1` shows the last entry
    ");
}

fn mark(env: &TestEnv) -> Option<String> {
    let sql = "SELECT value FROM business_os_metadata WHERE key = 'versions_seq'";
    env.sqlite().query_row(sql, [], |row| row.get(0)).ok()
}

fn versions(env: &TestEnv) -> i64 {
    env.sqlite().query_row("SELECT count(*) FROM business_os_card_versions", [], |row| row.get(0)).unwrap()
}

#[test]
fn only_a_look_back_fills_the_versions() {
    let env = with_a_past();
    assert_eq!((mark(&env), versions(&env)), (None, 0));
    env.bos(&["card", "show", "BAKE-ENG-0006", "--at", "26"]).code(0);
    assert_eq!(versions(&env), 0, "one card is replayed from its own entries");
    env.bos(&["board", "BAKE", "--at", "26"]).code(0);
    // 15 cards, one more, and three changes of one.
    assert_eq!((mark(&env).as_deref(), versions(&env)), (Some("30"), 19));
    env.bos(&["card", "move", "BAKE-ENG-0009", "planned"]).code(0);
    assert_eq!((mark(&env).as_deref(), versions(&env)), (Some("30"), 19));
    env.bos(&["stats"]).code(0);
    assert_eq!((mark(&env).as_deref(), versions(&env)), (Some("31"), 20));
    env.bos(&["audit", "rebuild"]).code(0);
    assert_eq!((mark(&env).as_deref(), versions(&env)), (Some("0"), 0));
    env.bos(&["idea", "list", "--at", "26"]).code(0);
    assert_eq!((mark(&env).as_deref(), versions(&env)), (Some("31"), 20));
    env.verify();
}

#[test]
fn where_there_is_nothing_to_add_nobody_is_waited_for() {
    let env = with_a_past();
    env.bos(&["board", "--at", "26"]).code(0);
    let other = env.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    env.bos(&["board", "BAKE", "--at", "26"]).code(0);
    env.bos(&["stats", "BAKE"]).code(0);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}

#[test]
fn versions_that_do_not_fit_the_log_are_named_and_made_anew() {
    let env = with_a_past();
    env.bos(&["board", "--at", "26"]).code(0);
    let clean = env.copy_database("clean.db");
    for (sql, says) in [
        ("DELETE FROM business_os_card_versions WHERE seq = 26", "BAKE-ENG-0006 changed with entry 26"),
        ("DELETE FROM business_os_idea_versions", "has no row from there"),
        ("UPDATE business_os_card_versions SET until_seq = 29 WHERE seq = 26", "the column until_seq was altered"),
        (
            "INSERT INTO business_os_idea_versions SELECT id, 30, NULL, status, business, location, git_file_path,
               created_at, updated_at, archived, type, priority, title, tags_json, card_id, sha256
             FROM business_os_idea_versions LIMIT 1",
            "from entry 30: the row should not be there",
        ),
        ("UPDATE business_os_metadata SET value = '26' WHERE key = 'versions_seq'", "was altered"),
        ("UPDATE business_os_metadata SET value = '40' WHERE key = 'versions_seq'", "but the log ends with entry 30"),
        ("UPDATE business_os_metadata SET value = 'x' WHERE key = 'versions_seq'", "is no number"),
        ("DELETE FROM business_os_metadata WHERE key = 'versions_seq'", "the row should not be there"),
    ] {
        env.restore_database(&clean);
        env.sqlite().execute_batch(sql).unwrap();
        let failed = env.failed_checks();
        let [(check, detail)] = &failed[..] else { panic!("{sql}: {failed:?}") };
        assert!(check == "versions" && detail.contains(says), "{sql}: {failed:?}");
        env.bos(&["audit", "rebuild"]).code(0);
        env.verify();
        assert_eq!(env.bos(&["board", "--at", "26", "--json"]).code(0).json()["total"], 7);
    }
}

#[test]
fn a_tree_in_memory_has_a_past_of_one_import() {
    let env = TestEnv::fixture("bakery");
    fs::write(env.root.join("file"), "no folder").unwrap();
    let board = |at: &str| env.bos(&["--db", "file/bos.db", "board", "BAKE", "--at", at, "--json"]);
    assert_eq!(board("25").code(0).json()["total"], 8);
    assert_eq!(board("0").code(0).json()["total"], 0);
    board("26").code(3);
}

const CARDS: [&str; 4] = ["SHOP-ENG-0006", "SHOP-ENG-0031", "SHOP-ENG-0003", "SHOP-ENG-0018"];
const IDEAS: [&str; 2] = ["SHOP-OPP-0002", "SCAN-YARD-001"];
const LANES: [&str; 7] = ["inbox", "fact-finding", "planned", "in-progress", "blocked", "done", "reflected"];

#[derive(Debug, Clone)]
enum Step {
    Move(usize, usize),
    Set(usize, u8),
    New,
    Edit(usize, u8),
    Companion(usize),
    Comment(usize),
    Stage(usize, usize),
    Archive(usize),
    EditIdea(usize),
    MoveIdea(usize, bool),
    Delete(usize),
    Import,
    Prune,
    LookBack(u64),
    Rebuild,
}

fn step() -> impl Strategy<Value = Step> {
    let card = 0..CARDS.len();
    prop_oneof![
        3 => (card.clone(), 0..LANES.len()).prop_map(|(card, lane)| Step::Move(card, lane)),
        3 => (card.clone(), 0..4_u8).prop_map(|(card, value)| Step::Set(card, value)),
        1 => Just(Step::New),
        2 => (card.clone(), 0..3_u8).prop_map(|(card, value)| Step::Edit(card, value)),
        1 => card.clone().prop_map(Step::Companion),
        1 => card.clone().prop_map(Step::Comment),
        2 => (card.clone(), 0..4_usize).prop_map(|(card, name)| Step::Stage(card, name)),
        1 => card.clone().prop_map(Step::Archive),
        1 => (0..IDEAS.len()).prop_map(Step::EditIdea),
        1 => (0..IDEAS.len(), any::<bool>()).prop_map(|(idea, archives)| Step::MoveIdea(idea, archives)),
        1 => card.prop_map(Step::Delete),
        4 => Just(Step::Import),
        2 => Just(Step::Prune),
        2 => (1..60_u64).prop_map(Step::LookBack),
        1 => Just(Step::Rebuild),
    ]
}

/// When a step is taken: each a minute after the one before.
fn minute(number: usize) -> String {
    NOW.replace("10:00:00", &format!("10:{number:02}:00"))
}

/// Takes one step. What is refused changes nothing.
fn take(env: &TestEnv, number: usize, step: &Step) {
    let run = |arguments: &[&str]| {
        let ran = env.bos_with(&[("BOS_NOW", &minute(number))], arguments);
        assert!([0, 1, 3, 4, 5].contains(&ran.code), "{step:?}: {ran:?}");
    };
    let card = |card: &usize| format!("cards/{}.user.md", CARDS[*card]);
    let rename = |from: &str, to: &str| {
        fs::create_dir_all(env.path(to).parent().unwrap()).unwrap();
        let _ = fs::rename(env.path(from), env.path(to));
    };
    match step {
        Step::Move(card, lane) => run(&["card", "move", CARDS[*card], LANES[*lane]]),
        Step::Set(card, value) => {
            run(&["card", "set", CARDS[*card], &format!("Priority=P{value}"), "--add", &format!("Tags=t{number}")]);
        }
        Step::New => run(&["card", "new", "SHOP", "--title", "Another one"]),
        Step::Edit(index, value) => {
            if let Ok(text) = fs::read_to_string(env.path(&card(index))) {
                env.write(&card(index), format!("{text}line {value}\n"));
            }
        }
        Step::Companion(card) => {
            env.write(
                &format!("cards/{}.agent.md", CARDS[*card]),
                format!("---\nLane: Planned\n---\nFor agents {number}\n"),
            );
        }
        Step::Comment(card) => {
            env.write(
                &format!("cards/{}/comments/{number}.md", CARDS[*card]),
                format!("---\nAuthor: Okan\n---\nYes {number}\n"),
            );
        }
        Step::Stage(card, name) => {
            let name = ["plan.user.md", "Planned.user.md", "planned.agent.md", "build.user.md"][*name];
            env.write(&format!("cards/{}/{name}", CARDS[*card]), format!("---\nStage: x\n---\nText {number}\n"));
        }
        Step::Archive(index) => rename(&card(index), &format!("cards/archive/{}.user.md", CARDS[*index])),
        Step::EditIdea(idea) => {
            env.write(
                &format!("ideas/inbox/{}.user.md", IDEAS[*idea]),
                format!("---\nStatus: s{number}\n---\n# Idea\n"),
            );
        }
        Step::MoveIdea(idea, archives) => {
            let folder = if *archives { "ideas/inbox/archive" } else { "ideas/worked" };
            let name = format!("{}.user.md", IDEAS[*idea]);
            rename(&format!("ideas/inbox/{name}"), &format!("{folder}/{name}"));
        }
        Step::Delete(index) => {
            let _ = fs::remove_file(env.path(&card(index)));
        }
        Step::Import => run(&["import"]),
        Step::Prune => run(&["import", "--prune"]),
        Step::LookBack(seq) => run(&["card", "list", "--at", &seq.to_string()]),
        Step::Rebuild => run(&["audit", "rebuild"]),
    }
}

/// What commands print now, each with its exit code; with `at`, what they print of then.
fn answers(env: &TestEnv, time: &str, at: Option<&str>) -> Vec<(Vec<String>, i32, String)> {
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["board", "SHOP"],
        vec!["board", "--priority", "P0,P1", "--limit", "3"],
        vec!["card", "list"],
        vec!["card", "list", "--archived"],
        vec!["idea", "list"],
        vec!["idea", "list", "--archived"],
        vec!["stage", "list", CARDS[0]],
    ];
    commands.extend(CARDS.iter().map(|card| vec!["card", "show", card]));
    commands.extend(IDEAS.iter().map(|idea| vec!["idea", "show", idea]));
    let ask = |command: Vec<&str>| {
        let mut arguments = [command.as_slice(), &["--json"]].concat();
        arguments.extend(at.map_or(vec!["--no-refresh"], |at| vec!["--at", at]));
        let ran = env.bos_with(&[("BOS_NOW", time)], &arguments);
        (command.into_iter().map(str::to_owned).collect(), ran.code, ran.stdout)
    };
    commands.into_iter().map(ask).collect()
}

/// The same, where the states of documents are not known and nothing is said beside the answer.
fn without_states(answer: &str) -> String {
    let Ok(mut json) = serde_json::from_str::<Value>(answer) else { return answer.to_owned() };
    json.as_object_mut().unwrap().remove("notes");
    for document in json["documents"].as_array_mut().into_iter().flatten() {
        document["state"] = Value::Null;
    }
    json.to_string()
}

/// Few histories by default; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3);
    ProptestConfig { cases, max_shrink_iters: 30, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_asked_of_then_is_what_was_printed_then(steps in prop::collection::vec(step(), 6..24)) {
        let env = TestEnv::fixture("quirks");
        env.bos_with(&[("BOS_NOW", &minute(0))], &["import"]).code(0);
        let mut kept = vec![(env.log_length(), 0, answers(&env, &minute(0), None))];
        for (index, step) in steps.iter().enumerate() {
            let number = index + 1;
            take(&env, number, step);
            let length = env.log_length();
            // Not every step changed something, and a few looks are enough.
            if length > kept.last().unwrap().0 && number % 3 != 2 {
                kept.push((length, number, answers(&env, &minute(number), None)));
            }
        }
        env.verify();
        let later = minute(59);
        for (index, (seq, number, printed)) in kept.iter().enumerate() {
            let at = if index % 2 == 0 { seq.to_string() } else { minute(*number) };
            for ((command, code, then), (_, code_now, now)) in printed.iter().zip(answers(&env, &later, Some(&at))) {
                prop_assert_eq!((code, without_states(then)), (&code_now, without_states(&now)), "{:?} --at {}", command, at);
            }
        }
        env.verify();
    }
}
