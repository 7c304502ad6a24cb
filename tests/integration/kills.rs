//! Imports and exports that are killed at random points: what they did happened entirely or not at all, and they can be
//! run again. `BOS_KILLS` says how often, `BOS_KILLS_SEED` repeats a run.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    thread,
    time::{Duration, Instant, SystemTime},
};

use crate::{
    env::TestEnv,
    random::{Random, amount, seed, tell},
};

/// Kills, unless `BOS_KILLS` asks for more.
const KILLS: u64 = 12;

/// Rounds of three kills in one tree; even, since every other round moves the cards back.
const ROUNDS: u64 = 20;

const CARDS: usize = 50;

const BRANCH: &str = "work/business-os-export";

fn card(number: usize, body: &str) -> String {
    format!(
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Nora\nID: CROW-ENG-{number:04}\nTitle: Card {number}\n\
         Business: CROW\nCreated: 2026-11-01\nUpdated: 2026-11-01\n---\n\n{body}\n"
    )
}

fn path(number: usize) -> String {
    format!("cards/CROW-ENG-{number:04}.user.md")
}

/// A tree in a repository, and how long each command takes there when nobody kills it.
struct Killing {
    env: TestEnv,
    random: Random,
    killed: u64,
}

impl Killing {
    /// Runs a command and kills it at some point before it would have ended, or just after.
    fn kill(&mut self, usual: Duration, arguments: &[&str]) {
        let delay = usual.mul_f64(self.random.below(1100) as f64 / 1000.0);
        let mut command = self.env.command(&self.env.root);
        let mut child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(delay);
        let _ = child.kill();
        self.killed += u64::from(child.wait().unwrap().code().is_none());
    }

    fn texts(&self) -> Vec<String> {
        (1..=CARDS).map(|number| self.env.read(&path(number))).collect()
    }

    /// What a killed export has left of its writing.
    fn left_behind(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.env.path("cards")).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|extension| extension == "tmp")).collect()
    }

    fn is_in_sync(&self) -> bool {
        self.env.bos(&["status", "--json"]).code(0).json()["in_sync"] == true
    }

    /// Edits every file, and kills the import.
    fn import(&mut self, usual: Duration, round: u64) {
        for number in 1..=CARDS {
            let text = self.env.read(&path(number));
            let (front, _) = text.split_once("\n---\n").unwrap();
            self.env.write(&path(number), format!("{front}\n---\n\nround {round}\n"));
        }
        let before = self.env.log_length();
        self.kill(usual, &["import"]);
        self.env.verify();
        let after = self.env.log_length();
        assert!(after == before || after == before + CARDS as u64, "half an import: {before} -> {after}");
        self.env.bos(&["import"]).code(0);
        assert_eq!(self.env.log_length(), before + CARDS as u64, "not once each");
        assert!(self.is_in_sync());
    }

    /// Changes every card in the database.
    fn change(&self, round: u64) {
        let ids: Vec<String> = (1..=CARDS).map(|number| format!("CROW-ENG-{number:04}")).collect();
        let mut arguments = vec!["card", "move"];
        arguments.extend(ids.iter().map(String::as_str));
        arguments.push(if round.is_multiple_of(2) { "done" } else { "blocked" });
        self.env.bos(&arguments).code(0);
    }

    /// Kills the export of what changed to the files.
    fn export(&mut self, usual: Duration) {
        let old = self.texts();
        self.kill(usual, &["export"]);
        let cut = self.texts();
        self.env.verify();
        // Whatever was written is known for what it is: nothing is an edit of anybody, nothing is in the way.
        let before = self.env.log_length();
        self.env.bos(&["import"]).code(0);
        self.env.bos(&["validate"]).code(0);
        assert_eq!(self.env.log_length(), before);
        let old_enough = SystemTime::now() - Duration::from_secs(120);
        for file in self.left_behind() {
            fs::File::options().write(true).open(file).unwrap().set_modified(old_enough).unwrap();
        }
        self.env.bos(&["export"]).code(0);
        assert_eq!(self.left_behind(), Vec::<PathBuf>::new());
        for (number, (old, cut)) in (1..=CARDS).zip(old.into_iter().zip(cut)) {
            let new = self.env.read(&path(number));
            assert!(cut == old || cut == new, "card {number} is neither as it was nor as it should be:\n{cut}");
        }
        assert!(self.is_in_sync());
    }

    /// Kills the export of what changed to the branch.
    fn commit(&mut self, usual: Duration) {
        let commits = || self.env.git(&["rev-list", "--count", BRANCH]).trim().parse::<u64>().unwrap();
        let before = commits();
        self.kill(usual, &["export", "--commit"]);
        self.env.verify();
        assert_eq!(self.env.git(&["fsck", "--strict", "--no-dangling"]), "");
        // A lock that the killed process held is known for what it is.
        self.env.bos(&["export", "--commit"]).code(0);
        let commits = || self.env.git(&["rev-list", "--count", BRANCH]).trim().parse::<u64>().unwrap();
        assert_eq!(commits(), before + 1, "one commit for one change");
        assert_eq!(self.env.git(&["diff", "--stat", BRANCH, "--", "docs"]), "");
        assert_eq!(self.env.git(&["fsck", "--strict", "--no-dangling"]), "");
        self.env.verify();
    }
}

