//! The commits of one export, each upon the one before; the branch moves once, to the last. Either it has all of them
//! after a crash, or none.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

use super::{
    message::{self, Seal, email},
    publisher::{Outgoing, Publisher},
};
use crate::{
    domain::{action::Action, doc_path::DocPath, entry::Entry, hash::Sha256},
    engine::base::{clock::Clock, error::EngineError, projection::stored},
    git::{BlobId, Change, CommitId, CommitOutcome, NewCommit},
};

/// Commits that were built, and where the next one goes on.
pub(super) struct Chain<'p, 'a> {
    publisher: &'p Publisher<'a>,
    parents: Vec<CommitId>,
    tree_of: Option<CommitId>,
    /// What the tree has of each document that goes out.
    held: HashMap<DocPath, Option<BlobId>>,
    /// Changes of others on the branch, which a merge with its base must not drop: they go into the first commit.
    kept: Vec<(DocPath, BlobId)>,
    /// The commit that last wrote each document.
    pub(super) wrote: HashMap<DocPath, CommitId>,
    /// The last entry that is witnessed.
    pub(super) covered: u64,
    /// How many commits there are.
    pub(super) commits: u64,
}

/// What a document was at one time, in git and in full; both are missing where it was not there.
struct HeldDocument<'d> {
    blob: Option<BlobId>,
    text: Option<Cow<'d, str>>,
}

/// Who made a commit, when, and what it says.
struct Words<'w> {
    author: &'w str,
    seconds: i64,
    message: String,
}

impl<'p, 'a> Chain<'p, 'a> {
    /// The commits for what goes out; the branch stays where it is.
    pub(super) fn build(
        publisher: &'p Publisher<'a>,
        outgoing: &[Outgoing],
        kept: &[(DocPath, BlobId)],
        per_change: bool,
        now: i64,
    ) -> Result<Self, EngineError> {
        let mut chain = Self::new(publisher, outgoing, kept.to_vec());
        if !outgoing.is_empty() {
            if per_change {
                chain.add_each(outgoing, now)?;
            }
            chain.add_rest(outgoing, now)?;
        }
        Ok(chain)
    }

    fn new(publisher: &'p Publisher<'a>, outgoing: &[Outgoing], kept: Vec<(DocPath, BlobId)>) -> Self {
        Self {
            publisher,
            parents: publisher.start.parents.clone(),
            tree_of: publisher.start.tree,
            held: outgoing.iter().map(|document| (document.path.clone(), document.blob)).collect(),
            kept,
            wrote: HashMap::new(),
            covered: publisher.mirror.exported_seq,
            commits: 0,
        }
    }

    /// The last commit.
    pub(super) fn tip(&self) -> Option<CommitId> {
        self.tree_of.filter(|_| self.commits > 0)
    }

    /// One commit with everything that the tree does not have yet.
    fn add_rest(&mut self, outgoing: &[Outgoing], now: i64) -> Result<(), EngineError> {
        let rest: Vec<&Outgoing> =
            outgoing.iter().filter(|document| self.held[&document.path] != document.wanted).collect();
        if rest.is_empty() {
            return Ok(());
        }
        let store = &self.publisher.view.store;
        let head = store.head()?;
        let first = (self.covered + 1).min(head.seq.max(1));
        let entries = store.entries_between(first, head.seq)?;
        let entries = self.told_by(&rest, &entries)?;
        let paths: Vec<&DocPath> = rest.iter().map(|document| &document.path).collect();
        let had = self.had(&rest, first)?;
        let seal = Seal { log_id: store.log_id()?, range: (first, head.seq), head: head.hash.to_string(), had };
        let changes = rest.iter().map(|document| (&document.path, document.text().map(Cow::Borrowed))).collect();
        let actor = self.publisher.view.actor()?.as_str().to_owned();
        let message = message::of_all(&paths, &entries, &seal);
        self.add(changes, &Words { author: &actor, seconds: now, message })?;
        self.covered = head.seq;
        Ok(())
    }

