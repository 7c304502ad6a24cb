//! What the commits since another one did, one after the other, each as the deed of its author. What a commit has of this
//! log's own exports is no change; only what it has beyond them is taken.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use super::{
    incoming::IncomingDocument,
    revision::{Intake, MAX_COMMITS},
};
use crate::{
    domain::{
        conflict::Other,
        doc_path::{DocPath, MIRROR},
        timeline::MirrorPosition,
    },
    engine::{
        base::{error::EngineError, line::Step, reading::Reading},
        write::charge::Acting,
    },
    git::{Authored, CommitId, Occurrence, TreeChange},
    markdown::merge,
};

/// How far along the log each commit has come with a document. History is no line: what a commit did is told from where its
/// own parents stood, not from what another branch has come by meanwhile.
struct Positions {
    since: CommitId,
    parents: HashMap<CommitId, Vec<CommitId>>,
    known: BTreeMap<DocPath, HashMap<CommitId, u64>>,
    /// What changed from a commit before to `since`.
    changed: RefCell<HashMap<CommitId, Rc<HashSet<String>>>>,
}

impl Intake<'_, '_> {
    /// What each commit since another one made, in their order, each upon the text its parent had.
    pub(super) fn take_since(&mut self, since: CommitId) -> Result<(), EngineError> {
        let Some(head) = self.repository.head()? else { return Ok(()) };
        let folder = self.writer.session.workspace.git_path(MIRROR);
        let with = &Other::revision(&self.repository.short_name("HEAD")?);
        let commits = self.repository.commits_since(since, head)?;
        let parents = commits.iter().map(|made| (made.commit, made.parents.clone())).collect();
        let mut positions = Positions { since, parents, known: BTreeMap::new(), changed: RefCell::default() };
        for made in &commits {
            let exports = self.writer.view().exports_in(made)?;
            let (_, trailers) = self.repository.authored(made.commit)?;
            self.writer.start_batch();
            let begin = self.writer.entries.len();
            let mut changes = self.repository.made_by(made, &folder)?;
            // What moved takes its document along before the old path is looked at.
            changes.sort_by_key(|change| change.new.is_none());
            for change in changes {
                let Some(located) = self.located(&change.path) else { continue };
                let path = located.path.clone();
                if change.new.is_none() && self.is_covered(&path, made.commit)? {
                    continue;
                }
                let theirs = change.new.map_or(Ok(None), |blob| self.read(&path, blob))?;
                if change.new.is_some() && theirs.is_none() {
                    continue;
                }
                let mut before = self.before(made, &change, &path)?;
                let began_whole = match &before {
                    Some(before) => self.was_taken(&path, before, with)?,
                    None => true,
                };
                // What moved has had its texts elsewhere: an export of the move alone brings no others.
                let mut was_elsewhere = false;
                if let (None, Some(parent), Some(_)) =
                    (&before, made.parent(), self.writer.view().timeline(&path)?.began())
                {
                    before = self.writer.view().known_ancestor_elsewhere(parent, &located)?;
                    was_elsewhere = before.is_some();
                }
                let start = MirrorPosition {
                    base: before.as_ref().map(|before| before.sha.clone()),
                    position: self.position_before(&positions, made, &path)?,
                };
                let step = Step::of(&path, change.new, &exports);
                let arrived = self.writer.view().arrive(&path, (start.clone(), before), theirs.as_ref(), &[step])?;
                // Where the log has brought nothing since it left, it was moved back by hand.
                let is_moved = was_elsewhere
                    && (exports.is_empty() && arrived.standing == start)
                    && !self.writer.view().timeline(&path)?.goes_on_after(start.position)
                    && self.writer.write.document_sha(&path)?.is_none()
                    && self.moved_from(&located, made.commit)?.is_some();
                positions.known.entry(path).or_default().insert(made.commit, arrived.standing.position);
                let is_own = !is_moved && arrived.standing.base.as_ref() == theirs.as_ref().map(|theirs| &theirs.sha);
                if is_own || change.new.is_some_and(|blob| self.has(&located.path, blob).unwrap_or(false)) {
                    continue;
                }
                let base = self.writer.view().base_text(&arrived)?.filter(|_| !is_moved);
                let mut base = base.and_then(|text| Reading::of(text).ok());
                // An edit that comes with an export need not be based on it: it takes along what others committed.
                if arrived.standing != start {
                    base = self.sure_base(&located, base, theirs.as_ref(), made.commit)?;
                }
                self.writer.acting = Some(Acting::author(&made.author, &trailers, Some(&located.entity)));
                let is_whole = began_whole || arrived.joined.is_none();
                self.take_or_leave(IncomingDocument { located, theirs, base, is_whole, with }, made.commit)?;
            }
            self.take_attached_along(begin, made.commit)?;
        }
        self.writer.acting = None;
        self.report.found = positions.known.len() as u64;
        positions.known.keys().try_for_each(|path| {
            let git_path = self.writer.session.workspace.git_path(path.as_str());
            let blob = self.repository.blob_at(head, &git_path)?;
            let last = blob.map(|blob| Reading::of_blob(self.repository, blob)).transpose()?.and_then(Result::ok);
            let last = last.filter(|_| self.is_whole(since, path).unwrap_or(false));
            let position = self.position_at(&positions, (head, None), path)?;
            self.settle_file(path, last.as_ref().map(|last| (last, position)))
        })
    }

