//! The commits along which a document's text came, among those that a place has not seen, and what each of them left.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use super::{
    error::EngineError,
    export_trailers::{ExportTrailers, export_trailers_in},
    reading::Reading,
    view::View,
};
use crate::{
    domain::doc_path::{DocPath, MIRROR},
    git::{Authored, BlobId, CommitId, Occurrence, Repository},
    markdown::{
        locate::{Place, locate},
        merge,
    },
};

/// How many commits of history are looked at before the question is given up.
pub(super) const MAX_COMMITS: usize = 20_000;

/// The commits that a text came along, of those that a place has not seen.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Line {
    /// What they left at the places of the document, in their order.
    pub(in crate::engine) steps: Vec<Step>,
    /// The commits they go on from, which the place has seen.
    began: HashSet<CommitId>,
}

/// What a commit left at a path, and which entries it says it exports.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct Step {
    pub(super) blob: Option<BlobId>,
    pub(super) witnessed: Option<(u64, u64)>,
    /// The entries of the exports in it that changed the document. Other exports left it to whoever had changed it in
    /// git, and what the branch already had of it came with earlier ones.
    pub(super) joined: Option<(u64, u64)>,
}

impl Step {
    /// What a commit, with the exports in it, left at a path.
    pub(in crate::engine) fn of(path: &DocPath, blob: Option<BlobId>, exports: &[ExportTrailers]) -> Self {
        let may_hold = |export: &&ExportTrailers| match locate(path) {
            Place::Document(located) => export.may_hold(&located.entity),
            Place::Unknown | Place::Foreign => true,
        };
        let joined = exports.iter().filter(may_hold).filter_map(|export| export.range_for(path));
        Self { blob, witnessed: all_of(exports.iter().filter_map(|export| export.range)), joined: all_of(joined) }
    }

    /// The text that it left there, as git has it.
    pub(in crate::engine) fn blob(&self) -> Option<BlobId> {
        self.blob
    }
}

/// The first and the last entry of some ranges.
fn all_of(ranges: impl Iterator<Item = (u64, u64)>) -> Option<(u64, u64)> {
    ranges.reduce(|(first, last), (other_first, other_last)| (first.min(other_first), last.max(other_last)))
}

