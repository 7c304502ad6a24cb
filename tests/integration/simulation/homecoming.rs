//! The law of exports that come home, amid everything else: what nobody else has edited stays as the database has it,
//! however the export is merged and imported, and whatever was done meanwhile.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    witness::{Texts, Tokens, tokens},
    world::{BRANCH, World, files_in, twin},
};

const FOLDER: &str = "docs/business-os";

/// How the branch is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Merge,
    Squash,
    SquashWithoutTrailers,
    Rebase,
    FirstOnly,
    ThroughAnotherClone,
}

const STYLES: [Style; 6] = [
    Style::Merge,
    Style::Squash,
    Style::SquashWithoutTrailers,
    Style::Rebase,
    Style::FirstOnly,
    Style::ThroughAnotherClone,
];

impl World {
    /// Exports, goes on, and takes the export back in: exactly what others edited is taken.
    pub(super) fn come_home(&mut self, tree: usize) {
        self.import(tree);
        self.commit(tree);
        let tip = self.env.try_git(&["rev-parse", "--verify", "-q", BRANCH]);
        let tip = (tip.code == 0).then(|| tip.stdout.trim().to_owned());
        let each: &[&str] = if self.random.below(2) == 0 { &["--per-change"] } else { &[] };
        self.bos(tree, &Tokens::new(), false, &[&["export", "--commit", "--partial"], each].concat());
        let (exported, had) = (self.witness.documents(), self.files(tree));
        for _ in 0..self.random.below(4) {
            match self.random.below(8) {
                0 | 1 => self.set_key(tree),
                2 | 3 => self.change(tree),
                4 => self.undo(tree),
                5 => self.rename(tree),
                6 => self.publish(tree, false),
                _ => self.export(tree),
            }
        }
        self.commit(tree);
        let mut others = self.unsettled(tree);
        let start = self.env.git_in(&self.trees[tree], &["rev-parse", "HEAD"]).trim().to_owned();
        let went_on = self.files(tree).into_iter().filter(|(path, text)| had.get(path) != Some(text)).collect();
        let style = *self.random.pick(&STYLES);
        if !self.merge_home(tree, style, &start, tip.as_deref(), &exported) {
            return;
        }
        self.witness.note_blobs();
        others.extend(self.edited_since(tree, &start));
        others.extend(self.twice(tree));
        others.extend(self.older_than(tree, &start, &exported));
        if style == Style::SquashWithoutTrailers {
            others.extend(self.once_more(tree, &start));
            others.extend(self.put_over(tree, &went_on, &exported));
        }
        let (seq, before) = (self.witness.last_seq(), self.witness.documents());
        match self.random.below(4) {
            0 => {}
            3 => self.watch(tree),
            1 => {
                // One commit may take out what another brought.
                let range = format!("{start}..HEAD");
                let made = self.env.git_in(&self.trees[tree], &["log", "-m", "-p", "--format=", &range, "--", FOLDER]);
                let gone: Vec<&str> = made.lines().filter(|line| line.starts_with('-')).collect();
                self.bos(tree, &tokens(&gone.join("\n")), false, &["import", "--since", &start]);
            }
            _ => drop(self.bos(tree, &Tokens::new(), false, &["import", "--from", "HEAD"])),
        }
        self.import(tree);
        let renumbered = self.witness.touched_after(seq, true);
        others.extend(renumbered.iter().filter_map(|path| Some(id(path)?.to_owned())));
        let is_home = |path: &str| id(path).is_some_and(|id| !others.contains(id));
        let entry = self.witness.touched_after(seq, false).into_iter().find(|path| is_home(path));
        let after = self.witness.documents();
        let changed = before.iter().find(|(path, text)| is_home(path) && after.get(*path) != Some(text));
        let state = self.states(tree).into_iter().find(|(path, state)| is_home(path) && state != "ahead");
        if entry.is_some() || changed.is_some() || state.is_some() {
            let changed = changed.map(|(path, _)| path);
            self.fail(&format!(
                "an export came home by {style:?} and is taken for an edit: {entry:?} {changed:?} {state:?}; start {start}, \
                 log {seq}"
            ));
        }
        let came =
            self.env.git_in(&self.trees[tree], &["diff", "--name-only", "--no-renames", &start, "HEAD", "--", FOLDER]);
        self.came_home += came.lines().filter(|path| is_home(path)).count();
    }

    fn commit(&mut self, tree: usize) {
        self.git(tree, &["add", "-A"]);
        self.git(tree, &["commit", "-q", "-m", "work"]);
    }

