//! One card edited in three places at once: its file, the database and another clone's branch. An oracle that knows
//! nothing of merges: every edit has a token of its own, and as long as nobody has overwritten it knowingly it is in the
//! database, in an open conflict, or in a place of which it is still to be taken. `BOS_THREE_PLACES` says how many
//! sequences there are, `BOS_THREE_PLACES_SEED` repeats one; `BOS_THREE_PLACES=all` also takes every product of edits.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    env::TestEnv,
    random::{Random, amount, seed},
};

/// Sequences of the ordinary run, and where they begin.
const SEQUENCES: u64 = 3;
const ORDINARY_SEED: u64 = 1;

/// Steps of a sequence.
const STEPS: u64 = 12;

/// Of all products of edits, the ordinary run takes one in so many.
const ONE_IN: usize = 397;

const ID: &str = "MILL-ENG-0001";

/// What may be edited: keys and lines far enough from each other that only edits of the same one clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Owner,
    Size,
    First,
    Last,
    Plan,
}

impl Slot {
    const ALL: [Self; 5] = [Self::Owner, Self::Size, Self::First, Self::Last, Self::Plan];

    fn prefix(self) -> &'static str {
        match self {
            Self::Owner => "Owner: ",
            Self::Size => "Size: ",
            Self::First => "first ",
            Self::Last => "last ",
            Self::Plan => "plan ",
        }
    }

    fn doc(self) -> Doc {
        if self == Self::Plan { Doc::Plan } else { Doc::Card }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Doc {
    Card,
    Plan,
}

impl Doc {
    fn file(self) -> &'static str {
        match self {
            Self::Card => "MILL-ENG-0001.user.md",
            Self::Plan => "MILL-ENG-0001/plan.user.md",
        }
    }

    fn of(path: &str) -> Self {
        if path.ends_with(Self::Plan.file()) { Self::Plan } else { Self::Card }
    }
}

fn token(word: &str) -> Option<usize> {
    word.strip_prefix('T')?.parse().ok()
}

fn tokens(text: &str) -> BTreeSet<usize> {
    text.split_whitespace().filter_map(token).collect()
}

/// The tokens that a text has at a slot.
fn at(text: &str, slot: Slot) -> BTreeSet<usize> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(slot.prefix()));
    lines.filter_map(|rest| token(rest.trim())).collect()
}

/// The text with another token at a slot.
fn with(text: &str, slot: Slot, new: usize) -> String {
    let mut done = false;
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        if !line.starts_with(slot.prefix()) {
            result.push_str(line);
        } else if !done {
            writeln!(result, "{}T{new}", slot.prefix()).unwrap();
            done = true;
        }
    }
    result
}

fn card() -> String {
    format!(
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: T0\nBusiness: MILL\nID: {ID}\nTitle: A card\nSize: T1\n\
         Created: 2026-11-01\nUpdated: 2026-11-01\n---\n\nfirst T2\n\nsome\n\nmore\n\ntext\n\nlast T3\n"
    )
}

fn plan(new: usize) -> String {
    format!("---\nType: Stage\nStage: plan\nCard-ID: {ID}\nCreated: 2026-11-01\n---\n\nplan T{new}\n")
}

/// What is done to one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    Nothing,
    Set(Slot),
    Archive,
    Delete,
}

/// How a branch is brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    FileFirst,
    BranchFirst,
    Read,
    Since,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Ours,
    Theirs,
    Edited,
    None,
}

struct Places {
    env: TestEnv,
    clone: PathBuf,
    /// Of every token whether nobody has overwritten it knowingly.
    heads: Vec<bool>,
    /// Tokens of the branch that no import has been given yet.
    unseen: BTreeSet<usize>,
    /// What the branch had when it deleted it: who merges that deletion takes it.
    deleted: BTreeSet<usize>,
    told: Vec<String>,
}

impl Places {
    fn new() -> Self {
        let env = TestEnv::empty();
        env.write(&format!("cards/{}", Doc::Card.file()), card());
        env.write("cards/.keep", "");
        env.git(&["init", "-q", "-b", "main"]);
        env.commit_all("first");
        env.bos(&["import"]).code(0);
        let clone = env.home().join("clone");
        env.git(&["clone", "-q", ".", clone.to_str().unwrap()]);
        env.git_in(&clone, &["checkout", "-q", "-b", "topic"]);
        env.git(&["remote", "add", "other", clone.to_str().unwrap()]);
        Self { env, clone, heads: vec![true; 4], unseen: BTreeSet::new(), deleted: BTreeSet::new(), told: Vec::new() }
    }

