//! Which texts in a place are this log's own. Exports that came back move the place forward along the log; only what
//! then differs between its base and the file is an edit or an old checkout (ARCHITECTURE.md, where a place stands).

use std::collections::HashMap;

use super::{
    error::EngineError,
    file_probe::Probed,
    line::{Line, MAX_COMMITS, Step},
    reading::Reading,
    tracked_document::TrackedDocument,
    view::View,
};
use crate::{
    domain::{
        doc_path::DocPath,
        hash::Sha256,
        state::Age,
        timeline::{MirrorPosition, Passed, Timeline},
    },
    git::{BlobId, CommitId, Repository},
    markdown::{
        distance,
        locate::{Place, locate},
        merge, only_adds,
    },
};

/// A file, or a file that is gone, which may hold what this log exported.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Arrival<'a> {
    pub(in crate::engine) known: &'a TrackedDocument,
    /// What the file holds; `None` where it is gone.
    pub(in crate::engine) file: Option<&'a Reading>,
    /// The path of the file, which differs from that of the document if somebody moved the file.
    pub(in crate::engine) at: &'a DocPath,
}

impl<'a> Arrival<'a> {
    pub(in crate::engine) fn of(known: &'a TrackedDocument, file: Option<&'a Reading>) -> Self {
        Self { known, file, at: known.path() }
    }
}

/// Where a place stands with a document now that it was looked at.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Arrived {
    pub(in crate::engine) standing: MirrorPosition,
    /// The text of the base if the log never had it, because some exports came without the ones before them.
    pub(in crate::engine) joined: Option<Reading>,
    /// What the file is, where it differs from the base.
    pub(in crate::engine) age: Age,
    /// The base before a version of the log was found within the file.
    pub(super) stood: Option<Sha256>,
}

/// What determines the age of a file.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// Whether the log had the text at its path.
    pub(super) is_known: bool,
    /// Whether a commit that is new here brought an export, a removal or a text of the log, not only unknown edits.
    pub(super) is_brought: bool,
    /// The line of commits that brought what HEAD has, where it is new here.
    pub(super) line: Option<Line>,
}

