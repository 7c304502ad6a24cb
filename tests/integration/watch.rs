//! `bos watch`, as a process that runs while people, editors, git and other commands work beside it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use insta::assert_snapshot;
use serde_json::Value;

use crate::{
    env::TestEnv,
    random::{Random, seed},
};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";
const CARD_PATH: &str = "docs/business-os/cards/BAKE-ENG-0006.user.md";

/// Longer than anything here takes, so that a test fails and does not hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Long enough for a watch to have done what it wrongly would.
const MOMENT: Duration = Duration::from_millis(1200);

/// A watch that runs, and what it says.
pub(crate) struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    /// Starts a watch, and waits until it misses nothing any more.
    pub(crate) fn start(env: &TestEnv, arguments: &[&str]) -> Self {
        let mut command = env.command(&env.root);
        let mut child = command.arg("watch").args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let watching = Self { child, lines };
        if !arguments.contains(&"--quiet") {
            let first = watching.line();
            assert!(first.contains("begin") || first.contains("watching"), "{first}");
        }
        watching
    }

    fn json(env: &TestEnv, arguments: &[&str]) -> Self {
        Self::start(env, &[&["--json"], arguments].concat())
    }

    #[track_caller]
    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the watch said nothing")
    }

    /// The next thing it says, which must be this event.
    #[track_caller]
    fn event(&self, event: &str) -> Value {
        let line = self.line();
        let said: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((said["schema"].as_str(), said["event"].as_str()), (Some("bos.watch/1"), Some(event)), "{line}");
        said
    }

    #[track_caller]
    fn says_nothing(&self) {
        if let Ok(line) = self.lines.recv_timeout(MOMENT) {
            panic!("it said: {line}");
        }
    }

    /// How it ends, once it has been told to or has nobody to talk to.
    #[track_caller]
    fn ends(mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < PATIENCE, "it goes on");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn paths(said: &Value, key: &str) -> Vec<String> {
    said[key].as_array().unwrap().iter().map(|path| path.as_str().unwrap().to_owned()).collect()
}

/// The documents that were left alone, in this state.
#[track_caller]
fn left(said: &Value, state: &str) -> usize {
    said["left"].as_array().unwrap().iter().filter(|left| left["state"] == state).count()
}

fn shown(env: &TestEnv, key: &str) -> Value {
    env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["card"][key].clone()
}

fn shown_field(env: &TestEnv, key: &str) -> Value {
    env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["card"]["fields"][key].clone()
}

