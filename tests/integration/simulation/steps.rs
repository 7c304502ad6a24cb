//! The steps of the simulation: what people, agents, git and chance do to a world.

use std::fs;

use super::{
    witness::{Tokens, tokens},
    world::{BRANCH, KEYS, World},
};

const LANES: [&str; 5] = ["inbox", "planned", "in-progress", "blocked", "done"];

impl World {
    /// Something happens.
    pub(super) fn step(&mut self) {
        self.day += u64::from(self.random.below(20) == 0);
        let tree = usize::try_from(self.random.below(2)).unwrap();
        match self.random.below(100) {
            0..24 => self.edit_file(tree),
            24..27 => self.come_home(tree),
            27..29 => self.make_file(tree),
            29..30 => self.make_rival(tree),
            30..42 => self.set_key(tree),
            42..50 => self.change(tree),
            50..62 => self.import(tree),
            62..70 => self.export(tree),
            70..74 => self.publish(tree, false),
            74..79 => self.kill(tree),
            79..83 => drop(self.resolve(tree, None)),
            83..86 => self.undo(tree),
            86..90 => {
                self.git(tree, &["add", "-A"]);
                self.git(tree, &["commit", "-q", "-m", "work"]);
            }
            90..94 => self.switch(tree),
            94..97 => self.merge(tree),
            _ => self.stash(tree),
        }
    }

    /// A person edits a file: a key of their own, a line of the body, a lane.
    fn edit_file(&mut self, tree: usize) {
        let files: Vec<(String, String)> = self.files(tree).into_iter().collect();
        if files.is_empty() {
            return;
        }
        let (path, text) = self.random.pick(&files).clone();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let Some(end) = lines.iter().skip(1).position(|line| line == "---").map(|end| end + 1) else { return };
        let token = self.token();
        match self.random.below(10) {
            0..4 => {
                let key = *self.random.pick(&KEYS);
                let line = format!("{key}: {token}");
                match lines[..end].iter().position(|other| other.starts_with(key)) {
                    Some(at) => lines[at] = line,
                    None => lines.insert(end, line),
                }
            }
            4..7 => {
                let at = end + 1 + usize::try_from(self.random.below((lines.len() - end) as u64)).unwrap();
                lines.insert(at, token);
            }
            7..9 => {
                let body: Vec<usize> = (end + 1..lines.len()).filter(|at| lines[*at].starts_with("tok")).collect();
                if let Some(at) = (!body.is_empty()).then(|| *self.random.pick(&body)) {
                    lines[at] = token;
                } else {
                    lines.push(token);
                }
            }
            _ => {
                if let Some(line) = lines[..end].iter_mut().find(|line| line.starts_with("Priority:")) {
                    *line = format!("Priority: P{}", self.next % 6);
                }
            }
        }
        self.tell(format!("tree {tree}: edit {path}: tok{}z", self.next));
        let edited = lines.join("\n") + "\n";
        if edited != text {
            self.witness.edits(&text, &edited);
        }
        fs::write(self.trees[tree].join(path), edited).unwrap();
    }

    fn make_file(&mut self, tree: usize) {
        let token = self.token();
        let id = format!("CROW-ENG-{:04}", 500 + self.next);
        let text = format!("---\nType: Card\nID: {id}\nTitle: By hand\nBusiness: CROW\n---\n\n{token}\n");
        self.tell(format!("tree {tree}: make {id}: {token}"));
        fs::write(self.trees[tree].join(format!("docs/business-os/cards/{id}.user.md")), text).unwrap();
    }