impl View<'_> {
    /// The texts that a path had.
    pub(in crate::engine) fn timeline(&self, path: &DocPath) -> Result<Timeline, EngineError> {
        let touches = match locate(path) {
            Place::Document(located) => self.store.touched_at(located.entity.owner(), path)?,
            Place::Unknown | Place::Foreign => Vec::new(),
        };
        Ok(Timeline::of(touches))
    }

    /// Whether what a place holds may be something that this log had. The state of any other file follows from its
    /// base alone.
    pub(in crate::engine) fn may_be_ours(
        &self,
        known: &TrackedDocument,
        file: Option<&Sha256>,
    ) -> Result<bool, EngineError> {
        if known.database.as_ref() == file {
            return Ok(false);
        }
        if known.mirrored.base.as_ref() == file {
            return self.may_have_come_and_gone(known);
        }
        let timeline = self.timeline(known.path())?;
        if timeline.goes_on_after(self.stood(known, &timeline)?.position) {
            return Ok(true);
        }
        if known.was_here() && known.saw_no_file() && self.stood_elsewhere(known.path())?.is_some() {
            return Ok(true);
        }
        if self.workspace.git.is_none() {
            return Ok(false);
        }
        // What a place has already passed may come back: an earlier text, or the absence of one.
        Ok(match file {
            Some(file) => timeline.knows(file) || self.may_edit_old(known)?,
            None => timeline.was_removed(),
        })
    }

    /// Whether a file that is as it was may have been something else since the last look: commits brought what the log
    /// has made of it, and took that back.
    pub(in crate::engine) fn may_have_come_and_gone(&self, known: &TrackedDocument) -> Result<bool, EngineError> {
        if known.mirrored.base == known.database || !known.was_here() {
            return Ok(false);
        }
        let Some(repository) = self.repository()? else { return Ok(false) };
        if self.seen_head()? == repository.head()? {
            return Ok(false);
        }
        let timeline = self.timeline(known.path())?;
        Ok(timeline.goes_on_after(self.stood(known, &timeline)?.position))
    }

    /// What is known of one document once the place has moved forward to where it stands, and the age of its file.
    pub(in crate::engine) fn arrived(
        &self,
        known: TrackedDocument,
        file: Option<&Reading>,
    ) -> Result<(TrackedDocument, Age), EngineError> {
        if !self.may_be_ours(&known, file.map(|file| &file.sha))? {
            return Ok((known, Age::Edit));
        }
        let arrived = self.arrivals(&[Arrival::of(&known, file)])?.pop();
        Ok(match arrived {
            Some(arrived) => (known.moved_on(&arrived), arrived.age),
            None => (known, Age::Edit),
        })
    }

    /// Tells where the place stands with each document, with one walk through history for all of them.
    pub(in crate::engine) fn arrivals(&self, arrivals: &[Arrival<'_>]) -> Result<Vec<Arrived>, EngineError> {
        if arrivals.is_empty() {
            return Ok(Vec::new());
        }
        let paths: Vec<[&DocPath; 2]> = arrivals.iter().map(|arrival| [arrival.known.path(), arrival.at]).collect();
        let mut lines = match self.repository()? {
            Some(repository) => match repository.head()? {
                Some(head) => self.lines(repository, &paths, head)?,
                None => HashMap::new(),
            },
            None => HashMap::new(),
        };
        let mut arrived = Vec::with_capacity(arrivals.len());
        let mut looks = Vec::with_capacity(arrivals.len());
        for (index, arrival) in arrivals.iter().enumerate() {
            let timeline = self.timeline(arrival.known.path())?;
            let line = lines.remove(&index);
            let mut steps = line.as_ref().map_or(&[][..], |line| &line.steps);
            let mut start = (self.stood(arrival.known, &timeline)?, None);
            // A file that is as it was has been something else only if an export brought what the place lacks.
            let is_as_before = start.0.base.is_some() && start.0.base.as_ref() == arrival.file.map(|file| &file.sha);
            let brings = |step: &Step| step.witnessed.is_some_and(|(_, last)| last > start.0.position);
            if is_as_before && !steps.iter().any(brings) {
                steps = &[];
            }
            if arrival.known.saw_no_file()
                && let Some((standing, text)) = self.stood_elsewhere(arrival.known.path())?
            {
                start = (standing, Some(text));
            }
            arrived.push(self.arrive(arrival.known.path(), start, arrival.file, steps)?);
            let is_known = arrival.file.is_some_and(|file| timeline.knows(&file.sha));
            let is_brought = self.is_brought(arrival.known.path(), &timeline, steps)?;
            looks.push(Look { is_known, is_brought, line });
        }
        self.tell_ages(arrivals, &mut arrived, &looks)?;
        self.tell_edits_of_old(arrivals, &mut arrived, &looks)?;
        for (arrival, arrived) in arrivals.iter().zip(&mut arrived) {
            self.keep_what_clashes(arrival, arrived)?;
        }
        Ok(arrived)
    }

    /// Whether any of the commits is an export of this log, removed the document, or left a text that the log has.
    fn is_brought(&self, path: &DocPath, timeline: &Timeline, steps: &[Step]) -> Result<bool, EngineError> {
        let blobs = if steps.is_empty() { HashMap::new() } else { self.blobs(path, timeline)? };
        let is_ours = |step: &Step| step.witnessed.is_some() || step.blob.is_none_or(|blob| blobs.contains_key(&blob));
        Ok(steps.iter().any(is_ours))
    }

    /// Passes the commits that a place received, and arrives at what it now holds of a document. `base` is the text it
    /// starts with, which the log need not have.
    pub(in crate::engine) fn arrive(
        &self,
        path: &DocPath,
        (start, base): (MirrorPosition, Option<Reading>),
        file: Option<&Reading>,
        steps: &[Step],
    ) -> Result<Arrived, EngineError> {
        let timeline = &self.timeline(path)?;
        let mut arrived = Arrived { standing: start, joined: base, age: Age::Edit, stood: None };
        let blobs = if steps.is_empty() { HashMap::new() } else { self.blobs(path, timeline)? };
        let mut last = None;
        for step in steps {
            let held = step.blob.map_or(Some(None), |blob| blobs.get(&blob).cloned().map(Some));
            let passed = Passed { held, witnessed: step.witnessed.map(|(_, last)| last) };
            let has_moved = self.moves_on(&mut arrived, timeline, |standing| standing.pass(timeline, &passed))?;
            if let (false, None, Some(range)) = (has_moved, &passed.held, step.joined) {
                self.join(&mut arrived, timeline, range)?;
            }
            last = Some(passed);
        }
        let found = file.map(|file| &file.sha);
        self.moves_on(&mut arrived, timeline, |standing| standing.arrive(timeline, found, last.as_ref()))?;
        arrived.stood.clone_from(&arrived.standing.base);
        if let Some(file) = file
            && arrived.standing.base.as_ref() != Some(&file.sha)
            && !timeline.knows(&file.sha)
        {
            self.find_within(&mut arrived, timeline, file)?;
        }
        Ok(arrived)
    }

    /// Moves a place forward, and returns whether it moved. Edits taken from the place stay in its base: if what
    /// arrives is older than the entry that took them, both are merged.
    fn moves_on(
        &self,
        arrived: &mut Arrived,
        timeline: &Timeline,
        step: impl FnOnce(&mut MirrorPosition),
    ) -> Result<bool, EngineError> {
        let before = arrived.clone();
        step(&mut arrived.standing);
        if arrived.standing == before.standing {
            return Ok(false);
        }
        arrived.joined = None;
        let is_beside = |edited_by| (before.standing.position + 1..edited_by).contains(&arrived.standing.position);
        if !timeline.edited_by(&before.standing).is_some_and(is_beside) {
            return Ok(true);
        }
        let from = self.text_of(timeline.at(before.standing.position))?;
        let (base, home) = (self.base_text(&before)?, self.text_of(arrived.standing.base.as_ref())?);
        if let (Some(_), Some(_), Some(_)) = (&from, &base, &home) {
            let joined = merge(from.as_deref(), base.as_deref(), home.as_deref());
            if joined.clashes.is_empty()
                && let Some(Ok(joined)) = joined.text.map(Reading::of)
                && arrived.standing.base.as_ref() != Some(&joined.sha)
            {
                arrived.standing.base = Some(joined.sha.clone());
                arrived.joined = Some(joined);
            }
        }
        Ok(true)
    }

    /// Passes an export that also contains changes of others, or that came without the exports before it: the changes
    /// of its own entries are applied to the base.
    fn join(&self, arrived: &mut Arrived, timeline: &Timeline, (first, last): (u64, u64)) -> Result<(), EngineError> {
        if last <= arrived.standing.position {
            return Ok(());
        }
        let stood = timeline.at(arrived.standing.position);
        let from = timeline.at(first.saturating_sub(1).max(arrived.standing.position));
        let is_next = from == stood;
        let (from, to) = (self.text_of(from)?, self.text_of(timeline.at(last))?);
        let base = self.base_text(arrived)?;
        let joined = match (&from, &base) {
            (Some(_), Some(base)) => merge(from.as_deref(), Some(base), to.as_deref()),
            // The document moved here; of what the log did to it before, no more has come than the base has.
            (None, Some(_)) => return Ok(()),
            (_, None) => merge(None, None, to.as_deref()),
        };
        let text = match joined.clashes.is_empty() {
            true => joined.text,
            // Whoever made the commit settled the clash on top of the export.
            false if is_next => to,
            // Earlier changes of the log did not come; that they are missing is nobody's edit.
            false => return Ok(()),
        };
        let joined = text.and_then(|text| Reading::of(text).ok());
        arrived.standing.base = joined.as_ref().map(|joined| joined.sha.clone());
        arrived.standing.position = last;
        arrived.joined = joined;
        Ok(())
    }

    /// Finds the version of the document that a text contains along with somebody's changes, since a squash leaves no
    /// other trace of it: the one that explains most of the text, and the newest if several explain as much.
    pub(super) fn find_within(
        &self,
        arrived: &mut Arrived,
        timeline: &Timeline,
        file: &Reading,
    ) -> Result<(), EngineError> {
        let base = self.base_text(arrived)?;
        let from = self.text_of(timeline.at(arrived.standing.position))?;
        let mut nearest = base.as_deref().map_or(usize::MAX, |base| distance(base, &file.text));
        for (position, sha) in timeline.after(&arrived.standing.clone()) {
            let Some(version) = self.store.blob(sha)? else { continue };
            let Some(version) = version_within(&version, from.as_deref(), base.as_deref(), &file.text) else {
                continue;
            };
            let far = distance(&version, &file.text);
            if far >= nearest {
                continue;
            }
            let Ok(reading) = Reading::of(version) else { continue };
            nearest = far;
            let standing = MirrorPosition { base: Some(reading.sha.clone()), position };
            let joined = (reading.sha != *sha).then_some(reading);
            *arrived = Arrived { standing, joined, ..arrived.clone() };
        }
        Ok(())
    }

    /// Where the place stood with a document when it was last looked at. If no position was noted, that is where the
    /// log last had the base. Without a base it is 0, since any export may bring the document; or the end of the log,
    /// in a place that nobody has looked at yet.
    fn stood(&self, known: &TrackedDocument, timeline: &Timeline) -> Result<MirrorPosition, EngineError> {
        let base = known.mirrored.base.clone();
        let position = match (known.mirrored.position, &base) {
            (Some(position), _) => position,
            (None, Some(_)) => timeline.last(base.as_ref(), 0),
            (None, None) if self.mirror_row()?.is_some_and(|mirror| mirror.read_at.is_some()) => 0,
            (None, None) => self.store.head()?.seq,
        };
        Ok(MirrorPosition { base, position })
    }

    /// Where the place stands with a document that the log moved to this path, and that had its file elsewhere here.
    pub(in crate::engine) fn stood_elsewhere(
        &self,
        path: &DocPath,
    ) -> Result<Option<(MirrorPosition, Reading)>, EngineError> {
        let Some(moved) = self.timeline(path)?.began() else { return Ok(None) };
        let name = |path: &DocPath| path.as_str().rsplit('/').next().map(str::to_owned);
        for entry in self.store.entries_between(moved, moved)? {
            let mut gone = entry.facts.documents.iter().filter(|one| one.old.is_some() && one.new.is_none());
            let Some(gone) = gone.find(|one| name(&one.path) == name(path)) else { continue };
            let mirrored = self.store.mirror_document(self.mirror_id(), &gone.path)?;
            let has_file = !matches!(self.file_probe().probe(&gone.path, None), Probed::Nothing);
            let (Some(file), false) = (mirrored.file, has_file) else { continue };
            // A text of the log that the place has already passed is an old checkout, not an edit.
            let base = if self.timeline(&gone.path)?.knows(&file) { Some(file) } else { mirrored.base };
            let Some(base) = base else { continue };
            let Some(reading) = self.store.blob(&base)?.and_then(|text| Reading::of(text).ok()) else { continue };
            let standing = MirrorPosition { base: Some(base), position: mirrored.position.unwrap_or_default() };
            return Ok(Some((standing, reading)));
        }
        Ok(None)
    }

    /// The text of the base of a document, where there is one.
    pub(in crate::engine) fn base_text(&self, arrived: &Arrived) -> Result<Option<String>, EngineError> {
        match &arrived.joined {
            Some(joined) => Ok(Some(joined.text.clone())),
            None => self.text_of(arrived.standing.base.as_ref()),
        }
    }

    pub(super) fn text_of(&self, sha: Option<&Sha256>) -> Result<Option<String>, EngineError> {
        sha.map_or(Ok(None), |sha| Ok(self.store.blob(sha)?))
    }

    /// The commit that was checked out when all of this place was last looked at.
    pub(in crate::engine) fn seen_head(&self) -> Result<Option<CommitId>, EngineError> {
        Ok(self.mirror_row()?.and_then(|mirror| mirror.head?.parse().ok()))
    }

    /// Where a commit stands with a document: at the first position that its text there, or else the newest earlier
    /// text that the log knows, can stand for.
    pub(in crate::engine) fn standing_at(
        &self,
        repository: &Repository,
        commit: Option<CommitId>,
        path: &DocPath,
    ) -> Result<MirrorPosition, EngineError> {
        let git_path = self.workspace.git_path(path.as_str());
        let blob = commit.map_or(Ok(None), |commit| repository.blob_at(commit, &git_path))?;
        let (Some(commit), Some(blob)) = (commit, blob) else { return Ok(MirrorPosition::default()) };
        let timeline = self.timeline(path)?;
        let blobs = self.blobs(path, &timeline)?;
        let base = match (blobs.get(&blob).cloned(), locate(path)) {
            (None, Place::Document(located)) => {
                let known = self.known_ancestors(commit, std::slice::from_ref(&located))?.pop().flatten();
                known.map(|known| known.sha)
            }
            (base, _) => base,
        };
        let mut position = base.as_ref().map_or(0, |base| timeline.first(base));
        if let Some(base) = base.as_ref().filter(|base| !timeline.made(base)) {
            // What was taken from somebody began with what the log had made before.
            let is_made = |_, blob| Ok::<_, EngineError>(blobs.get(&blob).is_some_and(|sha| timeline.made(sha)));
            let made = repository.newest(commit, &[git_path], MAX_COMMITS, is_made)?.pop().flatten();
            if let Some(made) = made.and_then(|made| blobs.get(&made)) {
                position = position.min(timeline.last(Some(base), timeline.first(made)));
            }
        }
        let mirrored = self.store.mirror_document(self.mirror_id(), path)?;
        if let (true, Some(stood)) = (mirrored.base == base, mirrored.position) {
            // An edit that was taken from this place began further back.
            position = position.min(stood);
        }
        Ok(MirrorPosition { base, position })
    }

    /// What git makes of each text that the log has of a path.
    pub(in crate::engine) fn blobs(
        &self,
        path: &DocPath,
        timeline: &Timeline,
    ) -> Result<HashMap<BlobId, Sha256>, EngineError> {
        let mut blobs = HashMap::new();
        let Some(repository) = self.repository()? else { return Ok(blobs) };
        let git_path = self.workspace.git_path(path.as_str());
        for sha in timeline.texts() {
            let Some(text) = self.store.blob(sha)? else { continue };
            // If git runs a filter that this program does not run, there is no way to compare.
            if let Ok(blob) = repository.clean_blob_id(&git_path, text.as_bytes()) {
                blobs.insert(blob, sha.clone());
            }
        }
        Ok(blobs)
    }
}

impl TrackedDocument {
    /// What is known, now that the place has moved on to where it stands.
    pub(in crate::engine) fn moved_on(mut self, arrived: &Arrived) -> Self {
        if self.mirrored.base != arrived.standing.base {
            self.mirrored.base.clone_from(&arrived.standing.base);
            self.mirrored.commit = None;
        }
        self.mirrored.position = Some(arrived.standing.position);
        self
    }
}

/// The version that a text is based on, if there is one: as the log has it, or as the log's changes since `from`
/// applied to a base that others have changed.
fn version_within(version: &str, from: Option<&str>, base: Option<&str>, text: &str) -> Option<String> {
    // Without a base only a text that has every line of a version is known to have begun with it.
    let Some(base) = base else { return only_adds(version, text).then(|| version.to_owned()) };
    let holds = |version: &str| {
        let merged = merge(Some(base), Some(version), Some(text));
        merged.clashes.is_empty() && merged.text.as_deref() == Some(text)
    };
    if holds(version) {
        return Some(version.to_owned());
    }
    let joined = merge(Some(from.filter(|from| *from != base)?), Some(base), Some(version));
    if !joined.clashes.is_empty() {
        return None;
    }
    joined.text.filter(|joined| holds(joined))
}
