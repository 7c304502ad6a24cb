//! What the commits since another one did, one after the other, each as the deed of its author. What a commit has of this
//! log's own exports is no change; only what it has beyond them is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::revision::{IncomingDocument, Intake};
use crate::{
    domain::{
        conflict::Other,
        doc_path::{DocPath, MIRROR},
        timeline::MirrorPosition,
    },
    engine::{
        base::{arrival::Step, error::EngineError, reading::Reading},
        write::charge::Acting,
    },
    git::{Authored, CommitId, TreeChange},
    markdown::merge,
};

impl Intake<'_, '_> {
    /// What each commit since another one made, in their order, each upon the text its parent had.
    pub(super) fn take_since(&mut self, since: CommitId) -> Result<(), EngineError> {
        let Some(head) = self.repository.head()? else { return Ok(()) };
        let folder = self.writer.session.workspace.git_path(MIRROR);
        let with = &Other::revision(&self.repository.short_name("HEAD")?);
        let mut standings: BTreeMap<DocPath, (MirrorPosition, Option<Reading>)> = BTreeMap::new();
        // Documents that had something before the first of the commits which nobody has taken.
        let mut behind: BTreeSet<DocPath> = BTreeSet::new();
        for made in self.repository.commits_since(since, head)? {
            let witnessed = self.writer.view().witnessed_by(&made)?;
            let (_, trailers) = self.repository.authored(made.commit)?;
            self.writer.start_batch();
            for change in self.repository.made_by(&made, &folder)? {
                let Some(located) = self.located(&change.path) else { continue };
                let path = located.path.clone();
                let standing = match standings.remove(&path) {
                    Some((standing, _)) => standing,
                    None => {
                        let (start, is_whole) = self.start(since, &path)?;
                        if !is_whole {
                            behind.insert(path.clone());
                        }
                        start
                    }
                };
                let step = Step { blob: change.new, witnessed };
                let theirs = match change.new {
                    Some(blob) => self.read(&path, blob)?,
                    None => None,
                };
                if change.new.is_some() && theirs.is_none() {
                    continue;
                }
                let before = self.before(&made, &change, &path)?;
                // Upon what the parents have, only what the commit itself made counts.
                let start = MirrorPosition { base: before.as_ref().map(|before| before.sha.clone()), ..standing };
                let arrived = self.writer.view().arrive(&path, (start, before), theirs.as_ref(), &[step])?;
                standings.insert(path.clone(), (arrived.standing.clone(), theirs.clone()));
                if arrived.standing.base.as_ref() == theirs.as_ref().map(|theirs| &theirs.sha) {
                    continue;
                }
                if change.new.is_some_and(|blob| self.has(&path, blob).unwrap_or(false)) {
                    continue;
                }
                let base = self.writer.view().base_text(&arrived)?.and_then(|text| Reading::of(text).ok());
                self.writer.acting = Some(Acting::author(&made.author, &trailers, Some(&located.entity)));
                self.take_or_leave(IncomingDocument { located, theirs, base, with }, made.commit)?;
            }
        }
        self.writer.acting = None;
        self.report.found = standings.len() as u64;
        standings.iter().try_for_each(|(path, (standing, last))| {
            let last = last.as_ref().filter(|_| !behind.contains(path));
            self.settle_file(path, last.map(|last| (last, standing.position)))
        })
    }

    /// Where the first of the commits began: at the first position that its text can stand for, or where this place
    /// is known to stand with the same text; and whether all of that text has been taken.
    fn start(&mut self, since: CommitId, path: &DocPath) -> Result<(MirrorPosition, bool), EngineError> {
        let blob = self.repository.blob_at(since, &self.writer.session.workspace.git_path(path.as_str()))?;
        let text = blob.map_or(Ok(None), |blob| self.read(path, blob))?.map(|text| text.sha);
        let view = self.writer.view();
        let start = view.standing_at(self.repository, Some(since), path)?;
        let mirrored = view.tracked_document(path)?.mirrored;
        let position = mirrored.position.filter(|_| mirrored.base == start.base).unwrap_or_default();
        let is_whole = text == start.base || text == mirrored.base;
        Ok((MirrorPosition { position: start.position.max(position), ..start }, is_whole))
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
