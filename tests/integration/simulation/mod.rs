//! Random edits to database, files and branches by several actors, with imports, exports, merges, undo and kills between
//! them. Every edit has a token of its own, and no token may go without a trace. `BOS_SIMULATION_STEPS` says how long it
//! goes on, `BOS_SIMULATION_SEED` repeats it, as far as kills allow (with `strace` nearly always);
//! `BOS_SIMULATION_KEEP` names a folder for what is left of a failure, and for what was done.

mod homecoming;
mod steps;
mod witness;
mod world;

use witness::{Tokens, without};
use world::{BRANCH, World};

use crate::random::{amount, seed, tell};

/// Steps, unless `BOS_SIMULATION_STEPS` asks for more.
const STEPS: u64 = 300;

/// The way of the ordinary run, unless `BOS_SIMULATION_SEED` names another.
const ORDINARY_SEED: u64 = 7;

/// Steps after which the log is proved.
const BETWEEN_CHECKS: u64 = 50;

/// Steps after which git packs what it has, as it does by itself where more comes together.
const BETWEEN_PACKS: u64 = 250;

/// Everything is settled after so many rounds, or never.
const ROUNDS: usize = 40;

impl World {
    fn is_in_sync(&mut self, tree: usize) -> bool {
        self.json(tree, &["status", "--json"])["in_sync"] == true
    }

    /// Settles what needs a person, in one tree after the other, until both hold what the database has.
    fn settle(&mut self) {
        for round in 0..ROUNDS {
            let tree = round % 2;
            self.import(tree);
            while self.resolve(tree, None) {}
            self.bos(tree, &Tokens::new(), false, &["export", "--partial"]);
            // Old checkouts and files that are gone are brought up to date by name.
            let status = self.json(tree, &["status", "--json"]);
            for document in status["documents"].as_array().unwrap() {
                let path = document["path"].as_str().unwrap();
                match document["state"].as_str().unwrap() {
                    "stale" => drop(self.bos(tree, &Tokens::new(), false, &["export", path])),
                    // A second file of one document: the person takes the one that the database knows.
                    "invalid" => {
                        self.tell(format!("tree {tree}: remove {path}"));
                        std::fs::remove_file(self.trees[tree].join(path)).unwrap();
                    }
                    "missing" => drop(self.bos(tree, &Tokens::new(), false, &["export", path, "--ours"])),
                    _ => {}
                }
            }
            if self.is_in_sync(0) && self.is_in_sync(1) {
                (0..2).for_each(|tree| self.fetch_from_elsewhere(tree));
                return;
            }
        }
        let states = (0..2).map(|tree| self.json(tree, &["status", "--json"])["documents"].to_string());
        let states: Vec<String> = states.collect();
        self.fail(&format!("it cannot be settled: {}", states.join("\n")));
    }

    /// Writes what this tree does not have though all is in sync. Nobody removed that: it is on another branch alone.
    fn fetch_from_elsewhere(&mut self, tree: usize) {
        let files = self.files(tree);
        let absent: Vec<String> =
            self.witness.documents().into_keys().filter(|path| !files.contains_key(path)).collect();
        for path in absent {
            if self.has_removed(tree, &path) {
                self.fail(&format!(
                    "{path} is not in tree {tree}, where somebody removed it, and all is called in sync"
                ));
            }
            self.bos(tree, &Tokens::new(), false, &["export", &path, "--ours"]);
        }
    }

    fn verify(&mut self) {
        let mut failed = self.env.failed_checks();
        // A kill in the middle of a frame of the write-ahead log leaves a finding until the next write (decision 108).
        // What an earlier write had is still owed then.
        if self.killed > 0 && failed.iter().any(|(check, _)| check == "file") {
            self.bos(0, &Tokens::new(), false, &["card", "new", "CROW", "--title", "After a kill"]);
            failed = self.env.failed_checks();
        }
        if !failed.is_empty() {
            self.fail(&format!("{failed:?}"));
        }
    }

    /// Everything that is said to agree does.
    fn agree(&mut self) {
        let documents = self.witness.documents();
        for tree in 0..2 {
            if self.files(tree) != documents {
                self.fail(&format!("tree {tree} is not what the database has"));
            }
        }
        let (_, exported) = self.bos(0, &Tokens::new(), false, &["export", "--commit", "--partial", "--json"]);
        let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
        // What somebody changed on a branch, and nobody imported, is left out and named.
        let refused: Vec<&str> =
            exported["refused"].as_array().unwrap().iter().map(|left| left["path"].as_str().unwrap()).collect();
        for (path, text) in documents.iter().filter(|(path, _)| !refused.contains(&path.as_str())) {
            let published = self.env.try_git(&["show", &format!("{BRANCH}:{path}")]).stdout;
            if published != *text {
                self.fail(&format!("{path} on the branch is not what the database has"));
            }
        }
        self.verify();
        self.env.bos(&["audit", "rebuild"]).code(0);
        if self.witness.documents() != documents {
            self.fail("a rebuild changed documents");
        }
        self.env.verify();
        assert_eq!(self.env.git(&["fsck", "--strict", "--no-dangling"]), "");
        let gone = without(&self.owed, self.witness.all());
        assert!(gone.is_empty(), "{gone:?}");
    }
}

#[test]
fn whatever_happens_no_edit_goes_without_a_trace() {
    let steps = amount("BOS_SIMULATION_STEPS", STEPS);
    // The ordinary run always goes the same way, as far as kills allow; the long one goes where nobody has been.
    let is_long = std::env::var_os("BOS_SIMULATION_STEPS").is_some();
    let seed = if is_long { seed("BOS_SIMULATION_SEED") } else { amount("BOS_SIMULATION_SEED", ORDINARY_SEED) };
    let mut world = World::new(seed);
    for step in 1..=steps {
        world.step();
        if step.is_multiple_of(BETWEEN_CHECKS) {
            world.verify();
        }
        if step.is_multiple_of(BETWEEN_PACKS) {
            world.git(0, &["gc", "-q"]);
        }
    }
    world.settle();
    world.agree();
    if let Some(keep) = std::env::var_os("BOS_SIMULATION_KEEP") {
        std::fs::create_dir_all(&keep).unwrap();
        std::fs::write(std::path::Path::new(&keep).join("story"), world.story.join("\n")).unwrap();
    }
    let World { next, killed, came_home, env, .. } = &world;
    tell(&format!(
        "{next} edits, {killed} commands killed, {came_home} documents came home, {} log entries",
        env.log_length()
    ));
}

#[test]
fn a_seed_tells_it_all() {
    let story = || {
        let mut world = World::new(ORDINARY_SEED);
        // Without `strace` a kill comes when it comes.
        if world.has_strace {
            (0..60).for_each(|_| world.step());
        }
        world.story
    };
    assert_eq!(story(), story());
}

#[test]
fn tokens_are_found_in_texts() {
    let found = witness::tokens("tok1z\nOwn-A: tok22z tokz toxz tok3");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["tok1z", "tok22z"]);
}