#[test]
fn what_is_saved_is_imported_and_told_on_a_line() {
    let env = TestEnv::repository("bakery");
    let watching = Watching::start(&env, &[]);
    let before = env.log_length();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    assert_snapshot!(watching.line(), @"10:00:00  imported 1, merged 0, conflicts 0: cards/BAKE-ENG-0006.user.md");
    assert_eq!((env.log_length(), shown(&env, "priority")), (before + 1, "P1".into()));
    watching.says_nothing();
    env.edit(CARD, "Priority: P1", "Priority: high\nDue: soon");
    assert_snapshot!([watching.line(), watching.line()].join("\n"), @"
    10:00:00  imported 1, merged 0, conflicts 0: cards/BAKE-ENG-0006.user.md
              error BOS031 cards/BAKE-ENG-0006.user.md:4: `high` in `Priority` is not a priority
    ");
    env.verify();
}

#[test]
fn editors_save_in_several_ways() {
    let env = TestEnv::repository("bakery");
    let watching = Watching::json(&env, &[]);
    // Another file, renamed into place.
    let text = env.read(CARD);
    let hidden = env.path("cards/.BAKE-ENG-0006.user.md.swp");
    fs::write(&hidden, text.replace("Priority: P3", "Priority: P1")).unwrap();
    fs::rename(&hidden, env.path(CARD)).unwrap();
    assert_eq!(paths(&watching.event("import"), "documents"), [CARD_PATH]);
    // The old one moved away first, the new one written in pieces.
    let before = env.log_length();
    fs::rename(env.path(CARD), env.path("cards/BAKE-ENG-0006.user.md~")).unwrap();
    let text = text.replace("Priority: P3", "Priority: P2");
    let (head, tail) = text.split_at(text.len() / 2);
    fs::write(env.path(CARD), head).unwrap();
    thread::sleep(Duration::from_millis(30));
    fs::write(env.path(CARD), [head, tail].concat()).unwrap();
    watching.event("import");
    assert_eq!((env.log_length(), shown(&env, "priority")), (before + 1, "P2".into()));
    // A file in a folder that is new.
    fs::create_dir(env.path("cards/BAKE-ENG-0006")).unwrap();
    env.write(
        "cards/BAKE-ENG-0006/plan.user.md",
        "---\nType: Stage\nStage: plan\nCard-ID: BAKE-ENG-0006\n---\n\nSoon.\n",
    );
    let said = watching.event("import");
    assert_eq!(paths(&said, "documents"), ["docs/business-os/cards/BAKE-ENG-0006/plan.user.md"]);
    watching.says_nothing();
    env.verify();
}

#[test]
fn a_branch_switch_is_no_edit() {
    let env = TestEnv::repository("bakery");
    env.git(&["branch", "old"]);
    let watching = Watching::json(&env, &[]);
    let ids = ["0001", "0002", "0003", "0004", "0005", "0006"];
    for id in ids {
        env.edit(&format!("cards/BAKE-ENG-{id}.user.md"), "Owner: ", "Helper: Sami\nOwner: ");
    }
    let mut taken = 0;
    while taken < ids.len() {
        taken += paths(&watching.event("import"), "documents").len();
    }
    env.commit_all("help");
    let before = env.log_length();
    env.git(&["checkout", "-q", "old"]);
    let said = watching.event("import");
    assert_eq!((paths(&said, "documents").len(), left(&said, "stale")), (0, ids.len()));
    env.git(&["checkout", "-q", "main"]);
    watching.says_nothing();
    assert_eq!((env.log_length(), env.bos(&["status", "--json"]).json()["in_sync"].clone()), (before, true.into()));
}

#[test]
fn while_git_is_at_work_nothing_is_imported() {
    let env = TestEnv::repository("bakery");
    env.git(&["checkout", "-q", "-b", "topic"]);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.commit_all("topic");
    env.git(&["checkout", "-q", "main"]);
    env.edit(CARD, "Priority: P3", "Priority: P2");
    env.commit_all("main");
    let watching = Watching::json(&env, &[]);
    // A lock as git has it while it changes files.
    let lock = env.root.join(".git/index.lock");
    fs::write(&lock, "").unwrap();
    env.edit("cards/BAKE-ENG-0001.user.md", "Owner: ", "Helper: Sami\nOwner: ");
    watching.says_nothing();
    fs::remove_file(&lock).unwrap();
    assert_eq!(paths(&watching.event("import"), "documents"), ["docs/business-os/cards/BAKE-ENG-0001.user.md"]);
    env.commit_all("help");
    // A merge that waits for a person, with markers in the file.
    let merge = env.try_git(&["merge", "-q", "topic"]);
    assert!(merge.code != 0 && env.read(CARD).contains("<<<<<<<"), "{merge:?}");
    assert_eq!(watching.event("wait")["why"], "git is in the middle of a merge");
    let before = env.log_length();
    watching.says_nothing();
    env.git(&["checkout", "-q", "--theirs", "."]);
    env.commit_all("merged");
    watching.event("import");
    assert_eq!((env.log_length(), shown(&env, "priority")), (before + 1, "P1".into()));
    env.verify();
}

#[test]
fn what_others_change_is_written_and_does_not_come_back() {
    let env = TestEnv::repository("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Owner=Pete"]).code(0);
    let watching = Watching::json(&env, &["--export"]);
    let said = watching.event("export");
    assert_eq!(paths(&said, "written"), ["docs/business-os/cards/BAKE-ENG-0005.user.md"], "what was there before");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "--actor", "Pete"]).code(0);
    assert_eq!(paths(&watching.event("export"), "written"), [CARD_PATH]);
    assert!(env.read(CARD).contains("Priority: P1"));
    let before = env.log_length();
    watching.says_nothing();
    assert_eq!(env.log_length(), before);
    env.verify();
}

#[test]
fn two_who_change_one_document_at_once_lose_nothing() {
    let env = TestEnv::repository("bakery");
    let _watching = Watching::json(&env, &["--export"]);
    let mut random = Random::new(seed("BOS_SIMULATION_SEED"));
    for round in 0..12 {
        let (by_command, by_hand) = (format!("Command: c{round}"), format!("Hand: h{round}"));
        let value = by_command.replace(": ", "=");
        let other = {
            let mut command = env.command(&env.root);
            command.args(["card", "set", "BAKE-ENG-0006", &value]).stderr(Stdio::null()).stdout(Stdio::null());
            command.spawn().unwrap()
        };
        thread::sleep(Duration::from_millis(random.below(400)));
        let lines: Vec<String> =
            env.read(CARD).lines().filter(|line| !line.starts_with("Hand:")).map(str::to_owned).collect();
        let text = lines.join("\n").replacen("Owner:", &format!("{by_hand}\nOwner:"), 1) + "\n";
        env.write(CARD, text);
        // The command may have found both changed, and then it has changed nothing.
        let is_set = other.wait_with_output().unwrap().status.success();
        let start = Instant::now();
        while !env.read(CARD).contains(&by_hand) || shown_field(&env, "Hand") != format!("h{round}").as_str() {
            let told =
                || [&["conflicts"][..], &["status"], &["log", "--limit", "5"]].map(|shown| env.bos(shown).stdout);
            assert!(start.elapsed() < PATIENCE, "round {round}:\n{}{:?}", env.read(CARD), told());
            thread::sleep(Duration::from_millis(50));
        }
        // The hand may have been on a text without it: that is an edit that takes it away, and the log has it.
        let query = "SELECT count(*) FROM business_os_blobs WHERE instr(text, ?1) > 0";
        let known: i64 = env.sqlite().query_row(query, [&by_command], |row| row.get(0)).unwrap();
        assert!(!is_set || known > 0, "round {round}: {by_command} is gone");
    }
    env.verify();
}