    /// A person moves a file into the archive, or back.
    fn rename(&mut self, tree: usize) {
        let files: Vec<String> = self.files(tree).into_keys().filter(|path| path.ends_with(".user.md")).collect();
        if files.is_empty() {
            return;
        }
        let path = self.random.pick(&files).clone();
        let to = self.trees[tree].join(twin(&path));
        if to.exists() {
            return;
        }
        self.tell(format!("tree {tree}: move {path}"));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.trees[tree].join(path), to).unwrap();
        self.commit(tree);
        self.import(tree);
    }

    /// How each document stands that is not in sync.
    fn states(&mut self, tree: usize) -> Vec<(String, String)> {
        let status = self.json(tree, &["status", "--json"]);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        status["documents"].as_array().unwrap().iter().map(|one| (text(&one["path"]), text(&one["state"]))).collect()
    }

    /// Cards that need a person already, or whose files another branch may edit yet.
    fn unsettled(&mut self, tree: usize) -> BTreeSet<String> {
        let states = self.states(tree);
        let paths = states.iter().filter(|(_, state)| state != "ahead").map(|(path, _)| path.clone());
        let open = self.json(tree, &["conflicts", "--json"]);
        let open = open["conflicts"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap().to_owned());
        paths.chain(open).filter_map(|path| Some(id(&path)?.to_owned())).collect()
    }

    /// The cards of which the commits since another one have a text that the log does not know.
    fn edited_since(&mut self, tree: usize, start: &str) -> BTreeSet<String> {
        let range = format!("{start}..HEAD");
        let raw = ["log", "--format=", "--raw", "--no-renames", "--no-abbrev", "-m", &range, "--", FOLDER];
        let raw = self.env.git_in(&self.trees[tree], &raw);
        let mut edited = BTreeSet::new();
        for line in raw.lines() {
            let (before, path) = line.split_once('\t').unwrap();
            let blob = before.split(' ').nth(3).unwrap();
            let is_gone = blob.bytes().all(|byte| byte == b'0');
            if !is_gone && !self.witness.knows_blob(path, blob) {
                edited.extend(id(path).map(str::to_owned));
            }
        }
        edited
    }

    /// Cards of which the merge has brought an older text than was exported: other branches had them.
    fn older_than(&mut self, tree: usize, start: &str, exported: &Texts) -> Vec<String> {
        let changed = ["diff", "--name-only", "--no-renames", start, "HEAD", "--", FOLDER];
        let changed = self.env.git_in(&self.trees[tree], &changed);
        let (files, now) = (self.files(tree), self.witness.documents());
        let is_old = |path: &&str| {
            let file = files.get(*path);
            file != exported.get(*path) && file != now.get(*path)
        };
        changed.lines().filter(is_old).filter_map(|path| Some(id(path)?.to_owned())).collect()
    }

    /// Cards of which the last commit has a text that stood there before, or an earlier one of the log than was there:
    /// without trailers nobody can tell it from what a person does who takes the last change of the file back.
    fn once_more(&self, tree: usize, start: &str) -> Vec<String> {
        let folder = &self.trees[tree];
        let raw = ["log", "--format=", "--raw", "--no-renames", "--no-abbrev", "-m", start, "--", FOLDER];
        let before = self.env.git_in(folder, &raw);
        let stood: BTreeSet<(&str, &str)> = before
            .lines()
            .filter_map(|line| {
                let (blobs, path) = line.split_once('\t')?;
                Some((path, blobs.split(' ').nth(3)?))
            })
            .collect();
        let now =
            self.env.git_in(folder, &["diff", "--raw", "--no-renames", "--no-abbrev", start, "HEAD", "--", FOLDER]);
        let is_old = |line: &&str| {
            let Some((blobs, path)) = line.split_once('\t') else { return false };
            let blobs: Vec<&str> = blobs.split(' ').collect();
            let [before, after] = [blobs[2], blobs[3]].map(|blob| self.witness.last_with_blob(path, blob));
            stood.contains(&(path, blobs[3])) || (after.is_some() && after < before)
        };
        now.lines().filter(is_old).filter_map(|line| Some(id(line)?.to_owned())).collect()
    }

    /// Cards whose files had gone on after the export, and have what was exported by now, which whoever settled the merge
    /// chose: without trailers that is what a person does who takes the last change back.
    fn put_over(&self, tree: usize, went_on: &Texts, exported: &Texts) -> Vec<String> {
        let now = self.files(tree);
        let is_back = |(path, text): &(&String, &String)| {
            let file = now.get(*path);
            file != Some(*text) && file.is_some() && file == exported.get(*path)
        };
        went_on.iter().filter(is_back).filter_map(|(path, _)| Some(id(path)?.to_owned())).collect()
    }

    /// Cards of which git has left two files, after a merge of a rename and a change.
    fn twice(&self, tree: usize) -> Vec<String> {
        let files = self.files(tree);
        let other = |path: &String| path.replace("/cards/archive/", "/cards/");
        let both = files.keys().filter(|path| path.contains("/archive/") && files.contains_key(&other(path)));
        both.filter_map(|path| Some(id(path)?.to_owned())).collect()
    }

    /// Merges the branch; where that cannot be, all is as before.
    fn merge_home(&mut self, tree: usize, style: Style, start: &str, tip: Option<&str>, exported: &Texts) -> bool {
        // What was picked before, and is picked again, is put back by whoever picks it.
        let hidden = [&[format!("^{start}")], tip.map(|tip| format!("^{tip}")).as_slice()].concat();
        let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let range = [&["rev-list", "--reverse", "--no-merges", BRANCH], hidden.as_slice(), &["--"]].concat();
        // Where nothing was ever exported there is no branch.
        let commits = self.env.try_git(&range).stdout;
        let commits: Vec<&str> = commits.lines().collect();
        let Some(first) = commits.first() else { return false };
        let folder = self.trees[tree].clone();
        let had = wherever_in(&files_in(&folder));
        let merged = match style {
            Style::Merge => self.merge_at(&folder, &["--no-edit", BRANCH], exported),
            Style::Squash | Style::SquashWithoutTrailers => {
                let message: &[&str] = if style == Style::Squash { &["--no-edit"] } else { &["-m", "squashed"] };
                self.merge_at(&folder, &["--squash", BRANCH], exported)
                    && self.git(tree, &[&["commit", "-q", "--allow-empty"], message].concat())
            }
            Style::Rebase => {
                self.git(tree, &[&["cherry-pick", "--keep-redundant-commits"], commits.as_slice()].concat())
            }
            Style::FirstOnly => self.git(tree, &["cherry-pick", "--keep-redundant-commits", first]),
            Style::ThroughAnotherClone => self.merge_elsewhere(tree, exported),
        };
        // Where renames meet, git may leave no file at all.
        let (has, is_there) = (wherever_in(&files_in(&folder)), wherever_in(exported));
        let is_whole = !had.iter().any(|path| !has.contains(path) && is_there.contains(path));
        if !merged || !is_whole {
            self.git(tree, &["cherry-pick", "--abort"]);
            self.git(tree, &["merge", "--abort"]);
            self.git(tree, &["reset", "-q", "--hard", start]);
        }
        merged && is_whole
    }

    /// Merges in a folder. Where both sides changed a file the person takes what was exported, if the branch has just
    /// that; to take anything else would be an edit.
    fn merge_at(&mut self, folder: &Path, merge: &[&str], exported: &Texts) -> bool {
        if self.git_at(folder, &[&["merge", "-q"], merge].concat()) {
            return true;
        }
        let clashing = self.env.git_in(folder, &["ls-files", "-u"]);
        let clashing: BTreeSet<&str> = clashing.lines().filter_map(|line| Some(line.split_once('\t')?.1)).collect();
        if clashing.is_empty() {
            return false;
        }
        for path in clashing {
            // Whoever settles a rename decides where the card is.
            if !self.env.git_in(folder, &["ls-tree", "HEAD", "--", &twin(path)]).is_empty() {
                return false;
            }
            let on_branch = self.env.try_git(&["show", &format!("{BRANCH}:{path}")]);
            let on_branch = (on_branch.code == 0).then_some(&on_branch.stdout);
            if on_branch.is_none() || on_branch != exported.get(path) {
                return false;
            }
            if self.git_at(folder, &["checkout", "-q", "--theirs", "--", path]) {
                self.git_at(folder, &["add", path]);
            } else {
                self.git_at(folder, &["rm", "-q", "-f", path]);
            }
        }
        merge.contains(&"--squash") || self.git_at(folder, &["commit", "-q", "--no-edit"])
    }

    /// Another clone, with a database of its own, merges the branch and adds to a card; this one pulls.
    fn merge_elsewhere(&mut self, tree: usize, exported: &Texts) -> bool {
        let clone = self.env.home().join("clone");
        let _ = fs::remove_dir_all(&clone);
        let at = clone.to_str().unwrap();
        self.env.git(&["clone", "-q", self.trees[tree].to_str().unwrap(), at]);
        if self.env.bos_in(&clone, &["import"]).code > 1 {
            self.fail("another clone cannot import");
        }
        if !self.merge_at(&clone, &["--no-edit", &format!("origin/{BRANCH}")], exported) {
            return false;
        }
        self.env.bos_in(&clone, &["import"]);
        let card = self.env.bos_in(&clone, &["card", "list", "--json"]).json()["cards"][0]["id"].clone();
        if let Some(card) = card.as_str() {
            self.env.bos_in(&clone, &["card", "comment", card, "-m", "of the other clone"]);
        }
        self.env.bos_in(&clone, &["export", "--partial"]);
        self.git_at(&clone, &["add", "-A"]);
        self.git_at(&clone, &["commit", "-q", "-m", "of the other clone"]);
        self.git(tree, &["pull", "-q", "--no-rebase", "--no-edit", at, "HEAD"])
    }

    fn git_at(&mut self, folder: &Path, arguments: &[&str]) -> bool {
        let done = self.git_command(folder, arguments);
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        self.tell(format!("{name}: git {} -> {done}", arguments.join(" ")));
        done
    }
}

/// The paths of documents, as if nothing were archived.
fn wherever_in(texts: &Texts) -> BTreeSet<String> {
    texts.keys().map(|path| path.replace("/cards/archive/", "/cards/")).collect()
}

/// The ID in a document's path.
fn id(path: &str) -> Option<&str> {
    let at = path.find("CROW-ENG-")?;
    path.get(at..at + "CROW-ENG-0000".len())
}
