//! What HEAD and its history say of a file: whether it is an old checkout, and whether an edit began with one.

use std::{cell::OnceCell, collections::BTreeMap};

use super::{
    arrival::{Arrival, Arrived, Look},
    error::EngineError,
    line::MAX_COMMITS,
    reading::Reading,
    tracked_document::TrackedDocument,
    view::View,
};
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entry::Entry,
        hash::Sha256,
        state::Age,
        timeline::MirrorPosition,
    },
    git::{BlobId, CommitId, GitError, Occurrence, Repository},
    markdown::{
        distance,
        locate::{Located, Place, locate},
        merge,
    },
};

/// How far the clocks of those who commit may be apart, in seconds.
const CLOCKS_DIFFER: i64 = 24 * 60 * 60;

impl View<'_> {
    /// Tells old checkouts from edits. A file is old if the log knows its text, HEAD has it, and the place's base
    /// never occurred there in HEAD's ancestry, so nobody went back from it on this line of history; or HEAD already
    /// had the text at the last look, so git put it back over the base; or HEAD is older than the place's position.
    pub(super) fn tell_ages(
        &self,
        arrivals: &[Arrival<'_>],
        arrived: &mut [Arrived],
        looks: &[Look],
    ) -> Result<(), EngineError> {
        let Some(repository) = self.repository()? else { return Ok(()) };
        let Some(head) = repository.head()? else { return Ok(()) };
        let at_head: OnceCell<BTreeMap<String, BlobId>> = OnceCell::new();
        let (mut wanted, mut asked, mut since) = (Vec::new(), Vec::new(), i64::MAX);
        for (index, arrival) in arrivals.iter().enumerate() {
            let Some(file) = arrival.file.filter(|_| looks[index].is_known) else { continue };
            if arrived[index].standing.base.as_ref() == Some(&file.sha) {
                continue;
            }
            let left_for = match &arrival.known.database {
                Some(_) => None,
                None => self.left_for(arrival.known.path())?,
            };
            // Nobody has moved back what this place had another text of.
            if left_for.as_ref().is_some_and(|there| there.mirrored.base.as_ref() != Some(&file.sha)) {
                arrived[index].age = Age::Old;
                continue;
            }
            if at_head.get().is_none() {
                let _ = at_head.set(repository.tree_blobs(head, &self.workspace.git_path(MIRROR))?);
            }
            let path = self.workspace.git_path(arrival.known.path().as_str());
            let blob = repository.clean_blob_id(&path, file.text.as_bytes()).ok();
            let has_blob = |path: &String| at_head.get().is_some_and(|blobs| blobs.get(path).copied() == blob);
            if blob.is_none() || ![&path, &self.workspace.git_path(arrival.at.as_str())].into_iter().any(has_blob) {
                continue;
            }
            if self.goes_back_on_own(repository, arrival, file)? {
                continue;
            }
            let stood = match (&arrival.known.database, &left_for) {
                (Some(database), _) => {
                    let text = self
                        .base_text(&arrived[index])?
                        .map_or_else(|| self.store.blob(database), |text| Ok(Some(text)));
                    text?.map(|text| (arrival.known.path(), text))
                }
                // It was moved back if it stood where it had been moved to.
                (None, Some(there)) => Some((there.path(), file.text.clone())),
                // What was removed from the database comes back only when somebody says so.
                (None, None) => {
                    arrived[index].age = Age::Old;
                    continue;
                }
            };
            let Some((stood_at, text)) = stood else { continue };
            let is_put_back = match self.seen_head()?.filter(|_| !looks[index].is_brought) {
                Some(seen) => repository.blob_at(seen, &path).is_ok_and(|seen| seen == blob),
                None => false,
            };
            let is_older = self.is_older(repository, head, arrived[index].standing.position)?;
            since = since.min(self.may_be_committed_since(repository, stood_at, &text)?);
            let stood_at = self.workspace.git_path(stood_at.as_str());
            let text = repository.clean_blob_id(&stood_at, text.as_bytes())?;
            wanted.push((stood_at, text));
            asked.push((index, is_put_back || is_older));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let occurring = repository.occurring_since(&wanted, since, MAX_COMMITS)?;
        for ((index, is_no_answer), occurrence) in asked.into_iter().zip(occurring) {
            arrived[index].age = match occurrence {
                Occurrence::Found if is_no_answer => Age::Old,
                Occurrence::Found => Age::Edit,
                Occurrence::Absent if repository.is_shallow() => Age::Unknown,
                Occurrence::Absent => Age::Old,
                Occurrence::GaveUp => Age::Unknown,
            };
        }
        Ok(())
    }

    /// Whether a file went back from nothing but edits that were taken from it: whoever had them before their eyes took
    /// them out again, in an editor or with git.
    fn goes_back_on_own(
        &self,
        repository: &Repository,
        arrival: &Arrival<'_>,
        file: &Reading,
    ) -> Result<bool, EngineError> {
        let seen = arrival.known.mirrored.file.as_ref();
        if arrival.at != arrival.known.path() || arrival.known.mirrored.base.as_ref() != seen {
            return Ok(false);
        }
        let own = self.own_edits(repository, arrival.at, (seen, file))?;
        let with_own = self.with_own_edits(&own, &file.sha, file.text.clone())?;
        Ok(with_own != file.text && self.text_of(seen)?.is_some_and(|seen| seen == with_own))
    }

    /// The earliest time, in seconds since the Unix epoch, at which a commit may have a text at a path: when the log
    /// made it, or the first commit known to have it was made; `i64::MIN` if none is known.
    fn may_be_committed_since(&self, repository: &Repository, path: &DocPath, text: &str) -> Result<i64, EngineError> {
        let sha = Sha256::of(text.as_bytes());
        let first = self.timeline(path)?.first(&sha);
        let Some(entry) = self.store.entries_between(first, first)?.pop() else { return Ok(i64::MIN) };
        if !is_taken(&entry) {
            return Ok(entry.facts.timestamp.saturating_sub(CLOCKS_DIFFER));
        }
        let commits = self.store.commits_with(path, &sha)?;
        let taken = |commit: &String| Some(repository.authored(commit.parse().ok()?).ok()?.0.committed_at);
        Ok(commits.iter().filter_map(taken).min().map_or(i64::MIN, |first| first.saturating_sub(CLOCKS_DIFFER)))
    }

    /// Whether a commit is older than what the log did with an entry, so that it cannot be an answer to that. An edit
    /// that an entry took was made before the entry, so there it is never older.
    pub(in crate::engine) fn is_older(
        &self,
        repository: &Repository,
        commit: CommitId,
        position: u64,
    ) -> Result<bool, EngineError> {
        let Some(entry) = self.store.entries_between(position, position)?.pop() else { return Ok(false) };
        Ok(!is_taken(&entry) && repository.authored(commit)?.0.committed_at < entry.facts.timestamp)
    }

    /// The document of a path, if it has since moved to another path and this place had it there.
    fn left_for(&self, path: &DocPath) -> Result<Option<TrackedDocument>, EngineError> {
        for place in self.places_of(path)?.into_iter().skip(1) {
            let known = self.tracked_document(&place)?;
            if known.database.is_some() && known.was_here() {
                return Ok(Some(known));
            }
        }
        Ok(None)
    }

    /// Whether an edited file may have begun with a text other than the place's base, because HEAD lacks the base.
    pub(super) fn may_edit_old(&self, known: &TrackedDocument) -> Result<bool, EngineError> {
        let Some(base) = &known.mirrored.base else { return Ok(false) };
        let Some(repository) = self.repository()? else { return Ok(false) };
        let Some(head) = repository.head()? else { return Ok(false) };
        let Some(text) = self.store.blob(base)? else { return Ok(false) };
        let path = self.workspace.git_path(known.path().as_str());
        let Ok(base) = repository.clean_blob_id(&path, text.as_bytes()) else { return Ok(false) };
        Ok(repository.blob_at(head, &path)? != Some(base))
    }

    /// Finds edits that began with an old checkout: the place's base was never on HEAD's line of history, or HEAD
    /// already had at the last look what was edited; and another branch or a stash has the base or an edit of it, or
    /// the last look saw the old text. Then git put the old text there and the edit began with it, unless the file is
    /// nearer to the base. The same holds if an export left the document to those who edited an older text, and their
    /// edit came by a merge. What the log has made of the document since then, nobody took back.
    pub(super) fn tell_edits_of_old(
        &self,
        arrivals: &[Arrival<'_>],
        arrived: &mut [Arrived],
        looks: &[Look],
    ) -> Result<(), EngineError> {
        let Some(repository) = self.repository()? else { return Ok(()) };
        let Some(head) = repository.head()?.filter(|_| !repository.is_shallow()) else { return Ok(()) };
        let (mut wanted, mut asked, mut located) = (Vec::new(), Vec::new(), Vec::new());
        for (index, arrival) in arrivals.iter().enumerate() {
            let is_edited = arrival.file.is_some() && !looks[index].is_known && arrival.known.was_here();
            let Some(stood) = arrived[index].stood.as_ref().filter(|_| is_edited) else { continue };
            let path = self.workspace.git_path(arrival.known.path().as_str());
            let (Some(text), Place::Document(place)) = (self.store.blob(stood)?, locate(arrival.known.path())) else {
                continue;
            };
            let blob = repository.clean_blob_id(&path, text.as_bytes())?;
            if repository.blob_at(head, &path)? != Some(blob) {
                wanted.push((path, blob));
                asked.push(index);
                located.push(place);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        // The document may have been at another place there.
        let mut places: Vec<Vec<String>> = Vec::with_capacity(wanted.len());
        for index in &asked {
            let paths = self.places_of(arrivals[*index].known.path())?;
            places.push(paths.iter().map(|path| self.workspace.git_path(path.as_str())).collect());
        }
        let on_line = at_any_place(&places, &wanted, |wanted| repository.occurring(wanted, MAX_COMMITS))?;
        let began = self.known_ancestors(head, &located)?;
        let seen_head = self.seen_head()?;
        let mut may_be_old = Vec::with_capacity(wanted.len());
        for (at, (path, stood)) in wanted.iter().enumerate() {
            let look = &looks[asked[at]];
            // What HEAD already had at the last look was put back over the base, wherever that occurred before.
            let seen = seen_head.filter(|_| !look.is_brought);
            let is_put_back = match seen.and_then(|seen| repository.blob_at(seen, path).ok()) {
                Some(seen) => {
                    let began = began[at].as_ref().map(|began| repository.clean_blob_id(path, began.text.as_bytes()));
                    seen == repository.blob_at(head, path)? || (seen.is_some() && seen == began.transpose()?)
                }
                None => false,
            };
            // Commits since the last look have a line of their own.
            let is_off_line = || match &look.line {
                Some(line) => Ok(!self.is_on_line(repository, arrivals[asked[at]].known.path(), line, *stood)?),
                None => Ok::<_, EngineError>(false),
            };
            may_be_old.push(match on_line[at] {
                Occurrence::Absent => true,
                Occurrence::Found => is_put_back || is_off_line()?,
                Occurrence::GaveUp => false,
            });
        }
        if !may_be_old.contains(&true) {
            return Ok(());
        }
        let anywhere = at_any_place(&places, &wanted, |wanted| repository.occurring_anywhere(wanted, MAX_COMMITS))?;
        for (at, began) in began.into_iter().enumerate() {
            let index = asked[at];
            // If the log does not know a text, nobody can say what the edit took from it.
            let (Some(file), Some(began)) = (arrivals[index].file.filter(|_| may_be_old[at]), began) else { continue };
            let blob = match repository.blob_at(head, &wanted[at].0)? {
                None => repository.blob_at(head, &self.workspace.git_path(arrivals[index].at.as_str()))?,
                blob => blob,
            };
            let at_head = blob.map(|blob| Reading::of_blob(repository, blob)).transpose()?;
            // If the edit was committed since the last look, what was there before the edit is what was checked out.
            let was_at_head = match seen_head {
                Some(seen) => repository.blob_at(seen, &wanted[at].0).is_ok_and(|seen| seen.is_some() && seen == blob),
                None => false,
            };
            let checked_out = match at_head {
                Some(Ok(at_head)) if at_head.sha == file.sha && !was_at_head => began.clone(),
                Some(Ok(at_head)) => at_head,
                _ => continue,
            };
            let seen = arrivals[index].known.mirrored.file.as_ref();
            let was_seen = seen == Some(&began.sha);
            let stood = self.base_text(&arrived[index])?.unwrap_or_default();
            if distance(&checked_out.text, &file.text) <= distance(&stood, &file.text)
                && (was_seen
                    || anywhere[at] == Occurrence::Found
                    || is_edited_elsewhere(repository, &places[at], &checked_out.text, &stood)?)
            {
                self.begin_with((arrivals[index].known.path(), file), &mut arrived[index], began)?;
            }
        }
        Ok(())
    }

    /// Makes an old text the base that an edit began with. The position does not decrease.
    fn begin_with(
        &self,
        (path, file): (&DocPath, &Reading),
        arrived: &mut Arrived,
        began: Reading,
    ) -> Result<(), EngineError> {
        let timeline = self.timeline(path)?;
        let standing = MirrorPosition { position: timeline.first(&began.sha), base: Some(began.sha) };
        let mut other = Arrived { standing, joined: None, ..arrived.clone() };
        self.find_within(&mut other, &timeline, file)?;
        other.standing.position = arrived.standing.position.max(other.standing.position);
        *arrived = other;
        Ok(())
    }

    /// Makes what the place had the base of an edit, if the file is at least as near to it as to the older text it is
    /// said to have begun with, and clashes only with it as base: nobody can tell which of the two was edited.
    pub(super) fn keep_what_clashes(&self, arrival: &Arrival<'_>, arrived: &mut Arrived) -> Result<(), EngineError> {
        let (Some(file), Some(database)) = (arrival.file, &arrival.known.database) else { return Ok(()) };
        let timeline = self.timeline(arrival.known.path())?;
        let Arrived { standing, .. } = &*arrived;
        let Some(had) = timeline.at(standing.position).filter(|had| standing.base.as_ref() != Some(*had)) else {
            return Ok(());
        };
        // A base that is not an older text of the log contains edits that were taken.
        if standing.base.is_none()
            || standing.base.as_ref() == Some(&file.sha)
            || timeline.edited_by(standing).is_some()
        {
            return Ok(());
        }
        let texts = [self.base_text(arrived)?, self.text_of(Some(had))?, self.text_of(Some(database))?];
        let [Some(old), Some(newer), Some(ours)] = &texts else { return Ok(()) };
        let clashes = |base: &str| !merge(Some(base), Some(ours), Some(&file.text)).clashes.is_empty();
        if distance(newer, &file.text) <= distance(old, &file.text) && clashes(newer) && !clashes(old) {
            arrived.standing.base = Some(had.clone());
            arrived.joined = None;
        }
        Ok(())
    }

    /// The text that an edit of an old checkout began with, where the place has the document at another path by now, as
    /// [`Self::tell_edits_of_old`] tells it.
    pub(in crate::engine) fn began_before_it_moved(
        &self,
        old: &TrackedDocument,
        located: &Located,
        file: &Reading,
    ) -> Result<Option<Reading>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(None) };
        let Some(head) = repository.head()?.filter(|_| !repository.is_shallow()) else { return Ok(None) };
        let base = old.mirrored.base.as_ref().map_or(Ok(None), |base| self.store.blob(base))?;
        let Some(blob) = repository.blob_at(head, &self.workspace.git_path(located.path.as_str()))? else {
            return Ok(None);
        };
        let (Some(base), Ok(checked_out)) = (base, Reading::of_blob(repository, blob)?) else {
            return Ok(None);
        };
        let path = self.workspace.git_path(old.path().as_str());
        let wanted = [(path.clone(), repository.clean_blob_id(&path, base.as_bytes())?)];
        let is_put_there = distance(&checked_out.text, &file.text) <= distance(&base, &file.text)
            && repository.occurring(&wanted, MAX_COMMITS)? == [Occurrence::Absent]
            && (repository.occurring_anywhere(&wanted, MAX_COMMITS)? == [Occurrence::Found]
                || is_edited_elsewhere(repository, std::slice::from_ref(&path), &checked_out.text, &base)?);
        if !is_put_there {
            return Ok(None);
        }
        Ok(self.known_ancestors(head, std::slice::from_ref(located))?.pop().flatten())
    }

    /// Of each document the newest text in a commit or its history that the log knows.
    pub(in crate::engine) fn known_ancestors(
        &self,
        commit: CommitId,
        located: &[Located],
    ) -> Result<Vec<Option<Reading>>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(located.iter().map(|_| None).collect()) };
        let paths: Vec<String> = located.iter().map(|one| self.workspace.git_path(one.path.as_str())).collect();
        let read = |blob| -> Result<Option<Reading>, EngineError> { Ok(Reading::of_blob(repository, blob)?.ok()) };
        let found = repository.newest(commit, &paths, MAX_COMMITS, |index, blob| {
            let Some(reading) = read(blob)? else { return Ok::<_, EngineError>(false) };
            let one = &located[index];
            Ok(self.store.was_version(&one.entity, one.path.as_str(), &reading.sha)?)
        })?;
        found.into_iter().map(|blob| blob.map_or(Ok(None), read)).collect()
    }

    /// A path of a document, and then every other one that the document ever had.
    pub(in crate::engine) fn places_of(&self, path: &DocPath) -> Result<Vec<DocPath>, EngineError> {
        let mut paths = vec![path.clone()];
        let Place::Document(located) = locate(path) else { return Ok(paths) };
        paths.extend(self.store.paths_of(located.entity.owner())?.into_iter().filter(|other| {
            other != path
                && matches!(locate(other), Place::Document(other)
                    if other.entity == located.entity && other.audience == located.audience)
        }));
        Ok(paths)
    }
}