    /// Whether the database has taken all of a text that a commit began with, or has it in a conflict with the same branch.
    fn was_taken(&self, path: &DocPath, text: &Reading, with: &Other) -> Result<bool, EngineError> {
        let view = self.writer.view();
        let open = self.writer.open_with(path, with)?;
        Ok(view.timeline(path)?.knows(&text.sha)
            || view.tracked_document(path)?.mirrored.base.as_ref() == Some(&text.sha)
            || open.is_some_and(|open| open.theirs.as_ref() == Some(&text.sha)))
    }

    /// How far the parents of a commit have come.
    fn position_before(&self, positions: &Positions, made: &Authored, path: &DocPath) -> Result<u64, EngineError> {
        let mut position = 0;
        for parent in &made.parents {
            position = position.max(self.position_at(positions, (*parent, Some(made.commit)), path)?);
        }
        Ok(position)
    }

    /// How far a commit has come: as far as the one that made what it has, or the one where these commits began. `next`
    /// goes on from it.
    fn position_at(
        &self,
        positions: &Positions,
        (commit, next): (CommitId, Option<CommitId>),
        path: &DocPath,
    ) -> Result<u64, EngineError> {
        let git_path = self.writer.session.workspace.git_path(path.as_str());
        let mut at = commit;
        loop {
            if let Some(position) = positions.known.get(path).and_then(|known| known.get(&at)) {
                return Ok(*position);
            }
            let Some(parents) = positions.parents.get(&at) else {
                return self.start(positions, (at, next), path);
            };
            at = match parents[..] {
                [] => return Ok(0),
                [one] => one,
                [first, ..] => {
                    let blob = self.repository.blob_at(at, &git_path)?;
                    let has = |parent: &CommitId| self.repository.blob_at(*parent, &git_path).ok() == Some(blob);
                    parents.iter().copied().find(has).unwrap_or(first)
                }
            };
        }
    }

    /// Whether all that the commit before the first has of a document was taken, at whatever path it has it.
    fn is_whole(&self, since: CommitId, path: &DocPath) -> Result<bool, EngineError> {
        let view = self.writer.view();
        for path in view.places_of(path)? {
            let blob = self.repository.blob_at(since, &self.writer.session.workspace.git_path(path.as_str()))?;
            let Some(blob) = blob else { continue };
            let text = Reading::of_blob(self.repository, blob)?.ok().map(|text| text.sha);
            let start = view.standing_at(self.repository, Some(since), &path)?;
            return Ok(text == start.base || text == view.tracked_document(&path)?.mirrored.base);
        }
        Ok(true)
    }

    /// Where the commits began: at the first position that the text there can stand for, or where this place is known
    /// to stand, unless the document has changed on the way there, or what goes on from it is older than that.
    fn start(
        &self,
        positions: &Positions,
        (commit, next): (CommitId, Option<CommitId>),
        path: &DocPath,
    ) -> Result<u64, EngineError> {
        let view = self.writer.view();
        let start = view.standing_at(self.repository, Some(commit), path)?;
        let mirrored = view.tracked_document(path)?.mirrored;
        let Some(stood) = mirrored.position.filter(|_| mirrored.base == start.base) else { return Ok(start.position) };
        let git_path = self.writer.session.workspace.git_path(path.as_str());
        // What a line of history never had was not removed there.
        let is_new = || self.repository.ever_at(commit, std::slice::from_ref(&git_path), MAX_COMMITS);
        if start.base.is_none() && stood > 0 && is_new()?[..] == [Occurrence::Absent] {
            return Ok(start.position);
        }
        let has_changed = commit != positions.since && self.changed_after(positions, commit)?.contains(&git_path);
        let is_older = next.map_or(Ok(false), |next| view.is_older(self.repository, next, stood))?;
        Ok(if has_changed || is_older { start.position } else { start.position.max(stood) })
    }

    /// What changed from a commit to the one that is the start of all.
    fn changed_after(&self, positions: &Positions, commit: CommitId) -> Result<Rc<HashSet<String>>, EngineError> {
        if let Some(changed) = positions.changed.borrow().get(&commit) {
            return Ok(Rc::clone(changed));
        }
        let folder = self.writer.session.workspace.git_path(MIRROR);
        let mut changed = HashSet::new();
        for made in self.repository.commits_since(commit, positions.since)? {
            let changes = self.repository.changed_paths(made.parent(), made.commit, &folder)?;
            changed.extend(changes.into_iter().map(|change| change.path));
        }
        let changed = Rc::new(changed);
        positions.changed.borrow_mut().insert(commit, Rc::clone(&changed));
        Ok(changed)
    }

    /// The text that a commit began with: its parent's, or what a merge makes of those of its parents.
    fn before(&mut self, made: &Authored, change: &TreeChange, path: &DocPath) -> Result<Option<Reading>, EngineError> {
        let first = change.old.map_or(Ok(None), |blob| self.read(path, blob))?;
        let repository = self.repository;
        let [one, other] = made.parents[..] else { return Ok(first) };
        let parted = repository.merge_base(one, other)?;
        let mut text = |commit: Option<CommitId>| -> Result<Option<Reading>, EngineError> {
            let blob = commit.map_or(Ok(None), |commit| repository.blob_at(commit, &change.path))?;
            blob.map_or(Ok(None), |blob| self.read(path, blob))
        };
        let (base, second) = (text(parted)?, text(Some(other))?);
        let texts = [&base, &first, &second].map(|reading| reading.as_ref().map(|reading| reading.text.as_str()));
        let merged = merge(texts[0], texts[1], texts[2]);
        if !merged.clashes.is_empty() {
            return Ok(first);
        }
        Ok(merged.text.and_then(|text| Reading::of(text).ok()))
    }
}