    #[track_caller]
    fn fail(&self, what: &str) -> ! {
        let kept = std::env::temp_dir().join("three-places");
        let _ = fs::remove_dir_all(&kept);
        crate::env::copy(self.env.home(), &kept);
        panic!("{what}\n{}\nleft in {}", self.told.join("\n"), kept.display());
    }

    fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    fn fresh(&mut self) -> usize {
        self.heads.push(true);
        self.heads.len() - 1
    }

    fn overwrite(&mut self, gone: &BTreeSet<usize>) {
        gone.iter().for_each(|token| self.heads[*token] = false);
    }

    /// Runs a command, which may end in any way that is no defect.
    fn bos(&mut self, arguments: &[&str]) -> (i32, String) {
        let ran = self.env.bos(arguments);
        self.tell(format!("bos {} -> {} {}", arguments.join(" "), ran.code, ran.stderr.lines().next().unwrap_or("")));
        if !(0..=5).contains(&ran.code) || ran.code == 2 {
            self.fail(&ran.stderr);
        }
        (ran.code, ran.stdout)
    }

    /// The files that a tree has of a document.
    fn files(root: &Path, doc: Doc) -> Vec<PathBuf> {
        let cards = root.join("docs/business-os/cards");
        [cards.join(doc.file()), cards.join("archive").join(doc.file())].into_iter().filter(|f| f.is_file()).collect()
    }

    fn text(root: &Path, doc: Doc) -> Option<(PathBuf, String)> {
        let file = Self::files(root, doc).into_iter().next()?;
        let text = fs::read_to_string(&file).unwrap();
        Some((file, text))
    }

    /// The current texts of the database.
    fn database(&self) -> BTreeMap<Doc, String> {
        let database = rusqlite::Connection::open(self.env.root.join(".git/bos/root/bos.db")).unwrap();
        let sql = "SELECT path, text FROM business_os_documents JOIN business_os_blobs USING (sha256)";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
        let mut texts = BTreeMap::new();
        for (path, text) in rows.map(Result::unwrap) {
            if texts.insert(Doc::of(&path), text).is_some() {
                self.fail(&format!("two documents of one: {path}"));
            }
        }
        texts
    }