/// Whether an entry took what was made before it, in a file or a commit.
fn is_taken(entry: &Entry) -> bool {
    matches!(entry.facts.action, Action::Import | Action::Merge)
}

/// Whether each of some texts occurs at any of the places that its document ever had.
fn at_any_place(
    places: &[Vec<String>],
    texts: &[(String, BlobId)],
    search: impl FnOnce(&[(String, BlobId)]) -> Result<Vec<Occurrence>, GitError>,
) -> Result<Vec<Occurrence>, GitError> {
    let at_places = |(places, (_, text)): (&Vec<String>, &(String, BlobId))| -> Vec<(String, BlobId)> {
        places.iter().map(|place| (place.clone(), *text)).collect()
    };
    let wanted: Vec<_> = places.iter().zip(texts).flat_map(at_places).collect();
    let mut found = search(&wanted)?.into_iter();
    let mut at_any = |places: &Vec<String>| {
        let found: Vec<_> = found.by_ref().take(places.len()).collect();
        let any = [Occurrence::Found, Occurrence::GaveUp].into_iter().find(|any| found.contains(any));
        any.unwrap_or(Occurrence::Absent)
    };
    Ok(places.iter().map(&mut at_any).collect())
}

/// Whether a branch or the stash has an edit of a text that no commit has as such: one with everything that this text
/// has beyond what is checked out.
fn is_edited_elsewhere(
    repository: &Repository,
    places: &[String],
    checked_out: &str,
    text: &str,
) -> Result<bool, EngineError> {
    for place in places {
        for blob in repository.held_anywhere(place)? {
            let Ok(other) = Reading::of_blob(repository, blob)? else { continue };
            let merged = merge(Some(checked_out), Some(text), Some(&other.text));
            if merged.clashes.is_empty() && merged.text.as_deref() == Some(&other.text) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
