//! What the simulation knows of the database, past the program, and what it holds the program to after each command:
//! no entry of the log lets a token go that its command had no business with.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use rusqlite::Connection;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::world::twin;

pub(super) type Tokens = BTreeSet<String>;

/// A path and the text there.
pub(super) type Texts = BTreeMap<String, String>;

/// The tokens in a text: `tok`, digits, `z`.
pub(super) fn tokens(text: &str) -> Tokens {
    let token = |(index, _): (usize, &str)| {
        let rest = &text[index..];
        let end = rest.find('z')?;
        let digits = &rest[3..end];
        let is_token = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_token.then(|| rest[..=end].to_owned())
    };
    text.match_indices("tok").filter_map(token).collect()
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is not in `kept`.
pub(super) fn without(all: &Tokens, kept: &Tokens) -> Tokens {
    all.difference(kept).cloned().collect()
}

/// What matters of the database before a command.
#[derive(Debug, Default)]
pub(super) struct Before {
    seq: i64,
    /// The bases of one mirror.
    bases: BTreeMap<String, String>,
    /// The bases of the open conflicts of one mirror.
    conflicts: BTreeMap<String, Vec<Option<String>>>,
}

/// The database, read past the program.
pub(super) struct Witness {
    connection: Connection,
    blobs: BTreeMap<String, Tokens>,
    all: Tokens,
    last: i64,
    /// What each text that a person made in a file had been until then.
    edited: BTreeMap<String, String>,
    /// What a person took out of that.
    taken_out: BTreeMap<String, Tokens>,
    /// What git made each text of that is of several.
    merged: BTreeMap<String, Vec<String>>,
    /// Texts that a person had git put there.
    put: BTreeSet<String>,
    /// Every text that the log names.
    logged: BTreeSet<String>,
    logged_until: i64,
    /// The last entry with which the log had each blob of git at each path.
    last_with: BTreeMap<(String, String), i64>,
}

impl Witness {
    pub(super) fn new(database: &Path) -> Self {
        let connection = Connection::open(database).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        Self {
            connection,
            blobs: BTreeMap::new(),
            all: Tokens::new(),
            last: 0,
            edited: BTreeMap::new(),
            taken_out: BTreeMap::new(),
            merged: BTreeMap::new(),
            put: BTreeSet::new(),
            logged: BTreeSet::new(),
            logged_until: 0,
            last_with: BTreeMap::new(),
        }
    }

    fn rows(&self, sql: &str, parameter: &str) -> BTreeMap<String, Option<String>> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let rows = statement.query_map([parameter], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }

    /// A person made one text of another, in a file.
    pub(super) fn edits(&mut self, from: &str, to: &str) {
        self.edited.insert(sha256(to), sha256(from));
        self.taken_out.insert(sha256(to), without(&tokens(from), &tokens(to)));
    }

    /// Git merged some texts.
    pub(super) fn merges(&mut self, sources: &[String], to: &str) {
        self.merged.insert(sha256(to), sources.iter().map(|source| sha256(source)).collect());
    }

    /// What people took out of the texts that git merged into this one, since the log had them.
    fn taken_out_before(&self, text: Option<&str>) -> Tokens {
        let (mut gone, mut seen) = (Tokens::new(), BTreeSet::new());
        let mut next: Vec<&String> = text.and_then(|text| self.merged.get(text)).into_iter().flatten().collect();
        while let Some(text) = next.pop() {
            if !self.logged.contains(text) && seen.insert(text) {
                gone.extend(self.taken_out.get(text).into_iter().flatten().cloned());
                next.extend(self.edited.get(text).into_iter().chain(self.merged.get(text).into_iter().flatten()));
            }
        }
        gone
    }

    /// A person had git put a text in a file, and gave up what was there.
    pub(super) fn gives_up(&mut self, from: &str, to: &str) {
        self.put.insert(sha256(to));
        self.edits(from, to);
    }

    /// The text of the database that another was made of by hand, where it was.
    fn began_with<'a>(&'a self, text: Option<&'a str>) -> Option<&'a str> {
        let before = |text: &&str| self.edited.get(*text).map(String::as_str);
        let began = std::iter::successors(text, before).skip(1).take(self.edited.len());
        began.into_iter().find(|text| self.logged.contains(*text))
    }

    /// Whether git put a text, or one that it was made of, where a person wanted it.
    fn was_put(&self, text: Option<&str>) -> bool {
        let before = |text: &&str| self.edited.get(*text).map(String::as_str);
        std::iter::successors(text, before).take(self.edited.len() + 1).any(|text| self.put.contains(text))
    }

    /// The bases of all conflicts of each path: there may be one with each of several places.
    fn open_conflicts(&self, sql: &str, mirror: &str) -> BTreeMap<String, Vec<Option<String>>> {
        let mut statement = self.connection.prepare(sql).unwrap();
        let rows = statement.query_map([mirror], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        let mut open: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
        for (path, base) in rows.map(Result::unwrap) {
            open.entry(path).or_default().push(base);
        }
        open
    }

    /// A mirror as it stands, and where the log ends.
    pub(super) fn before(&self, mirror: &str) -> Before {
        let bases =
            "SELECT path, base_sha256 FROM business_os_mirror_documents JOIN business_os_mirrors ON id = mirror_id
                     WHERE name = ?1 AND base_sha256 IS NOT NULL";
        let conflicts = "SELECT path, base_sha256 FROM business_os_conflicts
                         LEFT JOIN business_os_mirrors ON id = mirror_id
                         WHERE coalesce(name, ?1) = ?1";
        let head = "SELECT coalesce(max(seq), 0) FROM business_os_audit_log";
        let bases = self.rows(bases, mirror).into_iter().map(|(path, base)| (path, base.unwrap())).collect();
        Before {
            seq: self.connection.query_row(head, [], |row| row.get(0)).unwrap(),
            bases,
            conflicts: self.open_conflicts(conflicts, mirror),
        }
    }

    /// Every token in any text the database has.
    pub(super) fn all(&mut self) -> &Tokens {
        let mut statement =
            self.connection.prepare("SELECT rowid, sha256, text FROM business_os_blobs WHERE rowid > ?1").unwrap();
        let rows = statement
            .query_map([self.last], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
            })
            .unwrap();
        for (row, sha, text) in rows.map(Result::unwrap) {
            self.last = self.last.max(row);
            let found = tokens(&text);
            self.all.extend(found.iter().cloned());
            self.blobs.insert(sha, found);
        }
        &self.all
    }

    fn of(&self, sha: Option<&str>) -> Tokens {
        sha.map(|sha| self.blobs[sha].clone()).unwrap_or_default()
    }

    /// The commit that a mirror had checked out when all of it was last looked at.
    pub(super) fn seen_head(&self, mirror: &str) -> Option<String> {
        let sql = "SELECT name, head FROM business_os_mirrors WHERE name = ?1";
        self.rows(sql, mirror).remove(mirror).flatten()
    }

    /// The current documents.
    pub(super) fn documents(&self) -> Texts {
        let sql = "SELECT path, text FROM business_os_documents JOIN business_os_blobs USING (sha256) WHERE path > ?1";
        self.rows(sql, "").into_iter().map(|(path, text)| (path, text.unwrap())).collect()
    }

    /// The last entry of the log.
    pub(super) fn last_seq(&self) -> i64 {
        self.connection
            .query_row("SELECT coalesce(max(seq), 0) FROM business_os_audit_log", [], |row| row.get(0))
            .unwrap()
    }

    /// The paths that later entries touch; those of what another clone's card takes the ID of are for `renumbered`.
    pub(super) fn touched_after(&self, seq: i64, renumbered: bool) -> Vec<String> {
        let entries = self.entries(seq).into_iter().filter(|entry| (entry["action"] == "renumber") == renumbered);
        let documents = entries.flat_map(|entry| entry["documents"].as_array().unwrap().clone());
        documents.map(|document| document["path"].as_str().unwrap().to_owned()).collect()
    }

    /// Whether the log ever had a text at a path that git stores as this blob, as of the last [`Self::note_blobs`].
    pub(super) fn knows_blob(&self, path: &str, blob: &str) -> bool {
        self.last_with_blob(path, blob).is_some()
    }

    /// The last entry with which the log had a text at a path that git stores as this blob, as of the same.
    pub(super) fn last_with_blob(&self, path: &str, blob: &str) -> Option<i64> {
        self.last_with.get(&(path.to_owned(), blob.to_owned())).copied()
    }

    /// Notes at which entry the log last had each text at each path.
    pub(super) fn note_blobs(&mut self) {
        let after = self.last_with.values().max().copied().unwrap_or(0);
        for entry in self.entries(after) {
            let seq = entry["seq"].as_i64().unwrap();
            for document in entry["documents"].as_array().unwrap() {
                let path = document["path"].as_str().unwrap();
                for sha in [document["new"].as_str(), document["theirs"].as_str()].into_iter().flatten() {
                    let blob = self.blob_of(sha);
                    self.last_with.insert((path.to_owned(), blob), seq);
                }
            }
        }
    }

    /// How git names a text of the database.
    fn blob_of(&self, sha: &str) -> String {
        let text: String = self
            .connection
            .query_row("SELECT text FROM business_os_blobs WHERE sha256 = ?1", [sha], |row| row.get(0))
            .unwrap();
        let hash = Sha1::new().chain_update(format!("blob {}\0{text}", text.len())).finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn entries(&self, after: i64) -> Vec<Value> {
        let sql = "SELECT payload_json FROM business_os_audit_log WHERE seq > ?1 ORDER BY seq";
        let mut statement = self.connection.prepare(sql).unwrap();
        let rows = statement.query_map([after], |row| row.get::<_, String>(0)).unwrap();
        rows.map(|payload| serde_json::from_str(&payload.unwrap()).unwrap()).collect()
    }

    /// What the entries since then let go without leave. `allowed` is what the command was told to replace, `head` tells
    /// what git has at a path.
    pub(super) fn lost(&mut self, before: &Before, allowed: &Tokens, head: &dyn Fn(&str) -> Tokens) -> Vec<String> {
        self.all();
        let entries = self.entries(before.seq);
        let earlier = self.entries(self.logged_until);
        self.log(earlier.iter().filter(|entry| entry["seq"].as_i64() <= Some(before.seq)));
        self.logged_until = before.seq;
        entries.iter().filter_map(|entry| self.lost_by(entry, before, allowed, head)).collect()
    }

    /// Notes every text that entries name.
    fn log<'e>(&mut self, entries: impl Iterator<Item = &'e Value>) {
        let documents = entries.flat_map(|entry| entry["documents"].as_array().unwrap());
        let texts = documents.flat_map(|document| [document["new"].as_str(), document["theirs"].as_str()]);
        self.logged.extend(texts.flatten().map(str::to_owned));
    }

    fn lost_by(
        &self,
        entry: &Value,
        before: &Before,
        allowed: &Tokens,
        head: &dyn Fn(&str) -> Tokens,
    ) -> Option<String> {
        let action = entry["action"].as_str().unwrap();
        let (mut old, mut new, mut leave) = (Tokens::new(), Tokens::new(), allowed.clone());
        for document in entry["documents"].as_array().unwrap() {
            let path = document["path"].as_str().unwrap();
            let (was, is, theirs) = (&document["old"], &document["new"], document["theirs"].as_str());
            old.extend(self.of(was.as_str()));
            new.extend(self.of(is.as_str()));
            let base = match action {
                "resolve" => {
                    let bases = before.conflicts.get(path).into_iter().flatten().flatten();
                    bases.for_each(|base| leave.extend(without(&self.of(Some(base)), &self.of(theirs))));
                    before.conflicts.get(path).and_then(|bases| bases.last()).cloned().flatten()
                }
                _ => before.bases.get(path).cloned(),
            };
            if matches!(action, "import" | "merge") {
                leave.extend(self.taken_out_before(theirs.or(is.as_str())));
            }
            match action {
                // What a person took out of the text that an edit began with, whatever the place stands at.
                "import" | "merge" if self.was_put(theirs.or(is.as_str())) => leave.extend(self.of(was.as_str())),
                "import" | "merge" if self.began_with(theirs.or(is.as_str())).is_some() => {
                    let (edited, began) = (theirs.or(is.as_str()), self.began_with(theirs.or(is.as_str())));
                    leave.extend(without(&self.of(began), &self.of(edited)));
                }
                // A file takes the place of the text it began with, and of no other.
                "import" if was.as_str() == base.as_deref() => leave.extend(self.of(was.as_str())),
                // What the other side took out of the text both began with; where there is none, out of what git has.
                "merge" | "resolve" => {
                    let base = base.map_or_else(|| head(path), |base| self.of(Some(&base)));
                    leave.extend(without(&base, &self.of(theirs)));
                    // An edit of a file follows its document to where the database has it: then it began there.
                    let elsewhere = before.bases.get(&twin(path)).map(|base| self.of(Some(base))).unwrap_or_default();
                    leave.extend(without(&elsewhere, &self.of(theirs)));
                }
                // What moves to another ID is removed in one entry and made in another.
                "renumber" => leave.extend(self.documents().values().flat_map(|text| tokens(text))),
                _ => {}
            }
        }
        if action == "undo" {
            leave.extend(self.undone(entry));
        }
        let lost = without(&without(&old, &new), &leave);
        (!lost.is_empty()).then(|| format!("{lost:?} went without leave: {entry}, {before:?}"))
    }

    /// What the batches brought that an undo takes back, or took.
    fn undone(&self, entry: &Value) -> Tokens {
        let batches: Vec<i64> =
            entry["undoes"].as_array().into_iter().flatten().map(|batch| batch.as_i64().unwrap()).collect();
        // A batch is named after its first entry.
        let first = batches.iter().min().map_or(0, |batch| batch - 1);
        let undone =
            self.entries(first).into_iter().filter(|entry| batches.contains(&entry["batch"].as_i64().unwrap()));
        let shas = undone.flat_map(|entry| entry["documents"].as_array().unwrap().clone());
        shas.flat_map(|document| self.of(document["new"].as_str())).collect()
    }
}