#[test]
fn what_needs_a_person_is_told_once() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P5");
    let watching = Watching::json(&env, &["--export"]);
    let said = watching.event("import");
    assert_eq!((said["conflicts"].as_u64(), left(&said, "conflict")), (Some(1), 1));
    // Neither the export nor a look for another reason tells it again.
    env.edit("cards/BAKE-ENG-0001.user.md", "Owner: ", "Helper: Sami\nOwner: ");
    assert_eq!(left(&watching.event("import"), "conflict"), 0);
    watching.says_nothing();
    // Nor what cannot be read, until it is saved again.
    let bad = "cards/BAKE-ENG-0002.user.md";
    let good = env.read(bad);
    env.edit(bad, "Owner: ", "Owner: Nora\nOwner: ");
    let said = watching.event("import");
    assert_eq!((said["failed"].as_u64(), said["diagnostics"][0]["code"].as_str()), (Some(1), Some("BOS012")));
    env.edit("cards/BAKE-ENG-0001.user.md", "Helper: Sami", "Helper: Pete");
    let said = watching.event("import");
    assert_eq!((said["failed"].as_u64(), said["diagnostics"].as_array().map(Vec::len)), (Some(1), Some(0)));
    env.edit(bad, "Owner: Nora", "Owner: Pete");
    assert_eq!(watching.event("import")["diagnostics"][0]["code"], "BOS012");
    env.write(bad, good);
    watching.says_nothing();
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--ours"]).code(0);
    assert_eq!(paths(&watching.event("export"), "written"), [CARD_PATH]);
    assert!(env.read(CARD).contains("Priority: P1"));
    env.verify();
}

#[test]
fn a_tree_that_goes_and_comes_back_is_watched_again() {
    let env = TestEnv::repository("bakery");
    let watching = Watching::json(&env, &["--export"]);
    let before = env.log_length();
    fs::rename(env.root.join("docs"), env.home().join("docs")).unwrap();
    let why = watching.event("wait")["why"].as_str().unwrap().to_owned();
    assert!(why.ends_with("docs/business-os is gone"), "{why}");
    env.git(&["checkout", "-q", "--", "docs"]);
    watching.says_nothing();
    assert_eq!(env.log_length(), before);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    assert_eq!(paths(&watching.event("import"), "documents"), [CARD_PATH]);
    // The same for a folder within, and for the database.
    fs::remove_dir_all(env.path("ideas")).unwrap();
    assert!(left(&watching.event("import"), "missing") > 0);
    env.git(&["checkout", "-q", "--", "docs/business-os/ideas"]);
    env.write(
        "ideas/inbox/BAKE-OPP-0077.user.md",
        "---\nType: Idea\nID: BAKE-OPP-0077\nTitle: Salt\nBusiness: BAKE\n---\n",
    );
    assert_eq!(watching.event("import")["imported"], 1);
    let copy = env.copy_database("copy.db");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P4"]).code(0);
    watching.event("export");
    env.restore_database(&copy);
    env.edit(CARD, "Owner: Unassigned", "Owner: Sami");
    watching.event("import");
    assert_eq!(shown(&env, "owner"), "Sami", "the database that has the name by now");
    env.verify();
}

#[test]
fn a_busy_database_is_waited_for() {
    let env = TestEnv::repository("bakery");
    let watching = Watching::json(&env, &["--export"]);
    let other = env.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    watching.says_nothing();
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(paths(&watching.event("import"), "documents"), [CARD_PATH]);
}