/// How long a command takes.
fn timed(env: &TestEnv, arguments: &[&str]) -> Duration {
    let start = Instant::now();
    env.bos(arguments).code(0);
    start.elapsed()
}

#[test]
fn what_is_killed_at_any_point_can_be_run_again() {
    let kills = amount("BOS_KILLS", KILLS);
    let mut random = Random::new(seed("BOS_KILLS_SEED"));
    let (mut round, mut killed) = (0, 0);
    while round < kills.div_ceil(3) {
        let env = TestEnv::empty();
        (1..=CARDS).for_each(|number| env.write(&path(number), card(number, "as it was")));
        env.git(&["init", "-q", "-b", "main"]);
        env.commit_all("first");
        let importing = timed(&env, &["import"]);
        let mut killing = Killing { env, random: Random::new(random.next()), killed: 0 };
        killing.change(1);
        let exporting = timed(&killing.env, &["export"]);
        let committing = timed(&killing.env, &["export", "--commit"]);
        // After some rounds goes on with a new tree: each round verifies the whole log four times.
        for _ in 0..ROUNDS.min(kills.div_ceil(3) - round) {
            killing.import(importing, round);
            killing.change(round);
            killing.export(exporting);
            killing.commit(committing);
            round += 1;
        }
        killed += killing.killed;
    }
    tell(&format!("{killed} of {kills} were killed before they ended"));
}

#[test]
fn a_first_import_that_is_killed_happened_or_did_not() {
    let seed = seed("BOS_KILLS_SEED");
    let mut random = Random::new(seed);
    for _ in 0..3 {
        let env = TestEnv::empty();
        (1..=CARDS).for_each(|number| env.write(&path(number), card(number, "as it was")));
        let mut killing = Killing { env, random: Random::new(random.next()), killed: 0 };
        for _ in 0..2 {
            killing.kill(Duration::from_millis(120), &["import"]);
        }
        killing.env.bos(&["import"]).code(0);
        assert_eq!(killing.env.log_length(), CARDS as u64);
        killing.env.verify();
    }
}

#[test]
fn what_a_killed_export_left_behind_disturbs_nobody_and_goes_with_the_next() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let (left, fresh) = (env.path("cards/.bos-x1Yz2w.tmp"), env.path("cards/.bos-Aa0Bb1.tmp"));
    for file in [&left, &fresh] {
        fs::write(file, "---\nType: Card\nID: BAKE-ENG").unwrap();
    }
    let old_enough = SystemTime::now() - Duration::from_secs(120);
    fs::File::options().write(true).open(&left).unwrap().set_modified(old_enough).unwrap();
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert_eq!((report["found"].as_u64(), report["diagnostics"].as_array().map(Vec::len)), (Some(26), Some(0)));
    env.bos(&["validate"]).code(0);
    // An export that writes nothing there leaves it.
    env.bos(&["export"]).code(0);
    assert!(left.exists());
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Sami"]).code(0);
    env.bos(&["export"]).code(0);
    assert!(!left.exists() && fresh.exists(), "only the one that nobody writes to any more");
}

#[cfg(unix)]
#[test]
fn the_lock_of_a_killed_export_goes_with_the_next_import() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    let tip = env.git(&["rev-parse", BRANCH]);
    let mark = env.root.join(format!(".git/bos/moving-1-0-refs%2Fheads%2F{}", BRANCH.replace('/', "%2F")));
    fs::write(&mark, &tip).unwrap();
    let lock = env.root.join(format!(".git/refs/heads/{BRANCH}.lock"));
    fs::hard_link(&mark, &lock).unwrap();
    env.bos(&["import"]).code(0);
    assert!(!lock.exists() && !mark.exists());
    assert_eq!(env.git(&["rev-parse", BRANCH]), tip, "the branch is where it was");
}
