//! Random days: writes, hand edits, imports and exports in any order. Whatever happened, the log replays to what
//! there is, and after settling what diverged, files, database and branch agree.

use std::fs;

use proptest::prelude::*;

use crate::env::{NOW, TestEnv};

const IDS: [&str; 4] = ["BAKE-ENG-0004", "BAKE-ENG-0005", "BAKE-ENG-0006", "HOME-ENG-0001"];
const LANES: [&str; 7] = ["inbox", "fact-finding", "planned", "in-progress", "blocked", "done", "reflected"];
const BRANCH: &str = "work/business-os-export";

#[derive(Debug, Clone)]
enum Step {
    Move(usize, usize),
    Set(usize, u8),
    Tag(usize, bool),
    New,
    Edit(usize, u8),
    Break(usize),
    Delete(usize),
    Import,
    Prune,
    Export,
    Publish,
    Commit,
    Stash,
}

fn step() -> impl Strategy<Value = Step> {
    let card = 0..IDS.len();
    prop_oneof![
        3 => (card.clone(), 0..LANES.len()).prop_map(|(card, lane)| Step::Move(card, lane)),
        3 => (card.clone(), 0..4_u8).prop_map(|(card, value)| Step::Set(card, value)),
        2 => (card.clone(), any::<bool>()).prop_map(|(card, adds)| Step::Tag(card, adds)),
        1 => Just(Step::New),
        3 => (card.clone(), 0..3_u8).prop_map(|(card, value)| Step::Edit(card, value)),
        1 => card.clone().prop_map(Step::Break),
        1 => card.prop_map(Step::Delete),
        2 => Just(Step::Import),
        1 => Just(Step::Prune),
        3 => Just(Step::Export),
        2 => Just(Step::Publish),
        1 => Just(Step::Commit),
        1 => Just(Step::Stash),
    ]
}

fn path(card: usize) -> String {
    format!("cards/{}.user.md", IDS[card])
}

/// Takes one step. What is refused changes nothing; a defect, or an exit code that no command has here, fails.
fn take(env: &TestEnv, number: usize, step: &Step) {
    let run = |arguments: &[&str]| {
        let later = NOW.replace("10:00:00", &format!("10:00:{:02}", number % 60));
        let ran = env.bos_with(&[("BOS_NOW", &later)], arguments);
        assert!([0, 1, 3, 4, 5].contains(&ran.code), "{step:?}: {ran:?}");
    };
    match step {
        Step::Move(card, lane) => run(&["card", "move", IDS[*card], LANES[*lane]]),
        Step::Set(card, value) => {
            run(&["card", "set", IDS[*card], &format!("Priority=P{value}"), &format!("Note=v{value}")])
        }
        Step::Tag(card, true) => run(&["card", "set", IDS[*card], "--add", &format!("Tags=t{number}")]),
        Step::Tag(card, false) => run(&["card", "set", IDS[*card], "--unset", "Tags"]),
        Step::New => run(&["card", "new", "BAKE", "--title", "Another one"]),
        Step::Edit(card, value) => {
            let path = env.path(&path(*card));
            if let Ok(text) = fs::read_to_string(&path) {
                fs::write(path, format!("{text}line {value}\n")).unwrap();
            }
        }
        Step::Break(card) => env.write(&path(*card), "---\nLane: [\n---\n"),
        Step::Delete(card) => {
            let _ = fs::remove_file(env.path(&path(*card)));
        }
        Step::Import => run(&["import"]),
        Step::Prune => run(&["import", "--prune"]),
        Step::Export => run(&["export"]),
        Step::Publish => run(&["export", "--commit"]),
        Step::Commit => env.commit_all("as it is"),
        Step::Stash => {
            env.git(&["stash", "-q", "--include-untracked"]);
        }
    }
}

/// Settles everything, in favour of the database.
fn settle(env: &TestEnv) {
    // A file that cannot be read is put aside; what it held last is in the database.
    for card in 0..IDS.len() {
        if env.state(&path(card)) == "invalid" {
            fs::remove_file(env.path(&path(card))).unwrap();
        }
    }
    env.bos(&["export", "docs/business-os", "--ours"]).code(0);
}

/// Few days by default; `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8);
    ProptestConfig { cases, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whatever_the_day_brings(steps in prop::collection::vec(step(), 4..22)) {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        for (number, step) in steps.iter().enumerate() {
            take(&env, number, step);
        }
        env.verify();
        settle(&env);
        env.verify();
        let status = env.bos(&["status", "--json"]).json();
        prop_assert_eq!(status["in_sync"].clone(), true, "{}", status);
        let entries = env.log_length();
        env.bos(&["import"]).code(0);
        prop_assert_eq!(env.log_length(), entries, "an import of what was just written is no change");
        env.bos(&["export", "--check"]).code(0);
        env.bos(&["audit", "rebuild"]).code(0);
        env.verify();
        // The files as they are become the base: then the branch has nothing to refuse, and agrees.
        env.commit_all("settled");
        env.bos(&["card", "set", "BAKE-ENG-0001", "Owner=Sami"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("settled, and one more");
        prop_assert_eq!(env.git(&["diff", "--stat", "main", BRANCH, "--"]), "");
        prop_assert_eq!(env.git(&["fsck", "--strict", "--no-dangling"]), "");
        env.verify();
    }
}