    /// The open conflicts: the document, the place, what clashes, and the other text.
    fn conflicts(&self) -> Vec<(String, String, Vec<String>, Option<String>)> {
        let json = self.env.bos(&["conflicts", "--json", "--no-refresh"]).code(0).json();
        let database = rusqlite::Connection::open(self.env.root.join(".git/bos/root/bos.db")).unwrap();
        let blob = |sha: &Value| {
            let sql = "SELECT text FROM business_os_blobs WHERE sha256 = ?1";
            sha.as_str().map(|sha| database.query_row(sql, [sha], |row| row.get::<_, String>(0)).unwrap())
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let conflict = |conflict: &Value| {
            let clashes = conflict["clashes"].as_array().unwrap().iter().map(|clash| text(&clash["place"])).collect();
            (text(&conflict["path"]), text(&conflict["place"]), clashes, blob(&conflict["theirs"]))
        };
        json["conflicts"].as_array().unwrap().iter().map(conflict).collect()
    }

    /// Every edit that nobody has overwritten is where it should be.
    fn check(&self) {
        let mut there: BTreeSet<usize> = self.database().values().flat_map(|text| tokens(text)).collect();
        let missing = |there: &BTreeSet<usize>| -> Vec<usize> {
            (0..self.heads.len()).filter(|token| self.heads[*token] && !there.contains(token)).collect()
        };
        if missing(&there).is_empty() {
            return;
        }
        there.extend(self.conflicts().into_iter().filter_map(|(.., theirs)| theirs).flat_map(|text| tokens(&text)));
        for doc in [Doc::Card, Doc::Plan] {
            for file in Self::files(&self.clone, doc) {
                let text = fs::read_to_string(file).unwrap();
                there.extend(tokens(&text).into_iter().filter(|token| self.unseen.contains(token)));
            }
        }
        if missing(&there).is_empty() {
            return;
        }
        let status = self.env.bos(&["status", "--json", "--no-refresh"]).code(0).json();
        for document in status["documents"].as_array().unwrap() {
            let (path, state) = (document["path"].as_str().unwrap(), document["state"].as_str().unwrap());
            // Of a file in one of these states an import still takes what it holds, or names it.
            if ["behind", "diverged", "conflict", "untracked", "invalid"].contains(&state) {
                there.extend(tokens(&fs::read_to_string(self.env.root.join(path)).unwrap_or_default()));
            }
        }
        let missing = missing(&there);
        if !missing.is_empty() {
            self.fail(&format!("gone without a trace: {missing:?}\n{status}\n{:?}", self.database()));
        }
    }

    fn edit_tree(&mut self, in_clone: bool, edit: Edit) {
        let root = if in_clone { self.clone.clone() } else { self.env.root.clone() };
        match edit {
            Edit::Nothing => return,
            Edit::Set(slot) => {
                let found = Self::text(&root, slot.doc());
                let (file, text) = match (found, slot) {
                    (Some(found), _) => found,
                    (None, Slot::Plan) => {
                        let Some((card, _)) = Self::text(&root, Doc::Card) else { return };
                        (card.with_file_name(Doc::Plan.file()), String::new())
                    }
                    (None, _) => return,
                };
                let new = self.fresh();
                self.overwrite(&at(&text, slot));
                let text = if text.is_empty() { plan(new) } else { with(&text, slot, new) };
                if at(&text, slot) != BTreeSet::from([new]) {
                    // Somebody has settled it with a text of their own that has no such line.
                    self.heads[new] = false;
                    return;
                }
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, text).unwrap();
                if in_clone {
                    self.unseen.insert(new);
                }
            }
            Edit::Archive => {
                for file in [Doc::Card, Doc::Plan].into_iter().filter_map(|doc| Self::text(&root, doc)) {
                    let cards = root.join("docs/business-os/cards");
                    let below = file.0.strip_prefix(&cards).unwrap();
                    let other = match below.strip_prefix("archive") {
                        Ok(below) => cards.join(below),
                        Err(_) => cards.join("archive").join(below),
                    };
                    fs::create_dir_all(other.parent().unwrap()).unwrap();
                    fs::rename(file.0, other).unwrap();
                }
            }
            Edit::Delete => {
                for doc in [Doc::Card, Doc::Plan] {
                    if let Some((file, text)) = Self::text(&root, doc) {
                        // Who deletes what was never handed on has decided about it.
                        let own: BTreeSet<usize> = tokens(&text);
                        if in_clone {
                            self.deleted.extend(own.iter().copied());
                        }
                        let elsewhere: BTreeSet<usize> =
                            self.database().values().flat_map(|text| tokens(text)).collect();
                        self.overwrite(&own.difference(&elsewhere).copied().collect());
                        fs::remove_file(file).unwrap();
                    }
                }
            }
        }
        self.tell(format!("{} {edit:?} T{}", if in_clone { "branch" } else { "file" }, self.heads.len() - 1));
        if in_clone {
            self.env.git_in(&root, &["add", "-A"]);
            self.env.git_in(&root, &["commit", "-q", "--allow-empty", "-m", "an edit"]);
        }
    }