    /// Another clone gave out an ID that a card made here has, which no file shows yet; its card comes by a commit.
    fn make_rival(&mut self, tree: usize) {
        let files = self.files(tree);
        let is_wanted = |path: &String| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_here = files.keys().any(|file| file.ends_with(name));
            path.contains("/cards/CROW") && name.starts_with("CROW-ENG") && !is_here
        };
        let wanted: Vec<String> = self.witness.documents().into_keys().filter(is_wanted).collect();
        if wanted.is_empty() {
            return;
        }
        let (path, token) = (self.random.pick(&wanted).clone(), self.token());
        let id = path.rsplit('/').next().unwrap().trim_end_matches(".user.md").to_owned();
        // Where git knows the card this would be an edit of it.
        if self.has_had(tree, &path) || self.has_had(tree, &path.replace("/cards/", "/cards/archive/")) {
            return;
        }
        let text = format!("---\nType: Card\nID: {id}\nTitle: Of another\nBusiness: CROW\n---\n\n{token}\n");
        self.tell(format!("tree {tree}: make rival {id}: {token}"));
        fs::write(self.trees[tree].join(path), text).unwrap();
        self.git(tree, &["add", "-A"]);
        self.git(tree, &["commit", "-q", "-m", "of another clone"]);
    }

    /// A card of the database, and its text.
    fn card(&mut self) -> Option<(String, String)> {
        let documents = self.witness.documents();
        let cards: Vec<(String, String)> = documents
            .into_iter()
            .filter_map(|(path, text)| {
                let name = path.rsplit('/').next()?.strip_suffix(".user.md")?;
                name.starts_with("CROW-ENG").then(|| (name.to_owned(), text))
            })
            .collect();
        (!cards.is_empty()).then(|| self.random.pick(&cards).clone())
    }

    /// A command sets a key of somebody's own.
    pub(super) fn set_key(&mut self, tree: usize) {
        let Some((id, _)) = self.card() else { return };
        let (key, token) = (*self.random.pick(&KEYS), self.token());
        // What the key holds by then, in the database or in a file that is taken first, is what it was told to replace.
        let allowed = self.holding(key);
        let (code, _) = self.bos(tree, &allowed, false, &["card", "set", &id, &format!("{key}={token}")]);
        if code == Some(0) {
            self.owed.insert(token);
        }
    }

    /// The tokens that stand in a key, wherever that is.
    fn holding(&self, key: &str) -> Tokens {
        let files = (0..2).flat_map(|tree| self.files(tree));
        let lines: Vec<String> = files
            .chain(self.witness.documents())
            .flat_map(|(_, text)| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.starts_with(key))
            .collect();
        lines.iter().flat_map(|line| tokens(line)).collect()
    }

    pub(super) fn change(&mut self, tree: usize) {
        let Some((id, _)) = self.card() else { return };
        let lane = *self.random.pick(&LANES);
        let token = self.token();
        let arguments: Vec<&str> = match self.random.below(7) {
            0 | 1 => vec!["card", "move", &id, lane],
            2 => vec!["card", "archive", &id],
            3 => vec!["card", "unarchive", &id],
            4 => vec!["card", "comment", &id, "-m", &token],
            5 => vec!["card", "new", "CROW", "--title", &token],
            _ => vec!["card", "set", &id, "--add", "Tags=crowd"],
        };
        let takes = arguments.contains(&token.as_str());
        let (code, _) = self.bos(tree, &Tokens::new(), false, &arguments);
        if code == Some(0) && takes {
            self.owed.insert(token);
        }
    }

    pub(super) fn export(&mut self, tree: usize) {
        let arguments = *self.random.pick(&[&["export"][..], &["export", "--partial"]]);
        self.bos(tree, &Tokens::new(), false, arguments);
    }

    pub(super) fn publish(&mut self, tree: usize, kill: bool) {
        self.bos(tree, &Tokens::new(), kill, &["export", "--commit", "--partial"]);
    }

    /// A command that is killed at some point.
    fn kill(&mut self, tree: usize) {
        match self.random.below(4) {
            0 => drop(self.bos(tree, &Tokens::new(), true, &["import"])),
            1 => drop(self.bos(tree, &Tokens::new(), true, &["export", "--partial"])),
            2 => self.publish(tree, true),
            _ => {
                let Some((id, _)) = self.card() else { return };
                let value = format!("Own-A={}", self.token());
                let allowed = self.holding("Own-A");
                self.bos(tree, &allowed, true, &["card", "set", &id, &value]);
            }
        }
    }

    /// A person decides about a conflict, if there is one; others are left.
    pub(super) fn resolve(&mut self, tree: usize, side: Option<&'static str>) -> bool {
        let open = self.json(tree, &["conflicts", "--json"]);
        let conflicts = open["conflicts"].as_array().unwrap().clone();
        if conflicts.is_empty() {
            return false;
        }
        let conflict = self.random.pick(&conflicts).clone();
        let [path, from] = ["path", "place"].map(|key| conflict[key].as_str().unwrap().to_owned());
        let side = side.unwrap_or(if self.random.below(2) == 0 { "--ours" } else { "--theirs" });
        // With their side, what clashes in ours goes: the person says so. Ours is where the document lies now, which may
        // be in the archive or out of it since the conflict began.
        let place = |path: &str| path.replace("/archive/", "/");
        let documents = self.witness.documents();
        let ours: String =
            documents.into_iter().filter(|(other, _)| place(other) == place(&path)).map(|(_, text)| text).collect();
        let allowed = if side == "--theirs" { tokens(&ours) } else { Tokens::new() };
        let resolve = ["conflicts", "resolve", &path, side];
        // Where places clash with each other, one after the other is settled.
        self.bos(tree, &allowed, false, &resolve).0 == Some(0)
            || self.bos(tree, &allowed, false, &[&resolve[..], &["--from", &from]].concat()).0 == Some(0)
    }

    pub(super) fn undo(&mut self, tree: usize) {
        self.bos(tree, &Tokens::new(), false, &["undo"]);
    }

    fn switch(&mut self, tree: usize) {
        let home = ["main", "side"][tree];
        match self.random.below(3) {
            0 => {
                self.branches += 1;
                let name = format!("b{}", self.branches);
                self.git(tree, &["checkout", "-q", "-b", &name]);
            }
            1 => drop(self.git(tree, &["switch", "-q", home])),
            _ => {
                let name = format!("b{}", 1 + self.random.below(self.branches.max(1)));
                self.git(tree, &["switch", "-q", &name]);
            }
        }
    }

    fn merge(&mut self, tree: usize) {
        let own = format!("b{}", 1 + self.random.below(self.branches.max(1)));
        let other = (*self.random.pick(&["main", "side", BRANCH, own.as_str()])).to_owned();
        if !self.git(tree, &["merge", "-q", "--no-edit", &other]) {
            self.git(tree, &["merge", "--abort"]);
        }
    }

    fn stash(&mut self, tree: usize) {
        if self.random.below(2) == 0 {
            let stashes = |world: &Self| world.env.git(&["stash", "list"]).lines().count();
            let before = stashes(self);
            if self.git(tree, &["stash", "push", "-q"]) && stashes(self) > before {
                self.stashed.push(tree);
            }
            return;
        }
        // What another tree has stashed is for that one.
        if self.stashed.last() != Some(&tree) {
            return;
        }
        let before = self.files(tree);
        if self.git(tree, &["stash", "pop", "-q"]) {
            self.stashed.pop();
        } else if self.files(tree).values().any(|text| text.contains("<<<<<<<")) {
            // It refuses before it changes anything, or leaves markers that nobody wants.
            self.git(tree, &["checkout", "-q", "-f", "HEAD", "--", "."]);
        }
        // Whoever does either gives up what was in the files.
        for (path, text) in self.files(tree) {
            if let Some(before) = before.get(&path).filter(|before| **before != text) {
                self.witness.gives_up(before, &text);
            }
        }
    }
}
