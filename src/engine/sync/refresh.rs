//! What a command does about changed files before it answers: an import of its own, or at least a count of them. Nothing
//! found here fails a read.

use std::time::Duration;

use super::{import::ImportOptions, watch::is_all_taken_in};
use crate::{
    engine::base::{
        error::EngineError,
        file_probe::Probed,
        selection::Selection,
        session::{Refresh, Refreshed, Session},
        tracked_document::TrackedDocument,
        tree_digest::TreeDigest,
        view::View,
        walk::{Walked, walk},
    },
    git::Location,
    store::{FilesDigest, Mirror},
};

/// How long a read waits for other writers before it answers without what changed in the files.
const PATIENCE: Duration = Duration::from_secs(2);

impl Session {
    /// Brings the database up to date with the files where any has changed.
    pub(in crate::engine) fn refresh(&self, mirror: &Mirror) -> Result<Refreshed, EngineError> {
        if self.options.refresh == Refresh::Leave {
            return Ok(Refreshed::Current);
        }
        if is_all_taken_in(&self.workspace) {
            return Ok(Refreshed::Current);
        }
        let digest = TreeDigest::of(&self.tree());
        if self.view()?.is_known(mirror, &digest)? {
            return Ok(Refreshed::Current);
        }
        if self.options.refresh == Refresh::Count {
            let count = self.changed_files()?;
            return Ok(if count == 0 { Refreshed::Current } else { Refreshed::NotWanted(count) });
        }
        match self.take_changes(digest) {
            Ok(None) => Ok(Refreshed::Current),
            Ok(Some(why)) => self.hindered(why),
            Err(error) => self.hindered(error.to_string()),
        }
    }

    /// How many files the database does not have as they are, where it cannot be written.
    pub(in crate::engine) fn count_beyond(&self, mirror: Option<&Mirror>) -> Result<Refreshed, EngineError> {
        if self.options.refresh == Refresh::Leave {
            return Ok(Refreshed::Current);
        }
        if let Some(mirror) = mirror
            && self.view()?.is_known(mirror, &TreeDigest::of(&self.tree()))?
        {
            return Ok(Refreshed::Current);
        }
        let count = self.changed_files()?;
        Ok(if count == 0 { Refreshed::Current } else { Refreshed::Unwritable(count) })
    }

    /// Imports what changed; if git is at work on the files, does nothing and returns why.
    fn take_changes(&self, digest: TreeDigest) -> Result<Option<String>, EngineError> {
        let mark = self.workspace.git.as_ref().map(Location::index_mark);
        if mark.as_ref().is_some_and(|mark| mark.is_locked()) {
            return Ok(Some("git is at work on them".to_owned()));
        }
        if let Some(what) = self.workspace.git.as_ref().and_then(Location::unfinished) {
            return Ok(Some(format!("git is in the middle of a {what}")));
        }
        let patience = Some(PATIENCE.min(self.options.timeout));
        let options = ImportOptions { only_at: mark, patience, ..ImportOptions::default() };
        self.import_seeing(&options, Some(digest)).map(|_| None)
    }

    fn hindered(&self, why: String) -> Result<Refreshed, EngineError> {
        let count = self.changed_files()?;
        Ok(if count == 0 { Refreshed::Current } else { Refreshed::Hindered(count, why) })
    }

    /// What an import keeps of the files it is about to look at; `None` where one of them is so new that it may change
    /// unseen.
    pub(in crate::engine) fn digest_to_keep(&self, digest: &TreeDigest, now_ns: i64) -> Option<FilesDigest> {
        digest.is_settled(now_ns).then(|| FilesDigest { digest: digest.with(&self.head_mark()), seq: None })
    }

    /// What HEAD stands at: it decides which files are old checkouts.
    fn head_mark(&self) -> String {
        self.workspace.git.as_ref().map(Location::head_mark).unwrap_or_default()
    }

    /// How many files are not as they were when they were last looked at.
    fn changed_files(&self) -> Result<u64, EngineError> {
        let probe = self.file_probe();
        let known = self.view()?.tracked_documents(&Selection::default())?;
        let mut known = known.iter().peekable();
        let mut count = 0;
        let is_gone = |known: &TrackedDocument| {
            known.mirrored.file.is_some() && matches!(probe.probe(known.path(), None), Probed::Nothing)
        };
        for walked in walk(&self.tree()) {
            let Walked::Document(located) = walked else { continue };
            while let Some(passed) = known.next_if(|known| *known.path() < located.path) {
                count += u64::from(is_gone(passed));
            }
            let one = known.next_if(|known| *known.path() == located.path);
            let before = one.map(|known| &known.mirrored);
            let is_same = match probe.probe(&located.path, before) {
                Probed::Same(_) | Probed::Nothing => true,
                Probed::Read(reading, _) => one.is_some_and(|one| {
                    [&one.mirrored.file, &one.database].into_iter().flatten().any(|sha| *sha == reading.sha)
                }),
                Probed::Unreadable(..) => before.is_some_and(|before| before.diagnostics.is_some()),
            };
            count += u64::from(!is_same);
        }
        Ok(count + known.filter(|known| is_gone(known)).count() as u64)
    }
}

impl View<'_> {
    /// Whether the files are as they were when all of them were last looked at.
    pub(in crate::engine) fn is_known(&self, mirror: &Mirror, digest: &TreeDigest) -> Result<bool, EngineError> {
        let Some(known) = self.store.files_digest(mirror.id)? else { return Ok(false) };
        if known.digest != digest.with(&self.head_mark()) {
            return Ok(false);
        }
        Ok(match known.seq {
            Some(seq) => seq == self.store.head()?.seq,
            None => true,
        })
    }
}