    fn edit_database(&mut self, edit: Edit) {
        match edit {
            Edit::Nothing => {}
            Edit::Set(slot) => {
                // Who writes a text has read what is there.
                let is_text = !matches!(slot, Slot::Owner | Slot::Size);
                if is_text {
                    self.bos(&["board"]);
                }
                let before = self.database();
                let new = self.fresh();
                let file = Self::text(&self.env.root, slot.doc());
                let ran = if is_text {
                    let text = before.get(&slot.doc()).map_or(plan(new), |text| with(text, slot, new));
                    let body = text.splitn(3, "---\n").nth(2).unwrap().trim_start().to_owned();
                    let arguments: &[&str] = match slot {
                        Slot::Plan => &["stage", "set", ID, "plan", "--body-file", "-", "--json"],
                        _ => &["card", "set", ID, "--body-file", "-", "--json"],
                    };
                    self.env.bos_reading(&body, arguments)
                } else {
                    let key = slot.prefix().trim_end_matches(": ");
                    self.env.bos(&["card", "set", ID, &format!("{key}=T{new}"), "--json"])
                };
                self.tell(format!("database {edit:?} T{new} -> {} {}", ran.code, ran.stderr.trim()));
                if ran.code != 0 || !self.database().get(&slot.doc()).is_some_and(|text| at(text, slot).contains(&new))
                {
                    self.heads[new] = false;
                    return;
                }
                before.get(&slot.doc()).into_iter().for_each(|text| self.overwrite(&at(text, slot)));
                let took = ran.json()["entries"].as_array().unwrap().iter().any(|entry| entry["action"] == "import");
                file.filter(|_| took).into_iter().for_each(|(_, text)| self.overwrite(&at(&text, slot)));
            }
            Edit::Archive => {
                let (code, _) = self.bos(&["card", "archive", ID]);
                if code == 0 && self.told.len().is_multiple_of(2) {
                    self.bos(&["card", "unarchive", ID]);
                }
            }
            Edit::Delete => {}
        }
    }

    fn take_branch(&mut self) {
        self.env.git(&["fetch", "-q", "other"]);
        self.bos(&["import", "--no-refresh", "--from", "other/topic"]);
        self.unseen.clear();
    }

    /// Merges the branch into what is checked out, where git can do so alone.
    fn since(&mut self) {
        self.env.git(&["fetch", "-q", "other"]);
        self.env.commit_all("what there is");
        let head = self.env.git(&["rev-parse", "HEAD"]);
        if self.env.try_git(&["merge", "-q", "--no-edit", "other/topic"]).code != 0 {
            self.env.git(&["merge", "--abort"]);
            return;
        }
        self.tell("git merge other/topic");
        let deleted = std::mem::take(&mut self.deleted);
        self.overwrite(&deleted);
        self.bos(&["import", "--no-refresh", "--since", head.trim()]);
        self.unseen.clear();
    }

    /// What is committed here goes to the clone, where git can merge it alone.
    fn give_branch(&mut self) {
        self.env.commit_all("what there is");
        self.env.git_in(&self.clone, &["fetch", "-q", "origin"]);
        let mut git = std::process::Command::new("git");
        git.current_dir(&self.clone).env("HOME", self.env.home());
        let name = ["-c", "user.name=Pete", "-c", "user.email=pete@example.org"];
        let merged = git.args(name).args(["merge", "-q", "--no-edit", "origin/main"]).output().unwrap();
        self.tell(format!("clone merges main: {}", merged.status.success()));
        if !merged.status.success() {
            self.env.git_in(&self.clone, &["merge", "--abort"]);
        }
    }

    fn resolve(&mut self, choice: Choice, one: bool) {
        let open = self.conflicts();
        let (Some((_, place, ..)), true) = (open.first(), choice != Choice::None) else { return };
        let place = place.clone();
        let from: &[&str] = if one { &["--from", &place] } else { &[] };
        let before = self.database();
        let (new, how) = match choice {
            Choice::Edited => (Some(self.fresh()), "--edit"),
            Choice::Theirs => (None, "--theirs"),
            _ => (None, "--ours"),
        };
        let editor = format!(
            "sed -i -E '/^(<<<<<<<|=======|>>>>>>>)/d; s/^(Owner: |plan ).*/\\1T{}/' \"$1\"; true ",
            new.unwrap_or_default()
        );
        let ran = self
            .env
            .bos_with(&[("EDITOR", &editor)], &[&["conflicts", "resolve", ID, how, "--no-refresh"], from].concat());
        self.tell(format!("resolve {how} {from:?} of {open:?} -> {} {}", ran.code, ran.stderr.trim()));
        if ran.code != 0 {
            new.into_iter().for_each(|new| self.heads[new] = false);
            match (ran.code, one, choice) {
                (5, false, _) if ran.stderr.contains("clash with each other") => return self.resolve(choice, true),
                // An edit may end where the text cannot be read, such as a key that stands there twice.
                (4, _, Choice::Edited) => return,
                _ => self.fail(&ran.stderr),
            }
        }
        let after = self.database();
        let settled: Vec<_> = open.into_iter().filter(|(_, with, ..)| !one || *with == place).collect();
        if choice == Choice::Ours {
            self.keeps_ours_byte_for_byte(&settled, &before, &after);
        }
        for (path, _, clashes, theirs) in &settled {
            self.settled(choice, (Doc::of(path), clashes, theirs.as_deref()), &before, &after);
        }
        let kept: BTreeSet<usize> = after.values().flat_map(|text| tokens(text)).collect();
        if new.is_some_and(|new| !kept.contains(&new)) {
            self.heads[new.unwrap()] = false;
        }
    }