#[test]
fn it_ends_when_nobody_reads_it() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let mut command = env.command(&env.root);
    let mut child = command.args(["watch"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    let watching = Watching { child, lines: channel().1 };
    env.edit(CARD, "Priority: P3", "Priority: P1");
    assert_eq!(watching.ends(), Some(0));
    assert_eq!(shown(&env, "priority"), "P1");
}

#[cfg(unix)]
#[test]
fn it_ends_when_it_is_told_to_and_leaves_nothing_half_done() {
    let env = TestEnv::repository("bakery");
    for signal in ["-INT", "-TERM"] {
        let watching = Watching::start(&env, &["--export"]);
        env.edit(CARD, "Owner: ", "Helper: Sami\nOwner: ");
        let id = watching.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        assert_eq!(watching.ends(), None, "by the signal");
        env.bos(&["import"]).code(0);
        env.verify();
        env.edit(CARD, "Helper: Sami\n", "");
    }
}

#[test]
fn quiet_leaves_out_what_needs_nobody() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0002.user.md", "Owner: ", "Owner: Nora\nOwner: ");
    let watching = Watching::start(&env, &["--quiet"]);
    let lines = [watching.line(), watching.line()].join("\n");
    env.edit(CARD, "Priority: P3", "Priority: P1");
    watching.says_nothing();
    assert_eq!(shown(&env, "priority"), "P1");
    assert_snapshot!(lines, @"
    10:00:00  imported 0, merged 0, conflicts 0
              error BOS012 cards/BAKE-ENG-0002.user.md:6: the key `Owner` occurs twice, on line 5 and on line 6
    ");
}

/// Whether a read looks at the files itself: then it finds a change that the system tells nobody of, through another name
/// of the same file, which lies elsewhere.
#[cfg(target_os = "linux")]
fn looks(env: &TestEnv, turn: usize) -> bool {
    let other = env.home().join("other-name");
    let text = fs::read_to_string(&other).unwrap();
    let title = text.lines().find(|line| line.starts_with("Title:")).unwrap();
    let new = format!("Unseen {turn}.");
    fs::write(&other, text.replace(title, &format!("Title: {new}"))).unwrap();
    env.bos(&["board", "BAKE"]).ok().contains(&new)
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_beside_a_watch_does_not_look_at_the_files() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    fs::hard_link(env.path(CARD), env.home().join("other-name")).unwrap();
    assert!(looks(&env, 0), "nobody watches yet");
    let watching = Watching::json(&env, &[]);
    watching.says_nothing();
    // On a busy machine the answer may come too late; then the read looks.
    assert!((1..200).any(|turn| !looks(&env, turn)), "it always looked, though a watch was there to ask");
    drop(watching);
    assert!(looks(&env, 200), "a watch that is gone does not count");
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_at_once_after_an_edit_sees_it_beside_a_watch_too() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let watching = Watching::json(&env, &[]);
    watching.says_nothing();
    for turn in 0..60 {
        let file = env.read(CARD);
        let title = file.lines().find(|line| line.starts_with("Title:")).unwrap().to_owned();
        env.edit(CARD, &title, &format!("Title: Turn {turn}"));
        assert_eq!(shown(&env, "title"), format!("Turn {turn}"));
        // Sometimes the watch has taken it in before the next edit, sometimes not.
        thread::sleep(Duration::from_millis(turn * 7 % 450));
    }
    let below = "cards/BAKE-ENG-0006";
    for turn in 0..20 {
        let folder = format!("{below}-{turn}");
        let path = env.path(&format!("cards/BAKE-ENG-7{turn:03}.user.md"));
        fs::create_dir_all(env.path(&folder)).unwrap();
        fs::write(&path, env.read(CARD).replace("BAKE-ENG-0006", &format!("BAKE-ENG-7{turn:03}"))).unwrap();
        let list = env.bos(&["card", "list", "--json"]).code(0).stdout;
        assert!(list.contains(&format!("BAKE-ENG-7{turn:03}")), "{turn}");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_watch_does_not_vouch_for_another_database() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let old = env.copy_database("old.db");
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    env.commit_all("rename");
    env.bos(&["import"]).code(0);
    let watching = Watching::json(&env, &[]);
    watching.says_nothing();
    env.restore_database(&old);
    assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"), "it believed a watch that saw another database");
}

#[test]
#[cfg(target_os = "linux")]
fn a_watch_does_not_vouch_for_another_head() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    fs::hard_link(env.path(CARD), env.home().join("other-name")).unwrap();
    let watching = Watching::json(&env, &[]);
    watching.says_nothing();
    for round in 0..5 {
        assert!((0..200).any(|turn| !looks(&env, round * 1000 + turn)), "it always looked");
        // No file changes with it, and the watch is told of nothing; which files are old checkouts may change.
        env.git(&["commit", "-q", "--allow-empty", "-m", "nothing"]);
        assert!(looks(&env, round * 1000 + 900), "it believed a watch that had not seen HEAD move");
    }
}