impl View<'_> {
    /// For each document, by its index, the line of commits from which the tip has its text, if any commit on it that
    /// this place has not seen changed the document.
    pub(in crate::engine) fn lines<const PLACES: usize>(
        &self,
        repository: &Repository,
        paths: &[[&DocPath; PLACES]],
        tip: CommitId,
    ) -> Result<HashMap<usize, Line>, EngineError> {
        let unseen = self.commits_unseen(repository, tip)?.unwrap_or_default();
        self.lines_of(repository, paths, (tip, &unseen))
    }

    /// The same of these commits, which end with the tip.
    pub(in crate::engine) fn lines_of<const PLACES: usize>(
        &self,
        repository: &Repository,
        paths: &[[&DocPath; PLACES]],
        (tip, unseen): (CommitId, &[Authored]),
    ) -> Result<HashMap<usize, Line>, EngineError> {
        let mut steps: HashMap<usize, Vec<(CommitId, Step)>> = HashMap::new();
        let git_path = |(path, index): (&DocPath, usize)| (self.workspace.git_path(path.as_str()), index);
        let places = paths.iter().zip(0..).flat_map(|(places, index)| places.map(|path| (path, index)));
        let wanted: HashMap<String, usize> = places.map(git_path).collect();
        let folder = self.workspace.git_path(MIRROR);
        for commit in unseen {
            let exports: OnceCell<Vec<ExportTrailers>> = OnceCell::new();
            let mut changes = repository.made_by(commit, &folder)?;
            // A document that moved from one of its places to the other was not removed.
            changes.sort_by_key(|change| change.new.is_some());
            let mut made: HashMap<usize, Step> = HashMap::new();
            for change in changes {
                let Some(index) = wanted.get(&change.path) else { continue };
                if exports.get().is_none() {
                    let _ = exports.set(self.exports_in(commit)?);
                }
                let exports = exports.get().map(Vec::as_slice).unwrap_or_default();
                made.insert(*index, Step::of(paths[*index][0], change.new, exports));
            }
            made.into_iter().for_each(|(index, step)| steps.entry(index).or_default().push((commit.commit, step)));
        }
        let unseen: HashMap<CommitId, &Authored> = unseen.iter().map(|one| (one.commit, one)).collect();
        let mut lines = HashMap::new();
        for (index, steps) in steps {
            let (line, began) = self.line_of(repository, &paths[index], (tip, &unseen))?;
            let steps = steps.into_iter().filter(|(commit, _)| line.contains(commit)).map(|(_, step)| step);
            let line = Line { steps: steps.collect(), began };
            if !line.steps.is_empty() {
                lines.insert(index, line);
            }
        }
        Ok(lines)
    }

    /// Whether a text ever stood on the line of commits that another one came along.
    pub(in crate::engine) fn is_on_line(
        &self,
        repository: &Repository,
        path: &DocPath,
        line: &Line,
        blob: BlobId,
    ) -> Result<bool, EngineError> {
        if line.steps.iter().any(|step| step.blob == Some(blob)) {
            return Ok(true);
        }
        let places = self.places_of(path)?;
        let wanted: Vec<_> = places.iter().map(|place| (self.workspace.git_path(place.as_str()), blob)).collect();
        for commit in &line.began {
            if repository.occurring_from(*commit, &wanted, MAX_COMMITS)?.iter().any(|one| *one != Occurrence::Absent) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The commits along which a document's text came, and the seen ones that they continue from. If a merge has the
    /// text of one parent, only that parent is followed, provided that merging both gives that text by itself or the
    /// merge is an export of ours, which leaves to others what they made; otherwise somebody settled it.
    fn line_of(
        &self,
        repository: &Repository,
        paths: &[&DocPath],
        (tip, unseen): (CommitId, &HashMap<CommitId, &Authored>),
    ) -> Result<(HashSet<CommitId>, HashSet<CommitId>), EngineError> {
        let places = self.places_of(paths[0])?;
        let places = places.iter().chain(paths.iter().copied());
        let places: Vec<String> = places.map(|place| self.workspace.git_path(place.as_str())).collect();
        let file_in = |commit: CommitId| repository.first_at(commit, &places);
        let text_of = |file: Option<(&String, BlobId)>| file.map(|(_, blob)| blob);
        let (mut line, mut began, mut rest) = (HashSet::new(), HashSet::new(), vec![tip]);
        while let Some(commit) = rest.pop() {
            let Some(authored) = unseen.get(&commit) else {
                began.insert(commit);
                continue;
            };
            if !line.insert(commit) {
                continue;
            }
            if let ([one, other], Some((place, text))) = (&authored.parents[..], file_in(commit)?) {
                let parents = [(one, file_in(*one)?), (other, file_in(*other)?)];
                let has_file = |(_, file): &&(_, Option<(&String, BlobId)>)| *file == Some((place, text));
                // Of two parents with this text, one that has it at another path did not move it there.
                let giver = parents.iter().find(has_file);
                let giver = giver.or_else(|| parents.iter().find(|(_, file)| text_of(*file) == Some(text)));
                let [first, second] = parents.map(|(_, file)| text_of(file));
                let base = || repository.merge_base(*one, *other)?.map_or(Ok(None), file_in);
                if let Some((giver, _)) = giver
                    && (!self.exports_in(authored)?.is_empty()
                        || merges_to(repository, [text_of(base()?), first, second], text)?)
                {
                    rest.push(**giver);
                    continue;
                }
            }
            rest.extend(&authored.parents);
        }
        Ok((line, began))
    }

    /// The commits that `tip` has and that this place did not have when it was last looked at; `None` if that cannot
    /// be determined.
    pub(in crate::engine) fn commits_unseen(
        &self,
        repository: &Repository,
        tip: CommitId,
    ) -> Result<Option<Vec<Authored>>, EngineError> {
        let Some(since) = self.seen_head()? else { return Ok(None) };
        if since == tip {
            return Ok(Some(Vec::new()));
        }
        // A commit that was pruned, or the edge of a shallow clone, leaves nothing to go by.
        let commits = repository.commits_since(since, tip).ok();
        Ok(commits.filter(|commits| commits.len() <= MAX_COMMITS))
    }

    /// The exports of this log that a commit is or holds.
    pub(in crate::engine) fn exports_in(&self, commit: &Authored) -> Result<Vec<ExportTrailers>, EngineError> {
        let mut exports = export_trailers_in(&commit.message);
        if exports.is_empty() {
            return Ok(exports);
        }
        let log_id = self.store.log_id()?;
        exports.retain(|export| export.log_id == log_id);
        let mut own = Vec::with_capacity(exports.len());
        for export in exports {
            if let (Some((_, last)), true) = (export.range, export.head.is_some())
                && self.store.entry_hash(last)? == export.head
            {
                own.push(export);
            }
        }
        Ok(own)
    }
}

/// Whether this text is what merging two texts with a common base gives by itself.
fn merges_to(repository: &Repository, texts: [Option<BlobId>; 3], text: BlobId) -> Result<bool, EngineError> {
    let read = |blob: Option<BlobId>| -> Result<Option<Reading>, EngineError> {
        Ok(blob.map(|blob| Reading::of_blob(repository, blob)).transpose()?.and_then(Result::ok))
    };
    let [base, first, second] = texts;
    let (base, first, second, text) = (read(base)?, read(first)?, read(second)?, read(Some(text))?);
    let text_of = |reading: &Option<Reading>| reading.as_ref().map(|reading| reading.text.clone());
    let merged = merge(text_of(&base).as_deref(), text_of(&first).as_deref(), text_of(&second).as_deref());
    Ok(merged.clashes.is_empty() && merged.text == text_of(&text))
}
