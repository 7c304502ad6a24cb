//! `log`: its filters, and following it while others write.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use insta::assert_snapshot;
use serde_json::Value;

use crate::{board::keys, env::TestEnv};

/// More than any machine needs; a test that fails ends all the same.
const PATIENCE: Duration = Duration::from_secs(30);

/// The bakery, changed by three people on three days.
fn busy() -> TestEnv {
    let env = TestEnv::fixture("bakery");
    let run = |now: &str, arguments: &[&str]| {
        env.bos_with(&[("BOS_NOW", now)], arguments).code(0);
    };
    run("2026-11-17T09:00:00Z", &["import"]);
    run("2026-11-18T09:00:00Z", &["card", "set", "BAKE-ENG-0006", "Priority=P1"]);
    run("2026-11-18T23:59:59Z", &["card", "move", "BAKE-ENG-0006", "planned", "--actor", "Sami"]);
    run("2026-11-19T00:00:00Z", &["card", "move", "BIKE-ENG-0002", "done", "--actor", "robot", "--initiator", "Sami"]);
    run("2026-11-20T09:59:00Z", &["card", "set", "HOME-ENG-0001", "Owner=Sami"]);
    env
}

fn seqs(env: &TestEnv, arguments: &[&str]) -> String {
    let log = env.bos(&[&["log", "--json"], arguments].concat()).code(0).json();
    let entries = log["entries"].as_array().unwrap();
    let seqs: Vec<String> = entries.iter().map(|entry| entry["seq"].to_string()).collect();
    format!("{} of {}", seqs.join(" "), log["total"])
}

#[test]
fn people_and_actions() {
    let env = busy();
    assert_eq!(seqs(&env, &["--actor", "sami"]), "27 of 1");
    assert_eq!(seqs(&env, &["--initiator", "Sami"]), "28 27 of 2");
    assert_eq!(seqs(&env, &["--initiator", "Sami", "--actor", "robot"]), "28 of 1");
    assert_eq!(seqs(&env, &["--action", "move"]), "28 27 of 2");
    assert_eq!(seqs(&env, &["--action", "set", "--limit", "1"]), "29 of 2");
    assert_eq!(seqs(&env, &["--entity", "comment"]), "4 of 1");
    assert_eq!(seqs(&env, &["--entity", "idea", "--limit", "2"]), "25 24 of 4");
    assert_eq!(seqs(&env, &["--actor", "nobody"]), " of 0");
    env.bos(&["log", "--entity", "cards"]).code(2);
    let ran = env.bos(&["log", "--action", "set", "--limit", "1"]).code(0);
    assert_snapshot!(ran.stdout, @"   29  2026-11-20 09:59Z  Nora  set HOME-ENG-0001  (Owner: Nora -> Sami, Updated: 2026-11-12 -> 2026-11-20)");
    assert_snapshot!(ran.stderr, @"note: 1 of 2 shown (--limit)");
}

