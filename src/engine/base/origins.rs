//! The texts that an edit may have begun with. What the database has is dropped only if each, as base, drops it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{error::EngineError, projection::stored, reading::Reading, tracked_document::TrackedDocument, view::View};
use crate::{
    domain::{
        doc_path::{DocPath, MIRROR},
        hash::Sha256,
    },
    git::{BlobId, CommitId, Repository},
    markdown::{Side, distance, only_adds, resolve, shared_lines},
};

/// How many commits are looked at; an edit that came by an older one is judged by the texts it resembles.
const NEWEST: usize = 1_000;

impl View<'_> {
    /// Whether git may have written a file since all of this place was last looked at.
    fn may_git_have_written(&self, path: &DocPath) -> Result<bool, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(false) };
        let Some(since_ns) = self.mirror_row()?.and_then(|mirror| mirror.looked_ns) else { return Ok(true) };
        Ok(repository.may_have_written(&self.workspace.git_path(path.as_str()), since_ns)?)
    }

    /// The part of its base that an edit in a file certainly began with; `None` if that is all of it, or makes no
    /// difference. What was edited between two looks began with what the first one saw, if git has written nothing
    /// since. The document may have been known at another path than the file's.
    pub(in crate::engine) fn sure_base(
        &self,
        (known, path): (&TrackedDocument, &DocPath),
        (base, ours): (&Reading, &Sha256),
        theirs: &Reading,
    ) -> Result<Option<Reading>, EngineError> {
        let was_seen = known.mirrored.file.as_ref() == Some(&base.sha);
        if was_seen && !self.may_git_have_written(path)? && !self.may_git_have_written(known.path())? {
            return Ok(None);
        }
        let before = self.store.mirror_document(self.mirror_id(), known.path())?;
        let seen: Vec<Sha256> = before.base.into_iter().chain(known.mirrored.file.clone()).collect();
        self.shared_with_origins(path, (base, &seen), ours, (theirs, known.mirrored.file.as_ref()))
    }

    /// Whether an edit of the database's text may have begun with another one, and drops more with this one as base.
    pub(in crate::engine) fn may_have_begun_with_another(
        &self,
        (known, path): (&TrackedDocument, &DocPath),
        theirs: &Reading,
    ) -> Result<bool, EngineError> {
        let Some(ours) = &known.database else { return Ok(false) };
        let Some(base) = stored(&self.store, known.path(), ours)? else { return Ok(false) };
        Ok(self.sure_base((known, path), (&base, ours), theirs)?.is_some())
    }

    /// What the base of an edit shares with every other text that it may have begun with: those that git or another
    /// place says it came from, if there are several or not the base, and those of the log that are at least as near
    /// to it as the base. `None` if it came from the base alone and nothing else was `seen` there before, or if it
    /// makes no difference to what the database keeps. `file` is what the file edited here held at the last look: edits
    /// taken from it before count as part of each origin.
    pub(in crate::engine) fn shared_with_origins(
        &self,
        path: &DocPath,
        (base, seen): (&Reading, &[Sha256]),
        ours: &Sha256,
        (theirs, file): (&Reading, Option<&Sha256>),
    ) -> Result<Option<Reading>, EngineError> {
        let (Some(repository), Some(ours)) = (self.repository()?, self.store.blob(ours)?) else { return Ok(None) };
        // Clashes are left to a person; apart from them, nothing may be dropped either.
        let upon = |base: &str| {
            let resolved = resolve(Some(base), Some(&ours), Some(&theirs.text), |_| Side::Ours);
            resolved.and_then(|resolved| resolved.text)
        };
        let merged = upon(&base.text);
        if merged.as_deref().is_some_and(|merged| only_adds(&ours, merged)) {
            return Ok(None);
        }
        let places = self.places_of(path)?;
        let (mut known, mut elsewhere) = (HashMap::new(), BTreeSet::new());
        for place in &places {
            known.extend(self.blobs(place, &self.timeline(place)?)?);
            elsewhere.extend(self.store.bases_of(place, &theirs.sha)?);
        }
        if let Ok(blob) = repository.clean_blob_id(&self.workspace.git_path(path.as_str()), base.text.as_bytes()) {
            known.insert(blob, base.sha.clone());
        }
        let makes_a_difference = |origin: &str| upon(&shared_lines(&base.text, origin)) != merged;
        let mut others: BTreeMap<&Sha256, String> = BTreeMap::new();
        for sha in known.values().chain(&elsewhere).filter(|sha| **sha != theirs.sha && **sha != base.sha) {
            if let Some(origin) = self.store.blob(sha)?.filter(|origin| makes_a_difference(origin)) {
                others.insert(sha, origin);
            }
        }
        // History is asked only where its answer makes a difference.
        if !others.is_empty() {
            let own = self.own_edits(repository, path, (file, theirs))?;
            for (sha, origin) in &mut others {
                *origin = self.with_own_edits(&own, sha, std::mem::take(origin))?;
            }
            others.retain(|_, origin| makes_a_difference(origin));
        }
        let was_here = seen.contains(&base.sha);
        if others.is_empty() && was_here {
            return Ok(None);
        }
        let (origins, is_new) = self.origins_in_git(repository, &places, theirs, &known)?;
        let is_told = origins.contains(&Some(base.sha.clone()));
        if is_told && origins.len() == 1 && seen.iter().chain(&elsewhere).all(|sha| *sha == base.sha) {
            return Ok(None);
        }
        // If there are several, or neither git nor the last look knows of the base, each text that git names counts.
        // What was committed before the last look did not begin with what that look saw.
        let git_counts = origins.len() > 1 || !(is_told || (is_new && was_here));
        let far = distance(&base.text, &theirs.text);
        let (mut shared, mut nearest) = (base.text.clone(), None);
        for (sha, origin) in others {
            let off = distance(&origin, &theirs.text);
            let is_named = git_counts && origins.contains(&Some(sha.clone()));
            if off <= far || is_named || elsewhere.contains(sha) {
                shared = shared_lines(&shared, &origin);
                nearest = nearest.filter(|(nearer, _)| *nearer <= off).or(Some((off, origin)));
            }
        }
        // What came from nothing that the log knows, such as another clone's card of this ID, took nothing out of it.
        let has_origin = was_here || known.values().any(|sha| *sha == theirs.sha);
        if git_counts && !has_origin && origins.contains(&None) && !repository.is_shallow() {
            shared.clear();
        }
        if shared == base.text || upon(&shared) == merged {
            return Ok(None);
        }
        // Half a value of several lines cannot be read; the nearest of the others can.
        Ok(Reading::of(shared).ok().or_else(|| Reading::of(nearest?.1).ok()))
    }

    /// The texts known to the log from which the commits that brought a text made it; `None` for one that made it from
    /// none of them. And whether such a commit may have been made here since the last look, or none has it yet.
    fn origins_in_git(
        &self,
        repository: &Repository,
        places: &[DocPath],
        theirs: &Reading,
        known: &HashMap<BlobId, Sha256>,
    ) -> Result<(BTreeSet<Option<Sha256>>, bool), EngineError> {
        let places: Vec<String> = places.iter().map(|place| self.workspace.git_path(place.as_str())).collect();
        let blob = repository.clean_blob_id(&places[0], theirs.text.as_bytes())?;
        let is_known = |blob| known.contains_key(&blob);
        let mut origins = BTreeSet::new();
        let introduced = self.introduced(repository, blob, &places)?;
        let mut is_new = introduced.is_empty();
        let brought = self.brought_to_head(repository, (blob, &places[0]), &introduced)?;
        for commit in if brought.is_empty() { introduced } else { brought } {
            is_new = is_new || self.may_be_made_since(repository, commit)?;
            let (made, _) = repository.authored(commit)?;
            let began = repository.newest_on_lines(&made.parents, &places, NEWEST, is_known)?;
            if began.is_empty() {
                origins.insert(None);
            }
            origins.extend(began.iter().map(|blob| known.get(blob).cloned()));
        }
        Ok((origins, is_new))
    }

    /// The commits that have a text at one of some paths though no parent has.
    pub(in crate::engine) fn introduced(
        &self,
        repository: &Repository,
        blob: BlobId,
        places: &[String],
    ) -> Result<Vec<CommitId>, EngineError> {
        Ok(repository.introduced_by(blob, places, &self.workspace.git_path(MIRROR), NEWEST)?)
    }

    /// Those of the commits that brought a text to HEAD since all of this place was last looked at, such as a revert. The
    /// text came from what these had it from, whoever made it before.
    fn brought_to_head(
        &self,
        repository: &Repository,
        (blob, path): (BlobId, &str),
        commits: &[CommitId],
    ) -> Result<Vec<CommitId>, EngineError> {
        let (Some(seen), Some(head)) = (self.seen_head()?, repository.head()?) else { return Ok(Vec::new()) };
        if repository.blob_at(head, path)? != Some(blob) {
            return Ok(Vec::new());
        }
        let mut brought = Vec::new();
        for commit in commits {
            // It may have come from where another line of history has it, as by a squash.
            if !repository.is_ancestor(*commit, head)? {
                return Ok(Vec::new());
            }
            // Git may have lost what was checked out then.
            if !repository.is_ancestor(*commit, seen).unwrap_or(true) {
                brought.push(*commit);
            }
        }
        Ok(brought)
    }

    /// Whether a commit goes on from what was checked out when all of this place was last looked at, and is checked out
    /// now; where git has lost that, it may.
    fn may_be_made_since(&self, repository: &Repository, commit: CommitId) -> Result<bool, EngineError> {
        let (Some(seen), Some(head)) = (self.seen_head()?, repository.head()?) else { return Ok(true) };
        let goes_on = seen != commit && repository.is_ancestor(seen, commit).unwrap_or(true);
        Ok(goes_on && repository.is_ancestor(commit, head)?)
    }
}