    /// The entries that changed these documents in a way that the tree does not have yet.
    fn told_by<'e>(&self, outgoing: &[&Outgoing], entries: &'e [Entry]) -> Result<Vec<&'e Entry>, EngineError> {
        let wanted = outgoing.iter().map(|document| (&document.path, *document)).collect();
        let steps: Vec<&[Entry]> = entries.chunks(1).collect();
        let done = self.done(&wanted, &steps)?;
        let is_new = |(index, entry): &(usize, &Entry)| {
            let mut paths = entry.facts.documents.iter().map(|touched| &touched.path);
            paths.any(|path| wanted.contains_key(path) && done.get(path).is_none_or(|done| done < index))
        };
        Ok(entries.iter().enumerate().filter(is_new).map(|(_, entry)| entry).collect())
    }

    /// Which of these documents the branch has as an earlier export left them, of the entries from this one on, each with
    /// the last: where an export leaves something out, the next witnesses its entries again.
    fn had(&self, documents: &[&Outgoing], first: u64) -> Result<Vec<(u64, DocPath)>, EngineError> {
        let Publisher { view, repository, mirror, start, .. } = self.publisher;
        let mut on_branch: HashMap<String, bool> = HashMap::new();
        let mut had = Vec::new();
        for document in documents {
            let exported = view.store.mirror_document(mirror.id, &document.path)?;
            let Some(entry) = exported.position.filter(|position| *position >= first) else { continue };
            let (Some(base), Some(oid), Some(tip)) = (exported.base, exported.commit, start.tip) else { continue };
            let is_there = || oid.parse().is_ok_and(|commit| repository.is_ancestor(commit, tip).unwrap_or(false));
            if *on_branch.entry(oid.clone()).or_insert_with(is_there)
                && self.version(document, Some(&base))?.is_some_and(|base| base.blob == document.on_branch)
            {
                had.push((entry, document.path.clone()));
            }
        }
        Ok(had)
    }

    /// A commit for each entry of the log since the last export that changed what goes out; the entries of one import
    /// have one together. What an entry did that is on the branch already is not done again.
    fn add_each(&mut self, outgoing: &[Outgoing], now: i64) -> Result<(), EngineError> {
        if self.publisher.start.merges() {
            self.meet_base(outgoing, now)?;
        }
        let store = &self.publisher.view.store;
        let log_id = store.log_id()?;
        let entries = store.entries_between(self.covered + 1, store.head()?.seq)?;
        let steps: Vec<&[Entry]> = entries.chunk_by(is_one_step).collect();
        let wanted: HashMap<&DocPath, &Outgoing> = outgoing.iter().map(|document| (&document.path, document)).collect();
        let (done, merged) = (self.done(&wanted, &steps)?, self.merged(&wanted, &steps)?);
        for (index, step) in steps.iter().enumerate() {
            let is_next = |path: &DocPath| {
                done.get(path).is_none_or(|done| *done < index)
                    && merged.get(path).is_none_or(|merged| *merged <= index)
            };
            // Of several changes of one document in a step the last one counts.
            let touched: BTreeMap<&DocPath, Option<&Sha256>> =
                versions(step).filter(|(path, _)| wanted.contains_key(path) && is_next(path)).collect();
            let mut changes = Vec::new();
            for (path, sha) in touched {
                let Some(HeldDocument { blob, text }) = self.version(wanted[path], sha)? else { continue };
                if self.held.get(path) != Some(&blob) {
                    self.held.insert(path.clone(), blob);
                    changes.push((path, text));
                }
            }
            let Some(last) = step.last().filter(|_| !changes.is_empty()) else { continue };
            let range = (self.covered + 1, last.facts.seq);
            let changing: Vec<&Outgoing> = changes.iter().map(|(path, _)| wanted[path]).collect();
            let had = self.had(&changing, range.0)?;
            let seal = Seal { log_id: log_id.clone(), range, head: last.hash.to_string(), had };
            let changed: HashSet<&DocPath> = changes.iter().map(|(path, _)| *path).collect();
            let is_told = |entry: &&Entry| entry.facts.documents.iter().any(|touched| changed.contains(&touched.path));
            let told: Vec<&Entry> = step.iter().filter(is_told).collect();
            let message = message::of_step(&told, &seal);
            self.add(changes, &Words { author: &last.facts.actor, seconds: last.facts.timestamp, message })?;
            self.covered = last.facts.seq;
        }
        Ok(())
    }

    /// The branch and its base brought together, as a commit of its own: the base's tree, with what the branch has of
    /// the documents.
    fn meet_base(&mut self, outgoing: &[Outgoing], now: i64) -> Result<(), EngineError> {
        for document in outgoing {
            if document.on_branch == document.blob {
                continue;
            }
            match document.on_branch {
                Some(blob) => self.kept.push((document.path.clone(), blob)),
                None if document.wanted.is_some() => continue,
                None => {}
            }
            self.held.insert(document.path.clone(), document.on_branch);
        }
        let removed = outgoing.iter().filter(|document| self.held[&document.path].is_none() && document.blob.is_some());
        let changes = removed.map(|document| (&document.path, None)).collect();
        let actor = self.publisher.view.actor()?.as_str().to_owned();
        let message = message::of_meeting("the base of the branch", &self.publisher.view.seal(self.publisher.branch)?);
        self.add(changes, &Words { author: &actor, seconds: now, message })
    }

    /// Of each document the last step that the tree has already, if any.
    fn done<'s>(
        &self,
        wanted: &HashMap<&DocPath, &Outgoing>,
        steps: &[&'s [Entry]],
    ) -> Result<HashMap<&'s DocPath, usize>, EngineError> {
        let mut done = HashMap::new();
        for (index, step) in steps.iter().enumerate() {
            for (path, sha) in versions(step) {
                let Some(document) = wanted.get(path) else { continue };
                // What is there is no removal, and the other way round; the rest costs a look at a text.
                if self.held[path].is_some() == sha.is_some()
                    && self.version(document, sha)?.is_some_and(|version| self.held[path] == version.blob)
                {
                    done.insert(path, index);
                }
            }
        }
        Ok(done)
    }

    /// Of each document the last step that merged an edit which the tree has. What the log had before would take that back,
    /// so the commit of this step is the first.
    fn merged<'s>(
        &self,
        wanted: &HashMap<&DocPath, &Outgoing>,
        steps: &[&'s [Entry]],
    ) -> Result<HashMap<&'s DocPath, usize>, EngineError> {
        let mut merged = HashMap::new();
        for (index, step) in steps.iter().enumerate() {
            for touched in step.iter().flat_map(|entry| &entry.facts.documents) {
                let (Some(document), Some(theirs)) = (wanted.get(&touched.path), &touched.theirs) else { continue };
                if self.version(document, Some(theirs))?.is_some_and(|theirs| self.held[&touched.path] == theirs.blob) {
                    merged.insert(&touched.path, index);
                }
            }
        }
        Ok(merged)
    }

    /// A version of a document; `None` where its text was erased.
    fn version<'d>(
        &self,
        document: &'d Outgoing,
        sha: Option<&Sha256>,
    ) -> Result<Option<HeldDocument<'d>>, EngineError> {
        let Some(sha) = sha else { return Ok(Some(HeldDocument { blob: None, text: None })) };
        if let Some(text) = document.text.as_ref().filter(|text| text.sha == *sha) {
            let text = Some(Cow::Borrowed(text.text.as_str()));
            return Ok(Some(HeldDocument { blob: document.wanted, text }));
        }
        let view = self.publisher.view;
        let Some(reading) = stored(&view.store, &document.path, sha)? else { return Ok(None) };
        let path = view.workspace.git_path(document.path.as_str());
        let blob = Some(self.publisher.repository.clean_blob_id(&path, reading.text.as_bytes())?);
        Ok(Some(HeldDocument { blob, text: Some(Cow::Owned(reading.text)) }))
    }

    fn add(&mut self, changes: Vec<(&DocPath, Option<Cow<'_, str>>)>, words: &Words<'_>) -> Result<(), EngineError> {
        let Publisher { view, repository, branch, start, .. } = self.publisher;
        let git_path = |path: &DocPath| view.workspace.git_path(path.as_str());
        let mut files: Vec<(String, Option<Cow<'_, [u8]>>)> = Vec::with_capacity(changes.len() + self.kept.len());
        for (path, blob) in self.kept.drain(..) {
            files.push((git_path(&path), Some(Cow::Owned(repository.read_blob(blob)?))));
        }
        for (path, text) in &changes {
            files.push((git_path(path), text.as_ref().map(|text| Cow::Borrowed(text.as_bytes()))));
        }
        let edits: Vec<Change<'_>> = files.iter().map(|(path, text)| Change { path, text: text.as_deref() }).collect();
        let outcome = repository.build_commit(&NewCommit {
            branch,
            expected_tip: start.tip,
            parents: &self.parents,
            tree_of: self.tree_of,
            changes: &edits,
            author: words.author,
            email: &email(repository, words.author),
            message: &words.message,
            seconds: words.seconds,
            offset_minutes: Clock::local(words.seconds).1,
        })?;
        if let CommitOutcome::Written(commit) = outcome {
            self.parents = vec![commit];
            self.tree_of = Some(commit);
            self.commits += 1;
            self.wrote.extend(changes.into_iter().map(|(path, _)| (path.clone(), commit)));
        }
        Ok(())
    }

    /// Moves the branch to the last commit.
    pub(super) fn finish(&self) -> Result<(), EngineError> {
        let Some(tip) = self.tip() else { return Ok(()) };
        Ok(self.publisher.repository.move_branch(self.publisher.branch, self.publisher.start.tip, tip)?)
    }
}

/// What an entry left each of its documents at.
fn versions<'s>(step: &&'s [Entry]) -> impl Iterator<Item = (&'s DocPath, Option<&'s Sha256>)> + use<'s> {
    let entries: &'s [Entry] = step;
    entries.iter().flat_map(|entry| &entry.facts.documents).map(|touched| (&touched.path, touched.new.as_ref()))
}

fn is_one_step(one: &Entry, next: &Entry) -> bool {
    one.facts.batch == next.facts.batch && one.facts.action == Action::Import && next.facts.action == Action::Import
}