    /// Where the other side has nothing but what clashes, `--ours` changes nothing at all.
    fn keeps_ours_byte_for_byte(
        &self,
        settled: &[(String, String, Vec<String>, Option<String>)],
        before: &BTreeMap<Doc, String>,
        after: &BTreeMap<Doc, String>,
    ) {
        for doc in [Doc::Card, Doc::Plan] {
            let mut about = settled.iter().filter(|(path, ..)| Doc::of(path) == doc).peekable();
            let only_clashes = about.peek().is_some()
                && about.all(|(.., theirs)| {
                    let ours = before.get(&doc).map(String::as_str).unwrap_or_default();
                    let theirs = theirs.as_deref().unwrap_or_default();
                    let differs = |slot: &&Slot| slot.doc() == doc && at(theirs, **slot) != at(ours, **slot);
                    let clashes = |slot: &Slot| at(ours, *slot).iter().any(|token| self.heads[*token]);
                    Slot::ALL.iter().filter(differs).all(clashes)
                });
            if only_clashes && before.get(&doc) != after.get(&doc) {
                self.fail(&format!("--ours is not ours:\n{:?}\n{:?}", before.get(&doc), after.get(&doc)));
            }
        }
    }

    /// Who lost is overwritten knowingly; nothing else may be gone.
    fn settled(
        &mut self,
        choice: Choice,
        (doc, clashes, theirs): (Doc, &[String], Option<&str>),
        before: &BTreeMap<Doc, String>,
        after: &BTreeMap<Doc, String>,
    ) {
        let ours = before.get(&doc).map(String::as_str).unwrap_or_default();
        let (theirs, after) = (theirs.unwrap_or_default(), after.get(&doc).map(String::as_str).unwrap_or_default());
        let is_whole = clashes.iter().any(|clash| clash == "the whole document");
        for slot in Slot::ALL.into_iter().filter(|slot| slot.doc() == doc) {
            let heads = |text: &str| -> BTreeSet<usize> {
                at(text, slot).into_iter().filter(|token| self.heads[*token]).collect()
            };
            let (our_heads, their_heads, now) = (heads(ours), heads(theirs), at(after, slot));
            let lost = |heads: &BTreeSet<usize>| -> BTreeSet<usize> { heads.difference(&now).copied().collect() };
            let (ours_lost, theirs_lost) = (lost(&our_heads), lost(&their_heads));
            // Of a clash that was shown a person has decided, whoever wrote upon whose text.
            let is_shown = clashes.iter().any(|clash| match slot {
                Slot::Owner | Slot::Size => slot.prefix().starts_with(clash.as_str()),
                _ => clash.starts_with("line"),
            });
            let is_wrong = match choice {
                Choice::Edited | Choice::None => false,
                _ if is_whole => false,
                Choice::Ours => !ours_lost.is_empty() || (!theirs_lost.is_empty() && our_heads.is_empty() && !is_shown),
                Choice::Theirs => {
                    !theirs_lost.is_empty() || (!ours_lost.is_empty() && their_heads.is_empty() && !is_shown)
                }
            };
            if is_wrong {
                self.fail(&format!("{choice:?} at {slot:?}: lost {ours_lost:?} of ours, {theirs_lost:?} of theirs"));
            }
            self.overwrite(&ours_lost);
            self.overwrite(&theirs_lost);
        }
    }

    /// Settles everything: then the database has every edit, and the files are as it is.
    fn end(&mut self) {
        self.bos(&["import"]);
        self.take_branch();
        self.check();
        for _ in 0..6 {
            self.resolve(Choice::Ours, false);
            self.check();
            self.bos(&["import"]);
        }
        let open = self.conflicts();
        if !open.is_empty() {
            self.fail(&format!("still open: {open:?}"));
        }
        self.bos(&["export", "--partial"]);
        self.check();
        self.take_branch();
        let again = self.conflicts();
        if !again.is_empty() {
            self.fail(&format!("open again, though nobody has edited anything: {again:?}"));
        }
        self.check();
        self.env.verify();
    }
}