#[test]
fn one_card_and_one_business() {
    let env = busy();
    assert_eq!(seqs(&env, &["BAKE-ENG-0006", "--actor", "Sami"]), "27 of 1");
    assert_eq!(seqs(&env, &["BAKE-ENG-0002", "--entity", "stage_doc", "--limit", "2"]), "6 5 of 3");
    assert_eq!(seqs(&env, &["BAKE-ENG-0006", "--since", "2026-11-18"]), "27 26 of 2");
    assert_eq!(seqs(&env, &["--business", "bike", "--limit", "2"]), "28 23 of 7");
    assert_eq!(seqs(&env, &["--business", "HOME", "--action", "set"]), "29 of 1");
    env.bos(&["log", "--business", "NOPE"]).code(3);
    // A card counts for the business it names; one that is gone for that of its ID.
    env.bos(&["card", "set", "HOME-ENG-0001", "Business=BIKE"]).code(0);
    std::fs::remove_file(env.path("cards/HOME-ENG-0002.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    assert_eq!(seqs(&env, &["--business", "HOME", "--since", "2026-11-20"]), "31 of 1");
    assert_eq!(seqs(&env, &["--business", "BIKE", "--since", "2026-11-20"]), "30 29 of 2");
}

#[test]
fn spans_of_time() {
    let env = busy();
    assert_eq!(seqs(&env, &["--since", "2026-11-18", "--until", "2026-11-18"]), "27 26 of 2");
    assert_eq!(seqs(&env, &["--since", "2026-11-19"]), "29 28 of 2");
    assert_eq!(seqs(&env, &["--until", "2026-11-17", "--limit", "1"]), "25 of 25");
    assert_eq!(seqs(&env, &["--since", "2 days ago", "--limit", "9"]), "29 28 27 of 3");
    assert_eq!(seqs(&env, &["--since", "-PT1H"]), "29 of 1");
    assert_eq!(seqs(&env, &["--since", "2026-11-18T23:59:59.5Z", "--until", "2026-11-19T00:00:00Z"]), "28 of 1");
    assert_eq!(seqs(&env, &["--since", "2026-11-18 09:00Z", "--until", "2026-11-18 09:00Z"]), "26 of 1");
    assert_eq!(seqs(&env, &["--since", "2026-12-01"]), " of 0");
    assert_eq!(seqs(&env, &["--until", "2026-11-01"]), " of 0");
    assert_snapshot!(env.bos(&["log", "--since", "soon"]).code(2).stderr, @r#"
    error: invalid value 'soon' for '--since <TIME>': write it like 2026-03-01, 2026-03-01T09:00:00Z or "2 days ago"

    For more information, try '--help'.
    "#);
    // A day is a local one.
    let east = env.bos_with(&[("TZ", "Asia/Tokyo")], &["log", "--json", "--since", "2026-11-19"]).code(0).json();
    assert_eq!(east["total"], 3);
}

#[test]
fn the_names_of_a_search_say_nothing_of_who_runs_it() {
    let env = TestEnv::fixture("bakery");
    assert_eq!(seqs(&env, &["--actor", "Sami"]), " of 0");
    assert_eq!(env.last_entry()["actor"], "Nora", "the first import is hers");
}

/// A command that runs until it is told to end, and its lines as they come.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn start(env: &TestEnv, arguments: &[&str]) -> Self {
        let mut command = env.command(&env.root);
        command.args(["log", "--follow"]).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines }
    }

    #[track_caller]
    fn next(&self) -> String {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn new_entries_come_as_they_are_written() {
    let env = busy();
    let following = Following::start(&env, &["--limit", "2"]);
    let first = [following.next(), following.next()].join("\n");
    assert_snapshot!(first, @"
    28  2026-11-19 00:00Z  robot for Sami  move BIKE-ENG-0002  (Completed-Date: none -> 2026-11-19, Lane: In progress -> Done, Updated: 2026-11-18 -> 2026-11-19)
    29  2026-11-20 09:59Z  Nora  set HOME-ENG-0001  (Owner: Nora -> Sami, Updated: 2026-11-12 -> 2026-11-20)
    ");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
    assert_snapshot!(following.next(), @"   30  2026-11-20 10:00Z  Nora  set BAKE-ENG-0006  (Owner: Unassigned -> Nora, Updated: 2026-11-18 -> 2026-11-20)");
    env.bos(&["card", "move", "BAKE-ENG-0004", "BAKE-ENG-0006", "done"]).code(0);
    let both = [following.next(), following.next()].map(|line| line.split_whitespace().next().unwrap().to_owned());
    assert_eq!(both, ["31", "32"]);
    assert!(following.lines.try_recv().is_err(), "each comes once");
}

#[test]
fn a_search_is_followed_too_one_object_a_line() {
    let env = busy();
    let following = Following::start(&env, &["--json", "--business", "BAKE", "--action", "set"]);
    let entry = || -> Value { serde_json::from_str(&following.next()).unwrap() };
    let first = entry();
    assert_eq!(
        keys(&first),
        "schema seq at batch actor initiator entity id action reason undoes changes documents previous_hash hash"
    );
    assert_eq!((&first["schema"], &first["seq"]), (&"bos.entry/1".into(), &26.into()));
    env.bos(&["card", "set", "HOME-ENG-0001", "Owner=Nora"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
    assert_eq!(entry()["seq"], 32);
}

#[test]
fn following_ends_quietly_when_nobody_reads_any_more() {
    let env = busy();
    let mut command = env.command(&env.root);
    command.args(["log", "--follow", "--limit", "1"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.contains("set HOME-ENG-0001"), "{line}");
    drop(output);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it goes on");
        }
        thread::sleep(Duration::from_millis(20));
    }
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
}

#[test]
fn what_cannot_change_is_not_followed() {
    let env = busy();
    env.bos(&["log", "--follow", "--until", "2026-11-20"]).code(2);
    if cfg!(target_os = "linux") {
        let ran = env.bos(&["--db", "/proc/bos.db", "log", "--follow", "--limit", "1"]).code(0);
        assert_eq!(ran.stdout.lines().count(), 1);
    }
}
