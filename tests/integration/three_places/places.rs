//! The oracle: one card in its file, in the database and on a branch, and where every edit must be.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::texts::{Doc, ID, Slot, at, card, plan, tokens, with};
use crate::env::TestEnv;

/// What is done to one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    Nothing,
    Set(Slot),
    Archive,
    Delete,
}

/// How a branch is brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    FileFirst,
    BranchFirst,
    Read,
    Since,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Ours,
    Theirs,
    Edited,
    None,
}

pub(super) struct Places {
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
    pub(super) fn new() -> Self {
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
    pub(super) fn fail(&self, what: &str) -> ! {
        let kept = std::env::temp_dir().join("three-places");
        let _ = fs::remove_dir_all(&kept);
        crate::env::copy(self.env.home(), &kept);
        panic!("{what}\n{}\nleft in {}", self.told.join("\n"), kept.display());
    }

    pub(super) fn tell(&mut self, what: impl Into<String>) {
        self.told.push(what.into());
    }

    pub(super) fn fresh(&mut self) -> usize {
        self.heads.push(true);
        self.heads.len() - 1
    }

    pub(super) fn overwrite(&mut self, gone: &BTreeSet<usize>) {
        gone.iter().for_each(|token| self.heads[*token] = false);
    }

    /// Runs a command, which may end in any way that is no defect.
    pub(super) fn bos(&mut self, arguments: &[&str]) -> (i32, String) {
        let ran = self.env.bos(arguments);
        self.tell(format!("bos {} -> {} {}", arguments.join(" "), ran.code, ran.stderr.lines().next().unwrap_or("")));
        if !(0..=5).contains(&ran.code) || ran.code == 2 {
            self.fail(&ran.stderr);
        }
        (ran.code, ran.stdout)
    }

    /// The files that a tree has of a document.
    pub(super) fn files(root: &Path, doc: Doc) -> Vec<PathBuf> {
        let cards = root.join("docs/business-os/cards");
        [cards.join(doc.file()), cards.join("archive").join(doc.file())].into_iter().filter(|f| f.is_file()).collect()
    }

    /// Whether git's merge left two files of one document: whoever merges has to mend that, for the database has what
    /// the files have.
    fn is_twice(root: &Path) -> bool {
        [Doc::Card, Doc::Plan].into_iter().any(|doc| Self::files(root, doc).len() > 1)
    }

    pub(super) fn text(root: &Path, doc: Doc) -> Option<(PathBuf, String)> {
        let file = Self::files(root, doc).into_iter().next()?;
        let text = fs::read_to_string(&file).unwrap();
        Some((file, text))
    }

    /// The current texts of the database.
    pub(super) fn database(&self) -> BTreeMap<Doc, String> {
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
    pub(super) fn conflicts(&self) -> Vec<(String, String, Vec<String>, Option<String>)> {
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
    pub(super) fn check(&self) {
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

    pub(super) fn edit_tree(&mut self, in_clone: bool, edit: Edit) {
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

    pub(super) fn edit_database(&mut self, edit: Edit) {
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

    pub(super) fn take_branch(&mut self) {
        self.env.git(&["fetch", "-q", "other"]);
        self.bos(&["import", "--no-refresh", "--from", "other/topic"]);
        self.unseen.clear();
    }

    /// Merges the branch into what is checked out, where git can do so alone.
    pub(super) fn since(&mut self) {
        self.env.git(&["fetch", "-q", "other"]);
        self.env.commit_all("what there is");
        let head = self.env.git(&["rev-parse", "HEAD"]);
        if self.env.try_git(&["merge", "-q", "--no-edit", "other/topic"]).code != 0 {
            self.env.git(&["merge", "--abort"]);
            return;
        }
        if Self::is_twice(&self.env.root) {
            self.env.git(&["reset", "-q", "--hard", head.trim()]);
            return;
        }
        self.tell("git merge other/topic");
        let deleted = std::mem::take(&mut self.deleted);
        self.overwrite(&deleted);
        self.bos(&["import", "--no-refresh", "--since", head.trim()]);
        self.unseen.clear();
    }

    /// What is committed here goes to the clone, where git can merge it alone.
    pub(super) fn give_branch(&mut self) {
        self.env.commit_all("what there is");
        self.env.git_in(&self.clone, &["fetch", "-q", "origin"]);
        let head = self.env.git_in(&self.clone, &["rev-parse", "HEAD"]);
        let mut git = std::process::Command::new("git");
        git.current_dir(&self.clone).env("HOME", self.env.home());
        let name = ["-c", "user.name=Pete", "-c", "user.email=pete@example.org"];
        let merged = git.args(name).args(["merge", "-q", "--no-edit", "origin/main"]).output().unwrap();
        self.tell(format!("clone merges main: {}", merged.status.success()));
        if !merged.status.success() {
            self.env.git_in(&self.clone, &["merge", "--abort"]);
        } else if Self::is_twice(&self.clone) {
            self.env.git_in(&self.clone, &["reset", "-q", "--hard", head.trim()]);
        }
    }

    pub(super) fn resolve(&mut self, choice: Choice, one: bool) {
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
    pub(super) fn keeps_ours_byte_for_byte(
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
    pub(super) fn settled(
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
    pub(super) fn end(&mut self) {
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
