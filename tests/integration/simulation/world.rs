//! Two work trees, one database, a few actors: every edit there can be, each with a token that occurs nowhere else.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::witness::{Before, Texts, Tokens, Witness, tokens, without};
use crate::{
    env::{TestEnv, copy},
    random::Random,
    watch::PATIENCE,
};

const ACTORS: [&str; 3] = ["Nora", "Pete", "Claude"];

/// How each work tree is called among the mirrors.
const MIRRORS: [&str; 2] = ["main:root", "worktrees/linked:root"];

pub(super) const BRANCH: &str = "work/business-os-export";

/// What a command is killed at, and up to the how manieth of it.
const KILLED_AT: [(&str, u64); 6] =
    [("pwrite64", 60), ("fsync", 24), ("rename,renameat", 8), ("unlink,unlinkat", 8), ("linkat", 1), ("ftruncate", 1)];

/// The keys that hold tokens.
pub(super) const KEYS: [&str; 3] = ["Own-A", "Own-B", "Own-C"];

pub(super) struct World {
    pub(super) env: TestEnv,
    pub(super) trees: [PathBuf; 2],
    pub(super) random: Random,
    pub(super) witness: Witness,
    /// Tokens that a command has taken or an import has seen.
    pub(super) owed: Tokens,
    pub(super) next: u64,
    pub(super) branches: u64,
    pub(super) killed: u64,
    /// Documents that an export brought home.
    pub(super) came_home: usize,
    pub(super) day: u64,
    /// Which tree each stash is of, the newest last.
    pub(super) stashed: Vec<usize>,
    pub(super) has_strace: bool,
    /// What was done, for the report of a failure.
    pub(super) story: Vec<String>,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let env = TestEnv::empty();
        for number in 1..=5 {
            let text = format!(
                "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Nora\nID: CROW-ENG-{number:04}\nTitle: Card {number}\n\
                 Business: CROW\nCreated: 2026-11-01\nUpdated: 2026-11-01\n---\n\nFirst.\n\nSecond.\n\nThird.\n\nLast.\n"
            );
            env.write(&format!("cards/CROW-ENG-{number:04}.user.md"), text);
        }
        env.git(&["init", "-q", "-b", "main"]);
        env.commit_all("first");
        let linked = env.home().join("linked");
        env.git(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
        env.bos(&["import"]).code(0);
        env.bos_in(&linked, &["import"]).code(0);
        let witness = Witness::new(&env.database());
        Self {
            trees: [env.root.clone(), linked],
            env,
            random: Random::new(seed),
            witness,
            owed: Tokens::new(),
            next: 0,
            branches: 0,
            killed: 0,
            came_home: 0,
            day: 0,
            stashed: Vec::new(),
            has_strace: Command::new("strace").arg("-V").output().is_ok(),
            story: Vec::new(),
        }
    }

    pub(super) fn token(&mut self) -> String {
        self.next += 1;
        format!("tok{}z", self.next)
    }

    pub(super) fn tell(&mut self, what: String) {
        self.story.push(what.replace(self.env.home().to_str().unwrap(), "~"));
    }

    /// Stops the simulation, with the end of what led there.
    #[track_caller]
    pub(super) fn fail(&self, what: &str) -> ! {
        if let Some(keep) = std::env::var_os("BOS_SIMULATION_KEEP") {
            copy(self.env.home(), Path::new(&keep));
            fs::write(Path::new(&keep).join("story"), self.story.join("\n")).unwrap();
        }
        let from = self.story.len().saturating_sub(25);
        panic!("step {}: {what}\nafter:\n{}", self.story.len(), self.story[from..].join("\n"));
    }

    /// The documents in a work tree.
    pub(super) fn files(&self, tree: usize) -> Texts {
        files_in(&self.trees[tree])
    }