fn brought_in(places: &mut Places, way: Way) {
    match way {
        Way::FileFirst => {
            places.bos(&["import"]);
            places.check();
            places.take_branch();
        }
        Way::BranchFirst => {
            places.take_branch();
            places.check();
            places.bos(&["import"]);
        }
        Way::Read => {
            places.take_branch();
            places.check();
            places.bos(&["card", "list"]);
        }
        Way::Since => {
            places.since();
            places.check();
            places.bos(&["import"]);
        }
    }
    places.check();
}

fn product(file: Edit, database: Edit, branch: Edit, way: Way, choice: Choice) {
    let mut places = Places::new();
    places.tell(format!("{file:?}, {database:?}, {branch:?}, {way:?}, {choice:?}"));
    places.edit_database(database);
    places.edit_tree(false, file);
    places.edit_tree(true, branch);
    brought_in(&mut places, way);
    places.resolve(choice, false);
    places.check();
    // Whatever is still open outlives an edit of something else, with each way of taking it.
    places.edit_tree(false, Edit::Set(Slot::Size));
    places.bos(&["import"]);
    places.check();
    places.end();
}

#[test]
fn edits_of_three_places_are_all_there_or_in_conflict() {
    use Edit::{Archive, Delete, Nothing, Set};
    let files = [Nothing, Set(Slot::Owner), Set(Slot::First), Set(Slot::Last), Set(Slot::Plan), Archive, Delete];
    let databases = [Nothing, Set(Slot::Owner), Set(Slot::Size), Set(Slot::First), Set(Slot::Plan), Archive];
    let branches = [Set(Slot::Owner), Set(Slot::First), Set(Slot::Last), Set(Slot::Plan), Archive, Delete];
    let ways = [Way::FileFirst, Way::BranchFirst, Way::Read, Way::Since];
    let choices = [Choice::Ours, Choice::Theirs, Choice::Edited, Choice::None];
    let step = if std::env::var("BOS_THREE_PLACES").is_ok_and(|how| how == "all") { 1 } else { ONE_IN };
    let mut number = 0;
    for file in files {
        for database in databases {
            for branch in branches {
                for way in ways {
                    for choice in choices {
                        number += 1;
                        if number % step == 0 {
                            product(file, database, branch, way, choice);
                        }
                    }
                }
            }
        }
    }
}

fn random_edit(random: &mut Random) -> Edit {
    match random.below(12) {
        0 => Edit::Archive,
        1 => Edit::Delete,
        _ => Edit::Set(*random.pick(&Slot::ALL)),
    }
}

fn sequence(seed: u64) {
    let mut random = Random::new(seed);
    let mut places = Places::new();
    places.tell(format!("BOS_THREE_PLACES_SEED={seed}"));
    for _ in 0..STEPS {
        match random.below(16) {
            0..=2 => places.edit_tree(false, random_edit(&mut random)),
            3..=5 => places.edit_database(random_edit(&mut random)),
            6..=8 => places.edit_tree(true, random_edit(&mut random)),
            9 => drop(places.bos(&["import"])),
            10 => places.take_branch(),
            11 => places.since(),
            12 => drop(places.bos(&["board"])),
            13 => drop(places.bos(&["export", "--partial"])),
            14 => places.give_branch(),
            _ => {
                let choice = *random.pick(&[Choice::Ours, Choice::Theirs, Choice::Edited]);
                let one = random.below(2) == 0;
                places.resolve(choice, one);
            }
        }
        places.check();
    }
    places.end();
}

#[test]
fn whatever_order_three_places_are_edited_in() {
    let rounds = amount("BOS_THREE_PLACES", SEQUENCES);
    let first = if std::env::var_os("BOS_THREE_PLACES").is_some() {
        seed("BOS_THREE_PLACES_SEED")
    } else {
        amount("BOS_THREE_PLACES_SEED", ORDINARY_SEED)
    };
    (0..rounds).for_each(|round| sequence(first.wrapping_add(round)));
}