    fn command(&self, tree: usize, actor: &str, arguments: &[&str]) -> Command {
        let mut command = self.env.command(&self.trees[tree]);
        command.args(arguments).env("BOS_ACTOR", actor).env("BOS_NOW", self.now());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The clock of this world, for git as well: commits of one time are walked in another order than those of two.
    fn now(&self) -> String {
        let (month, day) = (self.day / 28, 1 + self.day % 28);
        format!("{}-{:02}-{day:02}T10:00:00Z", 2027 + month / 12, 1 + month % 12)
    }

    /// A command that is killed at some point: at a system call that chance chooses, where `strace` is at hand to count
    /// them, so that a seed tells it; else after a while.
    fn killed_command(&mut self, tree: usize, actor: &str, arguments: &[&str]) -> (Command, Option<Duration>) {
        let command = self.command(tree, actor, arguments);
        let (calls, most) = *self.random.pick(&KILLED_AT);
        let (at, delay) = (1 + self.random.below(most), self.random.below(40));
        if !self.has_strace {
            return (command, Some(Duration::from_millis(delay)));
        }
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-o", "/dev/null", "-e"]).arg(format!("trace={calls}"));
        traced.arg("-e").arg(format!("inject={calls}:signal=SIGKILL:when={at}")).arg(command.get_program());
        traced.args(command.get_args()).env_clear().current_dir(&self.trees[tree]);
        traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        traced.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        (traced, None)
    }

    /// Runs the program, maybe kills it, and holds it to what it may do. `allowed` are tokens that the command was told
    /// to replace. Gives the exit code, none where it was killed, and what it printed.
    pub(super) fn bos(
        &mut self,
        tree: usize,
        allowed: &Tokens,
        kill: bool,
        arguments: &[&str],
    ) -> (Option<i32>, String) {
        let actor = *self.random.pick(&ACTORS);
        let files: Vec<Texts> = (0..2).map(|tree| self.files(tree)).collect();
        let before = self.witness.before(MIRRORS[tree]);
        let (mut command, delay) = match kill {
            true => self.killed_command(tree, actor, arguments),
            false => (self.command(tree, actor, arguments), None),
        };
        let mut child = command.spawn().unwrap();
        if let Some(delay) = delay {
            thread::sleep(delay);
            let _ = child.kill();
        }
        let output = child.wait_with_output().unwrap();
        let code = output.status.code();
        self.killed += u64::from(code.is_none());
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        self.tell(format!("tree {tree}: {actor}: bos {} -> {code:?} {}", arguments.join(" "), errors.trim()));
        if kill {
            // A lock of git's is for a person to remove.
            let _ = fs::remove_file(self.env.root.join(".git/refs/heads").join(format!("{BRANCH}.lock")));
        } else if !matches!(code, Some(0 | 1 | 3 | 4 | 5)) {
            self.fail("it failed");
        }
        self.hold_to(tree, &before, &files, allowed);
        (code, String::from_utf8(output.stdout).unwrap())
    }

    fn hold_to(&mut self, tree: usize, before: &Before, files: &[Texts], allowed: &Tokens) {
        let folder = &self.trees[tree];
        let head = |path: &str| text_in(folder, "HEAD", path).map_or_else(Tokens::new, |text| tokens(&text));
        let lost = self.witness.lost(before, allowed, &head);
        if !lost.is_empty() {
            self.fail(&lost.join("\n"));
        }
        for (tree, files) in files.iter().enumerate() {
            let now = self.files(tree);
            let changed: Vec<_> = files.iter().filter(|(path, text)| now.get(*path) != Some(text)).collect();
            if changed.is_empty() {
                continue;
            }
            let now: Tokens = now.values().flat_map(|text| tokens(text)).collect();
            for (path, text) in changed {
                let gone = without(&tokens(text), &now);
                if !gone.is_empty() && !gone.is_subset(self.witness.all()) {
                    self.fail(&format!("{gone:?} of {path} in tree {tree} is neither in a file nor in the database"));
                }
            }
        }
        let gone = without(&self.owed, self.witness.all());
        if !gone.is_empty() {
            self.fail(&format!("{gone:?} is in no text of the database"));
        }
    }

    /// Has a watch look at a tree whose HEAD nobody has looked at yet.
    pub(super) fn watch(&mut self, tree: usize) {
        let head = self.env.git_in(&self.trees[tree], &["rev-parse", "HEAD"]);
        let actor = *self.random.pick(&ACTORS);
        let files: Vec<Texts> = (0..2).map(|tree| self.files(tree)).collect();
        let before = self.witness.before(MIRRORS[tree]);
        self.tell(format!("tree {tree}: {actor}: bos watch"));
        let mut watch = self.command(tree, actor, &["watch"]).spawn().unwrap();
        let start = Instant::now();
        while self.witness.seen_head(MIRRORS[tree]).as_deref() != Some(head.trim()) {
            if start.elapsed() > PATIENCE {
                self.fail("the watch does not look");
            }
            thread::sleep(Duration::from_millis(5));
        }
        watch.kill().unwrap();
        watch.wait().unwrap();
        self.hold_to(tree, &before, &files, &Tokens::new());
    }

    /// An import that was not killed has seen what is in the files.
    pub(super) fn import(&mut self, tree: usize) {
        let mut files = self.files(tree);
        let (code, told) = self.bos(tree, &Tokens::new(), false, &["import", "--json"]);
        if !matches!(code, Some(0 | 1)) {
            self.fail("an import takes what it can");
        }
        // What claims the ID of another document is named, and stays where it is.
        let report: Value = serde_json::from_str(&told).unwrap();
        for found in report["diagnostics"].as_array().unwrap().iter().filter(|found| found["severity"] == "error") {
            files.remove(found["path"].as_str().unwrap());
        }
        self.owed.extend(files.values().flat_map(|text| tokens(text)));
        let gone = without(&self.owed, self.witness.all());
        if !gone.is_empty() {
            let has = |text: &String| !tokens(text).is_disjoint(&gone);
            let unseen: Vec<_> = files.iter().filter(|(_, text)| has(text)).collect();
            self.fail(&format!("the import did not see {gone:?} in {unseen:#?}\n{told}"));
        }
    }

    /// Whether a file is gone that the branch of a tree has or had, or that no branch has.
    pub(super) fn has_removed(&self, tree: usize, path: &str) -> bool {
        let folder = &self.trees[tree];
        let branches = self.env.git_in(folder, &["for-each-ref", "--format=%(refname)", "refs/heads"]);
        let has = |branch: &str| !self.env.git_in(folder, &["ls-tree", "--name-only", branch, "--", path]).is_empty();
        self.has_had(tree, path) || !branches.lines().any(has)
    }

    /// Whether the branch of a tree has or had a file.
    pub(super) fn has_had(&self, tree: usize, path: &str) -> bool {
        let log = ["log", "-1", "--full-history", "--format=%h", "HEAD", "--", path];
        !self.env.git_in(&self.trees[tree], &log).is_empty()
    }

    /// Runs git in a tree; it may refuse.
    pub(super) fn git(&mut self, tree: usize, arguments: &[&str]) -> bool {
        let folder = self.trees[tree].clone();
        let done = self.git_command(&folder, arguments);
        self.tell(format!("tree {tree}: git {} -> {done}", arguments.join(" ")));
        done
    }

    /// Runs git in a folder, and notes what it merged.
    pub(super) fn git_command(&mut self, folder: &Path, arguments: &[&str]) -> bool {
        let others = match arguments[0] {
            "merge" | "cherry-pick" => arguments[1..].iter().filter(|other| !other.starts_with('-')).copied().collect(),
            "pull" => vec!["FETCH_HEAD"],
            _ => return self.run_git(folder, arguments),
        };
        let before = files_in(folder);
        let done = self.run_git(folder, arguments);
        for (path, text) in files_in(folder).into_iter().filter(|(path, text)| before.get(path) != Some(text)) {
            let mut sources = Vec::new();
            for place in [path.clone(), twin(&path)] {
                sources.extend(before.get(&place).cloned());
                sources.extend(others.iter().filter_map(|other| text_in(folder, other, &place)));
            }
            if !sources.contains(&text) {
                self.witness.merges(&sources, &text);
            }
        }
        done
    }

    fn run_git(&self, folder: &Path, arguments: &[&str]) -> bool {
        let mut command = Command::new("git");
        let home = self.env.home().to_path_buf();
        command.current_dir(folder).args(arguments).env("HOME", home).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_DATE"), self.now());
            command.env(format!("GIT_{role}_NAME"), "Nora").env(format!("GIT_{role}_EMAIL"), "nora@example.org");
        }
        command.output().unwrap().status.success()
    }

    pub(super) fn json(&mut self, tree: usize, arguments: &[&str]) -> Value {
        let output = self.command(tree, ACTORS[0], arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(&text).unwrap_or_else(|_| self.fail(&format!("no JSON: {text}")))
    }
}

/// What a commit has at a path.
fn text_in(folder: &Path, commit: &str, path: &str) -> Option<String> {
    let shown = Command::new("git").arg("show").arg(format!("{commit}:{path}")).current_dir(folder).output().unwrap();
    shown.status.success().then(|| String::from_utf8_lossy(&shown.stdout).into_owned())
}

pub(super) fn files_in(folder: &Path) -> Texts {
    let mut found = BTreeMap::new();
    collect(folder, &folder.join("docs/business-os/cards"), &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Texts) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let shown = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.insert(shown, fs::read_to_string(path).unwrap());
        }
    }
}

/// Where the document of a path is when it is archived, or taken out of the archive.
pub(super) fn twin(path: &str) -> String {
    match path.contains("/cards/archive/") {
        true => path.replace("/cards/archive/", "/cards/"),
        false => path.replace("/cards/", "/cards/archive/"),
    }
}
